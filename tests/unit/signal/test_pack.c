#include "seinpost/signal/pack.h"

#include "signal.h"

enum {
    ENTRIES_MAX = 12,
    NAMES = 6
};

/* What was put in, in its order: a match or a watermark. */
struct entry {
    bool is_match;
    struct match match;
    struct watermark watermark;
};

struct crate {
    struct arena *arena;
    struct unit_draw draw;
    struct entry entries[ENTRIES_MAX];
    size_t count;
    size_t seen;
};

static struct slice drawn_text(struct crate *crate)
{
    static const char *const names[NAMES] = {"phone",         "",     "air-1",
                                             "bank.transfer", "a\0b", "caf\xC3\xA9"};
    const size_t index = unit_below(&crate->draw, NAMES);

    return index == 4 ? SLICE("a\0b") : slice_of(names[index]);
}

static struct event_reference drawn_reference(struct crate *crate)
{
    return (struct event_reference){
        .time = {(int64_t)unit_next(&crate->draw)},
        .source = drawn_text(crate),
        .id = drawn_text(crate),
        .type = drawn_text(crate),
        .place = {drawn_text(crate), (int32_t)unit_below(&crate->draw, 1000),
                  (int64_t)(unit_next(&crate->draw) >> 1)},
    };
}

static struct value drawn_value(struct crate *crate)
{
    switch (unit_below(&crate->draw, 4)) {
    case 0:
        return value_of_bool(unit_below(&crate->draw, 2) == 1);
    case 1:
        return value_of_number((int64_t)unit_next(&crate->draw));
    case 2:
        return value_of_text(drawn_text(crate));
    default:
        return value_of_money((int64_t)unit_next(&crate->draw), SLICE("EUR"));
    }
}

static struct match drawn_match(struct crate *crate)
{
    const size_t steps = unit_below(&crate->draw, 4), values = unit_below(&crate->draw, 5),
                 made_of = unit_below(&crate->draw, 3);
    uint64_t *const ids = arena_alloc(crate->arena, steps * sizeof *ids);
    struct match_value *const items = arena_alloc(crate->arena, values * sizeof *items);
    struct event_reference *const references =
        arena_alloc(crate->arena, made_of * sizeof *references);

    for (size_t i = 0; i < steps; i++) {
        ids[i] = unit_below(&crate->draw, 2) == 0 ? 7 : unit_next(&crate->draw);
    }
    for (size_t i = 0; i < values; i++) {
        items[i] = (struct match_value){drawn_text(crate), drawn_value(crate)};
    }
    for (size_t i = 0; i < made_of; i++) {
        references[i] = drawn_reference(crate);
    }
    return (struct match){drawn_text(crate),
                          drawn_text(crate),
                          drawn_reference(crate),
                          unit_below(&crate->draw, 2) == 1,
                          ids,
                          steps,
                          items,
                          values,
                          references,
                          made_of};
}

static struct watermark drawn_watermark(struct crate *crate)
{
    return (struct watermark){
        .source = drawn_text(crate),
        .partition = (int32_t)unit_below(&crate->draw, 100),
        .partitions = (int32_t)unit_below(&crate->draw, 100),
        .high = unit_below(&crate->draw, 3) == 0
                    ? INSTANT_MIN
                    : (struct instant){(int64_t)unit_next(&crate->draw)},
        .exact = unit_below(&crate->draw, 2) == 1,
        .quiet = unit_below(&crate->draw, 2) == 1,
    };
}

static void fill(struct crate *crate, struct pack *pack)
{
    crate->count = 1 + unit_below(&crate->draw, ENTRIES_MAX);
    crate->seen = 0;
    for (size_t i = 0; i < crate->count; i++) {
        struct entry *const entry = &crate->entries[i];
        entry->is_match = unit_below(&crate->draw, 3) > 0;
        if (entry->is_match) {
            entry->match = drawn_match(crate);
            pack_add_match(pack, &entry->match);
        } else {
            entry->watermark = drawn_watermark(crate);
            pack_add_watermark(pack, &entry->watermark);
        }
    }
}

static bool same_reference(const struct event_reference *a, const struct event_reference *b)
{
    return event_compare(a, b) == 0 && slice_equal(a->type, b->type) &&
           slice_equal(a->place.topic, b->place.topic) &&
           a->place.partition == b->place.partition && a->place.offset == b->place.offset;
}

static bool same_lists(const struct match *a, const struct match *b)
{
    bool same = a->steps_count == b->steps_count && a->values_count == b->values_count &&
                a->made_of_count == b->made_of_count;

    for (size_t i = 0; same && i < a->steps_count; i++) {
        same = a->steps[i] == b->steps[i];
    }
    for (size_t i = 0; same && i < a->values_count; i++) {
        same = slice_equal(a->values[i].name, b->values[i].name) &&
               value_equal(&a->values[i].value, &b->values[i].value);
    }
    for (size_t i = 0; same && i < a->made_of_count; i++) {
        same = same_reference(&a->made_of[i], &b->made_of[i]);
    }
    return same;
}

static void see_match(void *context, const struct match *match)
{
    struct crate *const crate = context;
    const struct entry *const entry = &crate->entries[crate->seen++];

    ck_assert(entry->is_match && same_reference(&entry->match.is, &match->is));
    ck_assert(slice_equal(entry->match.kind, match->kind) &&
              slice_equal(entry->match.value, match->value));
    ck_assert_int_eq(entry->match.withdrawn, match->withdrawn);
    ck_assert(same_lists(&entry->match, match));
}

static void see_watermark(void *context, const struct watermark *watermark)
{
    struct crate *const crate = context;
    const struct entry *const entry = &crate->entries[crate->seen++];

    ck_assert(!entry->is_match && slice_equal(entry->watermark.source, watermark->source));
    ck_assert_int_eq(entry->watermark.partition, watermark->partition);
    ck_assert_int_eq(entry->watermark.partitions, watermark->partitions);
    ck_assert_int_eq(entry->watermark.high.ms, watermark->high.ms);
    ck_assert(entry->watermark.exact == watermark->exact &&
              entry->watermark.quiet == watermark->quiet);
}

/* Any matches and watermarks are read back whole, in the order in which they were added; a pack
 * that was finished is empty and can be filled again. */
START_TEST(what_was_packed_is_read_back)
{
    struct crate crate = {arena_new(64 << 20), unit_draw(42), {{0}}, 0, 0};
    const struct pack_visitor visitor = {&crate, see_match, see_watermark};
    struct pack *const pack = pack_new();
    struct text text = {0};

    for (int i = 0; i < 200; i++) {
        fill(&crate, pack);
        ck_assert(!pack_is_empty(pack) && pack_size(pack) > 0);
        text_clear(&text);
        pack_finish(pack, &text);
        ck_assert(pack_is_empty(pack) && pack_size(pack) == 0);
        ck_assert(pack_read(crate.arena, text_slice(&text), &visitor));
        ck_assert_uint_eq(crate.seen, crate.count);
        arena_reset(crate.arena);
    }
    text_free(&text);
    pack_free(pack);
    arena_free(crate.arena);
}
END_TEST

/* The same entries give the same bytes, whatever was packed before. */
START_TEST(equal_entries_give_equal_bytes)
{
    struct crate crate = {arena_new(64 << 20), unit_draw(43), {{0}}, 0, 0};
    struct pack *const used = pack_new(), *const fresh = pack_new();
    struct text waste = {0}, one = {0}, two = {0};

    fill(&crate, used);
    pack_finish(used, &waste);
    crate.draw = unit_draw(44);
    fill(&crate, used);
    pack_finish(used, &one);
    crate.draw = unit_draw(44);
    fill(&crate, fresh);
    pack_finish(fresh, &two);
    ck_assert(slice_equal(text_slice(&one), text_slice(&two)));
    text_free(&waste);
    text_free(&one);
    text_free(&two);
    pack_free(used);
    pack_free(fresh);
    arena_free(crate.arena);
}
END_TEST

/* Strings stand in a pack once: a hundred matches of one name cost little more than it. */
START_TEST(strings_stand_in_a_pack_once)
{
    struct crate crate = {arena_new(1 << 20), unit_draw(45), {{0}}, 0, 0};
    const struct slice name = SLICE("a-name-that-is-rather-long-for-a-source-of-events");
    const struct match match = {.kind = name,
                                .is = {.source = name, .type = name, .place = {.topic = name}}};
    struct pack *const pack = pack_new();
    struct text text = {0};

    for (int i = 0; i < 100; i++) {
        pack_add_match(pack, &match);
    }
    pack_finish(pack, &text);
    ck_assert_uint_lt(text.size, 100 * name.size / 2);
    text_free(&text);
    pack_free(pack);
    pack_free(NULL);
    arena_free(crate.arena);
}
END_TEST

/* A pack is no larger than it says beforehand, whatever stands in it. */
START_TEST(a_pack_says_how_large_it_is)
{
    struct crate crate = {arena_new(64 << 20), unit_draw(46), {{0}}, 0, 0};
    struct pack *const pack = pack_new();
    uint64_t steps[1000];

    for (uint64_t i = 0; i < COUNT_OF(steps); i++) {
        steps[i] = UINT64_MAX / 3 - i;
    }
    for (int i = 0; i < 100; i++) {
        const struct match match = {.steps = steps, .steps_count = COUNT_OF(steps)};
        struct text text = {0};
        fill(&crate, pack);
        pack_add_match(pack, &match);
        const size_t size = pack_size(pack);
        pack_finish(pack, &text);
        ck_assert_uint_le(text.size, size + 64);
        text_free(&text);
        arena_reset(crate.arena);
    }
    pack_free(pack);
    arena_free(crate.arena);
}
END_TEST

Suite *pack_suite(void)
{
    const TTest *const tests[] = {what_was_packed_is_read_back, equal_entries_give_equal_bytes,
                                  strings_stand_in_a_pack_once, a_pack_says_how_large_it_is,
                                  NULL};

    return unit_suite("pack", tests);
}
