#include "seinpost/correlate/chain.h"

#include "seinpost/base/ensure.h"

/* In one pass through the events: for each number of links the first link that may come next,
 * as early as any choice of links gets there; and how many events each link has had since. */
struct passage {
    size_t length;
    size_t next[RULE_STEPS_MAX + 1]; /* above `length`: so many were not reached yet */
    int64_t had[RULE_STEPS_MAX + 1][RULE_STEPS_MAX];
};

/* An event of the link comes after `filled` others: is the link full, too? */
static bool fills(struct passage *passage, const struct rule_metric *metric, size_t filled,
                  size_t link)
{
    if (passage->next[filled] > link) {
        return false;
    }
    return ++passage->had[filled][link] >= metric->chain[link].count;
}

/* From more links to fewer, and from later links to earlier ones, so that what the event fills
 * is not there yet for what it may fill besides. */
static void pass(struct passage *passage, const struct rule_metric *metric,
                 const struct held *event)
{
    for (size_t filled = passage->length; filled-- > 0;) {
        for (size_t link = passage->length; link-- > filled;) {
            if (held_meets(event, metric->chain[link].entry) &&
                fills(passage, metric, filled, link) && passage->next[filled + 1] > link + 1) {
                passage->next[filled + 1] = link + 1;
            }
        }
    }
}

int64_t chain_count(const struct rule_metric *metric, const struct held *const *events,
                    size_t count)
{
    struct passage passage = {.length = metric->chain_count};
    int64_t most = 0;

    ENSURE(metric->chain_count <= RULE_STEPS_MAX);
    for (size_t i = 1; i <= passage.length; i++) {
        passage.next[i] = SIZE_MAX;
    }
    for (size_t i = 0; i < count; i++) {
        pass(&passage, metric, events[i]);
    }
    for (size_t i = 1; i <= passage.length; i++) {
        most = passage.next[i] != SIZE_MAX ? (int64_t)i : most;
    }
    return most;
}
