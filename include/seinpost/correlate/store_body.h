/* store_body: what a store is made of, for store.c and the snapshot of it alone.
 *
 * Owns:    nothing.
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 */
#ifndef SEINPOST_CORRELATE_STORE_BODY_H
#define SEINPOST_CORRELATE_STORE_BODY_H

#include "seinpost/base/table.h"
#include "seinpost/base/text.h"
#include "seinpost/correlate/clock.h"
#include "seinpost/correlate/store.h"

struct store_rule {
    bool runs;
    struct instant watermark;
    struct instant capped; /* time of the newest match that found no room */
    struct table *cells;   /* by the key's bytes; NULL: there never was one */
    struct heap *due;
    struct instant first_due; /* of them: so that a watermark that touches none of the rule's
                                 cells need not look at the heap */
};

struct store {
    const struct program *program;
    struct store_listener listener;
    struct store_rule *rules; /* by index */
    size_t rules_count;
    size_t buried; /* of store_bury(): the rules before this index are freed */
    size_t cursor; /* and so are the cells of the one at it */
    struct clock *clock;
    struct store_image *saving; /* NULL: no image is being written */
    struct text key;
    uint64_t ungrouped;
    uint64_t capped;
};

/* Puts the cell where it is due next, or frees it when it knows nothing any more. */
void store_reschedule(struct store *store, struct store_rule *state, struct cell *cell);

#endif
