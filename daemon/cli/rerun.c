#include "seinpost/cli/rerun.h"

#include "seinpost/base/text.h"
#include "seinpost/cli/docket.h"
#include "seinpost/cli/edition.h"
#include "seinpost/cli/keyring.h"
#include "seinpost/cli/plan.h"
#include "seinpost/cli/playing.h"
#include "seinpost/cli/shelf.h"
#include "seinpost/cli/verb.h"

#include <string.h>
#include <time.h>

enum {
    SCHEMA_TRIES = 3,
    REJECTS_SHOWN = 100,
};

/* One set of rules at work, and who hears of its alerts. */
struct side {
    struct edition *edition;
    struct rehearsal *rehearsal;
    struct alertfile *file; /* NULL: compared only */
    struct ledger *ledger;  /* NULL: printed only */
    size_t alerts;
    size_t rejects;
    bool quiet; /* rejects are the other side's to tell */
};

struct rerun {
    const struct rerun_options *options;
    struct config_data config;
    struct workbench bench;
    struct pseudonym_key *key;
    struct range range;
    struct shelf *shelf;
    struct library library;
    struct rehearsal_site site;
    struct side sides[PLAYING_REHEARSALS_MAX]; /* the rules at hand, and those against them */
    size_t sides_count;
};

static bool is_live(const struct rerun_options *options)
{
    return options->against != NULL && strcmp(options->against, "live") == 0;
}

static void on_alert(void *context, const struct alert *alert, bool shadow)
{
    struct side *side = context;

    side->alerts++;
    if (side->file != NULL) {
        alertfile_add(side->file, alert, shadow);
    }
    if (side->ledger != NULL) {
        ledger_take(side->ledger, alert);
    }
}

static void on_reject(void *context, struct slice reason, struct slice detail,
                      const struct event_place *place)
{
    struct side *side = context;

    if (!side->quiet && side->rejects < REJECTS_SHOWN) {
        (void)fprintf(stderr, "%.*s[%d] offset %lld: rejected: %.*s%s%.*s\n",
                      SLICE_ARGS(place->topic), place->partition, (long long)place->offset,
                      SLICE_ARGS(reason), detail.size > 0 ? ": " : "", SLICE_ARGS(detail));
    }
    side->rejects++;
}

/* Nothing else is to be done meanwhile, so it is asked again here, and then not any more. */
static enum outcome find_schema(void *self, struct slice source, uint64_t id,
                                struct text *schema)
{
    const struct rerun *rerun = self;
    const struct library library = shelf_library(rerun->shelf);
    const struct timespec pause = {.tv_sec = 1};
    enum outcome outcome = library.find(library.self, source, id, schema);

    for (int i = 1; i < SCHEMA_TRIES && outcome == OUTCOME_RETRY; i++) {
        (void)nanosleep(&pause, NULL);
        outcome = library.find(library.self, source, id, schema);
    }
    if (outcome != OUTCOME_RETRY) {
        return outcome;
    }
    (void)fprintf(stderr, "seinpost: R105 %s does not answer for schema %llu of %.*s\n",
                  rerun->config.registry, (unsigned long long)id, SLICE_ARGS(source));
    return OUTCOME_STOP;
}

/* Returns -1 to go on, else the exit code. */
static int load_rules(struct rerun *rerun, const char *path, struct side *side)
{
    struct config_data config = rerun->config;
    struct text told = {0};
    size_t faults = 0;

    if (path != NULL) { /* nobody has approved what is still tried out */
        config.rules = path;
        config.approvers = (struct approver_list){0};
    }
    side->edition = edition_load(&(struct edition_basis){.config = &config,
                                                         .catalogue = rerun->bench.catalogue,
                                                         .places = &rerun->bench.places,
                                                         .key = rerun->key,
                                                         .drafts = rerun->options->drafts},
                                 1, &told, &faults);
    if (side->edition == NULL) {
        (void)fprintf(stderr, "%.*s", SLICE_ARGS(text_slice(&told)));
    }
    text_free(&told);
    return side->edition == NULL ? VERB_NO : -1;
}

static int load(struct rerun *rerun)
{
    const struct rerun_options *options = rerun->options;

    rerun->config.brokers = plan_brokers(rerun->bench.arena, &rerun->config, options->brokers);
    if (options->schemas != NULL) {
        rerun->config.schemas = options->schemas;
    }
    workbench_load_schemas(&rerun->bench, rerun->config.schemas);
    if (workbench_report(&rerun->bench, stderr, DIAG_TEXT) ||
        !keyring_read(&rerun->config, &rerun->key, stderr)) {
        return VERB_USAGE;
    }
    int code = load_rules(rerun, options->rules, &rerun->sides[0]);
    rerun->sides_count = 1;
    if (code < 0 && options->against != NULL && !is_live(options)) {
        code = load_rules(rerun, options->against, &rerun->sides[1]);
        rerun->sides_count = 2;
    }
    return code;
}

static void begin_side(struct rerun *rerun, struct side *side)
{
    const struct stage_edition edition = edition_stage(side->edition);

    side->quiet = side != &rerun->sides[0];
    side->ledger = rerun->options->against == NULL ? NULL : ledger_new();
    side->rehearsal = rehearsal_new(
        &(struct rehearsal_options){.program = edition.program,
                                    .lists = edition.lists,
                                    .site = &rerun->site,
                                    .formats = &rerun->bench.formats},
        (struct rehearsal_listener){.context = side, .alert = on_alert, .reject = on_reject});
}

/* Makes what the range is played to. */
static bool begin(struct rerun *rerun)
{
    const struct rerun_options *options = rerun->options;

    rerun->shelf = shelf_new(&rerun->config);
    rerun->site = (struct rehearsal_site){
        .topics = rerun->range.topics,
        .partitions = rerun->range.partitions,
        .topics_count = rerun->range.topics_count,
        .library = {rerun, find_schema},
        .key = rerun->key,
        .match_partitions = rerun->config.matches.partitions,
        .derived_partitions = rerun->config.derived.partitions,
    };
    if (options->against == NULL) {
        rerun->sides[0].file =
            alertfile_open(options->output, options->form, &rerun->bench.formats);
        if (rerun->sides[0].file == NULL) {
            return false;
        }
    }
    for (size_t i = 0; i < rerun->sides_count; i++) {
        begin_side(rerun, &rerun->sides[i]);
    }
    return true;
}

static int play(struct rerun *rerun)
{
    struct playing playing = {.config = &rerun->config, .range = &rerun->range};
    const struct rerun_options *options = rerun->options;
    size_t records = 0;

    for (size_t i = 0; i < rerun->sides_count; i++) {
        playing.rehearsals[playing.rehearsals_count++] = rerun->sides[i].rehearsal;
    }
    const int code = playing_run(&playing, &records);
    for (size_t i = 0; i < rerun->sides_count && code < 0 && options->has_until; i++) {
        rehearsal_watermark(rerun->sides[i].rehearsal, options->until);
    }
    const struct side *side = &rerun->sides[0];
    if (side->rejects > REJECTS_SHOWN) {
        (void)fprintf(stderr, "... and %zu more\n", side->rejects - REJECTS_SHOWN);
    }
    (void)fprintf(stderr, "%zu records, %zu alert records, %zu rejected%s\n", records,
                  side->alerts, side->rejects, code < 0 ? "" : "; it did not come to its end");
    return code;
}

/* Returns the exit code. */
static int compare(struct rerun *rerun, const struct ledger *before)
{
    const struct ledger *now = rerun->sides[0].ledger;
    struct text text = {0};

    const size_t lines = ledger_compare(before, now, &text);
    (void)printf("alerts over the range: %zu -> %zu\n%.*s", ledger_count(before),
                 ledger_count(now), SLICE_ARGS(text_slice(&text)));
    text_free(&text);
    if (!verb_written(stdout)) {
        return VERB_WORLD;
    }
    return lines > 0 ? VERB_NO : VERB_GOOD;
}

static int compare_live(struct rerun *rerun)
{
    struct ledger *ledger = ledger_new();
    struct plan plan;
    size_t outside = 0;
    int code = VERB_WORLD;

    plan_make(rerun->bench.arena, &rerun->config, &plan);
    const char *const topics[] = {plan.names[OUTBOX_ALERTS], plan.names[OUTBOX_SHADOW]};
    const struct docket_options options = {.config = &rerun->config,
                                           .topics = topics,
                                           .topics_count = sizeof topics / sizeof topics[0],
                                           .formats = &rerun->bench.formats,
                                           .range = &rerun->range};
    if (docket_read(&options, ledger, &outside)) {
        ledger_end(ledger);
        if (outside > 0) {
            (void)fprintf(stderr,
                          "%zu live alerts rest on events outside of the range: left out\n",
                          outside);
        }
        code = compare(rerun, ledger);
    }
    ledger_free(ledger);
    return code;
}

static int judge(struct rerun *rerun)
{
    if (rerun->options->against == NULL) {
        return VERB_GOOD;
    }
    for (size_t i = 0; i < rerun->sides_count; i++) {
        ledger_end(rerun->sides[i].ledger);
    }
    return is_live(rerun->options) ? compare_live(rerun)
                                   : compare(rerun, rerun->sides[1].ledger);
}

static int run(struct rerun *rerun)
{
    int code = load(rerun);

    if (code < 0) {
        code =
            range_find(rerun->bench.arena, &rerun->options->ask, &rerun->config, &rerun->range);
    }
    if (code < 0 && !begin(rerun)) {
        code = VERB_USAGE;
    }
    if (code < 0) {
        code = play(rerun);
    }
    if (code < 0) {
        code = judge(rerun);
    }
    if (rerun->sides[0].file != NULL && !alertfile_close(rerun->sides[0].file)) {
        code = VERB_WORLD;
    }
    return code;
}

int rerun(const struct rerun_options *options)
{
    struct config *config = config_open(options->config, stderr);

    if (config == NULL) {
        return VERB_USAGE;
    }
    struct rerun rerun = {.options = options, .config = *config_get(config)};
    workbench_begin(&rerun.bench);
    const int code = run(&rerun);
    for (size_t i = 0; i < rerun.sides_count; i++) {
        rehearsal_free(rerun.sides[i].rehearsal);
        ledger_free(rerun.sides[i].ledger);
        edition_free(rerun.sides[i].edition);
    }
    shelf_free(rerun.shelf);
    range_free(&rerun.range);
    pseudonym_key_free(rerun.key);
    workbench_close(&rerun.bench);
    config_close(config);
    return code;
}
