#include "seinpost/cli/screening.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/file.h"
#include "seinpost/base/text.h"
#include "seinpost/cli/edition.h"
#include "seinpost/cli/fate_print.h"
#include "seinpost/cli/keyring.h"
#include "seinpost/cli/shelf.h"
#include "seinpost/cli/verb.h"
#include "seinpost/cli/workbench.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    KEY_BYTES = PSEUDONYM_KEY_HEX / 2
};

/* What a sample is held against. */
struct counterpart {
    const struct config_data *config;
    struct workbench bench;
    struct pseudonym_key *key;
    struct edition *edition;
};

static const struct source *find_source(const struct config_data *config, const char *name)
{
    for (size_t i = 0; i < config->sources.count; i++) {
        if (slice_is(config->sources.items[i].name, name)) {
            return &config->sources.items[i];
        }
    }
    (void)fprintf(stderr, "seinpost: the configuration has no source '%s'; it has", name);
    for (size_t i = 0; i < config->sources.count; i++) {
        (void)fprintf(stderr, "%s %.*s", i > 0 ? "," : "",
                      SLICE_ARGS(config->sources.items[i].name));
    }
    (void)fputc('\n', stderr);
    return NULL;
}

/* Pseudonyms are not printed: who may not read the daemon's key checks with another. Then a
 * list that has pseudonyms in it is met by nothing. */
static bool find_key(struct counterpart *table)
{
    unsigned char bytes[KEY_BYTES];
    char hex[PSEUDONYM_KEY_HEX + 1];

    if (table->config->key.file == NULL || access(table->config->key.file, R_OK) == 0) {
        return keyring_read(table->config, &table->key, stderr);
    }
    (void)fprintf(stderr, "seinpost: %s: %s: checking with a key of its own\n",
                  table->config->key.file, strerror(errno));
    randombytes_buf(bytes, sizeof bytes);
    (void)sodium_bin2hex(hex, sizeof hex, bytes, sizeof bytes);
    table->key = pseudonym_key_new(slice_of(hex), table->config->key.epoch);
    sodium_memzero(hex, sizeof hex);
    sodium_memzero(bytes, sizeof bytes);
    return table->key != NULL;
}

static bool load(struct counterpart *table)
{
    struct text told = {0};
    size_t faults = 0;

    workbench_begin(&table->bench);
    workbench_load_schemas(&table->bench, table->config->schemas);
    if (workbench_report(&table->bench, stderr, DIAG_TEXT) || !find_key(table)) {
        return false;
    }
    const struct edition_basis basis = {.config = table->config,
                                        .catalogue = table->bench.catalogue,
                                        .places = &table->bench.places,
                                        .key = table->key};
    table->edition = edition_load(&basis, 1, &told, &faults);
    if (table->edition == NULL) {
        (void)fprintf(stderr, "%.*s", SLICE_ARGS(text_slice(&told)));
    }
    text_free(&told);
    return table->edition != NULL;
}

static int judge(const struct fates *fates, bool read)
{
    if (fates->unreachable) {
        (void)fprintf(stderr, "seinpost: the schema registry does not answer\n");
        return VERB_WORLD;
    }
    if (!read || fates->records == 0) {
        (void)fprintf(stderr, "%s", read ? "seinpost: the sample has no record\n" : "");
        return VERB_USAGE;
    }
    return fates->verdicts[VERDICT_GOOD] == fates->records ? VERB_GOOD : VERB_NO;
}

static int screen(const struct screening *screening, const struct counterpart *table,
                  const struct source *source, struct slice schema)
{
    struct fate_print print = {table->bench.catalogue, source, screening->json};
    struct shelf *shelf = shelf_new(table->config);
    struct fates *fates = fate_new(&(struct fate_options){
        .edition = edition_stage(table->edition),
        .key = table->key,
        .source = source,
        .library = shelf_library(shelf),
        .schema = schema,
        .now_ms = (int64_t)time(NULL) * 1000,
        .listener = fate_print_record,
        .context = &print,
    });
    const struct sample_reading reading = {table->bench.arena, table->bench.catalogue, source,
                                           fate_take, fates};
    bool read = true;

    for (size_t i = 0; i < screening->samples_count; i++) {
        read = sample_read(&reading, screening->samples[i]) && read;
    }
    fate_print_sums(&print, fates);
    const int code = judge(fates, read);
    fate_free(fates);
    shelf_free(shelf);
    return code;
}

static int run(const struct screening *screening, const struct config_data *config)
{
    struct counterpart table = {.config = config};
    const struct source *source = find_source(config, screening->source);
    struct slice schema = {0};
    int code = VERB_USAGE;

    if (source == NULL) {
        return VERB_USAGE;
    }
    bool good = load(&table);
    if (good && screening->schema != NULL &&
        !file_read(table.bench.arena, screening->schema, &schema)) {
        (void)fprintf(stderr, "seinpost: %s: %s\n", screening->schema, strerror(errno));
        good = false;
    }
    if (good) {
        code = screen(screening, &table, source, schema);
    }
    edition_free(table.edition);
    pseudonym_key_free(table.key);
    workbench_close(&table.bench);
    return code;
}

int screening_run(const struct screening *screening)
{
    struct config *config = config_open(screening->config, stderr);

    if (config == NULL) {
        return VERB_USAGE;
    }
    const int code = run(screening, config_get(config));
    config_close(config);
    return code;
}
