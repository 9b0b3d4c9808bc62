#include "seinpost/correlate/held.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/correlate/image.h"
#include "seinpost/schema/vocabulary.h"

#include <stdlib.h>
#include <string.h>

/* Takes room in the block, in two passes: first only counting, then copying. */
struct block {
    char *base; /* NULL: counting */
    size_t used;
};

static void *take(struct block *block, const void *bytes, size_t size)
{
    const size_t aligned = (block->used + 7) & ~(size_t)7;
    char *at = block->base == NULL ? NULL : block->base + aligned;

    if (at != NULL && size > 0 && bytes != NULL) {
        memcpy(at, bytes, size);
    }
    block->used = aligned + size;
    return at;
}

static struct slice take_text(struct block *block, struct slice text)
{
    return (struct slice){take(block, text.data, text.size), text.size};
}

static struct event_reference take_reference(struct block *block,
                                             const struct event_reference *is)
{
    struct event_reference copy = *is;

    copy.source = take_text(block, is->source);
    copy.id = take_text(block, is->id);
    copy.type = take_text(block, is->type);
    copy.place.topic = take_text(block, is->place.topic);
    return copy;
}

/* The values of a name in the match: one, or a list of texts. */
static struct value take_value(struct block *block, const struct match *match,
                               struct slice name)
{
    size_t count = 0;
    const struct match_value *first = NULL;

    for (size_t i = 0; i < match->values_count; i++) {
        if (slice_equal(match->values[i].name, name)) {
            first = first == NULL ? &match->values[i] : first;
            count++;
        }
    }
    if (first == NULL) {
        return (struct value){.type = VALUE_NONE};
    }
    if (first->value.type != VALUE_TEXT) {
        return first->value;
    }
    if (count == 1) {
        return value_of_text(take_text(block, first->value.as.text));
    }
    struct value list = {.type = VALUE_LIST};
    struct value *items = take(block, NULL, count * sizeof *items);
    list.as.list.items = items;
    for (size_t i = 0; i < match->values_count; i++) {
        if (!slice_equal(match->values[i].name, name)) {
            continue;
        }
        const struct value item =
            value_of_text(take_text(block, match->values[i].value.as.text));
        if (items != NULL) {
            items[list.as.list.count] = item;
        }
        list.as.list.count++;
    }
    return list;
}

/* The first of the event's entries that has the operand tells its value. */
static struct value take_operand(struct block *block, const struct rule *rule, uint64_t entries,
                                 size_t operand, const struct match *match)
{
    for (size_t i = 0; i < rule->entries_count; i++) {
        const struct rule_entry *entry = &rule->entries[i];
        if ((entries >> i & 1) == 0 || (entry->operands >> operand & 1) == 0) {
            continue;
        }
        const struct value value = take_value(block, match, entry->paths[operand]);
        if (value.type == VALUE_NUMBER && rule->operands[operand].type == FIELD_TIME) {
            return value_of_time((struct instant){value.as.number}); /* the log has ms */
        }
        if (value.type != VALUE_NONE) {
            return value;
        }
    }
    return (struct value){.type = VALUE_NONE};
}

static unsigned sector_of(struct slice type)
{
    const int sector = vocabulary_find(vocabulary_sectors, slice_cut(&type, '.'));

    return sector < 0 ? 0 : 1U << (unsigned)sector;
}

static unsigned sectors_of(const struct match *match)
{
    unsigned sectors = sector_of(match->is.type);

    for (size_t i = 0; i < match->made_of_count; i++) {
        sectors |= sector_of(match->made_of[i].type);
    }
    return sectors;
}

/* The words of a list that an operand's values are, as a mask. */
static unsigned words_of(const struct value *values, int operand, const char *const *list)
{
    unsigned mask = 0;

    for (size_t i = 0; operand != RULE_NONE && i < value_count(&values[operand]); i++) {
        const struct value *item = value_item(&values[operand], i);
        const int index = item->type == VALUE_TEXT ? vocabulary_find(list, item->as.text) : -1;
        mask |= index < 0 ? 0 : 1U << (unsigned)index;
    }
    return mask;
}

static void fill(struct block *block, const struct rule *rule, uint64_t entries,
                 const struct match *match)
{
    struct held *held = take(block, NULL, sizeof *held);
    struct value *values = take(block, NULL, rule->operands_count * sizeof *values);
    struct event_reference *made_of = take(block, NULL, match->made_of_count * sizeof *made_of);
    const struct event_reference is = take_reference(block, &match->is);

    for (size_t i = 0; i < rule->operands_count; i++) {
        const struct value value = take_operand(block, rule, entries, i, match);
        if (values != NULL) {
            values[i] = value;
        }
    }
    for (size_t i = 0; i < match->made_of_count; i++) {
        const struct event_reference reference = take_reference(block, &match->made_of[i]);
        if (made_of != NULL) {
            made_of[i] = reference;
        }
    }
    if (held != NULL) {
        *held = (struct held){
            .is = is,
            .entries = entries,
            .values = values,
            .made_of = made_of,
            .made_of_count = match->made_of_count,
            .sectors =
                sectors_of(match) | words_of(values, rule->sector_operand, vocabulary_sectors),
            .stages = words_of(values, rule->stage_operand, vocabulary_stages),
        };
    }
}

struct held *held_new(const struct rule *rule, uint64_t entries, const struct match *match)
{
    struct block counted = {0};

    ENSURE(entries != 0);
    fill(&counted, rule, entries, match);
    struct block block = {.base = malloc(counted.used)};
    ENSURE_MEMORY(block.base != NULL);
    fill(&block, rule, entries, match);
    ENSURE(block.used == counted.used);
    return (struct held *)(void *)block.base;
}

static struct value copy_value(struct block *block, const struct value *value)
{
    struct value copy = *value;

    if (value->type == VALUE_TEXT) {
        copy.as.text = take_text(block, value->as.text);
    } else if (value->type == VALUE_LIST) {
        struct value *items = take(block, NULL, value->as.list.count * sizeof *items);
        for (size_t i = 0; i < value->as.list.count; i++) {
            const struct slice text = take_text(block, value->as.list.items[i].as.text);
            if (items != NULL) {
                items[i] = value_of_text(text);
            }
        }
        copy.as.list.items = items;
    }
    return copy;
}

/* As fill() does, from one that lies elsewhere. */
static void copy(struct block *block, const struct rule *rule, const struct held *from)
{
    struct held *held = take(block, NULL, sizeof *held);
    struct value *values = take(block, NULL, rule->operands_count * sizeof *values);
    struct event_reference *made_of = take(block, NULL, from->made_of_count * sizeof *made_of);
    const struct event_reference is = take_reference(block, &from->is);

    for (size_t i = 0; i < rule->operands_count; i++) {
        const struct value value = copy_value(block, &from->values[i]);
        if (values != NULL) {
            values[i] = value;
        }
    }
    for (size_t i = 0; i < from->made_of_count; i++) {
        const struct event_reference reference = take_reference(block, &from->made_of[i]);
        if (made_of != NULL) {
            made_of[i] = reference;
        }
    }
    if (held != NULL) {
        *held = *from;
        held->is = is;
        held->values = values;
        held->made_of = made_of;
    }
}

void held_save(const struct held *held, const struct rule *rule, struct image *image)
{
    uint64_t there = 0;

    image_put_reference(image, &held->is);
    binary_put_long(image->to, (int64_t)held->entries);
    binary_put_long(image->to, held->sectors);
    binary_put_long(image->to, held->stages);
    for (size_t i = 0; i < rule->operands_count; i++) {
        there |= (uint64_t)(held->values[i].type != VALUE_NONE) << i;
    }
    binary_put_long(image->to, (int64_t)there);
    for (; there != 0; there &= there - 1) {
        image_put_value(image, &held->values[__builtin_ctzll(there)]);
    }
    binary_put_long(image->to, (int64_t)held->made_of_count);
    for (size_t i = 0; i < held->made_of_count; i++) {
        image_put_reference(image, &held->made_of[i]);
    }
}

static void load_values(struct image_reader *reader, const struct rule *rule,
                        struct value *values)
{
    uint64_t there = (uint64_t)binary_get_long(&reader->bytes);

    for (size_t i = 0; i < rule->operands_count; i++, there >>= 1) {
        values[i] =
            (there & 1) != 0 ? image_get_value(reader) : (struct value){.type = VALUE_NONE};
    }
    if (there != 0) {
        image_spoil(reader);
    }
}

struct held *held_load(const struct rule *rule, struct image_reader *reader)
{
    struct value values[RULE_OPERANDS_MAX];
    struct held held = {.is = image_get_reference(reader), .values = values};

    held.entries = (uint64_t)binary_get_long(&reader->bytes);
    held.sectors = (unsigned)image_get_index(reader, (size_t)UINT32_MAX + 1);
    held.stages = (unsigned)image_get_index(reader, (size_t)UINT32_MAX + 1);
    load_values(reader, rule, values);
    held.made_of_count = image_get_index(reader, IMAGE_COUNT_MAX);
    struct event_reference *made_of =
        arena_alloc(reader->memory, held.made_of_count * sizeof *made_of);
    for (size_t i = 0; i < held.made_of_count; i++) {
        made_of[i] = image_get_reference(reader);
    }
    held.made_of = made_of;
    if (!image_is_good(reader) || held.entries == 0) {
        image_spoil(reader);
        return NULL;
    }
    struct block counted = {0};
    copy(&counted, rule, &held);
    struct block block = {.base = malloc(counted.used)};
    ENSURE_MEMORY(block.base != NULL);
    copy(&block, rule, &held);
    image_next(reader);
    return (struct held *)(void *)block.base;
}

void held_free(struct held *held)
{
    if (held != NULL) {
        free(held->groups);
        free(held);
    }
}

void held_join(struct held *held, const uint32_t *groups, size_t count)
{
    ENSURE(held->groups == NULL && count > 0);
    if (count == 1) {
        held->group = groups[0];
        return;
    }
    held->group = (uint32_t)count;
    held->groups = malloc(count * sizeof groups[0]);
    ENSURE_MEMORY(held->groups != NULL);
    memcpy(held->groups, groups, count * sizeof groups[0]);
}

size_t held_groups(const struct held *held, const uint32_t **groups)
{
    *groups = held->groups == NULL ? &held->group : held->groups;
    return held->groups == NULL ? 1 : held->group;
}

bool held_meets(const struct held *held, int entry)
{
    return entry != RULE_NONE && (held->entries >> entry & 1) != 0;
}
