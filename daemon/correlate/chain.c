#include "seinpost/correlate/chain.h"

#include "seinpost/base/ensure.h"

struct chain chain_empty(const struct rule_metric *metric)
{
    struct chain chain = {.last = {0}};

    ENSURE(metric->chain_count <= RULE_STEPS_MAX);
    chain.last[0] = metric->chain_count + 1;
    return chain;
}

/* With so many filled already, does the event fill the link, too? */
static bool fills(struct chain *chain, const struct rule_metric *metric, size_t filled,
                  size_t link)
{
    return link + 1 < chain->last[filled] &&
           ++chain->had[filled][link] >= metric->chain[link].count;
}

/* From more links to fewer, so that what the event fills is not there yet for what it may fill
 * besides. */
void chain_add(struct chain *chain, const struct rule_metric *metric, const struct held *event)
{
    for (size_t filled = metric->chain_count; filled-- > 0;) {
        for (size_t link = 0; link < metric->chain_count; link++) {
            if (held_meets(event, metric->chain[link].entry) &&
                fills(chain, metric, filled, link) && chain->last[filled + 1] < link + 1) {
                chain->last[filled + 1] = link + 1;
            }
        }
    }
}

int64_t chain_longest(const struct chain *chain)
{
    int64_t longest = RULE_STEPS_MAX;

    while (chain->last[longest] == 0) {
        longest--;
    }
    return longest;
}
