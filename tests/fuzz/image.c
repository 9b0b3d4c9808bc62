/* A snapshot: the state that the shipped scenarios leave, with bytes of it changed and the
 * checksum made good again. Four bytes are a change: where (three bytes), and what is written
 * there; with the highest bit of the place set, all from there on is cut off. It is taken or
 * refused, and if it is taken it can be freed. */
#include "seinpost/base/digest.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/file.h"

#include "mill.h"

enum {
    CHECKSUM_SIZE = 8
};

static struct text base;
static struct text metadata;
static int64_t next;

static void give_scenarios(struct mill *mill, struct stage *ingest)
{
    static const char *const names[] = {"S1", "S2", "S3", "L1", "L2", "L3"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[512];
        struct slice lines = {0};
        (void)snprintf(path, sizeof path, "%s/scenarios/%s.ndjson", FUZZ_DEPLOY, names[i]);
        ENSURE(file_read(mill->kit.arena, path, &lines));
        mill_give_lines(mill, ingest, lines);
    }
}

static void begin(struct mill *mill)
{
    const struct stage_save how = {.piece = SIZE_MAX, .size_max = SIZE_MAX};
    struct stage ingest = mill_ingest(mill);
    struct stage correlator = mill_correlator(mill, 0, SLICE(""));
    struct outbox *out = outbox_new();
    struct record record = {.from = mill_matches, .timestamp_ms = -1};
    struct stage_end end = {.whole = true};

    give_scenarios(mill, &ingest);
    correlator.caught_up(correlator.self, mill_matches, &end);
    for (size_t i = 0; i < outbox_count(mill->outbox); i++) {
        const struct outbox_record *sent = outbox_get(mill->outbox, i);
        record.value = sent->value;
        if (sent->topic == OUTBOX_MATCHES) {
            ENSURE(correlator.record(correlator.self, &record, out) == STAGE_DONE);
            record.offset++;
        }
    }
    correlator.flush(correlator.self, 0, out);
    next = record.offset;
    correlator.metadata(correlator.self, mill_matches, &metadata);
    ENSURE(correlator.save(correlator.self, mill_matches, &how, &base) == STAGE_SAVED);
    ENSURE(base.size > 1000);
    outbox_free(out);
    outbox_clear(mill->outbox);
    ingest.free(ingest.self);
    correlator.free(correlator.self);
}

/* Changes a copy as the input says, and makes its checksum good. Returns its size. */
static size_t change(char *copy, const uint8_t *data, size_t size)
{
    size_t end = base.size - CHECKSUM_SIZE;

    for (size_t i = 0; i + 4 <= size; i += 4) {
        const size_t place =
            ((size_t)(data[i] & 0x7f) << 16 | (size_t)data[i + 1] << 8 | data[i + 2]) % end;
        if ((data[i] & 0x80) != 0 && place > 0) {
            end = place;
        } else {
            copy[place] = (char)data[i + 3];
        }
    }
    const uint64_t sum = digest_spread((struct slice){copy, end});
    for (size_t i = 0; i < CHECKSUM_SIZE; i++) {
        copy[end + i] = (char)(unsigned char)(sum >> 8 * (CHECKSUM_SIZE - 1 - i));
    }
    return end + CHECKSUM_SIZE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mill *mill = mill_get();
    int64_t from = 0;

    if (base.size == 0) {
        begin(mill);
    }
    struct text copy = {0};
    text_add(&copy, text_slice(&base));
    const size_t end = change(copy.data, data, size);
    const struct slice image = fuzz_copy((const uint8_t *)copy.data, end);
    struct stage stage = mill_correlator(mill, next, text_slice(&metadata));
    const char *refused = stage.load(stage.self, mill_matches, image, &from);
    ENSURE(size >= 4 || refused == NULL); /* unchanged it is good */
    ENSURE(refused != NULL || from == next || size >= 4);
    stage.free(stage.self);
    fuzz_free(image);
    text_free(&copy);
    return 0;
}
