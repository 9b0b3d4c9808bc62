#include "seinpost/cli/dossier.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/file.h"
#include "seinpost/cli/alert_line.h"
#include "seinpost/cli/scroll.h"

struct sifting {
    struct dossier *dossier;
    struct alertframe *frame;
};

static bool on_record(void *context, const struct record *record)
{
    const struct sifting *sifting = context;
    struct dossier *dossier = sifting->dossier;
    struct dossier_record found = {.partition = record->from.partition,
                                   .offset = record->offset};

    if (record->missing || !slice_equal(record->key, dossier->id)) {
        return true;
    }
    const struct slice value = slice_copy(dossier->arena, record->value);
    if (alertframe_read(sifting->frame, dossier->arena, value, &found.alert, &found.bytes)) {
        found.topic = slice_copy(dossier->arena, slice_of(record->from.topic));
        VECTOR_PUSH(&dossier->records, found);
    }
    return true;
}

enum outcome dossier_read(struct dossier *dossier, const struct rereader *rereader,
                          struct record_partition partition, struct alertframe *frame)
{
    struct sifting sifting = {dossier, frame};
    const struct scroll_reader reader = {&sifting, on_record, "records of alerts"};

    return scroll_read(rereader, partition, &reader);
}

bool dossier_read_file(struct dossier *dossier, const char *path)
{
    struct slice text = {0};
    int64_t number = 0;

    dossier->json = true;
    if (!file_read(dossier->arena, path, &text)) {
        return false;
    }
    while (text.data != NULL) {
        const struct slice line = slice_trim(slice_cut(&text, '\n'));
        struct dossier_record record = {
            .topic = slice_of(path), .offset = ++number, .bytes = line};
        if (slice_contains(line, dossier->id) &&
            alert_line_read(dossier->arena, line, &record.alert) &&
            slice_equal(record.alert.id, dossier->id)) {
            VECTOR_PUSH(&dossier->records, record);
        }
    }
    return true;
}

const struct dossier_record *dossier_last(const struct dossier *dossier)
{
    for (size_t i = dossier->records.count; i > 0; i--) {
        if (!slice_is(dossier->records.items[i - 1].alert.state, "superseded")) {
            return &dossier->records.items[i - 1];
        }
    }
    return NULL;
}

void dossier_free(struct dossier *dossier)
{
    VECTOR_FREE(&dossier->records);
}
