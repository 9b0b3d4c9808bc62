#include "seinpost/stage/tail.h"

#include "yard.h"

/* An episode that opened at `opened`, with an event; what it tells from others is the id. */
struct made {
    struct rule rule;
    struct episode episode;
    struct evidence evidence;
    struct evidence *list[1];
    struct change change;
};

static struct change *make(struct made *made, unsigned char id, int64_t opened)
{
    *made = (struct made){.rule = {.name = SLICE("r"), .timespan_ms = 10}};
    made->evidence.is =
        (struct event_reference){.time = {opened}, .source = SLICE("s"), .id = SLICE("e")};
    made->list[0] = &made->evidence;
    made->episode.opened_at = (struct instant){opened};
    made->episode.id.bytes[0] = id;
    made->episode.evidence.items = made->list;
    made->episode.evidence.count = made->episode.evidence_count = 1;
    made->rule.class = RULE_COUNTING;
    made->change = (struct change){
        .state = CHANGE_OPENED, .rule = &made->rule, .episode = &made->episode, .at = {opened}};
    return &made->change;
}

/* Notes so many changes, the nth from the record at offset `first` + n. */
static struct tail tail_of(int64_t from, int64_t first, unsigned char count)
{
    struct tail tail = {.from = from};
    struct made made;

    for (unsigned char i = 0; i < count; i++) {
        tail_note(&tail, make(&made, i, 1000 + i), first + i);
    }
    return tail;
}

/* Writes a tail and reads it. */
static struct tail said_of(const struct tail *tail)
{
    struct text text = {0};
    struct tail said = {0};

    tail_put(tail, &text);
    ck_assert_uint_lt(text.size, 1000);
    ck_assert(tail_read(&said, text_slice(&text)));
    text_free(&text);
    return said;
}

/* The newest eight are said, with the offset of the first; a replay that knows all since then
 * is equal, whatever came before. */
START_TEST(what_was_said_is_equal_to_its_replay)
{
    for (unsigned char count = 0; count < 30; count++) {
        struct tail live = tail_of(5, 10, count);
        struct tail said = said_of(&live);
        const int64_t from = count > TAIL_SAID ? 10 + count - TAIL_SAID : 5;
        struct tail replayed = tail_of(from, 10, count);
        ck_assert_int_eq(said.from, from);
        ck_assert_uint_eq(said.entries.count, count > TAIL_SAID ? TAIL_SAID : count);
        ck_assert(tail_equal(&said, &replayed));
        tail_free(&live);
        tail_free(&said);
        tail_free(&replayed);
    }
}
END_TEST

static void differ(struct made *made, int how)
{
    switch (how) {
    case 0:
        made->episode.id.bytes[0]++;
        break;
    case 1:
        made->change.state = CHANGE_CLOSED;
        break;
    case 2:
        made->change.at.ms++;
        break;
    case 3:
        made->episode.opened_at.ms++;
        break;
    case 4:
        made->episode.closes_at.ms++;
        break;
    case 5:
        made->episode.updates++;
        break;
    case 6:
        made->evidence.is.id = SLICE("f");
        break;
    case 7:
        made->evidence.is.source = SLICE("t");
        break;
    case 8:
        made->episode.evidence_count++;
        break;
    case 9:
        made->episode.sectors = 4;
        break;
    case 10:
        made->change.late = true;
        break;
    case 11:
        made->rule.name = SLICE("q");
        break;
    case 12:
        made->rule.metrics_count = 1;
        made->episode.measures[0].number = 1;
        break;
    default:
        break;
    }
}

/* Whatever a change rests on, another one is not equal. */
START_TEST(any_difference_is_seen)
{
    struct tail one = tail_of(0, 0, 1);
    struct tail other = {0};
    struct made made;
    struct change *const change = make(&made, 0, 1000);

    differ(&made, _i);
    tail_note(&other, change, 0);
    ck_assert(tail_equal(&one, &other) == (_i == 13));
    tail_free(&one);
    tail_free(&other);
}
END_TEST

/* A change too many is seen, and one too few. */
START_TEST(one_change_more_or_less_is_seen)
{
    for (unsigned char count = 1; count < 12; count++) {
        struct tail live = tail_of(0, 0, count);
        struct tail said = said_of(&live);
        struct tail less = tail_of(0, 0, (unsigned char)(count - 1));
        struct tail more = tail_of(0, 0, (unsigned char)(count + 1));
        ck_assert(!tail_equal(&said, &less));
        ck_assert(!tail_equal(&said, &more));
        tail_free(&live);
        tail_free(&said);
        tail_free(&less);
        tail_free(&more);
    }
}
END_TEST

/* With the oldest part of the log gone, only what needs nothing of it must be there: an alert
 * three times its reach behind what is gone. What is suppressed may need anything. */
START_TEST(what_needs_nothing_that_is_gone_must_be_there)
{
    struct tail said = {0};
    struct tail none = {0};
    struct made made;

    tail_note(&said, make(&made, 1, 1000), 7);
    ck_assert(!tail_covers(&said, &none, (struct instant){1000 - 30 - 1}));
    ck_assert(tail_covers(&said, &none, (struct instant){1000 - 30}));
    ck_assert(tail_covers(&said, &said, (struct instant){0}));
    tail_restart(&said, 0);
    make(&made, 1, 1000);
    made.rule.suppress.for_ms = 1;
    tail_note(&said, &made.change, 7);
    ck_assert(tail_covers(&said, &none, (struct instant){0}));
    tail_free(&said);
}
END_TEST

/* What is no tail is not read. */
START_TEST(what_is_no_tail_is_not_read)
{
    static const char *const bad[] = {
        "",
        "x",
        "-1",
        "5,",
        "5,0123456789abcdef",
        "5,0123456789abcdef:o:0123456789abcdef:7:",
        "5,0123456789abcdef:x:0123456789abcdef:7:8",
        "5,0123456789abcdef:oo:0123456789abcdef:7:8",
        "5,0123456789abcdeX:o:0123456789abcdef:7:8",
        "5,0123456789abcde:o:0123456789abcdef:7:8",
        "5,0123456789abcdef:o:0123456789abcdef0:7:8",
        "5,0123456789abcdef:o:0123456789abcdef:7:8,",
        "5,0123456789abcdef:o:0123456789abcdef:7:8:9",
    };
    struct tail tail = {0};

    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        ck_assert_msg(!tail_read(&tail, slice_of(bad[i])), "%s", bad[i]);
    }
    ck_assert(tail_read(&tail, SLICE("5")));
    ck_assert(tail_read(&tail, SLICE("5,0123456789abcdef:o:fedcba9876543210:7:8")));
    ck_assert(tail.from == 5 && tail.entries.count == 1);
    ck_assert(tail.entries.items[0].id == UINT64_C(0x0123456789abcdef) &&
              tail.entries.items[0].digest == UINT64_C(0xfedcba9876543210));
    tail_free(&tail);
}
END_TEST

Suite *tail_suite(void)
{
    const TTest *const tests[] = {
        what_was_said_is_equal_to_its_replay, one_change_more_or_less_is_seen,
        what_needs_nothing_that_is_gone_must_be_there, what_is_no_tail_is_not_read, NULL};
    Suite *const suite = unit_suite("tail", tests);

    unit_loop(suite, any_difference_is_seen, 14);
    return suite;
}
