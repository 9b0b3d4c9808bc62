#include "seinpost/rule/document.h"

#include "seinpost/base/nearest.h"
#include "seinpost/schema/vocabulary.h"

#include <stddef.h>

const char *const document_correlations[] = {
    "event_count",      "value_count", "value_sum", "value_avg", "aggregate", "temporal",
    "temporal_ordered", "sequence",    "absence",   "velocity",  "ratio",     "first_seen",
    "change",           "link",        "score",     NULL};

const char *const document_statuses[] = {"draft", "test", "stable", "deprecated", NULL};

static const char *const windows[] = {"sliding", "tumbling", "session", NULL};
static const char *const overlaps[] = {"latest", "first", NULL};
static const char *const thens[] = {"update", "drop", NULL};

#define RULE(member)      offsetof(struct document_rule, member)
#define JOINS(member)     offsetof(struct document_correlation, member)
#define LIST(member)      offsetof(struct document_list, member)
#define EXCEPTION(member) offsetof(struct document_exception, member)
#define ALERT(member)     offsetof(struct document_alert, member)
#define SUPPRESS(member)  offsetof(struct document_suppress, member)
#define COUNT_OF(array)   (sizeof(array) / sizeof((array)[0]))

static const struct bind_key rule_keys[] = {
    {"schema", BIND_TEXT, true, RULE(schema), NULL},
    {"title", BIND_TEXT, true, RULE(title), NULL},
    {"name", BIND_TEXT, true, RULE(name), NULL},
    {"id", BIND_TEXT, false, RULE(id), NULL},
    {"version", BIND_INT, true, RULE(version), NULL},
    {"status", BIND_CHOICE, true, RULE(status), document_statuses},
    {"level", BIND_CHOICE, true, RULE(level), vocabulary_levels},
    {"score", BIND_INT, false, RULE(score), NULL},
    {"stage", BIND_CHOICE, true, RULE(stage), vocabulary_stages},
    {"track", BIND_CHOICE, false, RULE(track), vocabulary_tracks},
    {"purpose", BIND_CHOICES, true, RULE(purposes), vocabulary_purposes},
    {"legal-basis", BIND_CHOICES, true, RULE(legal_bases), vocabulary_legal_bases},
    {"owner", BIND_TEXT, true, RULE(owner), NULL},
    {"author", BIND_TEXT, false, RULE(author), NULL},
    {"approved-by", BIND_TEXTS, false, RULE(approved_by), NULL},
    {"date", BIND_DATE, false, RULE(date), NULL},
    {"modified", BIND_DATE, false, RULE(modified), NULL},
    {"review-by", BIND_DATE, false, RULE(review_by), NULL},
    {"expires", BIND_DATE, false, RULE(expires), NULL},
    {"measures", BIND_TEXTS, false, RULE(measures), NULL},
    {"falsepositives", BIND_TEXTS, false, RULE(falsepositives), NULL},
    {"references", BIND_TEXTS, false, RULE(references), NULL},
    {"tags", BIND_TEXTS, false, RULE(tags), NULL},
    {"related", BIND_TEXTS, false, RULE(related), NULL},
    {"handling", BIND_TEXT, false, RULE(handling), NULL},
    {"description", BIND_TEXT, false, RULE(description), NULL},
    {"unless", BIND_MAP, false, RULE(unless), NULL},
    {"events", BIND_MAP, false, RULE(events), NULL},
    {"source", BIND_MAP, false, RULE(source), NULL},
    {"detection", BIND_MAP, false, RULE(detection), NULL},
    {"correlation", BIND_MAP, false, RULE(correlation), NULL},
    {"alert", BIND_MAP, false, RULE(alert), NULL},
    {"tests", BIND_LIST, false, RULE(tests), NULL},
};
const struct bind_table document_rule_table = {rule_keys, COUNT_OF(rule_keys), NULL};

static const struct bind_key common_keys[] = {
    {"type", BIND_CHOICE, true, JOINS(type), document_correlations},
    {"group-by", BIND_TEXTS, false, JOINS(group_by), NULL},
    {"timespan", BIND_DURATION, true, JOINS(timespan_ms), NULL},
    {"aliases", BIND_MAP, false, JOINS(aliases), NULL},
    {"window", BIND_CHOICE, false, JOINS(window), windows},
    {"gap", BIND_DURATION, false, JOINS(gap_ms), NULL},
    {"lateness", BIND_DURATION, false, JOINS(lateness_ms), NULL},
    {"max-groups", BIND_INT, false, JOINS(groups_max), NULL},
    {"close-after", BIND_DURATION, false, JOINS(close_after_ms), NULL},
    {"generate", BIND_BOOL, false, JOINS(generate), NULL},
};
static const struct bind_table common_table = {common_keys, COUNT_OF(common_keys), NULL};

static const struct bind_key count_keys[] = {
    {"rules", BIND_NODE, true, JOINS(rules), NULL},
    {"condition", BIND_MAP, true, JOINS(condition), NULL},
};
static const struct bind_key value_keys[] = {
    {"rules", BIND_NODE, true, JOINS(rules), NULL},
    {"field", BIND_TEXT, true, JOINS(field), NULL},
    {"condition", BIND_MAP, true, JOINS(condition), NULL},
};
static const struct bind_key aggregate_keys[] = {
    {"rules", BIND_NODE, true, JOINS(rules), NULL},
    {"metrics", BIND_MAP, true, JOINS(metrics), NULL},
    {"condition", BIND_MAP, true, JOINS(condition), NULL},
};
static const struct bind_key temporal_keys[] = {
    {"rules", BIND_NODE, true, JOINS(rules), NULL},
    {"condition", BIND_MAP, false, JOINS(condition), NULL},
    {"min-count", BIND_MAP, false, JOINS(min_count), NULL},
};
static const struct bind_key sequence_keys[] = {
    {"steps", BIND_LIST, true, JOINS(steps), NULL},
    {"until", BIND_TEXT, false, JOINS(until), NULL},
    {"overlap", BIND_CHOICE, false, JOINS(overlap), overlaps},
};
static const struct bind_key absence_keys[] = {
    {"after", BIND_TEXT, true, JOINS(after), NULL},
    {"missing", BIND_TEXT, true, JOINS(missing), NULL},
    {"lookback", BIND_DURATION, false, JOINS(lookback_ms), NULL},
};
static const struct bind_key velocity_keys[] = {
    {"rules", BIND_NODE, true, JOINS(rules), NULL},
    {"field", BIND_TEXT, true, JOINS(field), NULL},
    {"places", BIND_TEXTS, true, JOINS(places), NULL},
    {"min-distance", BIND_NODE, true, JOINS(min_distance), NULL},
    {"condition", BIND_MAP, true, JOINS(condition), NULL},
};
static const struct bind_key ratio_keys[] = {
    {"numerator", BIND_MAP, true, JOINS(numerator), NULL},
    {"denominator", BIND_MAP, true, JOINS(denominator), NULL},
    {"min-denominator", BIND_NODE, true, JOINS(min_denominator), NULL},
    {"condition", BIND_MAP, true, JOINS(condition), NULL},
};
static const struct bind_key first_seen_keys[] = {
    {"rules", BIND_NODE, true, JOINS(rules), NULL},
    {"field", BIND_TEXT, true, JOINS(field), NULL},
    {"history", BIND_DURATION, true, JOINS(history_ms), NULL},
};
static const struct bind_key change_keys[] = {
    {"rules", BIND_NODE, true, JOINS(rules), NULL},
    {"field", BIND_TEXT, true, JOINS(field), NULL},
    {"ignore-null", BIND_BOOL, false, JOINS(ignore_null), NULL},
};
static const struct bind_key link_keys[] = {
    {"rules", BIND_NODE, true, JOINS(rules), NULL},
    {"via", BIND_NODE, true, JOINS(via), NULL},
    {"hub-limit", BIND_INT, true, JOINS(hub_limit), NULL},
    {"max-size", BIND_INT, true, JOINS(size_max), NULL},
    {"condition", BIND_MAP, true, JOINS(condition), NULL},
};
static const struct bind_key score_keys[] = {
    {"rules", BIND_MAP, true, JOINS(rules), NULL},
    {"decay", BIND_MAP, true, JOINS(decay), NULL},
    {"max-per-rule", BIND_INT, true, JOINS(per_rule_max), NULL},
    {"condition", BIND_MAP, true, JOINS(condition), NULL},
};

#define KIND(array)                                                                            \
    {                                                                                          \
        array, COUNT_OF(array), &common_table                                                  \
    }
const struct bind_table document_kind_tables[] = {
    [CORRELATION_EVENT_COUNT] = KIND(count_keys),
    [CORRELATION_VALUE_COUNT] = KIND(value_keys),
    [CORRELATION_VALUE_SUM] = KIND(value_keys),
    [CORRELATION_VALUE_AVG] = KIND(value_keys),
    [CORRELATION_AGGREGATE] = KIND(aggregate_keys),
    [CORRELATION_TEMPORAL] = KIND(temporal_keys),
    [CORRELATION_TEMPORAL_ORDERED] = KIND(temporal_keys),
    [CORRELATION_SEQUENCE] = KIND(sequence_keys),
    [CORRELATION_ABSENCE] = KIND(absence_keys),
    [CORRELATION_VELOCITY] = KIND(velocity_keys),
    [CORRELATION_RATIO] = KIND(ratio_keys),
    [CORRELATION_FIRST_SEEN] = KIND(first_seen_keys),
    [CORRELATION_CHANGE] = KIND(change_keys),
    [CORRELATION_LINK] = KIND(link_keys),
    [CORRELATION_SCORE] = KIND(score_keys),
};

static const struct bind_key list_keys[] = {
    {"schema", BIND_TEXT, true, LIST(schema), NULL},
    {"name", BIND_TEXT, true, LIST(name), NULL},
    {"title", BIND_TEXT, false, LIST(title), NULL},
    {"key", BIND_TEXT, true, LIST(key), NULL},
    {"entries", BIND_LIST, true, LIST(entries), NULL},
    {"owner", BIND_TEXT, true, LIST(owner), NULL},
    {"expires", BIND_DATE, true, LIST(expires), NULL},
};
const struct bind_table document_list_table = {list_keys, COUNT_OF(list_keys), NULL};

static const struct bind_key exception_keys[] = {
    {"schema", BIND_TEXT, true, EXCEPTION(schema), NULL},
    {"title", BIND_TEXT, true, EXCEPTION(title), NULL},
    {"rules", BIND_TEXTS, true, EXCEPTION(rules), NULL},
    {"match", BIND_MAP, true, EXCEPTION(match), NULL},
    {"reason", BIND_TEXT, true, EXCEPTION(reason), NULL},
    {"author", BIND_TEXT, true, EXCEPTION(author), NULL},
    {"approved-by", BIND_TEXTS, true, EXCEPTION(approved_by), NULL},
    {"expires", BIND_DATE, true, EXCEPTION(expires), NULL},
};
const struct bind_table document_exception_table = {exception_keys, COUNT_OF(exception_keys),
                                                    NULL};

static const struct bind_key test_keys[] = {
    {"schema", BIND_TEXT, true, offsetof(struct document_test, schema), NULL},
    {"title", BIND_TEXT, false, offsetof(struct document_test, title), NULL},
    {"tests", BIND_LIST, true, offsetof(struct document_test, tests), NULL},
};
const struct bind_table document_test_table = {test_keys, COUNT_OF(test_keys), NULL};

static const struct bind_key alert_keys[] = {
    {"summary", BIND_TEXT, false, ALERT(summary), NULL},
    {"suppress", BIND_MAP, false, ALERT(suppress), NULL},
    {"evidence", BIND_TEXTS, false, ALERT(evidence), NULL},
    {"carry", BIND_TEXTS, false, ALERT(carry), NULL},
    {"route", BIND_MAP, false, ALERT(route), NULL},
    {"close-on", BIND_NODE, false, ALERT(close_on), NULL},
};
const struct bind_table document_alert_table = {alert_keys, COUNT_OF(alert_keys), NULL};

static const struct bind_key suppress_keys[] = {
    {"for", BIND_DURATION, true, SUPPRESS(for_ms), NULL},
    {"by", BIND_TEXTS, false, SUPPRESS(by), NULL},
    {"then", BIND_CHOICE, false, SUPPRESS(then), thens},
};
const struct bind_table document_suppress_table = {suppress_keys, COUNT_OF(suppress_keys),
                                                   NULL};

enum document_kind document_kind(struct diag *diag, const struct tree *node)
{
    static const char *const schemas[] = {"seinpost/rule/1", "seinpost/list/1",
                                          "seinpost/exception/1", "seinpost/test/1", NULL};
    const struct tree *schema = tree_get(node, "schema");

    if (node->kind != TREE_MAP) {
        tree_fault(diag, node, "E204", "a map expected, this is %s", tree_kind_name(node));
        return DOCUMENT_UNKNOWN;
    }
    if (schema == NULL) {
        tree_fault(diag, node, "E201", "the 'schema:' line is missing");
        diag_hint(diag, "as schema: seinpost/rule/1");
        return DOCUMENT_UNKNOWN;
    }
    for (int i = 0; schema->kind == TREE_SCALAR && schemas[i] != NULL; i++) {
        if (slice_is(schema->text, schemas[i])) {
            return (enum document_kind)i;
        }
    }
    struct nearest nearest = {0};
    for (int i = 0; schemas[i] != NULL; i++) {
        nearest_try(&nearest, schema->text, slice_of(schemas[i]));
    }
    tree_fault(diag, schema, "E201", "unknown schema '%.*s'", SLICE_ARGS(schema->text));
    if (slice_starts_with(schema->text, SLICE("seinpost/config/"))) {
        diag_hint(diag, "a configuration is checked with --config FILE");
        return DOCUMENT_UNKNOWN;
    }
    diag_hint(diag, nearest_found(&nearest) ? "did you mean '%.*s'?" : "as %.*s",
              SLICE_ARGS(nearest_found(&nearest) ? nearest.best : slice_of(schemas[0])));
    return DOCUMENT_UNKNOWN;
}

/* The kind says which keys there are, so it is looked at first. */
static void read_correlation(struct diag *diag, struct arena *arena, const struct tree *node,
                             struct document_correlation *joins)
{
    const struct tree *type = tree_get(node, "type");

    *joins = (struct document_correlation){
        .type = -1, .timespan_ms = -1, .gap_ms = -1, .lateness_ms = -1, .generate = true};
    if (type == NULL) {
        tree_key_fault(diag, node, "E202", "key 'type' is missing");
        return;
    }
    const int index = bind_choice(diag, type, document_correlations, "kind of correlation");
    if (index >= 0) {
        (void)bind_map(diag, arena, node, &document_kind_tables[index], joins);
    }
}

void document_read_rule(struct diag *diag, struct arena *arena, const struct tree *node,
                        struct document_rule *rule)
{
    *rule =
        (struct document_rule){.track = -1, .expires = INSTANT_MAX, .review_by = INSTANT_MAX};
    (void)bind_map(diag, arena, node, &document_rule_table, rule);
    if (rule->correlation != NULL) {
        read_correlation(diag, arena, rule->correlation, &rule->joins);
    }
}

bool document_is_fact(const struct tree *unless, const struct tree *item)
{
    return !slice_is(item->key, "none") &&
           !(tree_is_null(item) && tree_get(unless, "none") != NULL);
}

void document_read_list(struct diag *diag, struct arena *arena, const struct tree *node,
                        struct document_list *list)
{
    *list = (struct document_list){.expires = INSTANT_MAX};
    (void)bind_map(diag, arena, node, &document_list_table, list);
}

void document_read_exception(struct diag *diag, struct arena *arena, const struct tree *node,
                             struct document_exception *exception)
{
    *exception = (struct document_exception){.expires = INSTANT_MIN};
    (void)bind_map(diag, arena, node, &document_exception_table, exception);
}

void document_read_test(struct diag *diag, struct arena *arena, const struct tree *node)
{
    struct document_test test = {0};

    (void)bind_map(diag, arena, node, &document_test_table, &test);
}

void document_read_alert(struct diag *diag, struct arena *arena, const struct tree *node,
                         struct document_alert *alert)
{
    *alert = (struct document_alert){0};
    (void)bind_map(diag, arena, node, &document_alert_table, alert);
}

void document_read_suppress(struct diag *diag, struct arena *arena, const struct tree *node,
                            struct document_suppress *suppress)
{
    *suppress = (struct document_suppress){0};
    (void)bind_map(diag, arena, node, &document_suppress_table, suppress);
}
