#include "seinpost/cli/alertfile.h"

#include "seinpost/alert/alert_avro.h"
#include "seinpost/alert/alert_json.h"
#include "seinpost/base/digest.h"
#include "seinpost/base/ensure.h"
#include "seinpost/cli/card.h"
#include "seinpost/cli/verb.h"
#include "seinpost/schema/binary.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_BYTES = 64 * 1024
};

struct alertfile {
    FILE *out;
    bool own; /* not stdout */
    enum alertfile_form form;
    struct digest sync;
    struct text text; /* what is written next */
    struct text block;
    int64_t count; /* of alerts in it */
};

bool alertfile_form(const char *text, enum alertfile_form *form)
{
    static const char *const names[] = {"text", "ndjson", "avro"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(text, names[i]) == 0) {
            *form = (enum alertfile_form)i;
            return true;
        }
    }
    return false;
}

static void write_out(struct alertfile *file)
{
    if (file->text.size > 0) {
        (void)fwrite(file->text.data, 1, file->text.size, file->out);
    }
    text_clear(&file->text);
}

static void add_sync(struct alertfile *file)
{
    text_add(&file->text, (struct slice){(const char *)file->sync.bytes, DIGEST_SIZE});
}

static void begin_container(struct alertfile *file, const struct format *format)
{
    struct text *text = &file->text;

    file->sync = digest_of(format->json);
    text_add(text, SLICE("Obj\1"));
    binary_put_count(text, 2);
    binary_put_text(text, SLICE("avro.schema"));
    binary_put_text(text, format->json);
    binary_put_text(text, SLICE("avro.codec"));
    binary_put_text(text, SLICE("null"));
    binary_put_end(text);
    add_sync(file);
    write_out(file);
}

struct alertfile *alertfile_open(const char *path, enum alertfile_form form,
                                 const struct formats *formats)
{
    FILE *out = path == NULL ? stdout : fopen(path, "wbe");

    if (out == NULL) {
        (void)fprintf(stderr, "seinpost: %s: %s\n", path, strerror(errno));
        return NULL;
    }
    struct alertfile *file = calloc(1, sizeof *file);
    ENSURE_MEMORY(file != NULL);
    file->out = out;
    file->own = path != NULL;
    file->form = form;
    if (form == ALERTFILE_AVRO) {
        begin_container(file, &formats->alert);
    }
    return file;
}

static void end_block(struct alertfile *file)
{
    if (file->count > 0) {
        binary_put_long(&file->text, file->count);
        binary_put_text(&file->text, text_slice(&file->block)); /* its size, and the bytes */
        add_sync(file);
        write_out(file);
        text_clear(&file->block);
        file->count = 0;
    }
}

void alertfile_add(struct alertfile *file, const struct alert *alert, bool shadow)
{
    switch (file->form) {
    case ALERTFILE_TEXT:
        card_alert(alert, shadow, &file->text);
        break;
    case ALERTFILE_NDJSON:
        alert_json(alert, shadow, &file->text);
        text_add_byte(&file->text, '\n');
        break;
    case ALERTFILE_AVRO:
        if (!shadow) {
            alert_avro_put(alert, &file->block);
            file->count++;
        }
        break;
    }
    if (file->block.size >= BLOCK_BYTES) {
        end_block(file);
    }
    write_out(file);
}

bool alertfile_close(struct alertfile *file)
{
    end_block(file);
    bool good = verb_written(file->out);
    if (file->own && fclose(file->out) != 0) {
        good = false;
    }
    text_free(&file->text);
    text_free(&file->block);
    free(file);
    return good;
}
