#include "seinpost/rule/load.h"

#include "lab.h"

#define SINGLE "source: {type: air.noshow}\ndetection: {s: {leg: 2}, condition: s}\n"
#define FAULTY "source: {type: air.noshow}\ndetection: {s: {legs: 2}, condition: s}\n"

/* A rule with a fault does not run, and the others do. */
START_TEST(a_faulty_rule_leaves_the_others)
{
    struct kit kit = kit_begin();
    const struct program *const program = kit_load(
        &kit, KIT_RULE("a") SINGLE "---\n" KIT_RULE("b") FAULTY "---\n" KIT_RULE("c") SINGLE);

    ck_assert_uint_eq(diag_errors(kit.diag), 1);
    const struct event event = kit_event(&kit, "air.noshow", "leg=2");
    const struct probe_list *const probes = program_probes(program, event.type);
    ck_assert_uint_eq(probes->count, 2);
    for (size_t i = 0; i < probes->count; i++) {
        ck_assert(!slice_is(probes->items[i].rule->name, "b"));
    }
    kit_end(&kit);
}
END_TEST

/* Every fault of every document is told in one run. */
START_TEST(all_faults_are_told_in_one_run)
{
    struct kit kit = kit_begin();

    kit_load(&kit,
             KIT_RULE("a") FAULTY "---\n" KIT_RULE("b") FAULTY "---\n" KIT_RULE("b") SINGLE);
    ck_assert_uint_eq(diag_errors(kit.diag), 3);
    kit_end(&kit);
}
END_TEST

static const struct {
    const char *status;
    bool drafts, runs;
} statuses[] = {
    {"draft", false, false},      {"draft", true, true},       {"test", false, true},
    {"deprecated", false, false}, {"deprecated", true, false},
};

/* `draft` is checked and not loaded, unless drafts are asked for; `deprecated` never is. */
START_TEST(status_decides_what_is_loaded)
{
    struct kit kit = kit_begin();
    struct text yaml = {0};

    kit.options.drafts = statuses[_i].drafts;
    text_format(
        &yaml,
        "schema: seinpost/rule/1\ntitle: t\nname: r\nversion: 1\nstatus: %s\nlevel: low\n"
        "stage: entry\npurpose: [smuggling]\nlegal-basis: [pnr-6.2a]\nowner: o\n"
        "unless: {none: because}\n" SINGLE,
        statuses[_i].status);
    text_add_byte(&yaml, '\0');
    const struct program *const program = kit_program(&kit, yaml.data);
    const struct event event = kit_event(&kit, "air.noshow", "leg=2");
    ck_assert_uint_eq(program_probes(program, event.type)->count, statuses[_i].runs);
    ck_assert_ptr_nonnull(program_find(program, SLICE("r")));
    text_free(&yaml);
    kit_end(&kit);
}
END_TEST

#define BOTH                                                                                   \
    "events: {x: {source: {type: [air.booking.created, rail.booking.created]}, detection: "    \
    "{s: "                                                                                     \
    "{pax_count|gte: 2}, condition: s}}}\ncorrelation:\n  type: event_count\n  rules: [x]\n"   \
    "  group-by: [card]\n  timespan: 1d\n  condition: {gte: 2}\n"

static bool probed(struct kit *kit, const struct program *program, const char *type,
                   const char *fields)
{
    const struct event event = kit_event(kit, type, fields);
    const struct probe_list *const probes = program_probes(program, event.type);

    for (size_t i = 0; i < probes->count; i++) {
        if (program_probe_true(&probes->items[i], &event, program->lists)) {
            return true;
        }
    }
    return false;
}

/* `unless` takes an event out that it speaks for, and one whose type lacks the field is not
 * exonerated by it. */
START_TEST(unless_speaks_for_an_event)
{
    struct kit kit = kit_begin();
    const struct program *const program = kit_program(
        &kit,
        KIT_HEAD("r") "unless: {club: {group: true}, firm: {payer_kind: [agency, employer]}}\n"
                      "events:\n  b: {source: {type: [air.booking.created, air.noshow]}, "
                      "detection: {s: {event.id|exists: true}, condition: s}}\n"
                      "correlation: {type: event_count, rules: [b], group-by: [booking], "
                      "timespan: 1d, condition: {gte: 2}}\n");

    ck_assert(probed(&kit, program, "air.booking.created", "group=false"));
    ck_assert(probed(&kit, program, "air.booking.created", ""));
    ck_assert(!probed(&kit, program, "air.booking.created", "group=true"));
    ck_assert(!probed(&kit, program, "air.booking.created", "payer_kind=employer"));
    ck_assert(probed(&kit, program, "air.booking.created", "payer_kind=private"));
    ck_assert(probed(&kit, program, "air.noshow", ""));
    kit_end(&kit);
}
END_TEST

/* An exception takes events out until it expires, of the rules that its globs mean. */
START_TEST(an_exception_speaks_until_it_expires)
{
    struct kit kit = kit_begin();
    const struct program *const program = kit_program(
        &kit, KIT_RULE("one") SINGLE
        "---\nschema: seinpost/exception/1\ntitle: t\nrules: ['o*']\n"
        "match: {from_: AMS}\nreason: r\nauthor: a\napproved-by: [b]\nexpires: 2026-02-01\n");
    struct event event = kit_event(&kit, "air.noshow", "leg=2;from_=AMS");
    const struct probe *const probe = &program_probes(program, event.type)->items[0];

    ck_assert(!program_probe_true(probe, &event, program->lists));
    event.is.time = (struct instant){INT64_C(1772323200000)}; /* 2026-03-01 */
    ck_assert(program_probe_true(probe, &event, program->lists));
    const struct event other = kit_event(&kit, "air.noshow", "leg=2;from_=IST");
    ck_assert(program_probe_true(probe, &other, program->lists));
    kit_end(&kit);
}
END_TEST

/* An event that lacks one of the rule's purposes is not there for the rule. */
START_TEST(an_event_needs_the_rules_purposes)
{
    struct kit kit = kit_begin();
    const struct program *const program = kit_program(&kit, KIT_RULE("r") SINGLE);
    struct event event = kit_event(&kit, "air.noshow", "leg=2");
    const struct probe *const probe = &program_probes(program, event.type)->items[0];

    event.purposes = 1; /* smuggling */
    ck_assert(program_probe_true(probe, &event, program->lists));
    event.purposes = 1 | 4;
    ck_assert(program_probe_true(probe, &event, program->lists));
    event.purposes = 4;
    ck_assert(!program_probe_true(probe, &event, program->lists));
    event.purposes = 0;
    ck_assert(!program_probe_true(probe, &event, program->lists));
    kit_end(&kit);
}
END_TEST

/* A source's glob takes only the events of those sources. */
START_TEST(a_source_may_be_asked_for)
{
    struct kit kit = kit_begin();
    const struct program *const program =
        kit_program(&kit, KIT_RULE("r") "source: {type: air.noshow, source: "
                                        "'air-*'}\ndetection: {s: {leg: 2}, condition: s}\n");
    struct event event = kit_event(&kit, "air.noshow", "leg=2");
    const struct probe *const probe = &program_probes(program, event.type)->items[0];

    ck_assert(!program_probe_true(probe, &event, program->lists));
    event.is.source = SLICE("air-1");
    ck_assert(program_probe_true(probe, &event, program->lists));
    kit_end(&kit);
}
END_TEST

/* A glob of types takes those that have the fields, and leaves the others out. */
START_TEST(a_glob_of_types_takes_those_that_fit)
{
    struct kit kit = kit_begin();
    const struct program *const program =
        kit_program(&kit, KIT_RULE("r") "source: {type: 'air.booking.*'}\ndetection: {s: "
                                        "{pax_count|gte: 2}, condition: s}\n");

    ck_assert(probed(&kit, program, "air.booking.created", "pax_count=2"));
    ck_assert_uint_eq(
        program_probes(program, catalogue_find(kit.catalogue, SLICE("air.booking.cancelled")))
            ->count,
        0);
    kit_end(&kit);
}
END_TEST

static const struct slice air[] = {{"air.*", 5}}, rail[] = {{"rail.*", 6}},
                          bank[] = {{"bank.*", 6}};
#define SOURCE(letter, globs, lateness)                                                        \
    {                                                                                          \
        .name = {letter, 1}, .types = globs, .types_count = 1, .purposes = 7,                  \
        .legal_bases = 1023, .lateness_ms = lateness, .retention_ms = INT64_C(1) << 40         \
    }
static const struct source sources[] = {SOURCE("a", air, 1000), SOURCE("r", rail, 5000),
                                        SOURCE("b", bank, 9000)};

/* The lateness is the largest of the sources that the rule reads, and of those alone. */
START_TEST(lateness_is_the_largest_of_the_sources)
{
    struct kit kit = kit_begin();

    kit.options.sources = (struct source_list){sources, 3, 0};
    const struct rule *const rule = kit_rule(&kit, KIT_RULE("r") BOTH);
    ck_assert_int_eq(rule->lateness_ms, 5000);
    ck_assert_uint_eq(rule->sources_count, 2);
    kit_end(&kit);
}
END_TEST

/* A rule may say a lateness of its own. */
START_TEST(a_rule_has_its_own_lateness)
{
    struct kit kit = kit_begin();

    kit.options.sources = (struct source_list){sources, 3, 0};
    ck_assert_int_eq(kit_rule(&kit, KIT_RULE("r") BOTH "  lateness: 3s\n")->lateness_ms, 3000);
    kit_end(&kit);
}
END_TEST

Suite *load_suite(void)
{
    const TTest *const tests[] = {
        a_faulty_rule_leaves_the_others,      all_faults_are_told_in_one_run,
        unless_speaks_for_an_event,           an_exception_speaks_until_it_expires,
        an_event_needs_the_rules_purposes,    a_source_may_be_asked_for,
        a_glob_of_types_takes_those_that_fit, lateness_is_the_largest_of_the_sources,
        a_rule_has_its_own_lateness,          NULL};
    Suite *const suite = unit_suite("load", tests);

    unit_loop(suite, status_decides_what_is_loaded, COUNT_OF(statuses));
    return suite;
}
