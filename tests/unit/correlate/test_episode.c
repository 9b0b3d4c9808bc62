#include "seinpost/correlate/episode.h"

#include "correlate.h"
#include "play.h"

/* An episode of which so many updates were told, and that has had one more or several. */
static bool news(unsigned told, unsigned updates)
{
    struct episode episode = {.updates = told};

    episode_note_told(&episode);
    episode.updates = updates;
    episode.changed = true;
    return episode_is_news(&episode);
}

/* The first 10 updates are news, then the 20th, 40th, 80th and so on, each once. */
START_TEST(updates_are_news_ever_more_rarely)
{
    for (unsigned updates = 1; updates <= 1000; updates++) {
        bool due = updates <= 10;
        for (unsigned mark = 20; mark <= updates; mark *= 2) {
            due = due || mark == updates;
        }
        ck_assert_msg(news(updates - 1, updates) == due, "update %u", updates);
    }
}
END_TEST

/* A mark that was passed in one step is news, and nothing is twice. */
START_TEST(a_mark_that_was_passed_is_news)
{
    ck_assert(news(11, 25));
    ck_assert(news(15, 20));
    ck_assert(!news(20, 39));
    ck_assert(news(20, 41));
    ck_assert(!news(7, 7));
    ck_assert(!news(0, 0));
}
END_TEST

/* A changed opening is always news, and so are other sectors. */
START_TEST(opening_and_sectors_are_always_news)
{
    struct episode episode = {.updates = 15, .sectors = 3};

    episode_note_told(&episode);
    episode.changed = true;
    ck_assert(!episode_is_news(&episode));
    episode.sectors = 7;
    ck_assert(episode_is_news(&episode));
    episode.sectors = 3;
    episode.opening.bytes[5] = 1;
    ck_assert(episode_is_news(&episode));
    episode_note_told(&episode);
    ck_assert(!episode_is_news(&episode));
}
END_TEST

static struct held held_at(int64_t ms, const char *id)
{
    return (struct held){.is = {.time = {ms},
                                .source = SLICE("s"),
                                .id = slice_of(id),
                                .type = SLICE("card.auth")},
                         .sectors = 8};
}

static void find(struct episode *episode, const struct held *const *evidence, size_t count,
                 bool capped)
{
    static const struct rule rule = {.metrics_count = 0};
    const struct finding finding = {
        .at = {3}, .evidence = evidence, .evidence_count = count, .capped = capped};

    episode_add(episode, &rule, &finding, 0);
}

/* Evidence is in content order, each event once, in whatever order findings bring it. */
START_TEST(evidence_is_in_content_order)
{
    struct episode *const episode = episode_copy(&(struct episode){.closes_at = {INT64_MAX}});
    const struct held a = held_at(1, "a"), b = held_at(2, "b"), c = held_at(2, "c");
    const struct held *const events[] = {&a, &b, &c};

    find(episode, events + 2, 1, false);
    find(episode, events, 3, false);
    find(episode, events + 1, 1, true);
    ck_assert_uint_eq(episode->evidence.count, 3);
    ck_assert_uint_eq(episode->evidence_count, 3);
    for (size_t i = 0; i < 3; i++) {
        ck_assert(event_same(&episode->evidence.items[i]->is, &events[i]->is));
    }
    ck_assert(episode->capped && episode->sectors == 8);
    episode_free(episode);
    episode_free(NULL);
}
END_TEST

/* Beyond the events that are named each is counted once, be they of one instant. */
START_TEST(events_of_one_instant_are_all_counted)
{
    enum {
        MANY = EPISODE_EVIDENCE_MAX + 50
    };
    struct episode *const episode = episode_copy(&(struct episode){.closes_at = {INT64_MAX}});
    char ids[MANY][8];

    for (int i = 0; i < 2 * MANY; i++) {
        snprintf(ids[i % MANY], sizeof ids[0], "%06d", i % MANY);
        const struct held event = held_at(3, ids[i % MANY]);
        const struct held *const events[] = {&event};
        find(episode, events, 1, false);
    }
    struct episode *const copy = episode_copy(episode);
    ck_assert_uint_eq(copy->evidence.count, EPISODE_EVIDENCE_MAX);
    ck_assert_uint_eq(copy->evidence_count, MANY);
    episode_free(copy);
    episode_free(episode);
}
END_TEST

/* Of a carried field's texts so many go along as have room in a record, in content order. */
START_TEST(carried_texts_are_bounded)
{
    static char bytes[8000];
    struct rule_carry carries[16];
    struct value values[16];
    struct held event = held_at(1, "a");
    const struct held *const evidence[] = {&event};
    struct rule rule = {.is_read = true, .carries = carries, .carries_count = 16};
    const struct finding finding = {.evidence = evidence, .evidence_count = 1};
    struct episode *const episode = episode_copy(&(struct episode){.closes_at = {INT64_MAX}});
    size_t size = 0;

    for (int i = 0; i < 16; i++) {
        carries[i] = (struct rule_carry){1, i};
        values[i] = value_of_text((struct slice){bytes, sizeof bytes});
    }
    event.entries = 1;
    event.values = values;
    episode_keep_opening(episode, &rule, &finding);
    for (size_t i = 0; i < episode->carried.count; i++) {
        ck_assert_int_eq(episode->carried.items[i].carry, (int)i);
        size += episode->carried.items[i].value.as.text.size;
    }
    ck_assert_uint_gt(size, EPISODE_CARRIED_BYTES_MAX - sizeof bytes);
    ck_assert_uint_le(size, EPISODE_CARRIED_BYTES_MAX);
    episode_free(episode);
}
END_TEST

static struct slice digest_text(struct text *text, const char *source, const char *id,
                                int64_t ms)
{
    const struct event_reference is = {
        .time = {ms}, .source = slice_of(source), .id = slice_of(id)};

    text_clear(text);
    episode_digest(text, &is);
    return text_slice(text);
}

/* What tells an event from all others depends on source and id, and their bytes cannot be
 * divided otherwise. */
START_TEST(events_have_digests_of_their_own)
{
    struct text one = {0}, two = {0};

    ck_assert(slice_equal(digest_text(&one, "s", "a", 1), digest_text(&two, "s", "a", 1)));
    ck_assert(!slice_equal(digest_text(&one, "s", "a", 1), digest_text(&two, "s", "b", 1)));
    ck_assert(!slice_equal(digest_text(&one, "s", "a", 1), digest_text(&two, "t", "a", 1)));
    ck_assert(!slice_equal(digest_text(&one, "s", "ab", 1), digest_text(&two, "sa", "b", 1)));
    text_free(&one);
    text_free(&two);
}
END_TEST

Suite *episode_suite(void)
{
    const TTest *const tests[] = {updates_are_news_ever_more_rarely,
                                  a_mark_that_was_passed_is_news,
                                  opening_and_sectors_are_always_news,
                                  evidence_is_in_content_order,
                                  events_of_one_instant_are_all_counted,
                                  events_have_digests_of_their_own,
                                  carried_texts_are_bounded,
                                  NULL};

    return unit_suite("episode", tests);
}
