/* guide: the words and the code of a partner's guide, with its names filled in.
 *
 * Owns:    nothing; the words are constants.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_CLI_GUIDE_H
#define SEINPOST_CLI_GUIDE_H

#include "seinpost/cli/onboarding.h"

/* Appends the words with @NAME@, @TOPIC@, @SECTOR@, @PURPOSES@, @BASES@, @LATENESS@ and
 * @RETENTION@ (ms) replaced. */
void guide_fill(const struct onboarding *onboarding, const char *words, struct text *text);

/* What stands before the examples of events, and what behind them. */
void guide_begin(const struct onboarding *onboarding, struct text *text);
void guide_end(const struct onboarding *onboarding, struct text *text);

#endif
