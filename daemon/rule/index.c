#include "seinpost/rule/index.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/table.h"
#include "seinpost/base/vector.h"

#include <string.h>

enum {
    WORD_BITS = 64,
    KEY_SIZE_MAX = 256, /* bytes of a value that is looked up; no literal is longer */
};

typedef VECTOR(size_t) positions;

/* The probes that want one value of a field. */
struct posting {
    struct slice value;
    positions probes;
};

/* A probe that wants a field's number within these bounds, in thousandths or minor units. */
struct range {
    int64_t from;
    int64_t to;
    size_t probe;
};

/* What is asked of one field: of its texts, or of its numbers (of one currency). */
struct lane {
    struct path path;
    char currency[4]; /* of money; empty: plain numbers */
    struct table *equal;
    VECTOR(struct posting *) postings;
    VECTOR(struct posting) prefixes; /* by length, then content */
    size_t lengths[KEY_SIZE_MAX];    /* of the prefixes, each once, rising */
    size_t lengths_count;
    VECTOR(struct range) rising;  /* bounded below: by `from` */
    VECTOR(struct range) falling; /* the others: by `to`, the highest first */
};

struct index {
    struct arena *arena;
    const struct probe_list *probes;
    uint64_t *always;
    size_t words_count;
    VECTOR(struct lane) lanes;
};

static void set_bit(uint64_t *words, size_t bit)
{
    words[bit / WORD_BITS] |= UINT64_C(1) << bit % WORD_BITS;
}

static bool same_path(const struct path *a, const struct path *b)
{
    return a->part == b->part && a->indexes_count == b->indexes_count &&
           memcmp(a->indexes, b->indexes, a->indexes_count * sizeof a->indexes[0]) == 0;
}

static struct lane *lane_of(struct index *index, const struct gate_term *term)
{
    for (size_t i = 0; i < index->lanes.count; i++) {
        struct lane *lane = &index->lanes.items[i];
        if (same_path(&lane->path, &term->path) &&
            memcmp(lane->currency, term->currency, sizeof lane->currency) == 0) {
            return lane;
        }
    }
    struct lane lane = {.path = term->path, .equal = table_new()};
    memcpy(lane.currency, term->currency, sizeof lane.currency);
    VECTOR_PUSH(&index->lanes, lane);
    return &index->lanes.items[index->lanes.count - 1];
}

static void add_equal(const struct index *index, struct lane *lane, struct slice value,
                      size_t probe)
{
    struct posting *posting = table_get(lane->equal, value);

    if (posting == NULL) {
        posting = arena_alloc(index->arena, sizeof *posting);
        posting->value = value;
        table_put(lane->equal, value, posting);
        VECTOR_PUSH(&lane->postings, posting);
    }
    VECTOR_PUSH(&posting->probes, probe);
}

static void add_prefix(struct lane *lane, struct slice value, size_t probe)
{
    for (size_t i = 0; i < lane->prefixes.count; i++) {
        if (slice_equal(lane->prefixes.items[i].value, value)) {
            VECTOR_PUSH(&lane->prefixes.items[i].probes, probe);
            return;
        }
    }
    struct posting posting = {.value = value};
    VECTOR_PUSH(&posting.probes, probe);
    VECTOR_PUSH(&lane->prefixes, posting);
}

static void add_term(struct index *index, const struct gate_term *term, size_t probe)
{
    struct lane *lane = lane_of(index, term);

    switch (term->kind) {
    case GATE_EQUAL:
        add_equal(index, lane, term->text, probe);
        return;
    case GATE_PREFIX:
        add_prefix(lane, term->text, probe);
        return;
    case GATE_RANGE:
        if (term->from > INT64_MIN) {
            VECTOR_PUSH(&lane->rising, (struct range){term->from, term->to, probe});
        } else {
            VECTOR_PUSH(&lane->falling, (struct range){term->from, term->to, probe});
        }
        return;
    }
}

static int by_length(const void *left, const void *right)
{
    const struct posting *a = left;
    const struct posting *b = right;

    if (a->value.size != b->value.size) {
        return a->value.size < b->value.size ? -1 : 1;
    }
    return slice_compare(a->value, b->value);
}

static int by_start(const void *left, const void *right)
{
    const struct range *a = left;
    const struct range *b = right;

    return a->from < b->from ? -1 : a->from > b->from;
}

static int by_end(const void *left, const void *right)
{
    const struct range *a = left;
    const struct range *b = right;

    return a->to > b->to ? -1 : a->to < b->to;
}

static void sort_lane(struct lane *lane)
{
    if (lane->prefixes.count > 0) {
        qsort(lane->prefixes.items, lane->prefixes.count, sizeof lane->prefixes.items[0],
              by_length);
    }
    for (size_t i = 0; i < lane->prefixes.count; i++) {
        const size_t size = lane->prefixes.items[i].value.size;
        if (lane->lengths_count == 0 || lane->lengths[lane->lengths_count - 1] != size) {
            lane->lengths[lane->lengths_count++] = size;
        }
    }
    if (lane->rising.count > 0) {
        qsort(lane->rising.items, lane->rising.count, sizeof lane->rising.items[0], by_start);
    }
    if (lane->falling.count > 0) {
        qsort(lane->falling.items, lane->falling.count, sizeof lane->falling.items[0], by_end);
    }
}

static void free_index(void *self)
{
    struct index *index = self;

    for (size_t i = 0; i < index->lanes.count; i++) {
        struct lane *lane = &index->lanes.items[i];
        for (size_t j = 0; j < lane->postings.count; j++) {
            VECTOR_FREE(&lane->postings.items[j]->probes);
        }
        for (size_t j = 0; j < lane->prefixes.count; j++) {
            VECTOR_FREE(&lane->prefixes.items[j].probes);
        }
        table_free(lane->equal);
        VECTOR_FREE(&lane->postings);
        VECTOR_FREE(&lane->prefixes);
        VECTOR_FREE(&lane->rising);
        VECTOR_FREE(&lane->falling);
    }
    VECTOR_FREE(&index->lanes);
}

struct index *index_make(struct arena *arena, const struct probe_list *probes)
{
    struct index *index = arena_alloc(arena, sizeof *index);

    index->arena = arena;
    index->probes = probes;
    index->words_count = (probes->count + WORD_BITS - 1) / WORD_BITS;
    index->always = arena_alloc(arena, index->words_count * sizeof index->always[0]);
    arena_at_end(arena, free_index, index);
    for (size_t i = 0; i < probes->count; i++) {
        struct gate gate;
        if (!gate_find(arena, &probes->items[i], KEY_SIZE_MAX - 1, &gate)) {
            set_bit(index->always, i);
        }
        for (size_t j = 0; j < gate.terms_count; j++) {
            add_term(index, &gate.terms[j], i);
        }
    }
    for (size_t i = 0; i < index->lanes.count; i++) {
        sort_lane(&index->lanes.items[i]);
    }
    return index;
}

static void add_probes(uint64_t *words, const struct posting *posting)
{
    for (size_t i = 0; i < posting->probes.count; i++) {
        set_bit(words, posting->probes.items[i]);
    }
}

static const struct posting *prefix_of(const struct lane *lane, struct slice text)
{
    return bsearch(&(struct posting){.value = text}, lane->prefixes.items, lane->prefixes.count,
                   sizeof lane->prefixes.items[0], by_length);
}

static void find_text(const struct lane *lane, struct slice text, uint64_t *words)
{
    const struct posting *posting = lane->postings.count > 0 && text.size < KEY_SIZE_MAX
                                        ? table_get(lane->equal, text)
                                        : NULL;
    if (posting != NULL) {
        add_probes(words, posting);
    }
    for (size_t i = 0; i < lane->lengths_count && lane->lengths[i] <= text.size; i++) {
        posting = prefix_of(lane, (struct slice){text.data, lane->lengths[i]});
        if (posting != NULL) {
            add_probes(words, posting);
        }
    }
}

static void find_number(const struct lane *lane, int64_t number, uint64_t *words)
{
    for (size_t i = 0; i < lane->rising.count && lane->rising.items[i].from <= number; i++) {
        if (number <= lane->rising.items[i].to) {
            set_bit(words, lane->rising.items[i].probe);
        }
    }
    for (size_t i = 0; i < lane->falling.count && lane->falling.items[i].to >= number; i++) {
        set_bit(words, lane->falling.items[i].probe);
    }
}

static void find_value(const struct lane *lane, const struct value *value, uint64_t *words)
{
    int64_t number = 0;

    switch (value->type) {
    case VALUE_TEXT:
        find_text(lane, value->as.text, words);
        return;
    case VALUE_NUMBER:
        /* beyond any literal: saturated, it stays beyond */
        if (__builtin_mul_overflow(value->as.number, VALUE_MILLI, &number)) {
            number = value->as.number < 0 ? INT64_MIN : INT64_MAX;
        }
        find_number(lane, number, words);
        return;
    case VALUE_MONEY:
        if (memcmp(value->as.money.currency, lane->currency, sizeof lane->currency) == 0) {
            find_number(lane, value->as.money.minor, words);
        }
        return;
    case VALUE_TIME:
    case VALUE_BOOL:
    case VALUE_NONE:
    case VALUE_LIST:
        break;
    }
}

const uint64_t *index_find(const struct index *index, const struct event *event,
                           struct arena *arena)
{
    uint64_t *words =
        arena_copy(arena, index->always, index->words_count * sizeof index->always[0]);

    for (size_t i = 0; i < index->lanes.count; i++) {
        const struct lane *lane = &index->lanes.items[i];
        struct value values[PATH_VALUES_MAX];
        const size_t count = path_values(&lane->path, event, values);
        for (size_t j = 0; j < count; j++) {
            find_value(lane, &values[j], words);
        }
    }
    return words;
}

size_t index_next(const uint64_t *candidates, size_t from, size_t count)
{
    const size_t words = (count + WORD_BITS - 1) / WORD_BITS;

    for (size_t word = from / WORD_BITS; word < words; word++) {
        uint64_t bits = candidates[word];
        if (word == from / WORD_BITS) {
            bits &= UINT64_MAX << from % WORD_BITS;
        }
        if (bits != 0) {
            return word * WORD_BITS + (size_t)__builtin_ctzll(bits);
        }
    }
    return count;
}

static struct slice lane_name(const struct lane *lane)
{
    return lane->path.field == NULL ? SLICE("event") : lane->path.field->name;
}

static void tell_texts(const struct lane *lane, index_visit *visit, void *context)
{
    struct index_gate gate = {.kind = GATE_EQUAL, .field = lane_name(lane), .currency = ""};

    for (size_t i = 0; i < lane->postings.count; i++) {
        gate.text = lane->postings.items[i]->value;
        gate.probes = lane->postings.items[i]->probes.items;
        gate.probes_count = lane->postings.items[i]->probes.count;
        visit(context, &gate);
    }
    gate.kind = GATE_PREFIX;
    for (size_t i = 0; i < lane->prefixes.count; i++) {
        gate.text = lane->prefixes.items[i].value;
        gate.probes = lane->prefixes.items[i].probes.items;
        gate.probes_count = lane->prefixes.items[i].probes.count;
        visit(context, &gate);
    }
}

static void tell_range(const struct lane *lane, const struct range *range, index_visit *visit,
                       void *context)
{
    const struct index_gate gate = {.kind = GATE_RANGE,
                                    .field = lane_name(lane),
                                    .currency = lane->currency,
                                    .from = range->from,
                                    .to = range->to,
                                    .probes = &range->probe,
                                    .probes_count = 1};

    visit(context, &gate);
}

static void tell_always(const struct index *index, index_visit *visit, void *context)
{
    VECTOR(size_t) probes = {0};
    const size_t count = index->probes->count;

    for (size_t i = index_next(index->always, 0, count); i < count;
         i = index_next(index->always, i + 1, count)) {
        VECTOR_PUSH(&probes, i);
    }
    if (probes.count > 0) {
        const struct index_gate gate = {.always = true,
                                        .currency = "",
                                        .probes = probes.items,
                                        .probes_count = probes.count};
        visit(context, &gate);
    }
    VECTOR_FREE(&probes);
}

void index_each(const struct index *index, index_visit *visit, void *context)
{
    for (size_t i = 0; i < index->lanes.count; i++) {
        const struct lane *lane = &index->lanes.items[i];
        tell_texts(lane, visit, context);
        for (size_t j = 0; j < lane->rising.count; j++) {
            tell_range(lane, &lane->rising.items[j], visit, context);
        }
        for (size_t j = 0; j < lane->falling.count; j++) {
            tell_range(lane, &lane->falling.items[j], visit, context);
        }
    }
    tell_always(index, visit, context);
}
