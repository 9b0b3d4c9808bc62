/* alerting: what a rule's alerts say, carry and suppress, and their form as events of higher
 * rules.
 *
 * Owns:    nothing.
 * Thread:  the thread that loads.
 * Fails:   by faults E2xx, E310, E312, E320.
 */
#ifndef SEINPOST_RULE_ALERTING_H
#define SEINPOST_RULE_ALERTING_H

#include "seinpost/rule/build.h"

/* Reads the `alert:` section; group and metrics are known. */
void alerting_read(struct build *build);

/* Makes the event type that this rule's alerts are: `rule`, `stage`, `level`, `sector`, the
 * group's elements and the carried fields. */
void alerting_make_type(struct build *build);

enum {
    ALERTING_RULE, /* places of an alert's own fields in its event type */
    ALERTING_STAGE,
    ALERTING_LEVEL,
    ALERTING_SECTOR,
    ALERTING_GROUP, /* the group's elements begin here, then what is carried */
};

#endif
