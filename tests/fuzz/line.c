/* Lines of events, as `replay` and `test` read them: through ingest to matches or a reject, and
 * the matches through correlate, under the shipped rules. Whatever comes, nothing is broken. */
#include "seinpost/base/ensure.h"

#include "mill.h"

/* What ingest sent to the match log goes to the correlator. */
static void pass_on(struct mill *mill, struct stage *correlator)
{
    struct outbox *out = outbox_new();
    struct record record = {.from = mill_matches, .timestamp_ms = -1};

    for (size_t i = 0; i < outbox_count(mill->outbox); i++) {
        const struct outbox_record *sent = outbox_get(mill->outbox, i);
        if (sent->topic == OUTBOX_MATCHES) {
            record.value = sent->value;
            ENSURE(correlator->record(correlator->self, &record, out) == STAGE_DONE);
            record.offset++;
        }
    }
    correlator->flush(correlator->self, 0, out);
    outbox_free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mill *mill = mill_get();
    struct stage ingest = mill_ingest(mill);
    struct stage correlator = mill_correlator(mill, 0, SLICE(""));
    const struct slice lines = fuzz_copy(data, size);

    mill_give_lines(mill, &ingest, lines);
    pass_on(mill, &correlator);
    outbox_clear(mill->outbox);
    ingest.free(ingest.self);
    correlator.free(correlator.self);
    fuzz_free(lines);
    return 0;
}
