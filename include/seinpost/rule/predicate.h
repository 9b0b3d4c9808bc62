/* predicate: one condition on one operand, `field|modifiers: value`, read and typed. answer.h
 * asks it.
 *
 * Owns:    nothing; it lives in the arena of its program.
 * Thread:  any, once it is compiled.
 * Fails:   by faults E205, E208, E211 and those of operand and literal.
 */
#ifndef SEINPOST_RULE_PREDICATE_H
#define SEINPOST_RULE_PREDICATE_H

#include "seinpost/rule/literal.h"

enum predicate_test {
    PREDICATE_EQUAL,
    PREDICATE_CONTAINS,
    PREDICATE_STARTS,
    PREDICATE_ENDS,
    PREDICATE_MATCHES, /* POSIX extended regular expression */
    PREDICATE_LESS,
    PREDICATE_LESS_EQUAL,
    PREDICATE_GREATER,
    PREDICATE_GREATER_EQUAL,
    PREDICATE_BETWEEN,
    PREDICATE_EXISTS,
    PREDICATE_LISTED,
};

enum predicate_calendar {
    CALENDAR_NONE,
    CALENDAR_HOUR,
    CALENDAR_DAY,
    CALENDAR_WEEK,
    CALENDAR_MONTH,
};

struct predicate {
    struct operand operand;
    enum predicate_test test;
    enum predicate_calendar calendar;
    bool negated;    /* neq, `exists: false` */
    bool all;        /* each listed value, instead of any */
    bool or_missing; /* `null` is among the values */
    bool cased;
    bool refers; /* to `reference` instead of values */
    struct operand reference;
    const struct value *values;
    size_t values_count;
    const void *const *expressions; /* regex_t, one for each value */
    size_t list;                    /* index in the list set */
};

/* A condition on a value of an earlier step: it is asked when the steps are put together. */
struct predicate_residual {
    struct slice field; /* of the event of this step */
    enum predicate_test test;
    bool negated;
    size_t entry;           /* of the rule: whose event is referred to */
    struct slice reference; /* field of that event */
    const struct tree *node;
};

enum predicate_result {
    PREDICATE_READ,
    PREDICATE_RESIDUAL,
    PREDICATE_FAULTY,
};

/* Tells whether the key's operand exists in the type; says nothing. */
bool predicate_fits(const struct compile *compile, const struct event_type *type,
                    const struct tree *node);

/* Compiles one key of a search for a type. */
enum predicate_result predicate_read(const struct compile *compile,
                                     const struct event_type *type, const struct tree *node,
                                     struct predicate *predicate,
                                     struct predicate_residual *residual);

#endif
