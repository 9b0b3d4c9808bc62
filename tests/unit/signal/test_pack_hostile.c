#include "seinpost/signal/pack.h"

#include "signal.h"

static const uint64_t steps[] = {7, 8};
static const struct match_value values[] = {
    {{"pax_count", 9}, {VALUE_NUMBER, {.number = 2}}},
    {{"amount", 6}, {VALUE_MONEY, {.money = {250000, "EUR"}}}},
    {{"country", 7}, {VALUE_TEXT, {.text = {"NL", 2}}}},
};
static const struct event_reference evidence[] = {
    {{5}, {"air-1", 5}, {"e-1", 3}, {"air.noshow", 10}, {{"air", 3}, 1, 17}},
};
static const struct match match = {
    .kind = {"phone", 5},
    .value = {"phone:t1:0123456789abcdef0123456789abcdef", 41},
    .is =
        {{1000}, {"air-1", 5}, {"S1-001", 6}, {"air.booking.created", 19}, {{"air", 3}, 3, 99}},
    .steps = steps,
    .steps_count = 2,
    .values = values,
    .values_count = 3,
    .made_of = evidence,
    .made_of_count = 1,
};

static struct text packed(void)
{
    const struct watermark watermark = {SLICE("air-1"), 3, 8, {1000}, false, true};
    struct pack *const pack = pack_new();
    struct text text = {0};

    pack_add_match(pack, &match);
    pack_add_watermark(pack, &watermark);
    pack_add_match(pack, &match);
    pack_finish(pack, &text);
    pack_free(pack);
    return text;
}

/* What a reader was given: how many entries, and every byte of them looked at. */
struct given {
    size_t entries;
    unsigned sum;
};

static void look(struct given *given, struct slice slice)
{
    for (size_t i = 0; i < slice.size; i++) {
        given->sum += (unsigned char)slice.data[i];
    }
}

static void look_reference(struct given *given, const struct event_reference *is)
{
    look(given, is->source);
    look(given, is->id);
    look(given, is->type);
    look(given, is->place.topic);
}

static void take_match(void *context, const struct match *found)
{
    struct given *const given = context;

    given->entries++;
    look(given, found->kind);
    look(given, found->value);
    look_reference(given, &found->is);
    for (size_t i = 0; i < found->steps_count; i++) {
        given->sum += (unsigned)found->steps[i];
    }
    for (size_t i = 0; i < found->values_count; i++) {
        look(given, found->values[i].name);
        if (found->values[i].value.type == VALUE_TEXT) {
            look(given, found->values[i].value.as.text);
        }
    }
    for (size_t i = 0; i < found->made_of_count; i++) {
        look_reference(given, &found->made_of[i]);
    }
}

static void take_watermark(void *context, const struct watermark *watermark)
{
    struct given *const given = context;

    given->entries++;
    look(given, watermark->source);
}

/* Reads bytes that end where their memory ends. Whether it passes; if not, nothing was given.
 */
static bool passes(struct arena *arena, const char *bytes, size_t size)
{
    struct given given = {0, 0};
    const struct pack_visitor visitor = {&given, take_match, take_watermark};
    char *const copy = malloc(size + 1);

    ck_assert_ptr_nonnull(copy);
    memcpy(copy + 1, bytes, size);
    const bool good = pack_read(arena, (struct slice){copy + 1, size}, &visitor);
    free(copy);
    arena_reset(arena);
    if (!good && given.entries > 0) {
        ck_abort_msg("%zu entries of a bad pack were given", given.entries);
    }
    return good;
}

/* A pack cut at any length is none, and gives nothing; nor is one with bytes behind it. */
START_TEST(a_pack_cut_anywhere_is_none)
{
    struct arena *const arena = arena_new(64 << 20);
    struct text text = packed();

    for (size_t size = 0; size < text.size; size++) {
        ck_assert_msg(!passes(arena, text.data, size), "%zu of %zu bytes", size, text.size);
    }
    ck_assert(passes(arena, text.data, text.size));
    text_add_byte(&text, '\0');
    ck_assert(!passes(arena, text.data, text.size));
    text_free(&text);
    arena_free(arena);
}
END_TEST

/* A pack in which any one byte is another passes or does not, and is always survived; another
 * version never passes. */
START_TEST(any_byte_may_be_another)
{
    struct arena *const arena = arena_new(64 << 20);
    struct text text = packed();

    for (size_t at = 0; at < text.size; at++) {
        const char kept = text.data[at];
        for (int byte = 0; byte < 256; byte += at < 16 ? 1 : 5) {
            text.data[at] = (char)byte;
            const bool good = passes(arena, text.data, text.size);
            if (good && (char)byte != kept && at == 0) {
                ck_abort_msg("byte %zu as %d passes", at, byte);
            }
        }
        text.data[at] = kept;
    }
    text_free(&text);
    arena_free(arena);
}
END_TEST

/* Several bytes at once, cut out, put in or changed, are survived as well. */
START_TEST(random_damage_is_survived)
{
    struct arena *const arena = arena_new(64 << 20);
    struct unit_draw draw = unit_draw(46);
    struct text text = packed();
    char bytes[2048];

    for (int i = 0; i < 5000; i++) {
        size_t size = text.size;
        memcpy(bytes, text.data, size);
        for (size_t j = unit_below(&draw, 4) + 1; j > 0; j--) {
            const size_t at = 10 + unit_below(&draw, size - 10);
            const size_t out = unit_below(&draw, 3) == 0 ? unit_below(&draw, size - at) : 0;
            memmove(bytes + at, bytes + at + out, size - at - out);
            size -= out;
            bytes[at] = (char)unit_next(&draw);
        }
        passes(arena, bytes, size);
    }
    text_free(&text);
    arena_free(arena);
}
END_TEST

Suite *pack_hostile_suite(void)
{
    const TTest *const tests[] = {a_pack_cut_anywhere_is_none, any_byte_may_be_another,
                                  random_damage_is_survived, NULL};

    return unit_suite("pack_hostile", tests);
}
