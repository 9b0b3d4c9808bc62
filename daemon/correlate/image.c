#include "seinpost/correlate/image.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/table.h"

enum {
    PLACE_SIZE = 8,
    NAMES_BYTES_MAX = 1024 * 1024 * 1024,
    VALUES_BYTES_MAX = 1024 * 1024 * 1024, /* RULE_OPERANDS_MAX of the longest lists fit */
};

struct image image_begin(struct text *to, size_t size_max)
{
    return (struct image){.to = to,
                          .begin = to->size,
                          .size_max = size_max,
                          .names = table_new(),
                          .memory = arena_new(NAMES_BYTES_MAX)};
}

/* Behind the names stands, in so many bytes, how many bytes stand before them. */
static void put_names(struct image *image)
{
    const uint64_t before = image->to->size - image->begin;

    for (size_t i = 0; i < image->list.count; i++) {
        binary_put_text(image->to, image->list.items[i]->name);
    }
    for (int i = PLACE_SIZE - 1; i >= 0; i--) {
        text_add_byte(image->to, (char)(unsigned char)(before >> 8 * i));
    }
}

void image_end(struct image *image)
{
    if (!image_is_full(image)) {
        put_names(image);
    }
    table_free(image->names);
    arena_free(image->memory);
    VECTOR_FREE(&image->list);
}

bool image_is_full(const struct image *image)
{
    return image->to->size > image->size_max;
}

static const struct image_known *add_name(struct image *image, struct slice name)
{
    struct image_known *known = arena_alloc(image->memory, sizeof *known);

    *known = (struct image_known){image->list.count + 1, slice_copy(image->memory, name)};
    table_put(image->names, known->name, known);
    VECTOR_PUSH(&image->list, known);
    return known;
}

void image_put_name(struct image *image, enum image_name sort, struct slice name)
{
    const struct image_known *known = image->last[sort];

    if (known == NULL || !slice_equal(known->name, name)) {
        known = table_get(image->names, name);
    }
    if (known == NULL) {
        known = add_name(image, name);
    }
    binary_put_long(image->to, (int64_t)known->number);
    image->last[sort] = known;
}

void image_put_digest(struct image *image, struct digest digest)
{
    text_add(image->to, (struct slice){(const char *)digest.bytes, DIGEST_SIZE});
}

void image_put_value(struct image *image, const struct value *value)
{
    binary_put_long(image->to, (int64_t)value->type);
    switch (value->type) {
    case VALUE_NONE:
        break;
    case VALUE_BOOL:
        binary_put_bool(image->to, value->as.truth);
        break;
    case VALUE_NUMBER:
        binary_put_long(image->to, value->as.number);
        break;
    case VALUE_TEXT:
        binary_put_text(image->to, value->as.text);
        break;
    case VALUE_MONEY:
        binary_put_long(image->to, value->as.money.minor);
        text_add(image->to, (struct slice){value->as.money.currency, 3});
        break;
    case VALUE_TIME:
        binary_put_long(image->to, value->as.time.ms);
        break;
    case VALUE_LIST:
        binary_put_long(image->to, (int64_t)value->as.list.count);
        for (size_t i = 0; i < value->as.list.count; i++) {
            binary_put_text(image->to, value->as.list.items[i].as.text);
        }
        break;
    }
}

void image_put_reference(struct image *image, const struct event_reference *is)
{
    binary_put_long(image->to, is->time.ms);
    image_put_name(image, IMAGE_SOURCE, is->source);
    binary_put_text(image->to, is->id);
    image_put_name(image, IMAGE_TYPE, is->type);
    image_put_name(image, IMAGE_TOPIC, is->place.topic);
    binary_put_long(image->to, is->place.partition);
    binary_put_long(image->to, is->place.offset);
}

/* Cuts the names off the bytes, and reads them. */
static void read_names(struct image_reader *reader, struct slice bytes)
{
    uint64_t before = 0;

    if (bytes.size < PLACE_SIZE) {
        image_spoil(reader);
        return;
    }
    bytes.size -= PLACE_SIZE;
    for (size_t i = 0; i < PLACE_SIZE; i++) {
        before = before << 8 | (unsigned char)bytes.data[bytes.size + i];
    }
    if (before > bytes.size) {
        image_spoil(reader);
        return;
    }
    struct binary names = binary_of((struct slice){bytes.data + before, bytes.size - before});
    while (names.at < names.end) {
        VECTOR_PUSH(&reader->names, binary_get_text(&names));
    }
    reader->bytes = binary_of((struct slice){bytes.data, before});
    if (names.bad) {
        image_spoil(reader);
    }
}

struct image_reader image_open(struct slice bytes)
{
    struct image_reader reader = {.bytes = binary_of(bytes),
                                  .memory = arena_new(VALUES_BYTES_MAX)};

    read_names(&reader, bytes);
    return reader;
}

void image_close(struct image_reader *reader)
{
    arena_free(reader->memory);
    VECTOR_FREE(&reader->names);
}

void image_next(struct image_reader *reader)
{
    arena_reset(reader->memory);
}

void image_spoil(struct image_reader *reader)
{
    reader->bytes.bad = true;
    reader->bytes.at = reader->bytes.end;
}

bool image_is_good(const struct image_reader *reader)
{
    return !reader->bytes.bad;
}

size_t image_get_index(struct image_reader *reader, size_t below)
{
    const int64_t number = binary_get_long(&reader->bytes);

    if (number < 0 || (uint64_t)number >= below) {
        image_spoil(reader);
        return 0;
    }
    return (size_t)number;
}

size_t image_get_count(struct image_reader *reader)
{
    const int64_t count = binary_get_long(&reader->bytes);

    if (count < 0 || count > reader->bytes.end - reader->bytes.at) {
        image_spoil(reader);
        return 0;
    }
    return (size_t)count;
}

struct slice image_get_name(struct image_reader *reader)
{
    const size_t number = image_get_index(reader, reader->names.count + 1);

    if (number == 0) { /* they are numbered from 1 */
        image_spoil(reader);
        return SLICE("");
    }
    return reader->names.items[number - 1];
}

static struct slice get_bytes(struct image_reader *reader, size_t size)
{
    const struct slice bytes = {(const char *)reader->bytes.at, size};

    if ((size_t)(reader->bytes.end - reader->bytes.at) < size) {
        image_spoil(reader);
        return SLICE("");
    }
    reader->bytes.at += size;
    return bytes;
}

struct digest image_get_digest(struct image_reader *reader)
{
    const struct slice bytes = get_bytes(reader, DIGEST_SIZE);
    struct digest digest = {{0}};

    memcpy(digest.bytes, bytes.data, bytes.size);
    return digest;
}

static struct value get_money(struct image_reader *reader)
{
    const int64_t minor = binary_get_long(&reader->bytes);
    const struct slice currency = get_bytes(reader, 3);

    return reader->bytes.bad ? (struct value){.type = VALUE_NONE}
                             : value_of_money(minor, currency);
}

/* A list is never empty. */
static struct value get_list(struct image_reader *reader)
{
    const size_t count = image_get_count(reader);
    struct value list = {.type = VALUE_LIST};

    if (count == 0 || count > IMAGE_COUNT_MAX) {
        image_spoil(reader);
        return (struct value){.type = VALUE_NONE};
    }
    struct value *items = arena_alloc(reader->memory, count * sizeof *items);
    for (size_t i = 0; i < count; i++) {
        items[i] = value_of_text(binary_get_text(&reader->bytes));
    }
    list.as.list.items = items;
    list.as.list.count = count;
    return list;
}

struct value image_get_value(struct image_reader *reader)
{
    switch (binary_get_long(&reader->bytes)) {
    case VALUE_NONE:
        return (struct value){.type = VALUE_NONE};
    case VALUE_BOOL:
        return value_of_bool(binary_get_bool(&reader->bytes));
    case VALUE_NUMBER:
        return value_of_number(binary_get_long(&reader->bytes));
    case VALUE_TEXT:
        return value_of_text(binary_get_text(&reader->bytes));
    case VALUE_MONEY:
        return get_money(reader);
    case VALUE_TIME:
        return value_of_time((struct instant){binary_get_long(&reader->bytes)});
    case VALUE_LIST:
        return get_list(reader);
    default:
        image_spoil(reader);
        return (struct value){.type = VALUE_NONE};
    }
}

struct event_reference image_get_reference(struct image_reader *reader)
{
    struct event_reference is = {.time = {binary_get_long(&reader->bytes)}};

    is.source = image_get_name(reader);
    is.id = binary_get_text(&reader->bytes);
    is.type = image_get_name(reader);
    is.place.topic = image_get_name(reader);
    is.place.partition = binary_get_int(&reader->bytes);
    is.place.offset = binary_get_long(&reader->bytes);
    return is;
}
