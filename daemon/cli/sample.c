#include "seinpost/cli/sample.h"

#include "seinpost/base/file.h"
#include "seinpost/base/text.h"
#include "seinpost/signal/container.h"
#include "seinpost/signal/encoding.h"
#include "seinpost/signal/frame.h"
#include "seinpost/signal/writer.h"
#include "seinpost/stage/intake.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool refuse(const char *file, const char *what)
{
    (void)fprintf(stderr, "seinpost: %s: %s\n", file, what);
    return false;
}

static void read_line(const struct sample_reading *reading, struct encoding *encoding,
                      struct sample_record *record)
{
    struct text framed = {0};
    const struct event_type *type = encoding_put(encoding, record->line, &framed);

    record->encoded = type != NULL;
    record->value = type != NULL ? text_slice(&framed) : record->line;
    record->schema = type != NULL ? type->json : SLICE("");
    reading->visit(reading->context, record);
    text_free(&framed);
}

static bool read_lines(const struct sample_reading *reading, const char *file,
                       struct slice bytes)
{
    struct encoding *encoding = encoding_new(reading->catalogue);
    struct sample_record record = {.file = file, .kind = SAMPLE_LINE};
    struct slice rest = bytes;

    while (rest.data != NULL) {
        record.line = slice_trim(slice_cut(&rest, '\n'));
        record.number++;
        if (record.line.size > 0) {
            read_line(reading, encoding, &record);
        }
    }
    encoding_free(encoding);
    return true;
}

/* What finds where a record ends; NULL: intake refuses the schema, wherever it may end. */
static struct writer *measure_of(const struct sample_reading *reading, struct slice schema)
{
    struct text detail = {0};
    struct writer *writer = writer_new(schema, &detail);
    const struct event_type *type =
        writer == NULL ? NULL
                       : intake_type(reading->catalogue, reading->source, writer_name(writer));

    if (type == NULL || writer_resolve(writer, type, &detail) != VERDICT_GOOD) {
        writer_free(writer);
        writer = NULL;
    }
    text_free(&detail);
    return writer;
}

static void give_body(const struct sample_reading *reading, struct slice body,
                      struct sample_record *record)
{
    struct text framed = {0};

    frame_put(&framed, SOURCE_SINGLE_OBJECT, 0); /* the only schema there is */
    text_add(&framed, body);
    record->number++;
    record->value = text_slice(&framed);
    reading->visit(reading->context, record);
    text_free(&framed);
}

/* A body that cannot be read hides where the next one begins: the block's rest is given. */
static void read_block(const struct sample_reading *reading, struct writer *measure,
                       const struct container_block *block, struct sample_record *record)
{
    struct slice rest = block->bodies;

    for (int64_t i = 0; i < block->count; i++) {
        const size_t size = measure == NULL ? 0 : writer_measure(measure, rest);
        const bool last = size == 0 || i + 1 == block->count;
        give_body(reading, last ? rest : (struct slice){rest.data, size}, record);
        if (last) {
            return;
        }
        rest = (struct slice){rest.data + size, rest.size - size};
    }
}

static bool read_container(const struct sample_reading *reading, const char *file,
                           struct slice bytes)
{
    struct container container;
    struct container_block block;
    const char *wrong = container_open(bytes, &container);

    if (wrong != NULL) {
        return refuse(file, wrong);
    }
    struct writer *measure = measure_of(reading, container.schema);
    struct sample_record record = {
        .file = file, .kind = SAMPLE_CONTAINED, .schema = container.schema, .encoded = true};
    for (wrong = container_next(&container, &block); wrong == NULL && block.count > 0;
         wrong = container_next(&container, &block)) {
        read_block(reading, measure, &block, &record);
    }
    writer_free(measure);
    return wrong == NULL || refuse(file, wrong);
}

bool sample_read(const struct sample_reading *reading, const char *file)
{
    struct slice bytes = {0};

    if (!file_read(reading->arena, file, &bytes)) {
        return refuse(file, strerror(errno));
    }
    if (container_is(bytes)) {
        return read_container(reading, file, bytes);
    }
    if (!slice_starts_with(bytes, SLICE("\0")) &&
        !slice_starts_with(bytes, SLICE("\xC3\x01"))) {
        return read_lines(reading, file, bytes);
    }
    reading->visit(
        reading->context,
        &(struct sample_record){
            .file = file, .kind = SAMPLE_FRAMED, .number = 1, .value = bytes, .encoded = true});
    return true;
}
