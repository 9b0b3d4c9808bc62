#include "seinpost/signal/pack.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/table.h"
#include "seinpost/base/vector.h"
#include "seinpost/schema/binary.h"

#include <stdlib.h>
#include <string.h>

enum {
    PACK_VERSION = 1,
    ENTRY_MATCH = 0, /* branches of the union that an entry is */
    ENTRY_WATERMARK = 1,
    ITEM_BYTES = 3, /* an interned one needs so much more than its bytes, at most */
};

/* An interned string or step: its bytes are behind it. */
struct item {
    size_t index;
    size_t size;
    char bytes[];
};

struct interned {
    struct table *table;
    VECTOR(struct item *) items;
    size_t bytes;
};

struct pack {
    struct interned names;
    struct interned steps;
    struct text entries;
    size_t entries_count;
};

struct pack *pack_new(void)
{
    struct pack *pack = calloc(1, sizeof *pack);

    ENSURE_MEMORY(pack != NULL);
    pack->names.table = table_new();
    pack->steps.table = table_new();
    return pack;
}

static void free_interned(struct interned *interned)
{
    for (size_t i = 0; i < interned->items.count; i++) {
        free(interned->items.items[i]);
    }
    VECTOR_FREE(&interned->items);
    table_free(interned->table);
}

void pack_free(struct pack *pack)
{
    if (pack == NULL) {
        return;
    }
    free_interned(&pack->names);
    free_interned(&pack->steps);
    text_free(&pack->entries);
    free(pack);
}

static size_t intern(struct interned *interned, struct slice bytes)
{
    const struct item *there = table_get(interned->table, bytes);

    if (there != NULL) {
        return there->index;
    }
    struct item *item = malloc(sizeof *item + bytes.size);
    ENSURE_MEMORY(item != NULL);
    item->index = interned->items.count;
    item->size = bytes.size;
    if (bytes.size > 0) {
        memcpy(item->bytes, bytes.data, bytes.size);
    }
    interned->bytes += bytes.size + ITEM_BYTES;
    VECTOR_PUSH(&interned->items, item);
    table_put(interned->table, (struct slice){item->bytes, item->size}, item);
    return item->index;
}

static void put_name(struct pack *pack, struct slice name)
{
    binary_put_long(&pack->entries, (int64_t)intern(&pack->names, name));
}

static void put_steps(struct pack *pack, const struct match *match)
{
    binary_put_count(&pack->entries, match->steps_count);
    for (size_t i = 0; i < match->steps_count; i++) {
        const struct slice bytes = {(const char *)&match->steps[i], sizeof match->steps[i]};
        binary_put_long(&pack->entries, (int64_t)intern(&pack->steps, bytes));
    }
    binary_put_end(&pack->entries);
}

static void put_reference(struct pack *pack, const struct event_reference *is)
{
    binary_put_long(&pack->entries, is->time.ms);
    put_name(pack, is->source);
    binary_put_text(&pack->entries, is->id);
    put_name(pack, is->type);
    put_name(pack, is->place.topic);
    binary_put_long(&pack->entries, is->place.partition);
    binary_put_long(&pack->entries, is->place.offset);
}

void pack_add_match(struct pack *pack, const struct match *match)
{
    struct text *out = &pack->entries;

    binary_put_long(out, ENTRY_MATCH);
    put_name(pack, match->kind);
    binary_put_text(out, match->value);
    put_reference(pack, &match->is);
    binary_put_bool(out, match->withdrawn);
    put_steps(pack, match);
    binary_put_count(out, match->values_count);
    for (size_t i = 0; i < match->values_count; i++) {
        put_name(pack, match->values[i].name);
        binary_put_value(out, &match->values[i].value);
    }
    binary_put_end(out);
    binary_put_count(out, match->made_of_count);
    for (size_t i = 0; i < match->made_of_count; i++) {
        put_reference(pack, &match->made_of[i]);
    }
    binary_put_end(out);
    pack->entries_count++;
}

void pack_add_watermark(struct pack *pack, const struct watermark *watermark)
{
    struct text *out = &pack->entries;

    binary_put_long(out, ENTRY_WATERMARK);
    put_name(pack, watermark->source);
    binary_put_long(out, watermark->partition);
    binary_put_long(out, watermark->partitions);
    binary_put_long(out, watermark->high.ms);
    binary_put_bool(out, watermark->exact);
    binary_put_bool(out, watermark->quiet);
    pack->entries_count++;
}

size_t pack_size(const struct pack *pack)
{
    return pack->entries.size + pack->names.bytes + pack->steps.bytes;
}

bool pack_is_empty(const struct pack *pack)
{
    return pack->entries_count == 0;
}

static void empty(struct interned *interned)
{
    free_interned(interned);
    interned->table = table_new();
    interned->bytes = 0;
}

void pack_finish(struct pack *pack, struct text *text)
{
    binary_put_long(text, PACK_VERSION);
    binary_put_count(text, pack->names.items.count);
    for (size_t i = 0; i < pack->names.items.count; i++) {
        const struct item *item = pack->names.items.items[i];
        binary_put_text(text, (struct slice){item->bytes, item->size});
    }
    binary_put_end(text);
    binary_put_count(text, pack->steps.items.count);
    for (size_t i = 0; i < pack->steps.items.count; i++) {
        uint64_t step = 0;
        memcpy(&step, pack->steps.items.items[i]->bytes, sizeof step);
        binary_put_long(text, (int64_t)step);
    }
    binary_put_end(text);
    binary_put_count(text, pack->entries_count);
    text_add(text, text_slice(&pack->entries));
    binary_put_end(text);
    empty(&pack->names);
    empty(&pack->steps);
    text_clear(&pack->entries);
    pack->entries_count = 0;
}

struct reader {
    struct arena *arena;
    struct binary bytes;
    const struct slice *names;
    size_t names_count;
    const uint64_t *steps;
    size_t steps_count;
};

/* Grows a list in the arena as its blocks come. */
static void *extend(struct arena *arena, const void *items, size_t count, size_t more,
                    size_t size)
{
    void *longer = arena_alloc(arena, (count + more) * size);

    if (count > 0) {
        memcpy(longer, items, count * size);
    }
    return longer;
}

static void read_names(struct reader *reader)
{
    for (size_t more = binary_get_block(&reader->bytes); more > 0;
         more = binary_get_block(&reader->bytes)) {
        struct slice *names =
            extend(reader->arena, reader->names, reader->names_count, more, sizeof *names);
        for (size_t i = 0; i < more; i++) {
            names[reader->names_count + i] = binary_get_text(&reader->bytes);
        }
        reader->names = names;
        reader->names_count += more;
    }
}

static void read_steps(struct reader *reader)
{
    for (size_t more = binary_get_block(&reader->bytes); more > 0;
         more = binary_get_block(&reader->bytes)) {
        uint64_t *steps =
            extend(reader->arena, reader->steps, reader->steps_count, more, sizeof *steps);
        for (size_t i = 0; i < more; i++) {
            steps[reader->steps_count + i] = (uint64_t)binary_get_long(&reader->bytes);
        }
        reader->steps = steps;
        reader->steps_count += more;
    }
}

static struct slice get_name(struct reader *reader)
{
    const int64_t index = binary_get_long(&reader->bytes);

    if (index < 0 || (size_t)index >= reader->names_count) {
        reader->bytes.bad = true;
        return SLICE("");
    }
    return reader->names[index];
}

static struct event_reference get_reference(struct reader *reader)
{
    struct event_reference is;

    is.time.ms = binary_get_long(&reader->bytes);
    is.source = get_name(reader);
    is.id = binary_get_text(&reader->bytes);
    is.type = get_name(reader);
    is.place.topic = get_name(reader);
    is.place.partition = binary_get_int(&reader->bytes);
    is.place.offset = binary_get_long(&reader->bytes);
    return is;
}

static void get_steps(struct reader *reader, struct match *match)
{
    for (size_t more = binary_get_block(&reader->bytes); more > 0;
         more = binary_get_block(&reader->bytes)) {
        uint64_t *steps =
            extend(reader->arena, match->steps, match->steps_count, more, sizeof *steps);
        for (size_t i = 0; i < more; i++) {
            const int64_t index = binary_get_long(&reader->bytes);
            if (index < 0 || (size_t)index >= reader->steps_count) {
                reader->bytes.bad = true;
                return;
            }
            steps[match->steps_count + i] = reader->steps[index];
        }
        match->steps = steps;
        match->steps_count += more;
    }
}

static void get_values(struct reader *reader, struct match *match)
{
    for (size_t more = binary_get_block(&reader->bytes); more > 0;
         more = binary_get_block(&reader->bytes)) {
        struct match_value *values =
            extend(reader->arena, match->values, match->values_count, more, sizeof *values);
        for (size_t i = 0; i < more; i++) {
            values[match->values_count + i].name = get_name(reader);
            values[match->values_count + i].value = binary_get_value(&reader->bytes);
        }
        match->values = values;
        match->values_count += more;
    }
}

static void get_made_of(struct reader *reader, struct match *match)
{
    for (size_t more = binary_get_block(&reader->bytes); more > 0;
         more = binary_get_block(&reader->bytes)) {
        struct event_reference *made_of =
            extend(reader->arena, match->made_of, match->made_of_count, more, sizeof *made_of);
        for (size_t i = 0; i < more; i++) {
            made_of[match->made_of_count + i] = get_reference(reader);
        }
        match->made_of = made_of;
        match->made_of_count += more;
    }
}

static struct match get_match(struct reader *reader)
{
    struct match match = {0};

    match.kind = get_name(reader);
    match.value = binary_get_text(&reader->bytes);
    match.is = get_reference(reader);
    match.withdrawn = binary_get_bool(&reader->bytes);
    get_steps(reader, &match);
    get_values(reader, &match);
    get_made_of(reader, &match);
    return match;
}

static struct watermark get_watermark(struct reader *reader)
{
    struct watermark watermark;

    watermark.source = get_name(reader);
    watermark.partition = binary_get_int(&reader->bytes);
    watermark.partitions = binary_get_int(&reader->bytes);
    watermark.high.ms = binary_get_long(&reader->bytes);
    watermark.exact = binary_get_bool(&reader->bytes);
    watermark.quiet = binary_get_bool(&reader->bytes);
    return watermark;
}

struct entry {
    bool is_match;
    struct match match;
    struct watermark watermark;
};

static struct entry get_entry(struct reader *reader)
{
    struct entry entry = {0};

    switch (binary_get_long(&reader->bytes)) {
    case ENTRY_MATCH:
        entry.is_match = true;
        entry.match = get_match(reader);
        break;
    case ENTRY_WATERMARK:
        entry.watermark = get_watermark(reader);
        break;
    default:
        reader->bytes.bad = true;
        break;
    }
    return entry;
}

/* All is read before anything is given: half a pack would be a lie. */
bool pack_read(struct arena *arena, struct slice value, const struct pack_visitor *visitor)
{
    struct reader reader = {.arena = arena, .bytes = binary_of(value)};
    struct entry *entries = NULL;
    size_t count = 0;

    if (binary_get_int(&reader.bytes) != PACK_VERSION) {
        return false;
    }
    read_names(&reader);
    read_steps(&reader);
    for (size_t more = binary_get_block(&reader.bytes); more > 0;
         more = binary_get_block(&reader.bytes)) {
        entries = extend(arena, entries, count, more, sizeof *entries);
        for (size_t i = 0; i < more && !reader.bytes.bad; i++) {
            entries[count + i] = get_entry(&reader);
        }
        count += more;
    }
    if (!binary_good(&reader.bytes)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (entries[i].is_match) {
            visitor->match(visitor->context, &entries[i].match);
        } else {
            visitor->watermark(visitor->context, &entries[i].watermark);
        }
    }
    return true;
}
