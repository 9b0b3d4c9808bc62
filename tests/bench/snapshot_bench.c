/* What a restart costs with and without a snapshot, for a match partition whose log holds so
 * many matches, spread over 100 days and so many keys: processor time, memory and bytes, as one
 * JSON object. The rule never fires; its window says how many of the matches still matter.
 *
 * usage: snapshot_bench MATCHES KEYS WINDOW FOLDER SCHEMAS_FOLDER     as 10000000 1000000 100d
 * /tmp/x schemas
 */
#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/cli/workbench.h"
#include "seinpost/file/snapshot_folder.h"
#include "seinpost/signal/frame.h"
#include "seinpost/signal/pack.h"
#include "seinpost/stage/correlator.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    PACK_MATCHES = 1000,
    PIECE = 1000 * 1000,
    BATCH = 4, /* packs a transaction */
    ONE_DAY_MS = 24 * 60 * 60 * 1000,
    DAYS = 100,
    BEGIN_DAYS = 20000, /* since 1970 */
};

static const char rule_text[] =
    "schema: seinpost/rule/1\ntitle: A title\nname: r\nversion: 1\nstatus: test\nlevel: low\n"
    "stage: transport\npurpose: [smuggling]\nlegal-basis: [pnr-6.2a]\nowner: o\n"
    "unless: {none: made up}\n"
    "events: {a: {source: {type: card.auth}, detection: {s: {approved: true}, condition: s}}}\n"
    "correlation: {type: event_count, group-by: [card], rules: [a], timespan: %s,\n"
    "  condition: {gte: 1000000}}\n";

static const struct record_partition place = {"matches", 0};

struct bench {
    struct workbench workbench;
    long long matches;
    long long keys;
    struct stage stage;
    struct outbox *outbox;
    struct snapshot folder;
};

static double seconds_of(clockid_t clock)
{
    struct timespec now;

    (void)clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double megabytes(void)
{
    const struct mallinfo2 info = mallinfo2();

    return (double)(info.uordblks + info.hblkhd) / 1e6;
}

static double megabytes_peak(void)
{
    FILE *file = fopen("/proc/self/status", "re");
    char line[256];
    double kilobytes = 0;

    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "VmHWM:", 6) == 0) {
            kilobytes = strtod(line + 6, NULL);
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return kilobytes / 1e3;
}

/* The n-th match, and a watermark behind each pack of them. */
static void add_match(struct pack *pack, const struct bench *bench, long long number)
{
    const struct rule *rule = bench->workbench.program->rules[0];
    const int64_t step_ms = (int64_t)DAYS * ONE_DAY_MS / bench->matches;
    char id[32];
    char key[48];
    const struct match match = {
        .kind = rule_key_name(rule),
        .value = {key, (size_t)snprintf(key, sizeof key, "c1:e1:%022lld",
                                        number * 7919 % bench->keys)},
        .is = {.time = {(int64_t)BEGIN_DAYS * ONE_DAY_MS + number * step_ms},
               .source = SLICE("card-partner-1"),
               .id = {id, (size_t)snprintf(id, sizeof id, "%016lld", number)},
               .type = SLICE("card.auth"),
               .place = {SLICE("partner.card"), 3, number}},
        .steps = &rule->entries[0].step,
        .steps_count = 1};

    pack_add_match(pack, &match);
}

static void make_pack(const struct bench *bench, long long first, struct text *value)
{
    const int64_t step_ms = (int64_t)DAYS * ONE_DAY_MS / bench->matches;
    struct pack *pack = pack_new();
    long long number = first;

    for (; number < bench->matches && number < first + PACK_MATCHES; number++) {
        add_match(pack, bench, number);
    }
    const struct watermark watermark = {
        .source = PROGRAM_FILE_SOURCE,
        .partitions = 1,
        .high = {(int64_t)BEGIN_DAYS * ONE_DAY_MS + (number - 1) * step_ms}};
    pack_add_watermark(pack, &watermark);
    text_clear(value);
    frame_put(value, SOURCE_SINGLE_OBJECT, bench->workbench.formats.match.fingerprint);
    pack_finish(pack, value);
    pack_free(pack);
}

static void begin(struct bench *bench, int64_t committed, struct slice metadata)
{
    bench->stage = correlator_stage(&(struct correlator_options){
        .program = bench->workbench.program,
        .formats = &bench->workbench.formats,
        .alert_wire = SOURCE_SINGLE_OBJECT,
        .match_partitions = 1,
        .derived_partitions = 1,
    });
    bench->stage.assigned(bench->stage.self, &(struct stage_assignment){.partition = place,
                                                                        .partitions = 1,
                                                                        .committed = committed,
                                                                        .metadata = metadata});
}

/* Returns seconds of processor time, without what it takes to make the log. */
static double replay(struct bench *bench, int64_t *next)
{
    struct text value = {0};
    double spent = 0;

    for (long long first = 0; first < bench->matches; first += PACK_MATCHES) {
        make_pack(bench, first, &value);
        const struct record record = {.from = place,
                                      .offset = (*next)++,
                                      .timestamp_ms = -1,
                                      .value = text_slice(&value)};
        const double begun = seconds_of(CLOCK_THREAD_CPUTIME_ID);
        const enum stage_result result =
            bench->stage.record(bench->stage.self, &record, bench->outbox);
        ENSURE(result == STAGE_DONE);
        if (*next % BATCH == 0) {
            bench->stage.flush(bench->stage.self, 0, bench->outbox);
        }
        spent += seconds_of(CLOCK_THREAD_CPUTIME_ID) - begun;
        outbox_clear(bench->outbox);
    }
    bench->stage.flush(bench->stage.self, 0, bench->outbox);
    outbox_clear(bench->outbox);
    text_free(&value);
    return spent;
}

static void write_one(struct bench *bench)
{
    struct text image = {0};
    const double begun = seconds_of(CLOCK_THREAD_CPUTIME_ID);

    const struct stage_save how = {false, PIECE, SIZE_MAX / 2};
    double longest = 0;
    enum stage_saving saving = STAGE_SAVING;
    while (saving == STAGE_SAVING) {
        const double piece = seconds_of(CLOCK_THREAD_CPUTIME_ID);
        saving = bench->stage.save(bench->stage.self, place, &how, &image);
        const double took = seconds_of(CLOCK_THREAD_CPUTIME_ID) - piece;
        longest = took > longest ? took : longest;
    }
    ENSURE(saving == STAGE_SAVED);
    const double saved = seconds_of(CLOCK_THREAD_CPUTIME_ID) - begun;
    (void)printf("\"pause_ms\": %.1f, ", longest * 1e3);
    const size_t size = image.size;
    const double writes = seconds_of(CLOCK_MONOTONIC);
    (void)bench->folder.store(bench->folder.self, place, &image);
    (void)printf("\"save_cpu_s\": %.3f, \"write_s\": %.3f, \"snapshot_mb\": %.1f, ", saved,
                 seconds_of(CLOCK_MONOTONIC) - writes, (double)size / 1e6);
}

static void read_one(struct bench *bench)
{
    struct text image = {0};
    int64_t next = 0;
    const double reads = seconds_of(CLOCK_MONOTONIC);

    bench->folder.find(bench->folder.self, place, &image);
    const double begun = seconds_of(CLOCK_THREAD_CPUTIME_ID);
    const char *refused =
        bench->stage.load(bench->stage.self, place, text_slice(&image), &next);
    ENSURE(refused == NULL);
    const double loaded = seconds_of(CLOCK_THREAD_CPUTIME_ID) - begun;
    (void)printf("\"load_cpu_s\": %.3f, \"load_s\": %.3f", loaded,
                 seconds_of(CLOCK_MONOTONIC) - reads);
    text_free(&image);
}

static void measure(struct bench *bench)
{
    int64_t next = 0;
    double before = megabytes();

    begin(bench, 0, SLICE(""));
    const double replayed = replay(bench, &next);
    (void)printf("{\"matches\": %lld, \"keys\": %lld, \"replay_cpu_s\": %.3f, "
                 "\"state_mb\": %.0f, \"peak_mb\": %.0f, ",
                 bench->matches, bench->keys, replayed, megabytes() - before, megabytes_peak());
    (void)fflush(stdout);
    write_one(bench);
    struct text metadata = {0};
    bench->stage.metadata(bench->stage.self, place, &metadata);
    bench->stage.free(bench->stage.self);
    (void)malloc_trim(0);
    before = megabytes();
    begin(bench, next, text_slice(&metadata));
    read_one(bench);
    text_free(&metadata);
    (void)printf(", \"loaded_state_mb\": %.0f, \"peak_mb_at_end\": %.0f}\n",
                 megabytes() - before, megabytes_peak());
    bench->stage.free(bench->stage.self);
}

static bool open_bench(struct bench *bench, char **words)
{
    char path[] = "/tmp/seinpost-bench-XXXXXX.yaml";
    const char *const rules[] = {path};
    const int file = mkstemps(path, 5);
    const struct snapshot_folder_options options = {
        .path = words[4], .keep_ms = ONE_DAY_MS, .size_max = SIZE_MAX / 2};

    ENSURE(file >= 0);
    (void)dprintf(file, rule_text, words[3]);
    (void)close(file);
    bench->outbox = outbox_new();
    workbench_open(&bench->workbench, words[5], rules, 1,
                   &(struct load_options){.today = INSTANT_MIN, .lateness_ms = ONE_DAY_MS});
    (void)unlink(path);
    return !workbench_report(&bench->workbench, stderr, DIAG_TEXT) &&
           snapshot_folder_open(&options, &bench->folder);
}

int main(int argc, char **argv)
{
    struct bench bench = {0};

    if (argc != 6 || !slice_number(slice_of(argv[1]), &bench.matches) ||
        !slice_number(slice_of(argv[2]), &bench.keys) || bench.matches < 1 || bench.keys < 1) {
        (void)fputs("usage: snapshot_bench MATCHES KEYS WINDOW FOLDER SCHEMAS_FOLDER\n",
                    stderr);
        return 2;
    }
    const bool good = open_bench(&bench, argv);
    if (good) {
        measure(&bench);
        bench.folder.forget(bench.folder.self, place);
        bench.folder.free(bench.folder.self);
    }
    workbench_close(&bench.workbench);
    outbox_free(bench.outbox);
    return good ? 0 : 1;
}
