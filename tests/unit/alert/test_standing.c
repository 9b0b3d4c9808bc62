#include "seinpost/alert/alert_avro.h"
#include "seinpost/alert/standing.h"
#include "seinpost/base/text.h"

#include "desk.h"

#define DEPLOYED UNIT_SCHEMAS "/../deploy/model"

enum {
    STANDING_FIELDS = 11
};

/* A played alert of a source `s`, and the deployed model. */
struct trial {
    struct desk *desk;
    struct diag *diag;
    struct source source;
    struct standing_basis basis;
    struct alert alert;
};

static struct trial begin(void)
{
    struct trial one = {.desk = desk_play(desk_rule, DESK_SCRIPT)};
    struct arena *const arena = one.desk->play.kit.arena;

    one.alert = one.desk->alerts[0];
    one.diag = diag_new(arena);
    one.basis.model = model_load(arena, one.diag, DEPLOYED);
    ck_assert_uint_eq(diag_errors(one.diag), 0);
    one.source = (struct source){.name = one.alert.evidence[0].is.source,
                                 .handling = 1,
                                 .tlp = 2,
                                 .eval = 5,
                                 .purposes = 1,
                                 .retention_ms = 1000};
    return one;
}

static bool set(struct trial *one)
{
    one->basis.sources = (struct source_list){&one->source, 1, 0};
    return standing_set(one->desk->play.kit.arena, &one->basis, &one->alert);
}

static bool has(const struct alert_texts *texts, const char *word)
{
    for (size_t i = 0; i < texts->count; i++) {
        if (slice_is(texts->items[i], word)) {
            return true;
        }
    }
    return false;
}

/* An alert bears the law of its sources, the model's name and version, and proposals; it stays
 * one that a person must look at. */
START_TEST(an_alert_bears_its_standing)
{
    struct trial one = begin();

    ck_assert(set(&one));
    ck_assert_slice_eq(one.alert.standing.model, "barriers-nl");
    ck_assert_int_eq(one.alert.standing.model_version, 1);
    ck_assert_slice_eq(one.alert.standing.handling, "H1");
    ck_assert_slice_eq(one.alert.standing.tlp, "AMBER");
    ck_assert_slice_eq(one.alert.standing.eval, "B2");
    ck_assert_int_eq(one.alert.standing.retention_ms, 1000);
    ck_assert_uint_gt(one.alert.standing.proposals_count, 0);
    ck_assert_slice_eq(one.alert.review, "required");
    desk_end(one.desk);
}
END_TEST

/* F1: an alert is for no purpose that one of its sources does not serve; where none is left its
 * events may not be joined. */
START_TEST(purposes_are_those_in_common)
{
    struct trial one = begin();

    ck_assert(set(&one)); /* the rule's are smuggling and trafficking */
    ck_assert_uint_eq(one.alert.purposes.count, 1);
    ck_assert_slice_eq(one.alert.purposes.items[0], "smuggling");
    desk_end(one.desk);
    one = begin();
    one.source.purposes = 2; /* illegal employment */
    ck_assert(!set(&one));
    desk_end(one.desk);
}
END_TEST

/* Where more evidence counts than the alert names, the law of every source holds. */
START_TEST(unnamed_evidence_is_of_any_source)
{
    struct trial one = begin();
    struct source sources[] = {one.source, one.source};

    sources[1].name = SLICE("other");
    sources[1].handling = 3;
    one.basis.sources = (struct source_list){sources, 2, 0};
    ck_assert(standing_set(one.desk->play.kit.arena, &one.basis, &one.alert));
    ck_assert_slice_eq(one.alert.standing.handling, "H1");
    one.alert.evidence_all = (int32_t)one.alert.evidence_count + 1;
    ck_assert(standing_set(one.desk->play.kit.arena, &one.basis, &one.alert));
    ck_assert_slice_eq(one.alert.standing.handling, "H3");
    desk_end(one.desk);
}
END_TEST

static struct desks_desk one_desk(unsigned sees, unsigned kinds)
{
    return (struct desks_desk){.id = SLICE("d"), .sees = sees, .kinds = kinds};
}

/* F11: a desk sees what its profile says, and is told what it does not see. */
START_TEST(a_desk_sees_its_projection)
{
    struct trial one = begin();
    const struct desks_desk desk = one_desk(1U << DESKS_RULE | 1U << DESKS_EVIDENCE, 0);
    const struct delivery delivery = {.desk = &desk, .extent = DELIVERY_WHOLE};

    ck_assert(set(&one));
    const struct alert told = standing_project(one.desk->play.kit.arena, &one.alert, &delivery);
    ck_assert_slice_eq(told.rule, "r");
    ck_assert_slice_eq(told.standing.desk, "d");
    ck_assert_uint_eq(told.evidence_count, one.alert.evidence_count);
    ck_assert_uint_eq(told.evidence[0].fields.count, 0);
    ck_assert_uint_gt(one.alert.evidence[0].fields.count, 0); /* others still see them */
    ck_assert_uint_eq(told.group.count + told.metrics.count + told.measures.count, 0);
    ck_assert_uint_eq(told.summary.size + told.explain.size, 0);
    ck_assert_uint_eq(told.standing.proposals_count, 0);
    ck_assert(has(&told.standing.withheld, "group") && has(&told.standing.withheld, "fields") &&
              !has(&told.standing.withheld, "evidence") && !told.standing.stub);
    desk_end(one.desk);
}
END_TEST

/* F11: of the group a desk may see some kinds of identity only. */
START_TEST(a_desk_sees_its_kinds_only)
{
    struct trial one = begin();
    const struct desks_desk others = one_desk(1U << DESKS_GROUP, 1U << KIND_ADDRESS);
    const struct desks_desk its = one_desk(1U << DESKS_GROUP, 1U << KIND_CARD);
    struct delivery delivery = {.desk = &others, .extent = DELIVERY_WHOLE};
    struct arena *const arena = one.desk->play.kit.arena;

    const struct alert nothing = standing_project(arena, &one.alert, &delivery);
    ck_assert_uint_eq(nothing.group.count, 0);
    ck_assert(has(&nothing.standing.withheld, "group"));
    delivery.desk = &its;
    const struct alert all = standing_project(arena, &one.alert, &delivery);
    ck_assert_uint_eq(all.group.count, 1);
    ck_assert(!has(&all.standing.withheld, "group"));
    desk_end(one.desk);
}
END_TEST

/* A stub says that there is an alert and whom to ask, and no word of what it is about. */
START_TEST(a_stub_says_only_that_there_is_one)
{
    struct trial one = begin();
    const struct desks_desk desk = one_desk(~0U, 0);
    const struct delivery delivery = {.desk = &desk, .extent = DELIVERY_STUB};
    struct text bytes = {0};

    ck_assert(set(&one));
    const struct alert stub = standing_project(one.desk->play.kit.arena, &one.alert, &delivery);
    ck_assert(slice_equal(stub.id, one.alert.id) && stub.standing.stub);
    ck_assert_slice_eq(stub.owner, "desk-air");
    alert_avro_put(&stub, &bytes);
    static const char *const secrets[] = {"P1", "transport", "smuggling", "A title", "people"};
    for (size_t i = 0; i < COUNT_OF(secrets); i++) {
        ck_assert(!slice_contains(text_slice(&bytes), slice_of(secrets[i])));
    }
    text_free(&bytes);
    desk_end(one.desk);
}
END_TEST

/* F21: an alert for the purpose of trafficking, or one whose rule names support, may be of a
 * victim: support is told first. */
START_TEST(trafficking_goes_to_support_first)
{
    static const struct slice help[] = {SLICE("victim_report")};
    struct delivery deliveries[ROUTES_DESKS_MAX];
    struct trial one = begin();
    struct arena *const arena = one.desk->play.kit.arena;

    one.source.purposes = 5; /* smuggling and trafficking */
    ck_assert(set(&one));
    ck_assert_uint_gt(standing_deliver(arena, one.basis.model, &one.alert, deliveries), 1);
    ck_assert_slice_eq(deliveries[0].desk->id, "comensha");
    ck_assert_int_eq(deliveries[0].extent, DELIVERY_WHOLE);
    one.source.purposes = 1;
    ck_assert(set(&one));
    ck_assert_uint_gt(standing_deliver(arena, one.basis.model, &one.alert, deliveries), 1);
    ck_assert_slice_eq(deliveries[0].desk->id, "kmar");
    one.alert.measures = (struct alert_texts){help, 1};
    ck_assert_uint_gt(standing_deliver(arena, one.basis.model, &one.alert, deliveries), 1);
    ck_assert_slice_eq(deliveries[0].desk->id, "comensha");
    desk_end(one.desk);
}
END_TEST

/* Alerts of before they had a standing are read as ones without. */
START_TEST(earlier_alerts_are_read)
{
    struct trial one = begin();
    struct alert back;
    struct text bytes = {0};

    alert_avro_put(&one.alert, &bytes);
    bytes.size -= STANDING_FIELDS; /* each empty one is a byte */
    ck_assert(alert_avro_get_earlier(one.desk->play.kit.arena, text_slice(&bytes), &back));
    ck_assert(slice_equal(back.id, one.alert.id));
    ck_assert_int_eq(back.sequence, one.alert.sequence);
    ck_assert_uint_eq(back.standing.model.size, 0);
    ck_assert(!alert_avro_get(one.desk->play.kit.arena, text_slice(&bytes), &back));
    text_free(&bytes);
    desk_end(one.desk);
}
END_TEST

Suite *standing_suite(void)
{
    const TTest *const tests[] = {an_alert_bears_its_standing,
                                  purposes_are_those_in_common,
                                  unnamed_evidence_is_of_any_source,
                                  a_desk_sees_its_projection,
                                  a_desk_sees_its_kinds_only,
                                  a_stub_says_only_that_there_is_one,
                                  trafficking_goes_to_support_first,
                                  earlier_alerts_are_read,
                                  NULL};

    return unit_suite("standing", tests);
}
