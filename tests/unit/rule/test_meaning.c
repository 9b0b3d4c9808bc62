#include "seinpost/rule/meaning.h"

#include "lab.h"

/* A whole rule; each change replaces one text of it by another. */
static const char whole[] =
    "schema: seinpost/rule/1\ntitle: One\nname: a_rule\nversion: 1\nstatus: test\nlevel: low\n"
    "stage: transport\npurpose: [smuggling]\nlegal-basis: [pnr-6.2a]\nowner: o\nauthor: a\n"
    "approved-by: [b]\ndate: 2026-01-01\nmodified: 2026-01-02\nreview-by: 2027-01-01\n"
    "expires: 2027-02-01\nfalsepositives: [f]\nreferences: [r]\ntags: [t]\nrelated: [x]\n"
    "description: d\nmeasures: [m]\n"
    "events:\n  first: {source: {type: air.booking.created}, detection: {s: {pax_count|gte: "
    "2}, condition: s}}\n"
    "unless: {club: {group: true}}\n"
    "correlation:\n  type: event_count\n  rules: [first]\n  group-by: [card]\n  timespan: 1d\n"
    "  condition: {gte: 3}\n"
    "alert: {summary: text, evidence: [pax_count]}\n"
    "tests:\n  - {name: n, given: [], expect: none}\n";

struct meaning {
    struct digest rule;
    uint64_t step;
};

static struct meaning meaning_of(const char *yaml)
{
    struct kit kit = kit_begin();
    const struct rule *const rule = kit_rule(&kit, yaml);
    const struct meaning meaning = {rule->hash, rule->entries[0].step};

    kit_end(&kit);
    return meaning;
}

/* The whole rule with each `from` as `to`. */
static struct meaning changed(const char *from, const char *to)
{
    struct text yaml = {0};
    const char *at = whole;

    ck_assert_msg(strstr(whole, from) != NULL, "%s", from);
    for (const char *found = NULL; (found = strstr(at, from)) != NULL;
         at = found + strlen(from)) {
        text_add(&yaml, (struct slice){at, (size_t)(found - at)});
        text_add(&yaml, slice_of(to));
    }
    text_add(&yaml, slice_of(at));
    text_add_byte(&yaml, '\0');
    const struct meaning meaning = meaning_of(yaml.data);
    text_free(&yaml);
    return meaning;
}

static const struct {
    const char *from, *to;
    bool rule, step; /* whether the hash changes */
} changes[] = {
    {"title: One", "title: Two", false, false},
    {"owner: o", "owner: p", false, false},
    {"author: a", "author: c", false, false},
    {"approved-by: [b]", "approved-by: [c]", false, false},
    {"date: 2026-01-01\n", "date: 2026-01-03\n", false, false},
    {"modified: 2026-01-02\n", "", false, false},
    {"review-by: 2027-01-01", "review-by: 2027-01-05", false, false},
    {"expires: 2027-02-01", "expires: 2027-03-01", false, false},
    {"falsepositives: [f]", "falsepositives: [g]", false, false},
    {"references: [r]\n", "", false, false},
    {"description: d", "description: e", false, false},
    {"tests:\n  - {name: n, given: [], expect: none}\n", "", false, false},
    {"level: low", "level:   'low'   # why", false, false},
    {"{gte: 3}", "\n    gte: 3", false, false},

    {"version: 1", "version: 2", true, false},
    {"level: low", "level: high", true, false},
    {"stage: transport", "stage: entry", true, false},
    {"timespan: 1d", "timespan: 2d", true, false},
    {"{gte: 3}", "{gte: 4}", true, false},
    {"{gte: 3}", "{gt: 3}", true, false},
    {"timespan: 1d", "timespan: 1d\n  close-after: 1h", true, false},
    {"summary: text", "summary: other", true, false},
    {"type: event_count", "type: temporal", true, false},
    {"first", "renamed", true, false},

    {"timespan: 1d", "timespan: 1d\n  lateness: 1h", true, true},
    {"pax_count|gte: 2", "pax_count|gte: 3", true, true},
    {"pax_count|gte: 2", "pax_count|gt: 2", true, true},
    {"condition: s}", "condition: not s}", true, true},
    {"air.booking.created", "rail.booking.created", true, true},
    {"type: air.booking.created", "type: air.booking.created, source: 'x*'", true, true},
    {"group: true", "group: false", true, true},
    {"unless: {club: {group: true}}", "unless: {none: because}", true, true},
    {"purpose: [smuggling]", "purpose: [smuggling, trafficking]", true, true},
    {"group-by: [card]", "group-by: [phone]", true, true},
    {"group-by: [card]", "group-by: [card, phone]", true, true},
    {"evidence: [pax_count]", "evidence: [pax_count, one_way]", true, true},
};

/* What a rule means changes its hash, what is told about it does not; and a step's id changes
 * only with what ingest decides by it: not with window, threshold or kind. */
START_TEST(hashes_change_with_what_is_meant)
{
    const struct meaning before = meaning_of(whole);
    const struct meaning after = changed(changes[_i].from, changes[_i].to);

    ck_assert_msg(digest_equal(before.rule, after.rule) != changes[_i].rule, "the rule: %s",
                  changes[_i].to);
    ck_assert_msg((before.step == after.step) != changes[_i].step, "the step: %s",
                  changes[_i].to);
}
END_TEST

#define COUNT(reads)                                                                           \
    "correlation: {type: event_count, rules: [" reads "], group-by: [card], timespan: 1d, "    \
    "condition: {gte: 2}}\n"
#define BOOKING                                                                                \
    "events: {first: {source: {type: air.booking.created}, detection: {s: {pax_count|gte: "    \
    "2}, condition: s}}}\n"

static struct meaning upper_of(const char *lower_change)
{
    struct kit kit = kit_begin();
    struct text yaml = {0};

    text_format(&yaml, "%s%s%s%s---\n%s%s", KIT_RULE("lower"), lower_change, BOOKING,
                COUNT("first"), KIT_RULE("upper"), COUNT("lower"));
    text_add_byte(&yaml, '\0');
    const struct rule *const upper = program_find(kit_program(&kit, yaml.data), SLICE("upper"));
    const struct meaning meaning = {upper->hash, upper->entries[0].step};
    text_free(&yaml);
    kit_end(&kit);
    return meaning;
}

/* A rule means something else when a rule does whose alerts it reads; but not for its words. */
START_TEST(a_rule_means_what_it_reads)
{
    const struct meaning before = upper_of("");
    const struct meaning described = upper_of("description: words\n");
    const struct meaning scored = upper_of("score: 5\n");

    ck_assert(digest_equal(before.rule, described.rule));
    ck_assert_uint_eq(before.step, described.step);
    ck_assert(!digest_equal(before.rule, scored.rule));
    ck_assert_uint_ne(before.step, scored.step);
}
END_TEST

static struct meaning beside(const char *document)
{
    struct kit kit = kit_begin();
    struct text yaml = {0};

    text_format(&yaml, "%s%s", whole, document);
    text_add_byte(&yaml, '\0');
    const struct rule *const rule = program_find(kit_program(&kit, yaml.data), SLICE("a_rule"));
    const struct meaning meaning = {rule->hash, rule->entries[0].step};
    text_free(&yaml);
    kit_end(&kit);
    return meaning;
}

/* An exception changes what ingest decides, and not what the rule means; another rule beside
 * it, or a list, changes neither. */
START_TEST(an_exception_changes_the_step_alone)
{
    const struct meaning before = meaning_of(whole);
    const struct meaning exception = beside(
        "---\nschema: seinpost/exception/1\ntitle: t\nrules: [a_rule]\nmatch: {carrier: XX}\n"
        "reason: r\nauthor: a\napproved-by: [b]\nexpires: 2026-02-01\n");
    const struct meaning rule = beside("---\n" KIT_RULE("b_rule") BOOKING COUNT("first"));
    const struct meaning list = beside("---\nschema: seinpost/list/1\nname: l\nkey: "
                                       "code\nowner: o\nexpires: 2027-01-01\nentries: []\n");

    ck_assert(digest_equal(before.rule, exception.rule));
    ck_assert_uint_ne(before.step, exception.step);
    ck_assert(digest_equal(before.rule, rule.rule) && before.step == rule.step);
    ck_assert(digest_equal(before.rule, list.rule) && before.step == list.step);
}
END_TEST

/* A missing field and the text that says so are not the same condition. */
START_TEST(null_is_not_its_text)
{
    const struct meaning null = changed("pax_count|gte: 2", "carrier: null");
    const struct meaning text = changed("pax_count|gte: 2", "carrier: 'null'");

    ck_assert(!digest_equal(null.rule, text.rule));
    ck_assert_uint_ne(null.step, text.step);
}
END_TEST

/* Rules that ask the same of events share the step, so that a match serves them both. */
START_TEST(equal_steps_are_one)
{
    struct kit kit = kit_begin();
    const struct program *const program =
        kit_program(&kit, KIT_RULE("a") BOOKING COUNT("first") "---\n" KIT_RULE("b")
                              BOOKING COUNT("first"));
    const struct use_list uses = program_uses(program, program->rules[0]->entries[0].step);

    ck_assert_uint_eq(program->rules[0]->entries[0].step, program->rules[1]->entries[0].step);
    ck_assert(!digest_equal(program->rules[0]->hash, program->rules[1]->hash));
    ck_assert_uint_eq(uses.count, 2);
    ck_assert_uint_eq(program_uses(program, 12345).count, 0);
    kit_end(&kit);
}
END_TEST

Suite *meaning_suite(void)
{
    const TTest *const tests[] = {a_rule_means_what_it_reads,
                                  an_exception_changes_the_step_alone, null_is_not_its_text,
                                  equal_steps_are_one, NULL};
    Suite *const suite = unit_suite("meaning", tests);

    unit_loop(suite, hashes_change_with_what_is_meant, COUNT_OF(changes));
    return suite;
}
