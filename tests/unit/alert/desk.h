/* The suites of the room alert, and alerts as a rule in a play makes them. */
#ifndef SEINPOST_TESTS_UNIT_DESK_H
#define SEINPOST_TESTS_UNIT_DESK_H

#include "seinpost/alert/alert.h"

#include "play.h"

enum {
    DESK_ALERTS_MAX = 16
};

/* A play whose changes are built as alerts, in its arena, the nth as sequence n from 1. */
struct desk {
    struct play play;
    struct alert alerts[DESK_ALERTS_MAX];
    size_t count;
    struct text explain; /* of the newest, by explain_reason() */
    struct text summary;
};

/* Plays a script over rules and gathers its alerts. */
struct desk *desk_play(const char *rules, const char *script);
void desk_end(struct desk *desk);

/* A whole rule, with all that an alert can bear. */
extern const char desk_rule[];
#define DESK_SCRIPT                                                                            \
    "0 a P1 phone=F1 pax_count=2 amount=10.00_EUR carrier=XX;"                                 \
    "1h b P1 phone=F2 pax_count=1 amount=25.00_EUR; 2h a P1 phone=F2 pax_count=2; W 3d"

Suite *alert_suite(void);
Suite *alert_avro_suite(void);
Suite *alert_json_suite(void);
Suite *derived_suite(void);
Suite *explain_suite(void);
Suite *standing_suite(void);

#endif
