#include "seinpost/correlate/chain.h"

#include "correlate.h"

enum {
    LINKS_MAX = 4,
    EVENTS_MAX = 7,
};

/* Can the links from `link` on, of which `wanted` must be full, be filled by events from `from`
 * on? Tries everything: the plain meaning of the words. */
static bool can_fill(const struct rule_metric *metric, const struct held *const *events,
                     size_t count, const size_t *chosen, size_t chosen_count)
{
    size_t at = 0;

    for (size_t i = 0; i < chosen_count; i++) {
        const struct rule_link *link = &metric->chain[chosen[i]];
        for (int64_t had = 0; had < link->count; at++) {
            if (at == count) {
                return false;
            }
            had += held_meets(events[at], link->entry) ? 1 : 0;
        }
    }
    return true;
}

/* The largest set of links, in their order, that can be filled. */
static int64_t most_filled(const struct rule_metric *metric, const struct held *const *events,
                           size_t count)
{
    int64_t most = 0;

    for (unsigned set = 0; set < 1U << metric->chain_count; set++) {
        size_t chosen[LINKS_MAX];
        size_t chosen_count = 0;
        for (size_t i = 0; i < metric->chain_count; i++) {
            if ((set >> i & 1) != 0) {
                chosen[chosen_count++] = i;
            }
        }
        if ((int64_t)chosen_count > most &&
            can_fill(metric, events, count, chosen, chosen_count)) {
            most = (int64_t)chosen_count;
        }
    }
    return most;
}

/* The one pass finds what trying every choice of links finds. */
START_TEST(one_pass_finds_the_longest_chain)
{
    struct unit_draw draw = unit_draw(1);

    for (int round = 0; round < 20000; round++) {
        struct rule_link chain[LINKS_MAX];
        struct held held[EVENTS_MAX] = {{.entries = 0}};
        const struct held *events[EVENTS_MAX];
        const struct rule_metric metric = {.chain = chain,
                                           .chain_count = 1 + unit_below(&draw, LINKS_MAX)};
        const size_t count = unit_below(&draw, EVENTS_MAX + 1);
        for (size_t i = 0; i < metric.chain_count; i++) {
            chain[i] = (struct rule_link){(int)i, 1 + (int64_t)unit_below(&draw, 2)};
        }
        for (size_t i = 0; i < count; i++) {
            held[i].entries = unit_below(&draw, 1U << metric.chain_count);
            events[i] = &held[i];
        }
        struct chain found = chain_empty(&metric);
        for (size_t i = count; i > 0; i--) {
            chain_add(&found, &metric, events[i - 1]);
        }
        ck_assert_int_eq(chain_longest(&found), most_filled(&metric, events, count));
    }
}
END_TEST

Suite *chain_suite(void)
{
    const TTest *const tests[] = {one_pass_finds_the_longest_chain, NULL};

    return unit_suite("chain", tests);
}
