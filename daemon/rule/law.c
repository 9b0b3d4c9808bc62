#include "seinpost/rule/law.h"

#include "seinpost/base/duration.h"
#include "seinpost/base/text.h"
#include "seinpost/rule/criteria.h"
#include "seinpost/schema/vocabulary.h"

enum {
    EXCEPTION_DAYS_MAX = 90,
};

static struct diag *diag_of(const struct build *build)
{
    return build->compile.diag;
}

static const struct tree *key_of(const struct build *build, const char *key)
{
    const struct tree *node = tree_get(build->rule->node, key);

    return node != NULL ? node : build->rule->node;
}

static size_t count_facts(const struct tree *unless)
{
    size_t count = 0;

    for (const struct tree *item = unless->first; item != NULL; item = item->next) {
        count += document_is_fact(unless, item) ? 1U : 0U;
    }
    return count;
}

static void check_unless(const struct build *build)
{
    const struct tree *unless = build->document->unless;

    if (tree_get(build->rule->node, "unless") == NULL) {
        tree_key_fault(diag_of(build), build->rule->node, "E401",
                       "'unless' is missing: which facts speak for the person?");
        diag_hint(diag_of(build), "or unless: {none: why there are none}");
        return;
    }
    if (unless == NULL) { /* no map, which was told */
        return;
    }
    const struct tree *none = tree_get(unless, "none");
    const size_t facts = count_facts(unless);
    if (unless->count == 0) {
        tree_fault(diag_of(build), unless, "E401",
                   "'unless' is empty: which facts speak for "
                   "the person?");
        diag_hint(diag_of(build), "or unless: {none: why there are none}");
    } else if (none != NULL && facts > 0) {
        tree_key_fault(diag_of(build), none, "E401",
                       "'none' stands alone: here are facts beside it");
    } else if (none != NULL &&
               (none->kind != TREE_SCALAR || tree_is_null(none) || none->text.size == 0)) {
        tree_key_fault(diag_of(build), none, "E401", "'none' says why there are none");
    } else if (none != NULL && unless->count > 1) {
        tree_fault(diag_of(build), none, "W709", "the reason is cut off at a comma");
        diag_hint(diag_of(build), "put it in quotes");
    }
}

/* The item of a list that says a word, or what stands for all of it. */
static const struct tree *item_of(const struct tree *node, const char *word)
{
    for (const struct tree *item = node->first; item != NULL; item = item->next) {
        if (item->kind == TREE_SCALAR && slice_is(item->text, word)) {
            return item;
        }
    }
    return node;
}

/* F1: a rule reads a source only within the source's purposes and legal bases. */
static void check_purposes(const struct build *build, const struct source *source)
{
    const unsigned missing = build->rule->purposes & ~source->purposes;
    const struct tree *node = key_of(build, "purpose");

    for (unsigned i = 0; vocabulary_purposes[i] != NULL; i++) {
        if ((missing >> i & 1) != 0) {
            tree_fault(diag_of(build), item_of(node, vocabulary_purposes[i]), "E402",
                       "purpose '%s' is not allowed by source %.*s", vocabulary_purposes[i],
                       SLICE_ARGS(source->name));
        }
    }
}

/* F8: a rule looks only as far back as a source may be kept. */
static void check_retention(const struct build *build, const struct source *source)
{
    const struct rule *rule = build->rule;
    const struct tree *timespan = tree_get(build->document->correlation, "timespan");
    const int64_t window_ms = rule_looks_ms(rule);
    char retention[DURATION_TEXT_SIZE];
    char window[DURATION_TEXT_SIZE];

    if (source->retention_ms > 0 && window_ms > source->retention_ms) {
        tree_fault(diag_of(build), timespan != NULL ? timespan : build->document->correlation,
                   "E404", "the rule looks back %s: source %.*s may be kept for %s",
                   duration_format(window_ms, window), SLICE_ARGS(source->name),
                   duration_format(source->retention_ms, retention));
    }
}

static void hint_bases(const struct build *build, const struct source *source)
{
    struct text all = {0};

    for (unsigned i = 0; vocabulary_legal_bases[i] != NULL; i++) {
        if ((source->legal_bases >> i & 1) != 0) {
            text_format(&all, "%s%s", all.size > 0 ? ", " : "", vocabulary_legal_bases[i]);
        }
    }
    diag_hint(diag_of(build), "it allows %.*s", SLICE_ARGS(text_slice(&all)));
    text_free(&all);
}

static void check_source(const struct build *build, const struct source *source)
{
    const struct rule *rule = build->rule;

    check_purposes(build, source);
    if (rule->legal_bases != 0 && (rule->legal_bases & source->legal_bases) == 0) {
        tree_fault(diag_of(build), key_of(build, "legal-basis"), "E403",
                   "no legal basis of the rule is allowed by source %.*s",
                   SLICE_ARGS(source->name));
        hint_bases(build, source);
    }
    check_retention(build, source);
}

static bool reads(const struct build *build, const struct source *source)
{
    const struct rule *rule = build->rule;

    for (size_t i = 0; i < rule->entries_count; i++) {
        const struct slice glob = build->sources[i].source_glob;
        const bool meant = glob.size == 0 || slice_glob(glob, source->name);
        for (size_t j = 0; meant && j < rule->entries[i].types_count; j++) {
            if (rule->entries[i].made_by == NULL &&
                source_may_send(source, rule->entries[i].types[j]->name)) {
                return true;
            }
        }
    }
    return false;
}

static void check_sources(const struct build *build)
{
    const struct source_list *sources = &build->program->sources;

    for (size_t i = 0; i < sources->count + sources->off_count; i++) {
        const struct source *source = &sources->items[i];
        if (reads(build, source)) {
            check_source(build, source);
        }
    }
}

/* Purposes may only narrow from rule to rule (domain: intersection of the evidence). */
static void check_read_rules(const struct build *build)
{
    const struct tree *node = key_of(build, "purpose");

    for (size_t i = 0; i < build->rule->entries_count; i++) {
        const struct rule *made_by = build->entries[i].made_by;
        const unsigned missing =
            made_by == NULL ? 0 : build->rule->purposes & ~made_by->purposes;
        for (unsigned j = 0; vocabulary_purposes[j] != NULL; j++) {
            if ((missing >> j & 1) != 0) {
                tree_fault(diag_of(build), item_of(node, vocabulary_purposes[j]), "E402",
                           "purpose '%s' is not that of rule %.*s, whose alerts are read",
                           vocabulary_purposes[j], SLICE_ARGS(made_by->name));
            }
        }
    }
}

static void check_four_eyes(struct diag *diag, const struct bind_list *approved_by,
                            struct slice author)
{
    for (size_t i = 0; i < approved_by->count; i++) {
        if (slice_same_person(approved_by->nodes[i]->text, author)) {
            tree_fault(diag, approved_by->nodes[i], "E407",
                       "the author cannot approve: four eyes");
        }
    }
}

static void check_dates(const struct build *build, struct instant today)
{
    const struct document_rule *document = build->document;

    if (!instant_before(today, document->expires)) {
        tree_fault(diag_of(build), key_of(build, "expires"), "E408", "expired");
        diag_hint(diag_of(build), "from then on its alerts go to the shadow topic");
    } else if (!instant_before(today, document->review_by)) {
        tree_fault(diag_of(build), key_of(build, "review-by"), "W703", "its review is due");
    }
}

/* A test fires when it expects an opening; `updated`, `closed` and `retracted` are no openings.
 */
static bool expects_opening(const struct tree *test)
{
    const struct tree *expect = tree_get(test, "expect");

    for (const struct tree *item = expect == NULL ? NULL : expect->first; item != NULL;
         item = item->next) {
        const struct tree *state = tree_get(item, "state");
        if (item->kind == TREE_MAP && (state == NULL || (state->kind == TREE_SCALAR &&
                                                         slice_is(state->text, "opened")))) {
            return true;
        }
    }
    return false;
}

static void require(struct text *needs, bool there, const char *what)
{
    if (!there) {
        text_format(needs, "%s%s", needs->size > 0 ? ", " : "", what);
    }
}

/* All that a stable rule lacks is one fault. */
static void check_needs(const struct build *build, bool fires, bool silent)
{
    const struct document_rule *document = build->document;
    const struct tree *node = build->rule->node;
    struct text needs = {0};

    require(&needs, document->author.size > 0, "'author'");
    require(&needs, document->approved_by.count > 0, "'approved-by' (who is not the author)");
    require(&needs, tree_get(node, "review-by") != NULL, "'review-by'");
    require(&needs, tree_get(node, "expires") != NULL, "'expires'");
    require(&needs, document->falsepositives.count > 0, "'falsepositives'");
    require(&needs, fires, "a test that fires");
    require(&needs, silent, "a test that stays silent");
    if (needs.size > 0) {
        tree_fault(diag_of(build), key_of(build, "status"), "E409",
                   "a stable rule also needs %.*s", SLICE_ARGS(text_slice(&needs)));
    }
    text_free(&needs);
}

static void check_stable(const struct build *build)
{
    const struct document_rule *document = build->document;
    bool fires = false;
    bool silent = false;

    if (document->status != RULE_STABLE) {
        return;
    }
    for (const struct tree *test = document->tests == NULL ? NULL : document->tests->first;
         test != NULL; test = test->next) {
        fires = fires || expects_opening(test);
        silent = silent || !expects_opening(test);
    }
    check_needs(build, fires, silent);
    for (size_t i = 0; i < build->rule->entries_count; i++) {
        const struct rule *made_by = build->entries[i].made_by;
        if (made_by != NULL && made_by->status == RULE_TEST) {
            tree_fault(diag_of(build), build->entries[i].node, "E409",
                       "a stable rule cannot read '%.*s', which is under test",
                       SLICE_ARGS(made_by->name));
        }
    }
}

void law_rule(struct build *build, struct instant today)
{
    check_unless(build);
    criteria_check(build);
    check_sources(build);
    check_read_rules(build);
    check_four_eyes(diag_of(build), &build->document->approved_by, build->document->author);
    check_dates(build, today);
    check_stable(build);
}

static bool is_past(struct instant expires, struct instant today)
{
    return today.ms != INSTANT_MIN.ms && expires.ms != INSTANT_MIN.ms &&
           !instant_before(today, expires);
}

void law_exception(struct diag *diag, const struct document_exception *exception,
                   const struct tree *node, struct instant today)
{
    const struct tree *expires = tree_get(node, "expires");
    const int64_t longest_ms = (int64_t)EXCEPTION_DAYS_MAX * INSTANT_DAY_MS;

    if (expires != NULL && is_past(exception->expires, today)) {
        tree_fault(diag, expires, "W704", "expired: it exonerates no event from then on");
    } else if (expires != NULL && exception->expires.ms != INSTANT_MIN.ms &&
               today.ms != INSTANT_MIN.ms &&
               instant_distance(exception->expires, today) > longest_ms) {
        tree_fault(diag, expires, "E410", "more than %d days ahead", EXCEPTION_DAYS_MAX);
        diag_hint(diag, "an exception is renewed, with its reason, or becomes 'unless'");
    }
    check_four_eyes(diag, &exception->approved_by, exception->author);
}

void law_list(struct diag *diag, const struct document_list *list, const struct tree *node,
              struct instant today)
{
    const struct tree *expires = tree_get(node, "expires");

    if (expires != NULL && is_past(list->expires, today)) {
        tree_fault(diag, expires, "W704", "expired: nothing is on the list from then on");
    }
}
