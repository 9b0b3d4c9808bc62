/* gathering: the events that rules hold of the groups with one value: taken from the match log,
 * as correlate takes them.
 *
 * Owns:    its events.
 * Thread:  one.
 * Fails:   never.
 */
#ifndef SEINPOST_CLI_GATHERING_H
#define SEINPOST_CLI_GATHERING_H

#include "seinpost/alert/alert.h"
#include "seinpost/base/vector.h"

struct gathering;

/* `kind` is an element of group-by, or an identity kind in any role. */
struct gathering_wanted {
    const struct program *program;
    struct slice kind;
    struct slice value;
};

struct gathering_group {
    const struct rule *rule;
    struct slice name;            /* `account t1:x, train 5` */
    VECTOR(struct held *) events; /* in content order */
    size_t opened;                /* alerts of it */
    struct slice alert;           /* id of the last one */
};

struct gathering *gathering_new(struct arena *arena, const struct gathering_wanted *wanted);
void gathering_free(struct gathering *gathering);

/* Takes the body of a pack of the match log. */
void gathering_take(struct gathering *gathering, struct slice body);

/* Takes an alert that was published. */
void gathering_alert(struct gathering *gathering, const struct alert *alert);

size_t gathering_count(const struct gathering *gathering);

/* Returns a group; they stand rule by rule. */
const struct gathering_group *gathering_get(const struct gathering *gathering, size_t index);

/* Returns the index of the element of the rule's group-by that is meant, or RULE_NONE. */
int gathering_element(const struct rule *rule, struct slice kind);

#endif
