/* metric: what a rule measures in a window, and the bounds that make it fire, while they are
 * read.
 *
 * Owns:    its lists, until metric_finish().
 * Thread:  the thread that loads.
 * Fails:   by faults E204 to E208, E213, E310.
 */
#ifndef SEINPOST_RULE_METRIC_H
#define SEINPOST_RULE_METRIC_H

#include "seinpost/base/vector.h"
#include "seinpost/rule/build.h"

/* All zero but `build` is one that has read nothing. */
struct metric_reader {
    struct build *build;
    VECTOR(struct rule_metric) metrics;
    VECTOR(struct rule_condition) conditions;
};

/* Adds a metric. Returns its index. */
size_t metric_add(struct metric_reader *reader, struct rule_metric metric);

/* Reads what a metric is of: an event, a field, or event.field, of the entries in `mask`. */
bool metric_argument(struct metric_reader *reader, const struct tree *node, uint64_t mask,
                     struct slice argument, struct rule_metric *metric);

/* Reads a metric, as `count_distinct(booking_ref)`, and adds it under the title. */
bool metric_function(struct metric_reader *reader, struct slice title, const struct tree *node,
                     uint64_t mask);

/* Reads the conditions of one metric: `{gte: 4}`. */
void metric_plain_conditions(struct metric_reader *reader, const struct tree *map,
                             size_t metric);

/* Reads conditions that name their metrics: `{bookings|gte: 4, share|lt: 0.5}`. */
void metric_named_conditions(struct metric_reader *reader, const struct tree *map);

/* Adds the condition that a metric is at least `node`'s value. */
void metric_at_least(struct metric_reader *reader, const struct tree *node, size_t metric);

/* Gives the rule what was read. */
void metric_finish(struct metric_reader *reader);

/* Tells whether `metrics` has one of this name, though it may be faulty. */
bool metric_is_declared(const struct build *build, struct slice name);

/* Return the functions of metrics and the operators of conditions that there are, one by one;
 * NULL behind the last. */
const char *metric_function_name(size_t index);
const char *metric_operator_name(size_t index);

#endif
