/* gate: a condition on one field without which a probe cannot be true, in a form that can be
 * looked up: one of some texts, of some prefixes, or a number in one of some ranges.
 *
 * Owns:    nothing; terms live in the arena given, texts in the rule's.
 * Thread:  the thread that loads.
 * Fails:   by its result: the probe has none.
 */
#ifndef SEINPOST_RULE_GATE_H
#define SEINPOST_RULE_GATE_H

#include "seinpost/rule/program.h"

enum gate_kind {
    GATE_EQUAL,
    GATE_PREFIX,
    GATE_RANGE,
};

struct gate_term {
    enum gate_kind kind;
    struct path path;
    struct slice text;
    char currency[4]; /* of a range of money */
    int64_t from;     /* both included; thousandths of a number, minor units of money */
    int64_t to;
};

struct gate {
    const struct gate_term *terms; /* any of them */
    size_t terms_count;
};

/* Finds the most selective gate of a probe whose texts have at most `size_max` bytes. Without
 * one the gate is empty. */
bool gate_find(struct arena *arena, const struct probe *probe, size_t size_max,
               struct gate *gate);

#endif
