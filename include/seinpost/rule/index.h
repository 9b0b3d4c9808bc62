/* index: which probes of an event type can be true of an event at all, found without asking
 * each: a probe that cannot do without an equality, a prefix or a range on one field stands
 * under that (its *gate*), the others are always asked.
 *
 * The gate is a condition that must hold, not all that must: the caller asks each candidate in
 * full. Of several the most selective is taken: the fewest values among those that the field
 * can have.
 *
 * Owns:    its tables; they live in the arena given.
 * Thread:  any, once it is made.
 * Fails:   never.
 */
#ifndef SEINPOST_RULE_INDEX_H
#define SEINPOST_RULE_INDEX_H

#include "seinpost/rule/gate.h"

struct arena;
struct index;

struct index *index_make(struct arena *arena, const struct probe_list *probes);

/* Finds the probes that an event may meet: a bit for each, in the arena. Go through them with
 * index_next(). */
const uint64_t *index_find(const struct index *index, const struct event *event,
                           struct arena *arena);

/* Returns the position of the next candidate from `from` on, in the order of the probes, or
 * `count` of them. */
size_t index_next(const uint64_t *candidates, size_t from, size_t count);

/* How some probes of an event type are found. */
struct index_gate {
    bool always;         /* they are asked of every event */
    enum gate_kind kind; /* else: by a hash, by a prefix, or by a range */
    struct slice field;
    struct slice text;    /* the value, or the prefix */
    const char *currency; /* of a range of money; empty: plain numbers */
    int64_t from;         /* of a range, as of a gate_term */
    int64_t to;
    const size_t *probes; /* their positions */
    size_t probes_count;
};

typedef void index_visit(void *context, const struct index_gate *gate);

/* Tells each gate, field by field; last, when there are some, the probes that have none. */
void index_each(const struct index *index, index_visit *visit, void *context);

#endif
