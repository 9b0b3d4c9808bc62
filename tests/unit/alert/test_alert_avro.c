#include "seinpost/alert/alert_avro.h"

#include "desk.h"

static bool same_pairs(struct alert_pairs a, struct alert_pairs b)
{
    bool same = a.count == b.count;

    for (size_t i = 0; same && i < a.count; i++) {
        same = slice_equal(a.items[i].name, b.items[i].name) &&
               slice_equal(a.items[i].value, b.items[i].value);
    }
    return same;
}

static bool same_texts(struct alert_texts a, struct alert_texts b)
{
    bool same = a.count == b.count;

    for (size_t i = 0; same && i < a.count; i++) {
        same = slice_equal(a.items[i], b.items[i]);
    }
    return same;
}

static void expect_same_words(const struct alert *a, const struct alert *b)
{
    const struct slice one[] = {a->id,      a->state,   a->rule,  a->indicator, a->rule_hash,
                                a->title,   a->level,   a->stage, a->track,     a->owner,
                                a->summary, a->explain, a->review};
    const struct slice two[] = {b->id,      b->state,   b->rule,  b->indicator, b->rule_hash,
                                b->title,   b->level,   b->stage, b->track,     b->owner,
                                b->summary, b->explain, b->review};

    for (size_t i = 0; i < COUNT_OF(one); i++) {
        ck_assert_msg(slice_equal(one[i], two[i]), "text %zu", i);
    }
    ck_assert(same_texts(a->purposes, b->purposes) &&
              same_texts(a->legal_bases, b->legal_bases));
    ck_assert(same_texts(a->sectors, b->sectors) && same_texts(a->measures, b->measures));
    ck_assert(same_pairs(a->group, b->group) && same_pairs(a->metrics, b->metrics));
}

static void expect_same(const struct alert *a, const struct alert *b)
{
    expect_same_words(a, b);
    ck_assert(a->version == b->version && a->score == b->score && a->at.ms == b->at.ms);
    ck_assert(a->opened_at.ms == b->opened_at.ms && a->late == b->late &&
              a->capped == b->capped);
    ck_assert(a->partition == b->partition && a->sequence == b->sequence);
    ck_assert(a->evidence_all == b->evidence_all && a->evidence_count == b->evidence_count);
    for (size_t i = 0; i < a->evidence_count; i++) {
        ck_assert(event_compare(&a->evidence[i].is, &b->evidence[i].is) == 0);
        ck_assert(slice_equal(a->evidence[i].is.type, b->evidence[i].is.type));
        ck_assert(slice_equal(a->evidence[i].is.place.topic, b->evidence[i].is.place.topic));
        ck_assert_int_eq(a->evidence[i].is.place.offset, b->evidence[i].is.place.offset);
        ck_assert(same_pairs(a->evidence[i].fields, b->evidence[i].fields));
    }
}

/* Every field of an alert is read back as it was written. */
START_TEST(an_alert_is_read_back)
{
    struct desk *const desk = desk_play(desk_rule, DESK_SCRIPT);

    for (size_t i = 0; i < desk->count; i++) {
        struct text text = {0};
        struct alert back;
        alert_avro_put(&desk->alerts[i], &text);
        ck_assert(alert_avro_get(desk->play.kit.arena, text_slice(&text), &back));
        expect_same(&desk->alerts[i], &back);
        text_free(&text);
    }
    desk_end(desk);
}
END_TEST

/* Equal inputs give equal bytes: there is no clock in an alert. */
START_TEST(equal_inputs_give_equal_bytes)
{
    struct desk *const one = desk_play(desk_rule, DESK_SCRIPT), *const two = desk_play(
                                                                    desk_rule, DESK_SCRIPT);

    for (size_t i = 0; i < one->count; i++) {
        struct text first = {0}, second = {0};
        alert_avro_put(&one->alerts[i], &first);
        alert_avro_put(&two->alerts[i], &second);
        ck_assert(slice_equal(text_slice(&first), text_slice(&second)));
        text_free(&first);
        text_free(&second);
    }
    desk_end(one);
    desk_end(two);
}
END_TEST

/* Bytes cut at any length are no alert. */
START_TEST(bytes_cut_anywhere_are_no_alert)
{
    struct desk *const desk = desk_play(desk_rule, DESK_SCRIPT);
    struct text text = {0};
    struct alert back;

    alert_avro_put(&desk->alerts[1], &text);
    for (size_t size = 0; size < text.size; size++) {
        char *const copy = malloc(size + 1);
        memcpy(copy + 1, text.data, size);
        const bool good =
            alert_avro_get(desk->play.kit.arena, (struct slice){copy + 1, size}, &back);
        free(copy);
        ck_assert_msg(!good, "%zu bytes", size);
    }
    text_free(&text);
    desk_end(desk);
}
END_TEST

/* Bytes with one too many are no alert; with any byte changed they are survived. */
START_TEST(damaged_bytes_are_survived)
{
    struct desk *const desk = desk_play(desk_rule, DESK_SCRIPT);
    struct text text = {0};
    struct alert back;

    alert_avro_put(&desk->alerts[1], &text);
    for (size_t at = 0; at < text.size * 4; at++) {
        text.data[at / 4] ^= (char)(1 << (at % 4 * 2));
        alert_avro_get(desk->play.kit.arena, text_slice(&text), &back);
        text.data[at / 4] ^= (char)(1 << (at % 4 * 2));
    }
    text_add_byte(&text, 0);
    ck_assert(!alert_avro_get(desk->play.kit.arena, text_slice(&text), &back));
    text_free(&text);
    desk_end(desk);
}
END_TEST

Suite *alert_avro_suite(void)
{
    const TTest *const tests[] = {an_alert_is_read_back, equal_inputs_give_equal_bytes,
                                  bytes_cut_anywhere_are_no_alert, damaged_bytes_are_survived,
                                  NULL};

    return unit_suite("alert_avro", tests);
}
