#include "bench.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/diag.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/schema/avro.h"
#include "seinpost/schema/vocabulary.h"

#include <stdlib.h>

enum {
    ARENA_MAX = 256 * 1024 * 1024,
    MINUTE_MS = 60 * 1000,
    DAY_MS = 24 * 60 * MINUTE_MS,
    ID_FIRST = 100, /* of the registry */
};

static const struct slice air_types[] = {{"air.*", 5}};
static const struct slice bank_types[] = {{"bank.*", 6}};
static const struct slice card_types[] = {{"card.*", 6}};

static void make_sources(struct bench *bench)
{
    const struct source usual = {
        .types_count = 1,
        .wire = SOURCE_CONFLUENT,
        .identities = SOURCE_PSEUDONYM,
        .purposes = ~0U,
        .legal_bases = ~0U,
        .max_skew_ms = BENCH_SKEW_MS,
        .idle_ms = BENCH_IDLE_MS,
        .retention_ms = (int64_t)365 * DAY_MS,
    };
    struct source *air = &bench->sources[BENCH_AIR];
    struct source *bank = &bench->sources[BENCH_BANK];
    struct source *card = &bench->sources[BENCH_CARD];

    *air = *bank = *card = usual;
    air->name = SLICE("air");
    air->topic = SLICE("partner.air");
    air->types = air_types;
    air->lateness_ms = BENCH_LATENESS_MAX_MS;
    bank->name = SLICE("bank");
    bank->topic = SLICE("partner.bank");
    bank->types = bank_types;
    bank->wire = SOURCE_SINGLE_OBJECT;
    bank->lateness_ms = BENCH_LATENESS_MS;
    card->name = SLICE("card");
    card->topic = SLICE("partner.card");
    card->types = card_types;
    card->lateness_ms = BENCH_LATENESS_MS;
}

static const struct program *load(struct bench *bench, struct diag *diag, const char *root)
{
    struct text path = {0};

    text_format(&path, "%s/tests/sim/rules", root);
    const char *paths[] = {slice_string(bench->arena, text_slice(&path))};
    const struct load_options options = {
        .sources = {bench->sources, BENCH_SOURCES_COUNT},
        .places = &bench->places,
        .today = INSTANT_MIN,
    };
    const struct program *program =
        load_program(bench->arena, diag, bench->catalogue, paths, 1, &options);
    text_free(&path);
    return program;
}

static void find_fingerprints(struct bench *bench)
{
    const size_t count = catalogue_count(bench->catalogue);
    struct text canonical = {0};

    bench->fingerprints = arena_alloc(bench->arena, count * sizeof bench->fingerprints[0]);
    for (size_t i = 0; i < count; i++) {
        const bool good = avro_canonical(catalogue_type(bench->catalogue, i)->json, &canonical);
        ENSURE(good);
        bench->fingerprints[i] = avro_fingerprint(text_slice(&canonical));
        text_clear(&canonical);
    }
    text_free(&canonical);
}

void bench_open(struct bench *bench, const char *root)
{
    struct text path = {0};

    bench->arena = arena_new(ARENA_MAX);
    struct diag *diag = diag_new(bench->arena);
    text_format(&path, "%s/schemas", root);
    const char *schemas = slice_string(bench->arena, text_slice(&path));
    formats_load(bench->arena, diag, schemas, &bench->formats);
    text_add(&path, SLICE("/places"));
    bench->places =
        place_load(bench->arena, diag, slice_string(bench->arena, text_slice(&path)));
    text_clear(&path);
    text_format(&path, "%s/signals", schemas);
    bench->catalogue =
        catalogue_load(bench->arena, diag, slice_string(bench->arena, text_slice(&path)));
    text_free(&path);
    find_fingerprints(bench);
    make_sources(bench);
    bench->program = load(bench, diag, root);
    if (diag_errors(diag) > 0 || bench->program->rules_count == 0) {
        diag_print(diag, stderr, DIAG_TEXT);
        exit(2);
    }
}

void bench_close(struct bench *bench)
{
    arena_free(bench->arena);
}

uint64_t bench_schema_id(const struct event_type *type)
{
    return ID_FIRST + type->index;
}

struct slice bench_schema(const struct bench *bench, uint64_t id)
{
    for (size_t i = 0; i < catalogue_count(bench->catalogue); i++) {
        const struct event_type *type = catalogue_type(bench->catalogue, i);
        if (bench_schema_id(type) == id || bench->fingerprints[i] == id) {
            return type->json;
        }
    }
    return SLICE("");
}
