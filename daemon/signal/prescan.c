#include "seinpost/signal/prescan.h"

#include "seinpost/base/utf8.h"
#include "seinpost/schema/avro.h"
#include "seinpost/schema/binary.h"
#include "seinpost/signal/writer.h"

enum {
    SCHEMA_NODES_MAX = 10000, /* of a schema with its named types written out */
    DATUM_NODES_MAX = 20 * WRITER_ITEMS_MAX,
};

static bool scan_schema(struct prescan *scan, avro_schema_t schema);

static bool fail(struct prescan *scan, const char *what)
{
    scan->fault = scan->fault == NULL ? what : scan->fault;
    return false;
}

static bool scan_long(struct prescan *scan, int64_t *number)
{
    *number = binary_get_long(&scan->bytes);
    return !scan->bytes.bad || fail(scan, "truncated");
}

static bool scan_bytes(struct prescan *scan, bool text)
{
    int64_t size = 0;

    if (!scan_long(scan, &size)) {
        return false;
    }
    if (size < 0 || size > scan->text_max) {
        return fail(scan, "length");
    }
    if (size > scan->bytes.end - scan->bytes.at) {
        return fail(scan, "truncated");
    }
    const struct slice slice = {(const char *)scan->bytes.at, (size_t)size};
    scan->bytes.at += size;
    return !text || utf8_valid_size(slice) == slice.size || fail(scan, "utf8");
}

static bool scan_fixed(struct prescan *scan, int64_t size)
{
    if (size < 0 || size > scan->bytes.end - scan->bytes.at) {
        return fail(scan, "truncated");
    }
    scan->bytes.at += size;
    return true;
}

static bool scan_boolean(struct prescan *scan)
{
    if (scan->bytes.at == scan->bytes.end) {
        return fail(scan, "truncated");
    }
    return *scan->bytes.at++ <= 1 || fail(scan, "boolean");
}

static bool scan_int(struct prescan *scan)
{
    int64_t number = 0;

    return scan_long(scan, &number) &&
           ((number >= INT32_MIN && number <= INT32_MAX) || fail(scan, "int"));
}

static bool scan_enum(struct prescan *scan, avro_schema_t schema)
{
    int64_t symbol = 0;

    return scan_long(scan, &symbol) &&
           ((symbol >= 0 && symbol < avro_schema_enum_number_of_symbols(schema)) ||
            fail(scan, "enum"));
}

int prescan_branch(struct prescan *scan, avro_schema_t schema)
{
    int64_t branch = 0;

    if (scan->fault != NULL || !scan_long(scan, &branch)) {
        return -1;
    }
    if (branch < 0 || branch >= (int64_t)avro_schema_union_size(schema)) {
        (void)fail(scan, "union");
        return -1;
    }
    return (int)branch;
}

// NOLINTNEXTLINE(misc-no-recursion): a writer's schema is bounded by prescan_is_bounded()
static bool scan_union(struct prescan *scan, avro_schema_t schema)
{
    const int branch = prescan_branch(scan, schema);

    return branch >= 0 && scan_schema(scan, avro_schema_union_branch(schema, branch));
}

// NOLINTNEXTLINE(misc-no-recursion): a writer's schema is bounded by prescan_is_bounded()
static bool scan_record(struct prescan *scan, avro_schema_t schema)
{
    const size_t fields = avro_schema_record_size(schema);

    for (size_t i = 0; i < fields; i++) {
        if (!scan_schema(scan, avro_schema_record_field_get_by_index(schema, (int)i))) {
            return false;
        }
    }
    return true;
}

// NOLINTNEXTLINE(misc-no-recursion): a writer's schema is bounded by prescan_is_bounded()
static bool scan_block(struct prescan *scan, avro_schema_t items, bool map, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        if (++scan->items > WRITER_ITEMS_MAX) {
            return fail(scan, "items");
        }
        if ((map && !scan_bytes(scan, true)) || !scan_schema(scan, items)) {
            return false;
        }
    }
    return true;
}

/* Reads the head of a block: its count, and its size in bytes where it tells one (below 0: it
 * does not). */
static bool scan_block_head(struct prescan *scan, int64_t *count, int64_t *size)
{
    *size = -1;
    if (!scan_long(scan, count)) {
        return false;
    }
    if (*count < -WRITER_ITEMS_MAX || *count > WRITER_ITEMS_MAX) {
        return fail(scan, "items");
    }
    if (*count >= 0) {
        return true;
    }
    *count = -*count;
    return scan_long(scan, size) && (*size >= 0 || fail(scan, "length"));
}

/* Blocks of items, until one of none. The size that a block tells must be its own: a reader
 * that skips by it would else go on at another place than one that reads. */
// NOLINTNEXTLINE(misc-no-recursion): a writer's schema is bounded by prescan_is_bounded()
static bool scan_blocks(struct prescan *scan, avro_schema_t items, bool map)
{
    for (;;) {
        int64_t count = 0;
        int64_t size = 0;
        if (!scan_block_head(scan, &count, &size)) {
            return false;
        }
        if (count == 0) {
            return true;
        }
        const unsigned char *start = scan->bytes.at;
        if (!scan_block(scan, items, map, count)) {
            return false;
        }
        if (size >= 0 && size != scan->bytes.at - start) {
            return fail(scan, "length");
        }
    }
}

// NOLINTNEXTLINE(misc-no-recursion): a writer's schema is bounded by prescan_is_bounded()
static bool scan_schema(struct prescan *scan, avro_schema_t schema)
{
    int64_t number = 0;

    if (++scan->nodes > DATUM_NODES_MAX) {
        return fail(scan, "items");
    }
    switch (avro_typeof(schema)) {
    case AVRO_NULL:
        return true;
    case AVRO_BOOLEAN:
        return scan_boolean(scan);
    case AVRO_INT32:
        return scan_int(scan);
    case AVRO_INT64:
        return scan_long(scan, &number);
    case AVRO_FLOAT:
        return scan_fixed(scan, 4);
    case AVRO_DOUBLE:
        return scan_fixed(scan, 8);
    case AVRO_STRING:
        return scan_bytes(scan, true);
    case AVRO_BYTES:
        return scan_bytes(scan, false);
    case AVRO_FIXED:
        return scan_fixed(scan, avro_schema_fixed_size(schema));
    case AVRO_ENUM:
        return scan_enum(scan, schema);
    case AVRO_RECORD:
        return scan_record(scan, schema);
    case AVRO_ARRAY:
        return scan_blocks(scan, avro_schema_array_items(schema), false);
    case AVRO_MAP:
        return scan_blocks(scan, avro_schema_map_values(schema), true);
    case AVRO_UNION:
        return scan_union(scan, schema);
    case AVRO_LINK:
        return scan_schema(scan, avro_schema_link_target(schema));
    default:
        break;
    }
    return fail(scan, "schema");
}

struct prescan prescan_of(struct slice bytes)
{
    return (struct prescan){.bytes = binary_of(bytes)};
}

struct slice prescan_datum(struct prescan *scan, avro_schema_t schema, int64_t text_max)
{
    const char *start = (const char *)scan->bytes.at;

    scan->text_max = text_max;
    if (scan->fault != NULL || !scan_schema(scan, schema)) {
        return SLICE("");
    }
    return (struct slice){start, (size_t)((const char *)scan->bytes.at - start)};
}

const char *prescan_end(struct prescan *scan)
{
    if (scan->fault == NULL && scan->bytes.at != scan->bytes.end) {
        (void)fail(scan, "trailing");
    }
    return scan->fault;
}

/* What a schema makes Avro C set aside, with its named types written out. */
struct extent {
    size_t nodes;
    int64_t fixed; /* bytes */
};

static bool is_fixed_bounded(avro_schema_t schema, struct extent *extent)
{
    const int64_t size = avro_schema_fixed_size(schema);

    if (size < 0 || size > WRITER_RECORD_MAX - extent->fixed) {
        return false;
    }
    extent->fixed += size;
    return true;
}

// NOLINTNEXTLINE(misc-no-recursion): bounded by AVRO_DEPTH_MAX
static bool is_bounded(avro_schema_t schema, int depth, struct extent *extent)
{
    size_t children = 0;
    avro_schema_t only = NULL;

    if (depth > AVRO_DEPTH_MAX || ++extent->nodes > SCHEMA_NODES_MAX) {
        return false;
    }
    switch (avro_typeof(schema)) {
    case AVRO_FIXED:
        return is_fixed_bounded(schema, extent);
    case AVRO_RECORD:
        children = avro_schema_record_size(schema);
        break;
    case AVRO_UNION:
        children = avro_schema_union_size(schema);
        break;
    case AVRO_ARRAY:
        only = avro_schema_array_items(schema);
        break;
    case AVRO_MAP:
        only = avro_schema_map_values(schema);
        break;
    case AVRO_LINK:
        only = avro_schema_link_target(schema);
        break;
    default:
        return true;
    }
    for (size_t i = 0; i < children; i++) {
        avro_schema_t child = is_avro_record(schema)
                                  ? avro_schema_record_field_get_by_index(schema, (int)i)
                                  : avro_schema_union_branch(schema, (int)i);
        if (!is_bounded(child, depth + 1, extent)) {
            return false;
        }
    }
    return only == NULL || is_bounded(only, depth + 1, extent);
}

bool prescan_is_bounded(avro_schema_t schema)
{
    struct extent extent = {0};

    return is_bounded(schema, 0, &extent);
}
