/* probing: which fields of an event a rule's probe keeps, and which it only compares.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_CLI_PROBING_H
#define SEINPOST_CLI_PROBING_H

#include "seinpost/rule/program.h"

/* Tells whether the probe can ever be true of events of this source. */
bool probing_may_ask(const struct probe *probe, const struct source *source);

/* Tells whether a match that the probe makes holds the field, of the probe's type: as the key
 * or as what the rule carries. */
bool probing_keeps(const struct probe *probe, const struct field *field);

/* Tells whether a condition of the probe looks at the field, or one that exonerates. */
bool probing_compares(const struct probe *probe, const struct field *field);

#endif
