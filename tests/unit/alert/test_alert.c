#include "seinpost/alert/alert.h"
#include "seinpost/base/utf8.h"
#include "seinpost/rule/ruletest.h"

#include "desk.h"

/* What an alert says of its rule is what the rule's file says, purposes and bases included, and
 * it is always for a person to review. */
START_TEST(an_alert_bears_its_rules_words)
{
    struct desk *const desk = desk_play(desk_rule, DESK_SCRIPT);
    const struct alert *const alert = &desk->alerts[0];
    char hash[DIGEST_TEXT_SIZE];

    ck_assert_slice_eq(alert->rule, "r");
    ck_assert_slice_eq(alert->indicator, "A1");
    ck_assert(alert->version == 7 && alert->score == 30);
    ck_assert_slice_eq(alert->rule_hash,
                       digest_format(desk->play.program->rules[0]->hash, hash));
    ck_assert_slice_eq(alert->title, "A title");
    ck_assert_slice_eq(alert->level, "high");
    ck_assert_slice_eq(alert->stage, "transport");
    ck_assert_slice_eq(alert->track, "criminal");
    ck_assert(alert->purposes.count == 2 && slice_is(alert->purposes.items[1], "trafficking"));
    ck_assert(alert->legal_bases.count == 2 &&
              slice_is(alert->legal_bases.items[0], "pnr-6.2a"));
    ck_assert_slice_eq(alert->owner, "desk-air");
    ck_assert(alert->measures.count == 2 && slice_is(alert->measures.items[0], "verify"));
    ck_assert_slice_eq(alert->review, "required");
    desk_end(desk);
}
END_TEST

/* What an alert says of its episode is what was seen. */
START_TEST(an_alert_tells_what_was_seen)
{
    struct desk *const desk = desk_play(desk_rule, DESK_SCRIPT);
    const struct alert *const alert = &desk->alerts[0];

    ck_assert_slice_eq(alert->state, "opened");
    ck_assert_int_eq(alert->opened_at.ms, RULETEST_START.ms + 3600000);
    ck_assert_int_eq(alert->at.ms, alert->opened_at.ms);
    ck_assert(!alert->late && !alert->capped && alert->partition == 3 && alert->sequence == 1);
    ck_assert(alert->group.count == 1 && slice_is(alert->group.items[0].name, "card"));
    ck_assert_slice_eq(alert->group.items[0].value, "P1");
    ck_assert_uint_eq(alert->metrics.count, 4);
    ck_assert_slice_eq(alert->metrics.items[1].name, "spent");
    ck_assert_slice_eq(alert->metrics.items[1].value, "35.00 EUR");
    ck_assert_slice_eq(alert->metrics.items[2].value, "1.5");
    ck_assert_uint_eq(alert->sectors.count, 2);
    ck_assert(alert->evidence_count == 2 && alert->evidence_all == 2);
    ck_assert_slice_eq(alert->evidence[0].is.id, "e1");
    ck_assert_slice_eq(alert->evidence[0].fields.items[0].name, "pax_count");
    ck_assert_slice_eq(alert->evidence[0].fields.items[0].value, "2");
    desk_end(desk);
}
END_TEST

/* One alert keeps its id from its opening to its end, in records that count on. */
START_TEST(an_alert_keeps_its_id)
{
    struct desk *const desk = desk_play(desk_rule, DESK_SCRIPT);

    ck_assert_uint_eq(desk->count, 3);
    ck_assert_slice_eq(desk->alerts[1].state, "updated");
    ck_assert_slice_eq(desk->alerts[2].state, "closed");
    for (size_t i = 0; i < 3; i++) {
        ck_assert(slice_equal(desk->alerts[i].id, desk->alerts[0].id));
        ck_assert_int_eq(desk->alerts[i].sequence, (int64_t)i + 1);
    }
    ck_assert_uint_eq(desk->alerts[0].id.size, 32);
    ck_assert_uint_eq(strspn(desk->alerts[0].id.data, "0123456789abcdef"), 32);
    desk_end(desk);
}
END_TEST

#define TWICE(name, more)                                                                      \
    PLAY_RULE(                                                                                 \
        name,                                                                                  \
        "  type: event_count\n  rules: [a]\n  timespan: 1d\n  condition: {gte: 2}\n" more)

static const struct {
    const char *claim, *rule, *script;
    bool same;
} others[] = {
    {"the same inputs", TWICE("r", ""), "0 a P1 id=x; 1h a P1 id=y", true},
    {"more evidence later", TWICE("r", ""), "0 a P1 id=x; 2h a P1 id=z", true},
    {"another arrival", TWICE("r", ""), "0 b P1; 1h a P1 id=y; 0 a P1 id=x", true},
    {"a described rule",
     KIT_RULE("r") "description: words\n" PLAY_EVENTS
                   "correlation:\n  group-by: [card]\n  type: event_count\n  rules: [a]\n  "
                   "timespan: 1d\n  condition: {gte: 2}\n",
     "0 a P1 id=x; 1h a P1 id=y", true},
    {"another group", TWICE("r", ""), "0 a P2 id=x; 1h a P2 id=y", false},
    {"another first event", TWICE("r", ""), "0 a P1 id=w; 1h a P1 id=y", false},
    {"another source", TWICE("r", ""), "0 a P1 id=x src=t; 1h a P1 id=y", false},
    {"another rule of the same sort", TWICE("q", ""), "0 a P1 id=x; 1h a P1 id=y", false},
    {"another threshold", TWICE("r", "  close-after: 1h\n"), "0 a P1 id=x; 1h a P1 id=y",
     false},
};

/* An alert's id is a hash of rule, meaning, group and first evidence, and of nothing else. */
START_TEST(the_id_is_a_hash_of_inputs_only)
{
    struct desk *const first = desk_play(TWICE("r", ""), "0 a P1 id=x; 1h a P1 id=y");
    struct desk *const other = desk_play(others[_i].rule, others[_i].script);

    ck_assert_uint_ge(other->count, 1);
    ck_assert_msg(slice_equal(first->alerts[0].id, other->alerts[0].id) == others[_i].same,
                  "%s", others[_i].claim);
    desk_end(first);
    desk_end(other);
}
END_TEST

/* Another alert of the group with the same first evidence has an id of its own. */
START_TEST(an_alert_that_comes_again_has_another_id)
{
    struct desk *const desk =
        desk_play(PLAY_RULE("r", "  type: value_sum\n  field: pax_count\n  rules: [a]\n  "
                                 "timespan: 1d\n  condition: {gte: 5, lt: 7}\n"),
                  "0 a P1 pax_count=5; 1h a P1 pax_count=3; 2h a P1 pax_count=-2; W 9d");
    size_t openings = 0;

    for (size_t i = 0; i < desk->count; i++) {
        openings += slice_is(desk->alerts[i].state, "opened");
    }
    ck_assert_uint_eq(openings, 2);
    for (size_t i = 1; i < desk->count; i++) {
        ck_assert(!slice_is(desk->alerts[i].state, "opened") ||
                  !slice_equal(desk->alerts[i].id, desk->alerts[0].id));
    }
    desk_end(desk);
}
END_TEST

/* However long a template makes it, a summary is cut between two characters, and says so. */
START_TEST(a_long_summary_is_cut)
{
    struct text rule = {0};

    text_add(&rule, slice_of(KIT_RULE("r") PLAY_EVENTS
                             "correlation:\n  group-by: [card]\n  type: event_count\n"
                             "  rules: [a]\n  timespan: 1d\n  condition: {gte: 2}\n"
                             "alert: {summary: 'x"));
    for (int i = 0; i < 20000; i++) {
        text_add(&rule, SLICE("{card}\xC3\xA9"));
    }
    text_add(&rule, slice_of("'}\n"));
    text_add_byte(&rule, '\0');
    struct desk *const desk = desk_play(rule.data, "0 a P1; 1h a P1");
    const struct slice summary = desk->alerts[0].summary;

    ck_assert_uint_gt(summary.size, 16 * 1024 - 8);
    ck_assert_uint_le(summary.size, 16 * 1024);
    ck_assert_uint_eq(utf8_valid_size(summary), summary.size);
    ck_assert_int_eq(memcmp(summary.data + summary.size - 3, "...", 3), 0);
    text_free(&rule);
    desk_end(desk);
}
END_TEST

/* A mask stands for words in the order of their list. */
START_TEST(masks_stand_for_words)
{
    struct arena *const arena = arena_new(1 << 16);
    const char *const list[] = {"a", "b", "c", NULL};
    const struct alert_texts words = alert_words(arena, list, 5);

    ck_assert_uint_eq(words.count, 2);
    ck_assert_slice_eq(words.items[0], "a");
    ck_assert_slice_eq(words.items[1], "c");
    ck_assert_uint_eq(alert_words(arena, list, 0).count, 0);
    arena_free(arena);
}
END_TEST

Suite *alert_suite(void)
{
    const TTest *const tests[] = {an_alert_bears_its_rules_words,
                                  an_alert_tells_what_was_seen,
                                  an_alert_keeps_its_id,
                                  an_alert_that_comes_again_has_another_id,
                                  masks_stand_for_words,
                                  a_long_summary_is_cut,
                                  NULL};
    Suite *const suite = unit_suite("alert", tests);

    unit_loop(suite, the_id_is_a_hash_of_inputs_only, COUNT_OF(others));
    return suite;
}
