#include "seinpost/rule/correlation.h"

#include "seinpost/rule/linking.h"
#include "seinpost/rule/steps.h"
#include "seinpost/rule/tally.h"
#include "seinpost/rule/watching.h"
#include "seinpost/rule/weighing.h"

static bool has_window(enum correlation_type type)
{
    switch (type) {
    case CORRELATION_EVENT_COUNT:
    case CORRELATION_VALUE_COUNT:
    case CORRELATION_VALUE_SUM:
    case CORRELATION_VALUE_AVG:
    case CORRELATION_AGGREGATE:
    case CORRELATION_RATIO:
    case CORRELATION_TEMPORAL:
    case CORRELATION_TEMPORAL_ORDERED:
    case CORRELATION_SCORE:
        return true;
    case CORRELATION_SEQUENCE:
    case CORRELATION_ABSENCE:
    case CORRELATION_VELOCITY:
    case CORRELATION_FIRST_SEEN:
    case CORRELATION_CHANGE:
    case CORRELATION_LINK:
        break;
    }
    return false;
}

/* Buckets and sessions are for kinds that judge all events of a window together. */
static void check_window(struct build *build)
{
    const struct document_correlation *joins = &build->document->joins;
    const struct tree *node = build->document->correlation;
    struct diag *diag = build->compile.diag;
    const bool session = joins->window == RULE_SESSION;

    if (joins->window != RULE_SLIDING && !has_window((enum correlation_type)joins->type)) {
        tree_fault(diag, tree_get(node, "window"), "E216",
                   "kind '%s' has no window but timespan", document_correlations[joins->type]);
    } else if (session && joins->gap_ms < 0) {
        tree_fault(diag, tree_get(node, "window"), "E216", "a session needs 'gap'");
        diag_hint(diag, "so long without an event ends it");
    }
    if (!session && joins->gap_ms >= 0) {
        tree_key_fault(diag, tree_get(node, "gap"), "E216", "only a session has a gap");
        diag_hint(diag, "window: session");
    }
}

/* A rule of one event. A key that is there, and of no use, was told. */
static bool check_single(const struct build *build)
{
    const struct tree *node = build->rule->node;
    const bool source = tree_get(node, "source") != NULL;
    const bool detection = tree_get(node, "detection") != NULL;
    const struct tree *events = tree_get(node, "events");

    if (events != NULL) {
        tree_key_fault(build->compile.diag, events, "E211", "'events' without 'correlation'");
        diag_hint(build->compile.diag, "how do they belong together?");
    } else if (!source && !detection) {
        tree_key_fault(build->compile.diag, node, "E202",
                       "'source' and 'detection' are missing, or 'events' and 'correlation'");
    } else if (!source || !detection) {
        tree_key_fault(build->compile.diag, node, "E202", "key '%s' is missing",
                       source ? "detection" : "source");
    }
    return build->document->source != NULL && build->document->detection != NULL;
}

/* With a correlation, sources and detections stand in `events`. */
static void check_outside(const struct build *build, const char *key)
{
    const struct tree *node = tree_get(build->rule->node, key);

    if (node != NULL) {
        tree_key_fault(build->compile.diag, node, "E211",
                       "a rule with 'correlation' has its '%s' in 'events'", key);
        diag_hint(build->compile.diag, "as events: {NAME: {source: ..., detection: ...}}");
    }
}

bool correlation_check(struct build *build)
{
    const struct document_correlation *joins = &build->document->joins;
    struct diag *diag = build->compile.diag;

    if (tree_get(build->rule->node, "correlation") == NULL) {
        return check_single(build);
    }
    check_outside(build, "source");
    check_outside(build, "detection");
    if (build->document->correlation == NULL || joins->type < 0) {
        return false;
    }
    check_window(build);
    if (joins->timespan_ms == 0) {
        tree_fault(diag, tree_get(build->document->correlation, "timespan"), "E206",
                   "a timespan is longer than 0");
    }
    return true;
}

void correlation_compile(struct build *build)
{
    switch ((enum correlation_type)build->document->joins.type) {
    case CORRELATION_SEQUENCE:
        build->rule->class = RULE_SEQUENCE;
        steps_read_sequence(build);
        return;
    case CORRELATION_ABSENCE:
        build->rule->class = RULE_ABSENCE;
        steps_read_absence(build);
        return;
    case CORRELATION_VELOCITY:
    case CORRELATION_FIRST_SEEN:
    case CORRELATION_CHANGE:
        watching_read(build);
        return;
    case CORRELATION_SCORE:
        weighing_read(build);
        return;
    case CORRELATION_LINK:
        linking_read(build);
        return;
    case CORRELATION_EVENT_COUNT:
    case CORRELATION_VALUE_COUNT:
    case CORRELATION_VALUE_SUM:
    case CORRELATION_VALUE_AVG:
    case CORRELATION_AGGREGATE:
    case CORRELATION_TEMPORAL:
    case CORRELATION_TEMPORAL_ORDERED:
    case CORRELATION_RATIO:
        break;
    }
    build->rule->class = RULE_COUNTING;
    tally_read(build);
}
