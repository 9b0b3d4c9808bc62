/* finding: a moment at which a rule's condition was seen to hold for a group.
 *
 * Owns:    nothing; it is valid while it is handed on.
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 */
#ifndef SEINPOST_CORRELATE_FINDING_H
#define SEINPOST_CORRELATE_FINDING_H

#include "seinpost/correlate/held.h"
#include "seinpost/correlate/measure.h"

struct finding {
    struct instant at;
    struct instant holds_until;
    const struct held *const *evidence; /* in content order */
    size_t evidence_count;
    const struct measure *measures; /* one for each metric of the rule, or NULL */
    bool capped;
    struct slice remark; /* what else is to be said of it; empty: nothing */
    bool runs;           /* the evidence is a run of the group's events, of which the first */
    uint64_t first;      /* has so many before it, forgotten ones too */
};

#endif
