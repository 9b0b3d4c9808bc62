#include "seinpost/signal/compiler.h"

#include "seinpost/base/ensure.h"
#include "seinpost/schema/avro.h"
#include "seinpost/signal/writer.h"

enum {
    SCHEMA_NODES_MAX = 10000, /* of a schema with its named types written out */
    FLOAT_SIZE = 4,           /* bytes (Avro specification, "Primitive Types") */
    DOUBLE_SIZE = 8,
};

/* What a datum is taken for: handed down to the types below it. */
struct aim {
    enum decoder_take take;
    enum field_type type;
    struct logical_units units;
    size_t slot;
    unsigned limit; /* of its texts, also those that are passed over */
};

struct compiler {
    struct decoder *decoder;
    const struct layout *layout;
    unsigned data; /* of the schema that begin with the next step */
};

static struct aim passing(struct aim aim)
{
    aim.take = DECODER_PASS;
    return aim;
}

static const struct aim nothing = {.limit = WRITER_RECORD_MAX};

static size_t put(struct compiler *compiler, enum decoder_op op, struct aim aim,
                  size_t argument)
{
    const enum logical unit = op == DECODER_INT ? aim.units.of_int : aim.units.of_long;

    VECTOR_PUSH(&compiler->decoder->steps, (struct decoder_step){
                                               .op = (unsigned char)op,
                                               .take = (unsigned char)aim.take,
                                               .unit = (unsigned char)unit,
                                               .data = compiler->data,
                                               .slot = (unsigned)aim.slot,
                                               .argument = (unsigned)argument,
                                               .limit = aim.limit,
                                           });
    compiler->data = 0;
    return compiler->decoder->steps.count - 1;
}

/* Lets a jump of before lead to the step that comes next. */
static void land(struct compiler *compiler, size_t jump)
{
    compiler->decoder->steps.items[jump].argument = (unsigned)compiler->decoder->steps.count;
}

static void put_datum(struct compiler *compiler, avro_schema_t schema, struct aim aim);

static void put_enum(struct compiler *compiler, avro_schema_t schema, struct aim aim)
{
    const int symbols = avro_schema_enum_number_of_symbols(schema);
    const size_t step = put(compiler, DECODER_ENUM, aim, (size_t)symbols);

    compiler->decoder->steps.items[step].first = (unsigned)compiler->decoder->symbols.count;
    for (int i = 0; i < symbols && aim.take != DECODER_PASS; i++) {
        VECTOR_PUSH(&compiler->decoder->symbols, slice_of(avro_schema_enum_get(schema, i)));
    }
}

/* Puts a union's head and the table of its jumps. Returns the first of them. */
static size_t put_jumps(struct compiler *compiler, avro_schema_t schema)
{
    const size_t branches = avro_schema_union_size(schema);
    const size_t head = put(compiler, DECODER_UNION, nothing, branches);

    for (size_t i = 0; i < branches; i++) {
        (void)put(compiler, DECODER_GOTO, nothing, 0);
    }
    return head + 1;
}

/* Ends a branch: goes behind the union, by way of the end of the branch before. */
static size_t put_exit(struct compiler *compiler, size_t before)
{
    const size_t at = put(compiler, DECODER_GOTO, nothing, 0);

    compiler->decoder->steps.items[at].first = (unsigned)before; /* until it lands */
    return at;
}

/* Lets all branches' ends lead to the step that comes next. */
static void land_exits(struct compiler *compiler, size_t last)
{
    while (last != 0) {
        const size_t before = compiler->decoder->steps.items[last].first;
        land(compiler, last);
        last = before;
    }
}

// NOLINTNEXTLINE(misc-no-recursion): the schema is bounded by compiler_is_bounded()
static void put_union(struct compiler *compiler, avro_schema_t schema, struct aim aim)
{
    const size_t branches = avro_schema_union_size(schema);
    const size_t jumps = put_jumps(compiler, schema);
    size_t exits = 0;

    for (size_t i = 0; i < branches; i++) {
        land(compiler, jumps + i);
        put_datum(compiler, avro_schema_union_branch(schema, (int)i), aim);
        exits = put_exit(compiler, exits);
    }
    land_exits(compiler, exits);
}

// NOLINTNEXTLINE(misc-no-recursion): the schema is bounded by compiler_is_bounded()
static void put_items(struct compiler *compiler, avro_schema_t schema, struct aim aim)
{
    const bool map = is_avro_map(schema);
    const size_t head = put(compiler, map ? DECODER_MAP : DECODER_ARRAY, aim, 0);
    struct aim item = passing(aim);

    if (map) {
        (void)put(compiler, DECODER_STRING, item, 0);
    }
    if (aim.take == DECODER_LIST) {
        item.take = DECODER_ITEM;
    }
    put_datum(compiler, map ? avro_schema_map_values(schema) : avro_schema_array_items(schema),
              item);
    (void)put(compiler, DECODER_NEXT, nothing, head);
    land(compiler, head);
}

// NOLINTNEXTLINE(misc-no-recursion): the schema is bounded by compiler_is_bounded()
static void put_record(struct compiler *compiler, avro_schema_t schema, struct aim aim)
{
    for (size_t i = 0; i < avro_schema_record_size(schema); i++) {
        put_datum(compiler, avro_schema_record_field_get_by_index(schema, (int)i), aim);
    }
}

/* Tells whether a datum of the type is what is wanted; a null is nothing, but in a list. */
static bool is_wanted(avro_schema_t schema, struct aim aim)
{
    switch (aim.take) {
    case DECODER_PASS:
        return true;
    case DECODER_LIST:
        return is_avro_null(schema) || is_avro_array(schema);
    case DECODER_ITEM:
        return is_avro_string(schema) || is_avro_bytes(schema) || is_avro_enum(schema);
    case DECODER_BOOL:
    case DECODER_NUMBER:
    case DECODER_TEXT:
    case DECODER_TIME:
        break;
    }
    return layout_accepts(aim.type, aim.units, schema);
}

// NOLINTNEXTLINE(misc-no-recursion): the schema is bounded by compiler_is_bounded()
static void put_type(struct compiler *compiler, avro_schema_t schema, struct aim aim)
{
    switch (avro_typeof(schema)) {
    case AVRO_BOOLEAN:
        (void)put(compiler, DECODER_BOOLEAN, aim, 0);
        return;
    case AVRO_INT32:
        (void)put(compiler, DECODER_INT, aim, 0);
        return;
    case AVRO_INT64:
        (void)put(compiler, DECODER_LONG, aim, 0);
        return;
    case AVRO_FLOAT:
        (void)put(compiler, DECODER_FIXED, aim, FLOAT_SIZE);
        return;
    case AVRO_DOUBLE:
        (void)put(compiler, DECODER_FIXED, aim, DOUBLE_SIZE);
        return;
    case AVRO_FIXED:
        (void)put(compiler, DECODER_FIXED, aim, (size_t)avro_schema_fixed_size(schema));
        return;
    case AVRO_STRING:
        (void)put(compiler, DECODER_STRING, aim, 0);
        return;
    case AVRO_BYTES:
        (void)put(compiler, DECODER_BYTES, aim, 0);
        return;
    case AVRO_ENUM:
        put_enum(compiler, schema, aim);
        return;
    case AVRO_UNION:
        put_union(compiler, schema, aim);
        return;
    case AVRO_ARRAY:
    case AVRO_MAP:
        put_items(compiler, schema, aim);
        return;
    case AVRO_RECORD:
        put_record(compiler, schema, aim);
        return;
    default:
        return; /* a null has no bytes */
    }
}

/* Puts the steps of one datum. What cannot be taken for what is wanted is told, and passed
 * over. */
// NOLINTNEXTLINE(misc-no-recursion): the schema is bounded by compiler_is_bounded()
static void put_datum(struct compiler *compiler, avro_schema_t schema, struct aim aim)
{
    compiler->data += is_avro_link(schema) ? 2 : 1;
    schema = layout_follow(schema);
    if (!is_avro_union(schema) && !is_wanted(schema, aim)) {
        (void)put(compiler, DECODER_WRONG, aim, 0);
        aim = passing(aim);
    }
    put_type(compiler, schema, aim);
}

static enum decoder_take take_of(const struct field *field)
{
    if (field->many) {
        return DECODER_LIST;
    }
    switch (field->type) {
    case FIELD_BOOL:
        return DECODER_BOOL;
    case FIELD_INT:
        return DECODER_NUMBER;
    case FIELD_TIME:
        return DECODER_TIME;
    case FIELD_CODE:
    case FIELD_TOKEN:
    case FIELD_TEXT:
    case FIELD_PLACE:
        return DECODER_TEXT;
    case FIELD_MONEY:
        break;
    }
    return DECODER_PASS;
}

static struct aim aim_of(const struct field *field, const struct layout_place *place,
                         size_t slot)
{
    return (struct aim){.take = take_of(field),
                        .type = field->type,
                        .units = place->units,
                        .slot = slot,
                        .limit = WRITER_TEXT_MAX};
}

static struct aim outer_aim(const struct layout *layout, int index)
{
    for (size_t i = 0; i < LAYOUT_ENVELOPE_COUNT; i++) {
        if (layout->envelope[i].index == index) {
            const struct field field = layout_envelope_field((enum layout_envelope)i);
            return aim_of(&field, &layout->envelope[i], i);
        }
    }
    return nothing;
}

static struct aim inner_aim(const struct layout *layout, int index)
{
    for (size_t i = 0; i < layout->type->data_count; i++) {
        if (layout->fields[i].index == index) {
            return aim_of(&layout->type->fields[i], &layout->fields[i], COMPILER_FIELDS + i);
        }
    }
    return nothing;
}

static void put_fields(struct compiler *compiler)
{
    avro_schema_t record = compiler->layout->data_record;

    for (int i = 0; i < (int)avro_schema_record_size(record); i++) {
        put_datum(compiler, avro_schema_record_field_get_by_index(record, i),
                  inner_aim(compiler->layout, i));
    }
}

/* The record of the type's own fields, perhaps one branch of a union: another is none. */
static void put_data(struct compiler *compiler, avro_schema_t schema)
{
    const struct layout *layout = compiler->layout;
    const struct aim lacking = {.slot = COMPILER_FIELDS + layout->type->data_count,
                                .limit = WRITER_RECORD_MAX};
    size_t exits = 0;

    if (layout->data_branch < 0) {
        put_fields(compiler);
        return;
    }
    schema = layout_follow(schema);
    const size_t jumps = put_jumps(compiler, schema);
    for (int i = 0; i < (int)avro_schema_union_size(schema); i++) {
        land(compiler, jumps + (size_t)i);
        if (i == layout->data_branch) {
            put_fields(compiler);
        } else {
            (void)put(compiler, DECODER_WRONG, lacking, 0);
            put_datum(compiler, avro_schema_union_branch(schema, i), nothing);
        }
        exits = put_exit(compiler, exits);
    }
    land_exits(compiler, exits);
}

void compiler_make(struct decoder *decoder, avro_schema_t record, const struct layout *layout)
{
    struct compiler compiler = {.decoder = decoder, .layout = layout};
    const size_t slots = COMPILER_FIELDS + layout->type->data_count + 1;

    ENSURE(decoder->steps.count == 0);
    for (size_t i = 0; i < slots; i++) {
        VECTOR_PUSH(&decoder->slots, (struct decoder_slot){0});
    }
    for (int i = 0; i < (int)avro_schema_record_size(record); i++) {
        avro_schema_t field = avro_schema_record_field_get_by_index(record, i);
        if (i == layout->data) {
            put_data(&compiler, field);
        } else {
            put_datum(&compiler, field, outer_aim(layout, i));
        }
    }
    (void)put(&compiler, DECODER_END, nothing, 0);
}

/* How large a schema is, with its named types written out. */
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

bool compiler_is_bounded(avro_schema_t schema)
{
    struct extent extent = {0};

    return is_bounded(schema, 0, &extent);
}
