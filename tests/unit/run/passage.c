#include "passage.h"

#include "seinpost/base/arena.h"

#include "unit.h"

/* A small run: two accounts, whose events partly come late, and one in which nothing happens
 * after the first. */
static const struct {
    bool transfer;
    unsigned account;
    int minute;
} events[] = {
    {false, 0, 0},  {false, 1, 2},  {false, 0, 5},   {false, 2, 6},  {true, 1, 8},
    {false, 0, 9},  {false, 1, 12}, {true, 0, 14},   {false, 0, 11}, {false, 1, 20},
    {false, 1, 24}, {false, 0, 30}, {true, 0, 31},   {false, 0, 70}, {false, 1, 72},
    {false, 0, 75}, {true, 1, 90},  {false, 0, 130},
};

_Static_assert(COUNT_OF(events) == PASSAGE_EVENTS, "all events");

void passage_event(struct scene *scene, size_t index)
{
    struct text line = {0};

    rules_event(&line, (unsigned)index, events[index].transfer, events[index].account,
                events[index].minute);
    scene_send(scene, line.data);
    text_free(&line);
}

uint64_t passage_load(struct scene *scene, const struct rules_variant *variants, size_t count)
{
    struct text rules = {0};

    for (size_t i = 0; i < count; i++) {
        rules_add(&rules, &variants[i]);
    }
    text_add_byte(&rules, '\0');
    const uint64_t edition = scene_load(scene, rules.data);
    text_free(&rules);
    return edition;
}

const struct rules_variant passage_before[PASSAGE_RULES] = {
    {RULES_COUNT, 4, NULL, false},    {RULES_SEQUENCE, 15, NULL, false},
    {RULES_ABSENCE, 20, NULL, false}, {RULES_SINGLE, 200, NULL, false},
    {RULES_HIGHER, 1, NULL, false},
};

/* What a reload may change: a threshold, a window, a condition, an exception; a rule may come,
 * go, or stay. */
static const struct {
    struct rules_variant variants[RULES_KINDS_COUNT];
    size_t count;
} changes[PASSAGE_CHANGES] = {
    {{{RULES_COUNT, 2, NULL, false}, {RULES_SEQUENCE, 15, NULL, false}}, 2},
    {{{RULES_COUNT, 3, NULL, false},
      {RULES_SEQUENCE, 30, NULL, false},
      {RULES_ABSENCE, 20, NULL, false},
      {RULES_SINGLE, 300, NULL, false},
      {RULES_HIGHER, 1, NULL, false}},
     5},
    {{{RULES_COUNT, 4, NULL, true}, {RULES_ABSENCE, 10, NULL, false}}, 2},
    {{{RULES_COUNT, 4, NULL, false},
      {RULES_SEQUENCE, 15, NULL, true},
      {RULES_ABSENCE, 20, NULL, true},
      {RULES_HIGHER, 2, NULL, false}},
     4},
    {{{RULES_SINGLE, 200, NULL, false}}, 1},
};

uint64_t passage_load_change(struct scene *scene, size_t change)
{
    return passage_load(scene, changes[change].variants, changes[change].count);
}

struct passage passage_new(size_t change, const struct scene_options *options)
{
    struct passage run = {.scene = scene_new(options), .arena = arena_new(64 << 20)};

    run.old = passage_load(run.scene, passage_before, PASSAGE_RULES);
    run.new = passage_load_change(run.scene, change);
    scene_start(run.scene, run.old);
    return run;
}

void passage_send(struct passage *run, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        passage_event(run->scene, i);
        scene_run(run->scene);
    }
}

/* The log is ahead of the correlator. */
void passage_send_ahead(struct passage *run, size_t index)
{
    passage_event(run->scene, index);
    scene_run_ingest(run->scene);
}

void passage_finish(struct passage *run)
{
    scene_watermark(run->scene, (struct instant){rules_ms(300)});
    scene_run(run->scene);
    run->count = scene_alerts(run->scene, run->arena, &run->alerts);
    run->bytes = scene_bytes(run->scene, run->arena);
}

void passage_free(struct passage *run)
{
    scene_free(run->scene);
    arena_free(run->arena);
}

void passage_same(const struct passage *a, const struct passage *b, size_t at)
{
    const size_t count = a->count < b->count ? a->count : b->count;

    for (size_t i = 0; i < count; i++) {
        const struct alert *one = &a->alerts[i];
        const struct alert *other = &b->alerts[i];
        ck_assert_msg(
            slice_equal(one->id, other->id) && slice_equal(one->state, other->state) &&
                one->sequence == other->sequence,
            "after event %zu, record %zu: %.*s %.*s %.*s %lld, not %.*s %.*s %.*s %lld", at, i,
            SLICE_ARGS(one->rule), SLICE_ARGS(one->state), SLICE_ARGS(one->id),
            (long long)one->sequence, SLICE_ARGS(other->rule), SLICE_ARGS(other->state),
            SLICE_ARGS(other->id), (long long)other->sequence);
    }
    ck_assert_uint_eq(a->count, b->count);
    ck_assert_msg(slice_equal(a->bytes, b->bytes), "after event %zu: other bytes", at);
}

size_t passage_count(const struct passage *run, const char *state)
{
    size_t count = 0;

    for (size_t i = 0; i < run->count; i++) {
        count += slice_is(run->alerts[i].state, state) ? 1 : 0;
    }
    return count;
}
