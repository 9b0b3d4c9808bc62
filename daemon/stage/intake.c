#include "seinpost/stage/intake.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/table.h"
#include "seinpost/base/text.h"
#include "seinpost/base/vector.h"
#include "seinpost/schema/vocabulary.h"
#include "seinpost/signal/frame.h"
#include "seinpost/signal/ndjson.h"
#include "seinpost/signal/writer.h"

#include <stdlib.h>
#include <string.h>

enum {
    DETAIL_BYTES_MAX = 1024
};

/* A source's schema, by the source and the id it has on the wire. */
struct schema_key {
    const struct source *source;
    uint64_t id;
};

struct schema {
    struct schema_key key;
    struct writer *writer; /* NULL: unusable */
    const struct event_type *type;
    enum verdict verdict; /* why it is */
    struct text detail;
};

/* How many unknown ids a source has asked for lately. */
struct asked {
    const struct source *source;
    unsigned count;
};

struct intake {
    const struct catalogue *catalogue;
    const struct pseudonym_key *key;
    struct table *schemas;
    struct table *unknown;
    VECTOR(struct asked) asked;
    struct text detail;
};

struct intake *intake_new(const struct catalogue *catalogue, const struct pseudonym_key *key)
{
    struct intake *intake = calloc(1, sizeof *intake);

    ENSURE_MEMORY(intake != NULL);
    intake->catalogue = catalogue;
    intake->key = key;
    intake->schemas = table_new();
    intake->unknown = table_new();
    return intake;
}

static void free_schema(void *value, void *context)
{
    struct schema *schema = value;

    (void)context;
    writer_free(schema->writer);
    text_free(&schema->detail);
    free(schema);
}

static void empty(struct table **schemas)
{
    table_each(*schemas, free_schema, NULL);
    table_free(*schemas);
    *schemas = table_new();
}

void intake_free(struct intake *intake)
{
    if (intake == NULL) {
        return;
    }
    table_each(intake->schemas, free_schema, NULL);
    table_each(intake->unknown, free_schema, NULL);
    table_free(intake->schemas);
    table_free(intake->unknown);
    VECTOR_FREE(&intake->asked);
    text_free(&intake->detail);
    free(intake);
}

void intake_forget_unknown(struct intake *intake)
{
    intake->asked.count = 0;
    if (table_count(intake->unknown) > 0) {
        empty(&intake->unknown);
    }
}

static struct asked *asked_of(struct intake *intake, const struct source *source)
{
    for (size_t i = 0; i < intake->asked.count; i++) {
        if (intake->asked.items[i].source == source) {
            return &intake->asked.items[i];
        }
    }
    VECTOR_PUSH(&intake->asked, (struct asked){source, 0});
    return &intake->asked.items[intake->asked.count - 1];
}

static struct slice bytes_of(const struct schema_key *key)
{
    return (struct slice){(const char *)key, sizeof *key};
}

const struct event_type *intake_type(const struct catalogue *catalogue,
                                     const struct source *source, struct slice name)
{
    const struct event_type *type = catalogue_find(catalogue, name);

    if (type == NULL && source->types_count == 1) {
        type = catalogue_find(catalogue, source->types[0]);
    }
    return type;
}

static enum verdict resolve(const struct intake *intake, struct schema *schema)
{
    const struct source *source = schema->key.source;
    const struct slice name = writer_name(schema->writer);

    schema->type = intake_type(intake->catalogue, source, name);
    if (schema->type == NULL) {
        text_add(&schema->detail, name);
        return source_may_send(source, name) ? VERDICT_SCHEMA_MISMATCH
                                             : VERDICT_TYPE_NOT_ALLOWED;
    }
    if (!source_may_send(source, schema->type->name)) {
        text_add(&schema->detail, schema->type->name);
        return VERDICT_TYPE_NOT_ALLOWED;
    }
    return writer_resolve(schema->writer, schema->type, &schema->detail);
}

void intake_schema(struct intake *intake, const struct stage_wanted *wanted, struct slice text)
{
    struct schema *schema = calloc(1, sizeof *schema);

    ENSURE_MEMORY(schema != NULL);
    schema->key.source = wanted->source;
    schema->key.id = wanted->schema;
    if (table_count(intake->unknown) >= INTAKE_UNKNOWN_MAX) {
        empty(&intake->unknown);
    }
    if (table_count(intake->schemas) >= INTAKE_SCHEMAS_MAX) {
        empty(&intake->schemas);
    }
    if (text.size == 0) {
        schema->verdict = VERDICT_SCHEMA_UNKNOWN;
        asked_of(intake, wanted->source)->count++;
        table_put(intake->unknown, bytes_of(&schema->key), schema);
        return;
    }
    schema->writer = writer_new(text, &schema->detail);
    schema->verdict =
        schema->writer == NULL ? VERDICT_SCHEMA_MISMATCH : resolve(intake, schema);
    table_put(intake->schemas, bytes_of(&schema->key), schema);
}

static enum verdict decode_avro(struct intake *intake, struct arena *arena,
                                const struct source *source, struct slice value,
                                struct intake_result *result, struct raw_event **raw)
{
    struct frame frame;
    const enum verdict verdict = frame_read(source->wire, value, &frame);

    if (verdict != VERDICT_GOOD) {
        return verdict;
    }
    struct schema_key key;
    memset(&key, 0, sizeof key); /* it is hashed as bytes */
    key.source = source;
    key.id = frame.schema;
    struct schema *schema = table_get(intake->schemas, bytes_of(&key));
    schema = schema != NULL ? schema : table_get(intake->unknown, bytes_of(&key));
    if (schema == NULL && asked_of(intake, source)->count >= INTAKE_ASKED_MAX) {
        text_add(&intake->detail, SLICE("one of too many"));
        return VERDICT_SCHEMA_UNKNOWN;
    }
    if (schema == NULL) {
        result->wants_schema = true;
        result->wanted = (struct stage_wanted){source, frame.schema};
        return VERDICT_SCHEMA_UNKNOWN;
    }
    result->type = schema->type;
    if (schema->verdict != VERDICT_GOOD) {
        text_add(&intake->detail, text_slice(&schema->detail));
        return schema->verdict;
    }
    return writer_decode(schema->writer, arena, frame.body, raw, &intake->detail);
}

static enum verdict check_legal(struct intake *intake, const struct source *source,
                                struct raw_event *raw)
{
    const int basis = vocabulary_find(vocabulary_legal_bases, raw->legal_basis);

    if (!raw->purposes_known || (raw->purposes & ~source->purposes) != 0) {
        return VERDICT_PURPOSE_NOT_ALLOWED;
    }
    if (raw->legal_basis.size > 0 &&
        (basis < 0 || (source->legal_bases >> (unsigned)basis & 1) == 0)) {
        text_add(&intake->detail,
                 basis < 0 ? SLICE("unknown") : slice_of(vocabulary_legal_bases[basis]));
        return VERDICT_BASIS_NOT_ALLOWED;
    }
    if (raw->purposes == 0) {
        raw->purposes = source->purposes; /* none said: what the topic is for */
    }
    return VERDICT_GOOD;
}

static enum verdict check_time(const struct source *source, const struct raw_event *raw,
                               const struct record *record)
{
    if (!raw->time_known || !event_time_plausible(raw->time)) {
        return VERDICT_TIME_RANGE;
    }
    const struct instant limit =
        instant_add((struct instant){record->timestamp_ms}, source->max_skew_ms);
    if (record->timestamp_ms >= 0 && instant_before(limit, raw->time)) {
        return VERDICT_TIME_FUTURE;
    }
    return VERDICT_GOOD;
}

static enum verdict check(struct intake *intake, const struct source *source,
                          struct raw_event *raw, const struct record *record)
{
    if (raw->id.size == 0 || raw->id.size > EVENT_ID_MAX) {
        return VERDICT_ID_MISSING;
    }
    if (raw->type_name.size > 0 && !slice_equal(raw->type_name, raw->type->name)) {
        text_add(&intake->detail, raw->type->name);
        return VERDICT_TYPE_NOT_ALLOWED;
    }
    if (source->wire != SOURCE_NDJSON && !slice_equal(raw->source, source->name)) {
        return VERDICT_SOURCE_MISMATCH;
    }
    const enum verdict time = check_time(source, raw, record);
    if (time != VERDICT_GOOD) {
        return time;
    }
    return check_legal(intake, source, raw);
}

static enum verdict take(struct intake *intake, struct arena *arena,
                         const struct source *source, const struct record *record,
                         struct intake_result *result)
{
    struct raw_event *raw = NULL;
    const bool file = source->wire == SOURCE_NDJSON;
    enum verdict verdict =
        file ? ndjson_decode(arena, intake->catalogue, record->value, &raw, &intake->detail)
             : decode_avro(intake, arena, source, record->value, result, &raw);

    if (raw == NULL || verdict != VERDICT_GOOD) {
        if (raw != NULL) {
            raw_wipe(raw);
        }
        return verdict;
    }
    result->type = raw->type;
    result->time_known = raw->time_known;
    result->time = raw->time;
    verdict = check(intake, source, raw, record);
    if (verdict != VERDICT_GOOD) {
        raw_wipe(raw);
        return verdict;
    }
    return pseudonym_apply(intake->key, file ? NULL : source, arena, raw, &result->event,
                           &intake->detail);
}

struct intake_result intake_take(struct intake *intake, struct arena *arena,
                                 const struct source *source, const struct record *record)
{
    struct intake_result result = {0};

    text_clear(&intake->detail);
    result.verdict = take(intake, arena, source, record, &result);
    text_bound(&intake->detail, DETAIL_BYTES_MAX, SLICE("...")); /* it quotes the partner */
    result.detail = text_slice(&intake->detail);
    if (result.verdict == VERDICT_GOOD) {
        result.event.is.place = (struct event_place){slice_of(record->from.topic),
                                                     record->from.partition, record->offset};
    }
    return result;
}
