/* A record of our own topics, the match log or `derived`, with a whole frame around it: it is
 * read or refused, never half. The first byte says which. */
#include "seinpost/alert/derived.h"
#include "seinpost/base/ensure.h"
#include "seinpost/signal/frame.h"
#include "seinpost/signal/pack.h"

#include "mill.h"

static void give(struct stage *stage, struct record_partition from, uint64_t schema,
                 struct slice body)
{
    struct text value = {0};
    struct outbox *out = outbox_new();

    frame_put(&value, SOURCE_SINGLE_OBJECT, schema);
    text_add(&value, body);
    const struct slice copy = fuzz_copy((const uint8_t *)value.data, value.size);
    const struct record record = {.from = from, .timestamp_ms = -1, .value = copy};
    (void)stage->record(stage->self, &record, out);
    outbox_free(out);
    fuzz_free(copy);
    text_free(&value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct mill *mill = mill_get();

    if (size == 0) {
        return 0;
    }
    const struct slice body = {(const char *)data + 1, size - 1};
    if (data[0] % 2 == 0) {
        struct stage stage = mill_correlator(mill, 0, SLICE(""));
        give(&stage, mill_matches, mill->formats.match.fingerprint, body);
        stage.free(stage.self);
    } else {
        const struct stage_assignment assignment = {.partition = {"derived", 0},
                                                    .partitions = 1};
        struct stage stage = mill_ingest(mill);
        stage.assigned(stage.self, &assignment);
        give(&stage, assignment.partition, mill->formats.derived.fingerprint, body);
        stage.free(stage.self);
    }
    return 0;
}
