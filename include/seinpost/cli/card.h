/* card: an alert as a person reads it: what, who, why, and on which evidence.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_CLI_CARD_H
#define SEINPOST_CLI_CARD_H

#include "seinpost/alert/alert.h"

struct text;

/* Appends a card of some lines. */
void card_alert(const struct alert *alert, bool shadow, struct text *text);

/* Appends one line. */
void card_line(const struct alert *alert, bool shadow, struct text *text);

#endif
