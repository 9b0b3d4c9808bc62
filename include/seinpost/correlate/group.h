/* group: the events of one group of a rule, in content order, and how far its matcher has come:
 * once in the settled course, once in the head.
 *
 * Owns:    its values and matcher state; the events belong to the cell.
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 */
#ifndef SEINPOST_CORRELATE_GROUP_H
#define SEINPOST_CORRELATE_GROUP_H

#include "seinpost/correlate/absence.h"
#include "seinpost/correlate/counting.h"
#include "seinpost/correlate/course.h"
#include "seinpost/correlate/joining.h"
#include "seinpost/correlate/lanes.h"
#include "seinpost/correlate/timeline.h"

struct text;

/* State of the rule's matcher after so many of the group's events: of the matcher of its class.
 */
struct group_progress {
    size_t fed;
    union {
        struct sequence sequence; /* RULE_SEQUENCE */
        struct absence absence;   /* RULE_ABSENCE */
        struct joining joining;   /* RULE_LINK */
        struct {                  /* RULE_COUNTING and RULE_SCORE */
            struct window_session session;
            size_t window_first;        /* where the newest event's window begins */
            struct counting *counting;  /* NULL: no window was large yet */
            struct lanes_fed lanes_fed; /* of the group's lanes */
        };
    };
};

struct group {
    struct value *values; /* of the rule's group-by */
    char *texts;          /* behind the values */
    struct slice key;     /* the values as bytes: for ids, and for order */
    struct timeline events;
    struct lanes *lanes; /* of a score; NULL: the events are few */
    uint64_t forgotten;  /* events that stood before them */
    struct group_progress settled;
    struct group_progress head;
    enum rule_class class; /* of the rule */
};

/* What is being fed, and to which course. */
struct group_feeding {
    const struct rule *rule;
    struct course *course;
    struct group *group;
    size_t index; /* of the group in its cell */
    bool settled; /* the settled progress, not the head's */
    struct instant watermark;
};

struct group *group_new(const struct rule *rule, const struct value *values, struct slice key);
void group_free(struct group *group);

/* The rule lives at another place from now on: what knew it there begins anew. */
void group_rebind(struct group *group);

/* Appends the bytes that tell a group by its values. */
void group_key(const struct rule *rule, const struct value *values, struct text *text);

/* Appends those of one value. */
void group_key_value(struct text *text, const struct value *value);

/* Puts in, or takes out, an event that the rule counts; others leave no trace in the group. */
void group_insert(struct group *group, const struct rule *rule, struct held *held);
void group_remove(struct group *group, const struct rule *rule, const struct held *held);

/* Takes the next event of the group into the course. */
void group_feed(struct group_feeding *feeding, const struct held *event);

/* Returns when the group has something to conclude, or INSTANT_MAX. */
struct instant group_due(const struct rule *rule, const struct group *group, bool settled);

/* Returns the last event of what is due then, when there is such. */
const struct held *group_due_event(const struct rule *rule, const struct group *group,
                                   bool settled);

/* Concludes what is over at `due`, and proven. */
void group_conclude(struct group_feeding *feeding, struct instant due);

/* Sets the head back to where the settled course is. */
void group_restart(struct group *group);

/* The first `count` events are needed no more; nothing after `settled_at` looks at them. */
void group_forget(struct group *group, const struct rule *rule, size_t count,
                  struct instant settled_at);

#endif
