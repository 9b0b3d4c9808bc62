/* A record's body under one of the shipped schemas: what the decoder takes, Avro C reads alike.
 */
#include "seinpost/base/ensure.h"
#include "seinpost/base/file.h"
#include "seinpost/signal/writer.h"

#include "avroc.h"
#include "fuzz.h"

enum {
    TYPES = 8 /* those with the most kinds of fields */
};

static const char *const types[TYPES] = {
    "air.booking.created",   "air.noshow",     "bank.transfer",        "card.auth",
    "housing.lease.started", "kvk.registered", "rail.booking.created", "bank.indicator.raised",
};

/* What the judge leaves behind is his. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:libavro.so";
}

static struct writer *writers[TYPES];
static struct avroc *judges[TYPES];
static struct arena *arena;
static struct kit kit;

static void begin(void)
{
    struct text detail = {0};

    kit = fuzz_kit();
    arena = arena_new(64 << 20);
    for (size_t i = 0; i < TYPES; i++) {
        char path[512];
        struct slice schema = {0};
        (void)snprintf(path, sizeof path, "%s/signals/%s.avsc", FUZZ_SCHEMAS, types[i]);
        ENSURE(file_read(kit.arena, path, &schema));
        writers[i] = writer_new(schema, &detail);
        ENSURE(writers[i] != NULL);
        const struct event_type *const type = catalogue_find(kit.catalogue, slice_of(types[i]));
        ENSURE(writer_resolve(writers[i], type, &detail) == VERDICT_GOOD);
        judges[i] = avroc_new(schema);
        ENSURE(judges[i] != NULL);
    }
    text_free(&detail);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct raw_event *raw = NULL;
    struct text detail = {0};

    if (arena == NULL) {
        begin();
    }
    if (size == 0) {
        return 0;
    }
    const size_t which = data[0] % TYPES;
    const struct slice body = fuzz_copy(data + 1, size - 1);
    if (writer_decode(writers[which], arena, body, &raw, &detail) == VERDICT_GOOD) {
        ENSURE(avroc_read(judges[which], body));
        ENSURE(avroc_differs(judges[which], raw).size == 0);
        raw_wipe(raw);
    }
    arena_reset(arena);
    fuzz_free(body);
    text_free(&detail);
    return 0;
}
