/* rules: made-up rules and events for the tests of this room.
 */
#ifndef SEINPOST_TESTS_UNIT_RUN_RULES_H
#define SEINPOST_TESTS_UNIT_RUN_RULES_H

#include "seinpost/base/text.h"

#include <stdint.h>

enum rules_kind {
    RULES_COUNT,    /* so many withdrawals of an account within an hour */
    RULES_SEQUENCE, /* a withdrawal, then a transfer out */
    RULES_ABSENCE,  /* a withdrawal, and no transfer out */
    RULES_SINGLE,   /* every withdrawal */
    RULES_HIGHER,   /* alerts of `count`, so many within an hour */
    RULES_KINDS_COUNT,
};

/* A rule file of one rule; `number` is its threshold, or its window in minutes. */
struct rules_variant {
    enum rules_kind kind;
    int number;
    const char *owner;  /* NULL: somebody */
    bool excepts_first; /* an exception leaves out the first account */
};

/* Appends the rule, named after its kind. */
void rules_add(struct text *text, const struct rules_variant *variant);

/* Appends an event at `minute` as NDJSON, with a zero behind. */
void rules_event(struct text *text, unsigned id, bool transfer, unsigned account, int minute);

/* Milliseconds of the minute. */
int64_t rules_ms(int minute);

#endif
