#include "seinpost/signal/writer.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/schema/avro.h"
#include "seinpost/schema/vocabulary.h"
#include "seinpost/signal/compiler.h"

#include <stdlib.h>
#include <string.h>

#include <avro.h>

struct writer {
    struct text source; /* the schema as told, until it is resolved */
    avro_schema_t schema;
    struct text name;
    struct layout layout;
    struct decoder decoder;
};

struct slice writer_name(const struct writer *writer)
{
    return text_slice(&writer->name);
}

static void set_name(struct writer *writer)
{
    const char *space = avro_schema_namespace(writer->schema);

    if (space != NULL && space[0] != '\0') {
        text_format(&writer->name, "%s.", space);
    }
    text_format(&writer->name, "%s", avro_schema_name(writer->schema));
}

/* Avro C parses by recursion, so a schema that is nested too deeply must not
 * reach it. */
static avro_schema_t parse(struct slice schema, struct text *detail)
{
    struct text canonical = {0};
    avro_schema_t parsed = NULL;
    const bool good = avro_canonical(schema, &canonical);

    text_free(&canonical);
    if (!good) {
        text_add(detail, SLICE("not a schema, or nested too deeply"));
        return NULL;
    }
    if (avro_schema_from_json_length(schema.data, schema.size, &parsed) != 0) {
        text_add(detail, SLICE("not a schema"));
        return NULL;
    }
    if (!is_avro_record(parsed) || !compiler_is_bounded(parsed)) {
        text_add(detail, is_avro_record(parsed)
                             ? SLICE("a schema too large, or that contains itself")
                             : SLICE("not a record"));
        (void)avro_schema_decref(parsed);
        return NULL;
    }
    return parsed;
}

struct writer *writer_new(struct slice schema, struct text *detail)
{
    avro_schema_t parsed = parse(schema, detail);

    if (parsed == NULL) {
        return NULL;
    }
    struct writer *writer = calloc(1, sizeof *writer);
    ENSURE_MEMORY(writer != NULL);
    text_add(&writer->source, schema);
    writer->schema = parsed;
    set_name(writer);
    return writer;
}

void writer_free(struct writer *writer)
{
    if (writer == NULL) {
        return;
    }
    (void)avro_schema_decref(writer->schema);
    text_free(&writer->source);
    text_free(&writer->name);
    layout_fini(&writer->layout);
    decoder_fini(&writer->decoder);
    free(writer);
}

enum verdict writer_resolve(struct writer *writer, const struct event_type *type,
                            struct text *detail)
{
    const enum verdict verdict = layout_resolve(&writer->layout, writer->schema,
                                                text_slice(&writer->source), type, detail);

    if (verdict == VERDICT_GOOD) {
        compiler_make(&writer->decoder, writer->schema, &writer->layout);
    }
    text_free(&writer->source);
    return verdict;
}

static enum verdict bad_field(struct text *detail, struct slice name)
{
    text_add(detail, SLICE("field "));
    text_add(detail, name);
    return VERDICT_DECODE;
}

static enum verdict take_data(const struct writer *writer, struct arena *arena,
                              struct raw_event *raw, struct text *detail)
{
    const struct decoder_slot *slots = &writer->decoder.slots.items[COMPILER_FIELDS];
    const size_t count = raw->type->data_count;

    if (slots[count].wrong) {
        return bad_field(detail, SLICE("data"));
    }
    for (size_t i = 0; i < count; i++) {
        const struct value *value = &slots[i].value;
        if (slots[i].wrong) {
            return bad_field(detail, raw->type->fields[i].name);
        }
        if (value->type == VALUE_TEXT && raw->type->fields[i].personal) {
            raw_set_text(arena, raw, i, value->as.text);
        } else if (value->type != VALUE_TEXT || value->as.text.size > 0) {
            raw->values[i] = *value; /* an empty text is missing */
        }
    }
    raw_complete_money(raw);
    return VERDICT_GOOD;
}

static struct slice text_of(const struct decoder_slot *slot)
{
    return slot->value.type == VALUE_TEXT ? slot->value.as.text : SLICE("");
}

static void take_purposes(struct raw_event *raw, const struct value *list)
{
    raw->purposes_known = true;
    for (size_t i = 0; i < value_count(list); i++) {
        const int purpose = vocabulary_find(vocabulary_purposes, value_item(list, i)->as.text);
        if (purpose < 0) {
            raw->purposes_known = false;
        } else {
            raw->purposes |= 1U << (unsigned)purpose;
        }
    }
}

/* A time that is no moment is unknown, and has a verdict of its own. Purposes of another type
 * must not be taken for none, which stands for all of the source's. */
static enum verdict take_envelope(const struct writer *writer, struct raw_event *raw,
                                  struct text *detail)
{
    const struct decoder_slot *slots = writer->decoder.slots.items;

    for (size_t i = 0; i < LAYOUT_ENVELOPE_COUNT; i++) {
        if (slots[i].wrong && i != LAYOUT_TIME) {
            return bad_field(detail, layout_envelope_field((enum layout_envelope)i).name);
        }
    }
    raw->id = text_of(&slots[LAYOUT_ID]);
    raw->type_name = text_of(&slots[LAYOUT_TYPE]);
    raw->source = text_of(&slots[LAYOUT_SOURCE]);
    raw->legal_basis = text_of(&slots[LAYOUT_LEGAL_BASIS]);
    raw->time_known = slots[LAYOUT_TIME].value.type == VALUE_TIME;
    if (raw->time_known) {
        raw->time = slots[LAYOUT_TIME].value.as.time;
    }
    take_purposes(raw, &slots[LAYOUT_PURPOSE].value);
    return VERDICT_GOOD;
}

enum verdict writer_decode(struct writer *writer, struct arena *arena, struct slice body,
                           struct raw_event **raw, struct text *detail)
{
    ENSURE(writer->layout.type != NULL);
    if (body.size > WRITER_RECORD_MAX) {
        return VERDICT_TOO_LARGE;
    }
    const char *fault = decoder_run(&writer->decoder, body);
    if (fault != NULL) {
        text_add(detail, slice_of(fault));
        return VERDICT_DECODE;
    }
    *raw = raw_new(arena, writer->layout.type);
    const enum verdict verdict = take_envelope(writer, *raw, detail);
    return verdict == VERDICT_GOOD ? take_data(writer, arena, *raw, detail) : verdict;
}

size_t writer_measure(struct writer *writer, struct slice bytes)
{
    size_t size = 0;

    ENSURE(writer->layout.type != NULL);
    return decoder_measure(&writer->decoder, bytes, &size) == NULL ? size : 0;
}
