/* A writer's schema from a registry, and a record's body under it: up to the first zero byte
 * the schema. */
#include "seinpost/base/ensure.h"
#include "seinpost/schema/avro.h"
#include "seinpost/signal/writer.h"

#include "fuzz.h"

static struct kit kit;
static struct arena *arena;
static const struct event_type *type;

static void decode(struct writer *writer, struct slice body)
{
    struct raw_event *raw = NULL;
    struct text detail = {0};

    if (writer_resolve(writer, type, &detail) == VERDICT_GOOD &&
        writer_decode(writer, arena, body, &raw, &detail) == VERDICT_GOOD) {
        raw_wipe(raw);
    }
    text_free(&detail);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text detail = {0};
    struct text canonical = {0};

    if (arena == NULL) {
        kit = fuzz_kit();
        arena = arena_new(64 << 20);
        type = catalogue_find(kit.catalogue, SLICE("bank.transfer"));
        ENSURE(type != NULL);
    }
    const struct slice copy = fuzz_copy(data, size);
    struct slice body = copy;
    const struct slice schema = slice_cut(&body, '\0');
    if (avro_canonical(schema, &canonical)) {
        (void)avro_fingerprint(text_slice(&canonical));
    }
    struct writer *writer = writer_new(schema, &detail);
    if (writer != NULL) {
        decode(writer, body);
        writer_free(writer);
    }
    arena_reset(arena);
    text_free(&canonical);
    text_free(&detail);
    fuzz_free(copy);
    return 0;
}
