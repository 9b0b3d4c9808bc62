#include "seinpost/rule/index.h"

#include "lab.h"

enum {
    RULES = 24,
    EVENTS = 300
};

static const char *const conditions[] = {"code: A",
                                         "code: [A, B]",
                                         "code|neq: A",
                                         "code: null",
                                         "code: [A, null]",
                                         "code|startswith: A",
                                         "code|contains: A",
                                         "code|endswith: B",
                                         "code|re: '^A'",
                                         "code|exists: true",
                                         "codes: [A, C]",
                                         "codes|all: [A, B]",
                                         "codes|neq: C",
                                         "word: a",
                                         "word: 'a*'",
                                         "word: '?b'",
                                         "word|cased: AB",
                                         "number: 1",
                                         "number: [0, 2]",
                                         "number|gt: 0",
                                         "number|lte: 1",
                                         "number|between: [1, 2]",
                                         "number|neq: 2",
                                         "number|gte: 0.5",
                                         "number + other|gte: 2",
                                         "flag: true",
                                         "flag|neq: true",
                                         "amount|gte: 1.00 EUR",
                                         "amount: 2.00 EUR",
                                         "amount|lt: 2.00 USD",
                                         "card: X",
                                         "card/debtor: [X, Y]",
                                         "start|hour: 1",
                                         "start|gte: 2026-01-02",
                                         "place.country: NL",
                                         "code|list: firms",
                                         "event.source: s",
                                         "event.source|neq: s",
                                         "code|fieldref: currency"};

/* A rule of up to three searches joined in one of several ways. */
static void drawn_rule(struct unit_draw *draw, struct text *yaml, int index)
{
    static const char *const joins[] = {
        "a",         "a and b",     "a or b",      "a and (b or c)", "not a and b",
        "1 of them", "all of them", "a and not c", "2 of them"};
    const char *const join = joins[unit_below(draw, COUNT_OF(joins))];

    text_format(
        yaml,
        "%sschema: seinpost/rule/1\ntitle: t\nname: r%d\nversion: 1\nstatus: test\nlevel: low\n"
        "stage: entry\npurpose: [smuggling]\nlegal-basis: [pnr-6.2a]\nowner: o\n"
        "unless: {none: because}\nsource: {type: air.thing}\ndetection:\n",
        index == 0 ? "" : "---\n", index);
    const bool all = strstr(join, "them") != NULL;
    for (int search = 0; search < 3; search++) {
        const char name[] = {(char)('a' + search), '\0'};
        if (all || strchr(join, name[0]) != NULL) {
            text_format(yaml, "  %s: {%s, event.id|exists: true}\n", name,
                        conditions[unit_below(draw, COUNT_OF(conditions))]);
        }
    }
    text_format(yaml, "  condition: %s\n", join);
}

static const char *drawn_event(struct unit_draw *draw, struct text *text)
{
    static const char *const fields[][6] = {
        {"code=A", "code=B", "code=AB", "code=", "code=C", ""},
        {"codes=A", "codes=A,B", "codes=C,A", "codes=B", "", ""},
        {"word=a", "word=AB", "word=ab", "word=b", "", ""},
        {"number=0", "number=1", "number=2", "number=-1", "number=3", ""},
        {"other=1", "other=0", "other=2", "", "", ""},
        {"flag=true", "flag=false", "", "", "", ""},
        {"amount=1.00 EUR", "amount=2.00 EUR", "amount=2.00 USD", "amount=1.00 USD", "", ""},
        {"payer_ref=X", "payer_ref=Y", "payer_ref=Z", "", "", ""},
        {"payee_ref=X", "payee_ref=Y", "", "", "", ""},
        {"start=2026-01-01T01:00:00Z", "start=2026-01-02", "start=2026-01-03T01:59:59Z", "", "",
         ""},
        {"place=urn:uic:stn:8400058", "place=urn:uic:stn:8011160", "place=AMS", "", "", ""},
        {"currency=A", "currency=EUR", "", "", "", ""}};

    text_clear(text);
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        const char *const field = fields[i][unit_below(draw, 6)];
        text_format(text, "%s%s", field, field[0] == '\0' ? "" : ";");
    }
    text_add_byte(text, '\0');
    return text->data;
}

/* Every probe that is true of the event must be among the candidates. Returns how many are. */
static size_t expect_candidates(struct kit *kit, const struct program *program,
                                const char *fields)
{
    const struct event event = kit_event(kit, "air.thing", fields);
    const struct probe_list *const probes = program_probes(program, event.type);
    const uint64_t *const found = index_find(probes->index, &event, kit->arena);
    size_t candidates = 0;

    for (size_t i = 0; i < probes->count; i++) {
        const bool candidate = index_next(found, i, probes->count) == i;
        candidates += candidate;
        ck_assert_msg(candidate ||
                          !program_probe_true(&probes->items[i], &event, program->lists),
                      "%.*s is lost for %s", SLICE_ARGS(probes->items[i].rule->name), fields);
    }
    return candidates;
}

/* No rule is lost by looking it up: of random rules and events, each probe that is true is
 * among the candidates. */
START_TEST(no_probe_is_lost)
{
    struct unit_draw draw = unit_draw(60 + (uint64_t)_i);
    struct kit kit = lab_begin();
    struct text yaml = {0}, fields = {0};
    size_t candidates = 0;

    for (int i = 0; i < RULES; i++) {
        drawn_rule(&draw, &yaml, i);
    }
    text_add(&yaml, SLICE("---\nschema: seinpost/list/1\nname: firms\nkey: code\nowner: o\n"
                          "expires: 2027-01-01\nentries: [{value: A}]\n"));
    text_add_byte(&yaml, '\0');
    const struct program *const program = kit_program(&kit, yaml.data);
    for (int i = 0; i < EVENTS; i++) {
        candidates += expect_candidates(&kit, program, drawn_event(&draw, &fields));
    }
    ck_assert_uint_gt(candidates, 0);
    text_free(&yaml);
    text_free(&fields);
    kit_end(&kit);
}
END_TEST

#define SINGLE(condition)                                                                      \
    "source: {type: air.thing}\ndetection: {s: {" condition "}, condition: s}\n"

/* A rule that needs an equality is asked only by events that have it; one that needs nothing of
 * the sort is always asked. */
START_TEST(a_gate_keeps_others_out)
{
    struct kit kit = lab_begin();
    const struct program *const program =
        kit_program(&kit, KIT_RULE("a") SINGLE("code: A, number|gt: 0") "---\n" KIT_RULE("b")
                              SINGLE("code|contains: A") "---\n" KIT_RULE("c")
                                  SINGLE("number|between: [5, 6]"));

    ck_assert_uint_eq(expect_candidates(&kit, program, "code=A;number=1"), 2);
    ck_assert_uint_eq(expect_candidates(&kit, program, "code=B;number=1"), 1);
    ck_assert_uint_eq(expect_candidates(&kit, program, "code=A;number=5"), 3);
    ck_assert_uint_eq(expect_candidates(&kit, program, ""), 1);
    kit_end(&kit);
}
END_TEST

Suite *index_suite(void)
{
    const TTest *const tests[] = {a_gate_keeps_others_out, NULL};
    Suite *const suite = unit_suite("index", tests);

    unit_loop(suite, no_probe_is_lost, 8);
    return suite;
}
