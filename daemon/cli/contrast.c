#include "seinpost/cli/contrast.h"

#include "seinpost/base/duration.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/rule/literal.h"

#include <stdlib.h>

enum {
    APART = 1000 /* more differences than two records of one alert have */
};

/* `2.50` is `2.5`. */
static bool same_value(struct slice a, struct slice b)
{
    int64_t left = 0;
    int64_t right = 0;

    return slice_equal(a, b) ||
           (literal_milli(a, &left) && literal_milli(b, &right) && left == right);
}

static const struct ruletest_pair *pair_of(const struct ruletest_pair *pairs, size_t count,
                                           const struct ruletest_pair *wanted)
{
    const struct ruletest_pair *other = NULL;

    for (size_t i = 0; i < count; i++) {
        if (slice_equal(pairs[i].name, wanted->name)) {
            if (same_value(pairs[i].value, wanted->value)) {
                return &pairs[i];
            }
            other = &pairs[i];
        }
    }
    return other;
}

/* How many of the wanted pairs are not there as wanted. */
static size_t count_other(const struct ruletest_pair *pairs, size_t count,
                          const struct ruletest_pair *wanted, size_t wanted_count)
{
    size_t other = 0;

    for (size_t i = 0; i < wanted_count; i++) {
        const struct ruletest_pair *pair = pair_of(pairs, count, &wanted[i]);
        other += pair == NULL || !same_value(pair->value, wanted[i].value) ? 1U : 0U;
    }
    return other;
}

static size_t position_of(const struct ruletest *test, struct slice id)
{
    size_t position = 0;

    while (position < test->given_count && !slice_equal(test->given[position].id, id)) {
        position++;
    }
    return position;
}

static bool has_position(const struct ruletest *test, const struct contrast_alert *told,
                         size_t position)
{
    for (size_t i = 0; i < told->evidence_count; i++) {
        if (slice_equal(told->evidence[i], test->given[position].id)) {
            return true;
        }
    }
    return false;
}

static bool wants_position(const struct ruletest_expected *expected, size_t position)
{
    for (size_t i = 0; i < expected->evidence_count; i++) {
        if (expected->evidence[i] == position) {
            return true;
        }
    }
    return false;
}

static bool same_evidence(const struct ruletest *test, const struct contrast_alert *told,
                          const struct ruletest_expected *expected)
{
    if (!expected->has_evidence) {
        return true;
    }
    for (size_t i = 0; i < expected->evidence_count; i++) {
        if (!has_position(test, told, expected->evidence[i])) {
            return false;
        }
    }
    return told->evidence_count == expected->evidence_count;
}

/* In how much an alert is other than expected; 0: it is as expected. */
static size_t distance(const struct ruletest *test, const struct contrast_alert *told,
                       const struct ruletest_expected *expected)
{
    if (told->met || !slice_equal(told->rule, expected->rule) ||
        !slice_equal(told->state, expected->state)) {
        return APART;
    }
    return (expected->has_at && instant_compare(told->at, expected->at) != 0 ? 1U : 0U) +
           2 * count_other(told->group, told->group_count, expected->group,
                           expected->group_count) +
           count_other(told->metrics, told->metrics_count, expected->metrics,
                       expected->metrics_count) +
           (same_evidence(test, told, expected) ? 0U : 1U);
}

/* How an instant stands in a test: as a duration from its start. */
static void add_instant(struct text *text, struct instant at)
{
    char buffer[INSTANT_TEXT_SIZE];
    const int64_t ms = instant_distance(at, RULETEST_START);

    text_add(text,
             slice_of(ms >= 0 ? duration_format(ms, buffer) : instant_format(at, buffer)));
}

static void add_pairs(struct text *text, const char *label, const struct ruletest_pair *pairs,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        text_format(text, "%s%.*s: %.*s%s", i == 0 ? label : ", ", SLICE_ARGS(pairs[i].name),
                    SLICE_ARGS(pairs[i].value), i + 1 == count ? "}" : "");
    }
}

static void describe_told(const struct ruletest *test, const struct contrast_alert *told,
                          struct text *why)
{
    text_format(why, "    +  {rule: %.*s, state: %.*s, at: ", SLICE_ARGS(told->rule),
                SLICE_ARGS(told->state));
    add_instant(why, told->at);
    add_pairs(why, ", group: {", told->group, told->group_count);
    add_pairs(why, ", metrics: {", told->metrics, told->metrics_count);
    text_add(why, SLICE(", evidence: ["));
    for (size_t i = 0; i < told->evidence_count; i++) {
        text_format(why, "%s%zu", i > 0 ? ", " : "", position_of(test, told->evidence[i]) + 1);
    }
    text_add(why, SLICE("]}\n"));
}

static void describe_expected(const struct ruletest_expected *expected, struct text *why)
{
    text_format(why, "    -  {rule: %.*s, state: %.*s", SLICE_ARGS(expected->rule),
                SLICE_ARGS(expected->state));
    if (expected->has_at) {
        text_add(why, SLICE(", at: "));
        add_instant(why, expected->at);
    }
    add_pairs(why, ", group: {", expected->group, expected->group_count);
    add_pairs(why, ", metrics: {", expected->metrics, expected->metrics_count);
    for (size_t i = 0; i < expected->evidence_count; i++) {
        text_format(why, "%s%zu%s", i == 0 ? ", evidence: [" : ", ", expected->evidence[i] + 1,
                    i + 1 == expected->evidence_count ? "]" : "");
    }
    text_add(why, SLICE("}\n"));
}

static void compare_pairs(struct text *why, const char *what, const struct ruletest_pair *told,
                          size_t told_count, const struct ruletest_pair *wanted,
                          size_t wanted_count)
{
    for (size_t i = 0; i < wanted_count; i++) {
        const struct ruletest_pair *pair = pair_of(told, told_count, &wanted[i]);
        if (pair == NULL) {
            text_format(why, "       %s.%.*s: %.*s expected, there is none\n", what,
                        SLICE_ARGS(wanted[i].name), SLICE_ARGS(wanted[i].value));
        } else if (!same_value(pair->value, wanted[i].value)) {
            text_format(why, "       %s.%.*s: %.*s expected, %.*s came\n", what,
                        SLICE_ARGS(wanted[i].name), SLICE_ARGS(wanted[i].value),
                        SLICE_ARGS(pair->value));
        }
    }
}

static void compare_evidence(const struct ruletest *test, const struct contrast_alert *told,
                             const struct ruletest_expected *expected, struct text *why)
{
    if (same_evidence(test, told, expected)) {
        return;
    }
    text_add(why, SLICE("       evidence:"));
    for (size_t i = 0; i < expected->evidence_count; i++) {
        if (!has_position(test, told, expected->evidence[i])) {
            text_format(why, " -%zu", expected->evidence[i] + 1);
        }
    }
    for (size_t i = 0; i < told->evidence_count; i++) {
        const size_t position = position_of(test, told->evidence[i]);
        if (!wants_position(expected, position)) {
            text_format(why, " +%zu", position + 1);
        }
    }
    text_add(why, SLICE(" (events by their position in 'given')\n"));
}

/* Of an alert that came otherwise than expected, what is other. */
static void describe_other(const struct ruletest *test, const struct contrast_alert *told,
                           const struct ruletest_expected *expected, struct text *why)
{
    text_format(why, "    ~  {rule: %.*s, state: %.*s, at: ", SLICE_ARGS(told->rule),
                SLICE_ARGS(told->state));
    add_instant(why, told->at);
    add_pairs(why, ", group: {", told->group, told->group_count);
    text_add(why, SLICE("} came, with a difference:\n"));
    if (expected->has_at && instant_compare(told->at, expected->at) != 0) {
        text_add(why, SLICE("       at: "));
        add_instant(why, expected->at);
        text_add(why, SLICE(" expected, "));
        add_instant(why, told->at);
        text_add(why, SLICE(" came\n"));
    }
    compare_pairs(why, "group", told->group, told->group_count, expected->group,
                  expected->group_count);
    compare_pairs(why, "metrics", told->metrics, told->metrics_count, expected->metrics,
                  expected->metrics_count);
    compare_evidence(test, told, expected, why);
}

static struct contrast_alert *nearest(const struct ruletest *test, struct contrast_alert *told,
                                      size_t told_count,
                                      const struct ruletest_expected *expected, size_t *least)
{
    struct contrast_alert *best = NULL;

    *least = APART;
    for (size_t i = 0; i < told_count; i++) {
        const size_t now = distance(test, &told[i], expected);
        if (now < *least) {
            *least = now;
            best = &told[i];
        }
    }
    return best;
}

bool contrast_judge(const struct ruletest *test, struct contrast_alert *told, size_t told_count,
                    struct text *why)
{
    bool *met = calloc(test->expected_count + 1, sizeof *met);
    bool good = true;

    ENSURE_MEMORY(met != NULL);
    for (size_t i = 0; i < test->expected_count; i++) {
        size_t apart = 0;
        struct contrast_alert *best =
            nearest(test, told, told_count, &test->expected[i], &apart);
        if (best != NULL && apart == 0) {
            best->met = met[i] = true;
        }
    }
    for (size_t i = 0; i < test->expected_count; i++) {
        size_t apart = 0;
        struct contrast_alert *best =
            met[i] ? NULL : nearest(test, told, told_count, &test->expected[i], &apart);
        if (best != NULL) {
            best->met = true;
            describe_other(test, best, &test->expected[i], why);
        } else if (!met[i]) {
            describe_expected(&test->expected[i], why);
        }
        good = good && met[i];
    }
    for (size_t i = 0; i < told_count; i++) {
        if (!told[i].met && slice_is(told[i].state, "opened")) {
            describe_told(test, &told[i], why);
            good = false;
        }
    }
    free(met);
    return good;
}
