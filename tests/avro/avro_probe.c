/* Answers what the daemon makes of schemas and of records, one JSON object for each line of
 * standard input. The words of a line are separated by tabs:
 *
 *   fingerprint SCHEMA        canonical form and CRC-64-AVRO
 *   decode TYPE SCHEMA HEX    a record in single-object encoding, as the event type
 *   measure TYPE SCHEMA HEX   how many nanoseconds the decoding of such a record's body takes,
 *                             by the daemon's decoder and by Avro C
 *
 * usage: avro_probe SCHEMAS_FOLDER
 */
#include "seinpost/base/arena.h"
#include "seinpost/base/diag.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/schema/avro.h"
#include "seinpost/schema/vocabulary.h"
#include "seinpost/signal/frame.h"
#include "seinpost/signal/writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <time.h>

#include "avroc.h"

enum {
    ARENA_MAX = 64 * 1024 * 1024,
    MEASURED_TIMES = 2000,
};

/* The writer of the line before: most lines have the same schema. */
struct kept {
    struct text schema;
    uint64_t fingerprint;
    bool has_fingerprint;
    const struct event_type *type;
    struct writer *writer;
    struct avroc *avroc; /* the judge */
    enum verdict verdict;
    struct text detail;
};

struct probe {
    struct arena *catalogue_arena;
    struct arena *arena; /* of one record */
    const struct catalogue *catalogue;
    struct kept kept;
    struct text answer;
};

static void add_key(struct text *text, const char *name)
{
    text_add(text, text->data[text->size - 1] == '{' ? SLICE("") : SLICE(","));
    text_add_json(text, slice_of(name));
    text_add_byte(text, ':');
}

static void add_text(struct text *text, const char *name, struct slice value)
{
    add_key(text, name);
    text_add_json(text, value);
}

static bool identify(struct slice schema, struct text *canonical, uint64_t *fingerprint)
{
    if (!avro_canonical(schema, canonical)) {
        return false;
    }
    *fingerprint = avro_fingerprint(text_slice(canonical));
    return true;
}

static void answer_fingerprint(struct probe *probe, struct slice schema)
{
    struct text canonical = {0};
    uint64_t fingerprint = 0;

    if (identify(schema, &canonical, &fingerprint)) {
        add_text(&probe->answer, "canonical", text_slice(&canonical));
        add_key(&probe->answer, "fingerprint");
        text_format(&probe->answer, "\"%016" PRIx64 "\"", fingerprint);
    } else {
        add_text(&probe->answer, "fault", SLICE("no schema"));
    }
    text_free(&canonical);
}

static void add_value(struct text *text, const struct value *value)
{
    switch (value->type) {
    case VALUE_NONE:
        text_add(text, SLICE("null"));
        break;
    case VALUE_BOOL:
        text_add(text, value->as.truth ? SLICE("true") : SLICE("false"));
        break;
    case VALUE_NUMBER:
        text_format(text, "%" PRId64, value->as.number);
        break;
    case VALUE_TEXT:
        text_add_json(text, value->as.text);
        break;
    case VALUE_MONEY:
    case VALUE_TIME:
        text_format(text, "{\"ms\":%" PRId64 "}", value->as.time.ms);
        break;
    case VALUE_LIST:
        text_add_byte(text, '[');
        for (size_t i = 0; i < value->as.list.count; i++) {
            text_add(text, i > 0 ? SLICE(",") : SLICE(""));
            text_add_json(text, value->as.list.items[i].as.text);
        }
        text_add_byte(text, ']');
        break;
    }
}

static void add_fields(struct text *text, const struct raw_event *raw)
{
    add_key(text, "data");
    text_add_byte(text, '{');
    for (size_t i = 0; i < raw->type->fields_count; i++) {
        const struct value *value = &raw->values[i];
        if (raw->clear[i].bytes != NULL) {
            const struct slice clear = {raw->clear[i].bytes, raw->clear[i].size};
            add_text(text, raw->type->fields[i].name.data, clear);
        } else if (value->type == VALUE_MONEY) {
            add_key(text, raw->type->fields[i].name.data);
            text_format(text, "[%" PRId64 ",", value->as.money.minor);
            text_add_json(text, slice_of(value->as.money.currency));
            text_add_byte(text, ']');
        } else if (value->type != VALUE_NONE) {
            add_key(text, raw->type->fields[i].name.data);
            add_value(text, value);
        }
    }
    text_add_byte(text, '}');
}

static void add_event(struct text *text, const struct raw_event *raw)
{
    add_text(text, "id", raw->id);
    add_text(text, "source", raw->source);
    add_text(text, "type", raw->type_name);
    add_text(text, "legal_basis", raw->legal_basis);
    add_key(text, "time");
    if (raw->time_known) {
        text_format(text, "{\"ms\":%" PRId64 "}", raw->time.ms);
    } else {
        text_add(text, SLICE("null"));
    }
    add_key(text, "purposes_known");
    text_add(text, raw->purposes_known ? SLICE("true") : SLICE("false"));
    add_key(text, "purposes");
    text_add_byte(text, '[');
    for (size_t i = 0; vocabulary_purposes[i] != NULL; i++) {
        if ((raw->purposes >> i & 1U) != 0) {
            text_add(text, text->data[text->size - 1] == '[' ? SLICE("") : SLICE(","));
            text_add_json(text, slice_of(vocabulary_purposes[i]));
        }
    }
    text_add_byte(text, ']');
    add_fields(text, raw);
}

/* Makes the writer of this schema and type, unless it is the one of before. */
static void keep(struct kept *kept, const struct event_type *type, struct slice schema)
{
    if (kept->type == type && slice_equal(text_slice(&kept->schema), schema)) {
        return;
    }
    writer_free(kept->writer);
    avroc_free(kept->avroc);
    kept->avroc = NULL;
    text_clear(&kept->schema);
    text_clear(&kept->detail);
    text_add(&kept->schema, schema);
    kept->type = type;
    struct text canonical = {0};
    kept->has_fingerprint = identify(schema, &canonical, &kept->fingerprint);
    text_free(&canonical);
    kept->writer = writer_new(schema, &kept->detail);
    kept->verdict = kept->writer == NULL ? VERDICT_SCHEMA_MISMATCH
                                         : writer_resolve(kept->writer, type, &kept->detail);
    if (kept->verdict == VERDICT_GOOD) {
        kept->avroc = avroc_new(text_slice(&kept->schema));
    }
}

static int nibble(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* A copy of exactly that size, so that a sanitizer sees each byte too many that is read. */
static struct slice bytes_of(struct slice hex)
{
    const size_t size = hex.size / 2;
    char *bytes = malloc(size + (size == 0));

    ENSURE_MEMORY(bytes != NULL);
    for (size_t i = 0; i < size; i++) {
        bytes[i] =
            (char)(unsigned char)(nibble(hex.data[2 * i]) << 4 | nibble(hex.data[2 * i + 1]));
    }
    return (struct slice){bytes, size};
}

/* Time of the processor: that others work on the machine too must make no difference. */
static int64_t now_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Reads the frame, asks whether it names this schema, and decodes the body. */
static enum verdict decode(struct probe *probe, struct slice record, struct raw_event **raw,
                           struct text *detail)
{
    struct frame frame;
    const enum verdict verdict = frame_read(SOURCE_SINGLE_OBJECT, record, &frame);

    if (verdict != VERDICT_GOOD) {
        return verdict;
    }
    if (!probe->kept.has_fingerprint || frame.schema != probe->kept.fingerprint) {
        return VERDICT_SCHEMA_UNKNOWN;
    }
    return writer_decode(probe->kept.writer, probe->arena, frame.body, raw, detail);
}

/* Makes the writer ready. Returns false, and says so, when there is no such event type. */
static bool prepare(struct probe *probe, struct slice name, struct slice schema)
{
    const struct event_type *type = catalogue_find(probe->catalogue, name);

    if (type == NULL) {
        add_text(&probe->answer, "fault", SLICE("no such event type"));
        return false;
    }
    keep(&probe->kept, type, schema);
    return true;
}

/* What Avro C has to say of a record that was taken. */
static struct slice judge(const struct probe *probe, struct slice record,
                          const struct raw_event *raw)
{
    struct frame frame;

    ENSURE(frame_read(SOURCE_SINGLE_OBJECT, record, &frame) == VERDICT_GOOD);
    return avroc_read(probe->kept.avroc, frame.body) ? avroc_differs(probe->kept.avroc, raw)
                                                     : SLICE("unreadable");
}

static void answer_decode(struct probe *probe, struct slice hex)
{
    struct kept *kept = &probe->kept;
    struct raw_event *raw = NULL;
    struct text detail = {0};
    enum verdict verdict = kept->verdict;
    const struct slice record = bytes_of(hex);
    const int64_t start = now_ns();

    if (verdict == VERDICT_GOOD) {
        verdict = decode(probe, record, &raw, &detail);
    } else {
        text_add(&detail, text_slice(&kept->detail));
    }
    const int64_t took = now_ns() - start;
    add_text(&probe->answer, "verdict", slice_of(verdict_name(verdict)));
    add_text(&probe->answer, "detail", text_slice(&detail));
    add_key(&probe->answer, "us");
    text_format(&probe->answer, "%" PRId64, took / 1000);
    if (verdict == VERDICT_GOOD) {
        add_text(&probe->answer, "name", writer_name(kept->writer));
        add_text(&probe->answer, "avro_c", judge(probe, record, raw));
        add_event(&probe->answer, raw);
    }
    free((void *)(uintptr_t)record.data);
    text_free(&detail);
    arena_reset(probe->arena);
}

static void answer_measure(struct probe *probe, struct slice hex)
{
    struct raw_event *raw = NULL;
    struct text detail = {0};
    const struct slice body = bytes_of(hex);
    enum verdict verdict = probe->kept.verdict;
    const int64_t start = now_ns();

    for (int i = 0; i < MEASURED_TIMES && verdict == VERDICT_GOOD; i++) {
        verdict = writer_decode(probe->kept.writer, probe->arena, body, &raw, &detail);
        arena_reset(probe->arena);
    }
    const int64_t middle = now_ns();
    for (int i = 0; i < MEASURED_TIMES && verdict == VERDICT_GOOD; i++) {
        ENSURE(avroc_read(probe->kept.avroc, body));
    }
    const int64_t end = now_ns();
    free((void *)(uintptr_t)body.data);
    add_text(&probe->answer, "verdict", slice_of(verdict_name(verdict)));
    add_key(&probe->answer, "ns");
    text_format(&probe->answer, "%" PRId64, (middle - start) / MEASURED_TIMES);
    add_key(&probe->answer, "avro_c_ns");
    text_format(&probe->answer, "%" PRId64, (end - middle) / MEASURED_TIMES);
    text_free(&detail);
}

static void answer(struct probe *probe, struct slice line)
{
    const struct slice word = slice_cut(&line, '\t');

    text_clear(&probe->answer);
    text_add_byte(&probe->answer, '{');
    if (slice_is(word, "fingerprint")) {
        answer_fingerprint(probe, line);
    } else if (slice_is(word, "decode") || slice_is(word, "measure")) {
        const struct slice type = slice_cut(&line, '\t');
        const struct slice schema = slice_cut(&line, '\t');
        if (prepare(probe, type, schema)) {
            (slice_is(word, "decode") ? answer_decode : answer_measure)(probe, line);
        }
    } else {
        add_text(&probe->answer, "fault", SLICE("no such question"));
    }
    text_add(&probe->answer, SLICE("}\n"));
    (void)fwrite(probe->answer.data, 1, probe->answer.size, stdout);
    (void)fflush(stdout);
}

static int serve(struct probe *probe)
{
    char *line = NULL;
    size_t room = 0;

    for (ssize_t size = getline(&line, &room, stdin); size > 0;
         size = getline(&line, &room, stdin)) {
        answer(probe, slice_trim((struct slice){line, (size_t)size}));
    }
    free(line);
    writer_free(probe->kept.writer);
    avroc_free(probe->kept.avroc);
    text_free(&probe->kept.schema);
    text_free(&probe->kept.detail);
    text_free(&probe->answer);
    return 0;
}

int main(int argc, char **argv)
{
    struct probe probe = {.catalogue_arena = arena_new(ARENA_MAX),
                          .arena = arena_new(ARENA_MAX)};
    struct diag *diag = diag_new(probe.catalogue_arena);

    if (argc != 2) {
        (void)fputs("usage: avro_probe SCHEMAS_FOLDER\n", stderr);
        return 2;
    }
    probe.catalogue = catalogue_load(probe.catalogue_arena, diag, argv[1]);
    diag_print(diag, stderr, DIAG_TEXT);
    const int code = diag_errors(diag) > 0 ? 1 : serve(&probe);
    arena_free(probe.arena);
    arena_free(probe.catalogue_arena);
    return code;
}
