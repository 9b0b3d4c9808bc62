/* literal: the right side of a condition, typed by what it is compared with, never by YAML.
 *
 * A number is kept as thousandths, a duration as ms in thousandths likewise, so that `0.8` and
 * `1500` compare exactly with whole fields.
 *
 * Owns:    nothing; text points into the tree.
 * Thread:  the thread that loads.
 * Fails:   by faults E205, E206, E207, and warning W701.
 */
#ifndef SEINPOST_RULE_LITERAL_H
#define SEINPOST_RULE_LITERAL_H

#include "seinpost/rule/operand.h"

/* Reads a scalar as a value of an operand of `type`; `field` (or NULL) says its unit and its
 * known values. */
bool literal_read(struct diag *diag, const struct tree *node, enum operand_type type,
                  const struct field *field, struct value *value);

/* Reads a decimal number of at most three places into thousandths; false when it is none. */
bool literal_milli(struct slice text, int64_t *milli);

/* Appends thousandths as a decimal, without needless zeros. */
struct text;
void literal_format_milli(struct text *text, int64_t milli);

#endif
