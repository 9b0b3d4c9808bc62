/* operand: the left side of a condition: a path, or two joined by + - * or /.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   by faults E304 and E210.
 */
#ifndef SEINPOST_RULE_OPERAND_H
#define SEINPOST_RULE_OPERAND_H

#include "seinpost/rule/compile.h"
#include "seinpost/schema/path.h"

/* How values of an operand compare. */
enum operand_type {
    OPERAND_BOOL,
    OPERAND_NUMBER,
    OPERAND_CODE, /* byte by byte */
    OPERAND_TEXT, /* folding case, with wildcards */
    OPERAND_MONEY,
    OPERAND_TIME,
    OPERAND_DURATION, /* a number of ms */
};

struct operand {
    enum operand_type type;
    struct path left;
    char operator; /* 0: `left` alone */
    struct path right;
};

/* A value, or after a division, that many parts of one: number or minor units over `divisor`.
 */
struct operand_value {
    struct value value;
    int64_t divisor; /* above 0 */
};

/* Resolves `text` against a type. On a fault returns false, and says it when `node` is given:
 * at the node's key. */
bool operand_resolve(const struct compile *compile, const struct tree *node,
                     const struct event_type *type, struct slice text, struct operand *operand);

/* Returns how many values the operand has in the event, at most PATH_VALUES_MAX. */
size_t operand_values(const struct operand *operand, const struct event *event,
                      struct operand_value values[PATH_VALUES_MAX]);

/* Compares with a literal (numbers of which are thousandths): below 0, 0, above 0. False when
 * the two cannot be compared: different types or currencies. */
bool operand_compare(const struct operand_value *value, const struct value *literal,
                     int *order);

/* Compares two values of events likewise, numbers with numbers. */
bool operand_order(const struct operand_value *a, const struct operand_value *b, int *order);

enum operand_type operand_type_of(enum field_type type);

/* Tells whether values are text: codes, tokens and places too. */
bool operand_is_text(enum operand_type type);

/* Says that `name` is no field of the type, with the nearest that is. */
void operand_unknown(struct diag *diag, const struct tree *node, const struct event_type *type,
                     struct slice name);

#endif
