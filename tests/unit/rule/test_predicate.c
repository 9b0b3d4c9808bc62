#include "seinpost/rule/answer.h"
#include "seinpost/rule/detection.h"
#include "seinpost/rule/predicate.h"

#include "lab.h"

static const struct list_entry entries[] = {{{"NL", 2}, {INT64_MAX}}, {{"OLD", 3}, {0}}};
static const struct list known = {{"known", 5}, KIND_NONE, entries, 2};

/* A search, an event, and whether it is met; by the section "Values" of the rule language. */
static const struct {
    const char *search, *event;
    bool met;
} asked[] = {
    /* 1. Missing: no comparison is true, neq neither. */
    {"{code: NL}", "", false},
    {"{code|neq: NL}", "", false},
    {"{code|neq: NL}", "code=", false},
    {"{number|gt: 2}", "", false},
    {"{number|neq: 2}", "", false},
    {"{code|contains: N}", "", false},
    {"{code: null}", "", true},
    {"{code: null}", "code=", true},
    {"{code: null}", "code=NL", false},
    {"{code: 'null'}", "", false},
    {"{code: 'null'}", "code=null", true},
    {"{code: [NL, null]}", "", true},
    {"{code: [NL, null]}", "code=NL", true},
    {"{code: [NL, null]}", "code=DE", false},
    {"{code|exists: true}", "code=NL", true},
    {"{code|exists: true}", "", false},
    {"{code|exists: false}", "", true},
    {"{code|exists: false}", "code=NL", false},
    {"{codes|exists: true}", "codes=A", true},
    {"{card|exists: true}", "payee_ref=X", true},
    /* 2. Text folds case and knows wildcards; codes are bytes. */
    {"{word: hello}", "word=HELLO", true},
    {"{word: 'h?l*'}", "word=Hello", true},
    {"{word: 'h\\*'}", "word=hello", false},
    {"{word: 'h\\*'}", "word=H*", true},
    {"{word|cased: hello}", "word=HELLO", false},
    {"{word|cased: 'He*'}", "word=Hello", true},
    {"{code: nl}", "code=NL", false},
    {"{code: 'N*'}", "code=NL", false},
    {"{code: 'N*'}", "code=N*", true},
    {"{code: NO}", "code=NO", true},
    {"{code: 012}", "code=12", false},
    {"{code|contains: B}", "code=ABC", true},
    {"{code|contains: b}", "code=ABC", false},
    {"{code|contains: 'A*C'}", "code=ABC", false},
    {"{code|startswith: AB}", "code=ABC", true},
    {"{code|startswith: BC}", "code=ABC", false},
    {"{code|endswith: BC}", "code=ABC", true},
    {"{code|endswith: AB}", "code=ABC", false},
    {"{word|contains: ELL}", "word=hello", true},
    {"{word|contains|cased: ELL}", "word=hello", false},
    {"{word|startswith: HE}", "word=hello", true},
    {"{word|endswith: LO}", "word=hello", true},
    {"{code|re: '^N[LO]$'}", "code=NL", true},
    {"{code|re: '^N[LO]$'}", "code=NLX", false},
    {"{code|re: 'L'}", "code=NLX", true},
    {"{code|re: ['^D', '^N']}", "code=NL", true},
    /* 3. Several values: any for a condition, none for neq, each listed one for all. */
    {"{code: [NL, DE]}", "code=DE", true},
    {"{code: [NL, DE]}", "code=FR", false},
    {"{code|neq: [NL, DE]}", "code=FR", true},
    {"{code|neq: [NL, DE]}", "code=DE", false},
    {"{codes: A}", "codes=B,A", true},
    {"{codes: C}", "codes=B,A", false},
    {"{codes|neq: A}", "codes=B,A", false},
    {"{codes|neq: C}", "codes=B,A", true},
    {"{codes|all: [A, B]}", "codes=C,B,A", true},
    {"{codes|all: [A, D]}", "codes=C,B,A", false},
    {"{codes|contains|all: [1, 2]}", "codes=x1,2y", true},
    {"{codes|contains|all: [1, 3]}", "codes=x1,2y", false},
    {"{word|contains|all: [ell, LO]}", "word=hello", true},
    {"{words: b*}", "words=abc,BCD", true},
    /* 4. Numbers are exact. */
    {"{number: 2}", "number=2", true},
    {"{number: 2}", "number=3", false},
    {"{number: [1, 2]}", "number=2", true},
    {"{number|neq: 2}", "number=3", true},
    {"{number|gt: 2}", "number=2", false},
    {"{number|gt: 2}", "number=3", true},
    {"{number|gte: 2}", "number=2", true},
    {"{number|lt: 2}", "number=2", false},
    {"{number|lte: 2}", "number=2", true},
    {"{number|lt: 2.001}", "number=2", true},
    {"{number: 2.5}", "number=2", false},
    {"{number|gt: -3}", "number=-2", true},
    {"{number|gt: [5, 2]}", "number=3", true},
    {"{number|between: [2, 4]}", "number=2", true},
    {"{number|between: [2, 4]}", "number=4", true},
    {"{number|between: [2, 4]}", "number=5", false},
    {"{size|gt: 200km}", "size=201", true},
    {"{size|gt: 200km}", "size=200", false},
    {"{flag: true}", "flag=true", true},
    {"{flag: true}", "flag=false", false},
    {"{flag|neq: true}", "flag=false", true},
    {"{flag|neq: true}", "", false},
    {"{number + other: 5}", "number=2;other=3", true},
    {"{number - other: -1}", "number=2;other=3", true},
    {"{number * other|gte: 6}", "number=2;other=3", true},
    {"{number / other|lt: 12}", "number=23;other=2", true},
    {"{number / other|lt: 12}", "number=24;other=2", false},
    {"{number / other: 12}", "number=24;other=2", true},
    {"{number / other: 0.5}", "number=1;other=2", true},
    {"{number / other|gte: 0.333}", "number=1;other=3", true},
    {"{number / other|lte: 0.333}", "number=1;other=3", false},
    {"{number / other|gt: 4}", "number=-10;other=-2", true},
    {"{number / other|lt: -4}", "number=10;other=-2", true},
    {"{number / other|gt: 0}", "number=1;other=0", false},
    {"{number / other|neq: 1}", "number=1;other=0", false},
    {"{number / other: null}", "number=1;other=0", true},
    {"{number + other: 2}", "number=2", false},
    /* 5. Money of different currencies is not compared. */
    {"{amount: 2500.00 EUR}", "amount=2500.00 EUR", true},
    {"{amount: 2500.00 EUR}", "amount=2500.00 USD", false},
    {"{amount|gte: 2000.00 EUR}", "amount=2000.00 EUR", true},
    {"{amount|gte: 2000.00 EUR}", "amount=1999.99 EUR", false},
    {"{amount|gte: 2000.00 EUR}", "amount=9999.00 USD", false},
    {"{amount|lt: 2000.00 EUR}", "amount=1.00 USD", false},
    {"{amount|between: [1.00 EUR, 2.00 EUR]}", "amount=2.00 EUR", true},
    {"{amount + fee|gte: 10.00 EUR}", "amount=8.00 EUR;fee=2.00 EUR", true},
    {"{amount + fee|gte: 10.00 EUR}", "amount=8.00 EUR;fee=2.00 USD", false},
    {"{amount - fee: 6.00 EUR}", "amount=8.00 EUR;fee=2.00 EUR", true},
    /* 6. Times; hours, days, weeks and months are those of UTC. */
    {"{start: 2026-01-01}", "start=2026-01-01T00:00:00Z", true},
    {"{start|lt: 2026-01-02}", "start=2026-01-01T23:59:59Z", true},
    {"{start|lt: 2026-01-02}", "start=2026-01-02", false},
    {"{start|between: [2026-01-01, 2026-01-02]}", "start=2026-01-02", true},
    {"{start|hour: 23}", "start=2026-01-02T00:30:00+01:00", true},
    {"{start|hour: [0, 1]}", "start=2026-01-02T01:59:59Z", true},
    {"{start|hour|gte: 22}", "start=2026-01-01T21:59:59Z", false},
    {"{start|hour|between: [1, 5]}", "start=2026-01-01T05:30:00Z", true},
    {"{start|day: 31}", "start=2026-01-31", true},
    {"{start|month: 2}", "start=2026-02-01", true},
    {"{start|week: 53}", "start=2027-01-03", true},
    {"{start|week: 1}", "start=2027-01-04", true},
    {"{start|hour: 0}", "", false},
    {"{end - start|lte: 48h}", "start=2026-01-01;end=2026-01-03", true},
    {"{end - start|lte: 48h}", "start=2026-01-01;end=2026-01-03T00:00:01Z", false},
    {"{end - start|lt: 0s}", "start=2026-01-03;end=2026-01-01", true},
    {"{start - event.time|lte: 1d}", "start=2026-01-02", true},
    {"{start - event.time|gt: 1d}", "start=2026-01-02", false},
    /* 7. A kind is every field that carries it. */
    {"{card: X}", "payee_ref=X", true},
    {"{card: X}", "payer_ref=X;payee_ref=Y", true},
    {"{card/debtor: X}", "payee_ref=X", false},
    {"{card/creditor: X}", "payee_ref=X", true},
    {"{card|neq: X}", "payer_ref=X;payee_ref=Y", false},
    {"{payer_ref: X}", "payee_ref=X", false},
    /* Places have a country. */
    {"{place.country: NL}", "place=urn:uic:stn:8400058", true},
    {"{place.country: NL}", "place=AMS", false},
    {"{place.country|neq: NL}", "place=AMS", false},
    {"{places.country: DE}", "places=urn:uic:stn:8400058,urn:uic:stn:8011160", true},
    /* The envelope. */
    {"{event.source: s}", "", true},
    {"{event.type: air.thing}", "", true},
    {"{event.id: x}", "", false},
    {"{event.time|lt: 2026-01-02}", "", true},
    /* Another field of the event. */
    {"{payer_ref|fieldref: payee_ref}", "payer_ref=X;payee_ref=X", true},
    {"{payer_ref|fieldref: payee_ref}", "payer_ref=X;payee_ref=Y", false},
    {"{payer_ref|neq|fieldref: payee_ref}", "payer_ref=X;payee_ref=Y", true},
    {"{payer_ref|neq|fieldref: payee_ref}", "payer_ref=X", false},
    {"{payer_ref|fieldref: payee_ref}", "", false},
    {"{number|gt|fieldref: other}", "number=3;other=2", true},
    {"{number|gt|fieldref: other}", "number=2;other=2", false},
    {"{number / other|gt|fieldref: size}", "number=10;other=4;size=3", false},
    {"{number / other|gt|fieldref: size}", "number=10;other=4;size=2", true},
    {"{size|lt|fieldref: number / other}", "number=10;other=4;size=2", true},
    {"{size|lt|fieldref: number / other}", "number=10;other=4;size=3", false},
    {"{number|fieldref: number}", "number=9223372036854775807", true},
    {"{amount / fee|gt: 2}", "amount=5.00 EUR;fee=2.00 EUR", true},
    {"{amount / fee|gt: 2}", "amount=5.00 EUR;fee=2.00 USD", false},
    {"{amount / number|lt: 1.00 EUR}", "amount=2.99 EUR;number=3", true},
    {"{start|lt|fieldref: end}", "start=2026-01-01;end=2026-01-02", true},
    {"{amount|gte|fieldref: fee}", "amount=2.00 EUR;fee=1.00 USD", false},
    /* 10. Lists, whose entries expire. */
    {"{code|list: known}", "code=NL", true},
    {"{code|list: known}", "code=OLD", false},
    {"{code|list: known}", "code=DE", false},
    {"{codes|list: known}", "codes=DE,NL", true},
    {"{code|list: nowhere}", "code=NL", false},
    {"{code|list: known}", "", false},
    /* Maps are joined by and, lists of maps by or. */
    {"{code: NL, number: 2}", "code=NL;number=2", true},
    {"{code: NL, number: 2}", "code=NL;number=3", false},
    {"[{code: NL}, {number: 2}]", "number=2", true},
    {"[{code: NL}, {number: 2}]", "number=3", false},
};

static bool read_search(struct kit *kit, struct compile *compile, const char *text,
                        struct search *search)
{
    struct text yaml = {0};

    text_format(&yaml, "search: %s\n", text);
    text_add_byte(&yaml, '\0');
    const struct tree *const tree = lab_tree(kit, yaml.data);
    text_free(&yaml);
    return detection_read_search(compile, catalogue_find(kit->catalogue, SLICE("air.thing")),
                                 tree_get(tree, "search"), search);
}

/* Every modifier means what the rule language says. */
START_TEST(searches_mean_what_the_language_says)
{
    struct kit kit = lab_begin();
    struct compile compile = lab_compile(&kit);
    struct search search;

    list_set_fill(compile.lists, &known);
    ck_assert_msg(read_search(&kit, &compile, asked[_i].search, &search), "%s: %s",
                  asked[_i].search, kit_faults(&kit));
    const struct event event = kit_event(&kit, "air.thing", asked[_i].event);
    ck_assert_msg(detection_search_true(&search, &event, compile.lists) == asked[_i].met,
                  "%s of %s", asked[_i].search, asked[_i].event);
    kit_end(&kit);
}
END_TEST

/* Numbers at the ends of their range are survived, whatever is reckoned with them. */
START_TEST(sums_beyond_64_bits_are_survived)
{
    static const char *const searches[] = {
        "{number + other|gt: 0}",        "{number - other|lt: 0}",
        "{number * other|gt: 0}",        "{number / other|gt: 0}",
        "{number|gt: 9000000000000000}", "{amount + fee|gt: 0.00 EUR}",
        "{number + number|gt: 0}",       "{number * number|lt: 5}"};
    static const char *const events[] = {
        "number=9223372036854775807;other=1;amount=92233720368547758.07 EUR;fee=0.01 EUR",
        "number=-9223372036854775807;other=-1", "number=-9223372036854775807;other=2147483647"};

    for (size_t i = 0; i < COUNT_OF(searches) * COUNT_OF(events); i++) {
        struct kit kit = lab_begin();
        struct compile compile = lab_compile(&kit);
        struct search search;
        ck_assert(read_search(&kit, &compile, searches[i % COUNT_OF(searches)], &search));
        const struct event event = kit_event(&kit, "air.thing", events[i / COUNT_OF(searches)]);
        detection_search_true(&search, &event, compile.lists);
        kit_end(&kit);
    }
}
END_TEST

/* A sum that does not fit is no small one: the largest number and one more is not below zero.
 */
START_TEST(a_sum_never_wraps)
{
    struct kit kit = lab_begin();
    struct compile compile = lab_compile(&kit);
    struct search below, product;
    const struct event event =
        kit_event(&kit, "air.thing", "number=9223372036854775807;other=2");

    ck_assert(read_search(&kit, &compile, "{number + other|lt: 0}", &below));
    ck_assert(read_search(&kit, &compile, "{number * other|lt: 0}", &product));
    ck_assert(!detection_search_true(&below, &event, compile.lists));
    ck_assert(!detection_search_true(&product, &event, compile.lists));
    kit_end(&kit);
}
END_TEST

/* Two values are compared as a step's `fieldref` asks. */
START_TEST(pairs_are_compared)
{
    static const struct value two = {VALUE_NUMBER, {.number = 2}},
                              three = {VALUE_NUMBER, {.number = 3}};
    static const struct value eur = {VALUE_MONEY, {.money = {5, "EUR"}}},
                              usd = {VALUE_MONEY, {.money = {4, "USD"}}};
    static const struct value none = {VALUE_NONE, {.truth = false}};

    ck_assert(answer_pair(PREDICATE_EQUAL, false, &two, &two));
    ck_assert(!answer_pair(PREDICATE_EQUAL, false, &two, &three));
    ck_assert(answer_pair(PREDICATE_EQUAL, true, &two, &three));
    ck_assert(!answer_pair(PREDICATE_EQUAL, true, &two, &two));
    ck_assert(answer_pair(PREDICATE_GREATER, false, &three, &two));
    ck_assert(!answer_pair(PREDICATE_GREATER, false, &two, &three));
    ck_assert(answer_pair(PREDICATE_LESS_EQUAL, false, &two, &two));
    ck_assert(!answer_pair(PREDICATE_LESS, false, &two, &two));
    ck_assert(!answer_pair(PREDICATE_GREATER, false, &eur, &usd));
    ck_assert(!answer_pair(PREDICATE_EQUAL, false, &none, &none));
    ck_assert(!answer_pair(PREDICATE_EQUAL, true, &none, &two));
}
END_TEST

Suite *predicate_suite(void)
{
    const TTest *const tests[] = {sums_beyond_64_bits_are_survived, a_sum_never_wraps,
                                  pairs_are_compared, NULL};
    Suite *const suite = unit_suite("predicate", tests);

    unit_loop(suite, searches_mean_what_the_language_says, COUNT_OF(asked));
    return suite;
}
