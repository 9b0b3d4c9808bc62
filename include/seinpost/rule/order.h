/* order: in which order rules are compiled: those that are read before those that read them.
 *
 * Owns:    nothing; lists are made in the arena.
 * Thread:  the thread that loads.
 * Fails:   by fault E307 for rules that read each other's alerts.
 */
#ifndef SEINPOST_RULE_ORDER_H
#define SEINPOST_RULE_ORDER_H

#include "seinpost/rule/build.h"

struct order {
    struct build **builds; /* in the order; then those that are in a circle, or read one */
    size_t count;          /* of those in the order */
};

/* Orders all builds by what their entries read, and sets the rules' depths. */
struct order order_make(struct arena *arena, struct build *const *builds, size_t count);

/* Tells each circle once, at the first of its rules. */
void order_report(struct arena *arena, const struct order *order, size_t count);

#endif
