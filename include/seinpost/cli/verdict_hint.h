/* verdict_hint: what a partner's developer does about a verdict, by the source's own words.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_CLI_VERDICT_HINT_H
#define SEINPOST_CLI_VERDICT_HINT_H

#include "seinpost/schema/source.h"
#include "seinpost/signal/verdict.h"

struct text;

/* Appends what would be right; nothing for a verdict that says it all. */
void verdict_hint(const struct source *source, enum verdict verdict, struct text *text);

/* Appends the words of a vocabulary that a mask has, as `a, b`. */
void verdict_hint_words(const char *const *vocabulary, unsigned mask, struct text *text);

#endif
