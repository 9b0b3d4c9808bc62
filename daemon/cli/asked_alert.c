#include "seinpost/cli/asked_alert.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/file.h"
#include "seinpost/base/log.h"
#include "seinpost/base/text.h"
#include "seinpost/cli/account.h"
#include "seinpost/cli/plan.h"
#include "seinpost/cli/rehearsal.h"
#include "seinpost/cli/scroll.h"
#include "seinpost/cli/verb.h"
#include "seinpost/cli/workbench.h"
#include "seinpost/kafka/kafka_key.h"
#include "seinpost/kafka/kafka_rereader.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
    DOSSIER_MAX = 512 * 1024 * 1024
};

/* One question, and all that is needed to answer it. */
struct asking {
    const struct inquiry *inquiry;
    const struct config_data *config; /* NULL: files */
    const struct model *model;        /* NULL: none */
    struct workbench workbench;
    struct dossier dossier;
    struct plan plan;
    struct rereader rereader;
};

bool asked_alert_is_id(struct slice word)
{
    for (size_t i = 0; i < word.size; i++) {
        const char c = word.data[i];
        if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
            return false;
        }
    }
    return word.size == DIGEST_TEXT_SIZE - 1;
}

static void begin(struct asking *asking, const struct inquiry *inquiry)
{
    *asking = (struct asking){.inquiry = inquiry};
    workbench_begin(&asking->workbench);
    asking->dossier.arena = arena_new(DOSSIER_MAX);
    asking->dossier.id = slice_of(inquiry->subject);
}

static void finish(struct asking *asking)
{
    if (asking->rereader.free != NULL) {
        asking->rereader.free(asking->rereader.self);
    }
    dossier_free(&asking->dossier);
    workbench_close(&asking->workbench);
    arena_free(asking->dossier.arena);
}

/* Loads the rules at hand. Returns -1 to go on, else the exit code. */
static int load_rules(struct asking *asking, const struct load_options *options)
{
    const struct inquiry *inquiry = asking->inquiry;
    const char *const *paths = inquiry->paths;
    size_t count = inquiry->paths_count;
    const char *schemas = inquiry->schemas;

    if (count == 0) {
        paths = &asking->config->rules;
        count = 1;
    }
    if (schemas == NULL && asking->config != NULL) {
        schemas = asking->config->schemas;
    }
    if (asking->config != NULL && asking->config->model != NULL) {
        asking->model =
            model_load(asking->workbench.arena, asking->workbench.diag, asking->config->model);
    }
    workbench_load(&asking->workbench, schemas, paths, count, options);
    if (diag_errors(asking->workbench.diag) > 0) {
        (void)workbench_report(&asking->workbench, stderr, DIAG_TEXT);
        return VERB_USAGE;
    }
    return -1;
}

static int exit_of(enum account_verdict verdict)
{
    switch (verdict) {
    case ACCOUNT_REPRODUCED:
        return VERB_GOOD;
    case ACCOUNT_DIFFERS:
        return VERB_NO;
    case ACCOUNT_UNKNOWN:
        break;
    }
    return VERB_WORLD;
}

static int tell(const struct account *account)
{
    struct text text = {0};
    struct text reason = {0};
    const enum account_verdict verdict = account_judge(account, &reason);

    account_tell(account, &text);
    (void)fwrite(text.data, 1, text.size, stdout);
    text_free(&text);
    text_free(&reason);
    return fflush(stdout) == 0 ? exit_of(verdict) : VERB_WORLD;
}

static struct account account_of(const struct asking *asking)
{
    const struct program *program = asking->workbench.program;

    return (struct account){
        .inquiry = asking->inquiry,
        .program = program,
        .dossier = &asking->dossier,
        .rule = program_find(program, dossier_last(&asking->dossier)->alert.rule),
    };
}

static struct retrial *new_retrial(const struct asking *asking, const struct account *account)
{
    return retrial_new(&(struct retrial_options){
        .program = asking->workbench.program,
        .rule = account->rule,
        .formats = &asking->workbench.formats,
        .dossier = &asking->dossier,
        .basis = {asking->model,
                  asking->config == NULL ? (struct source_list){0} : asking->config->sources},
        .takes_places = asking->config == NULL,
    });
}

/* Looks through one topic: first where the key belongs, then, as a topic may have grown, in the
 * other partitions. */
static enum outcome search_topic(struct asking *asking, struct alertframe *frame,
                                 const char *topic, int32_t partitions)
{
    const int32_t home = kafka_key_partition(asking->dossier.id, partitions);
    enum outcome outcome = dossier_read(&asking->dossier, &asking->rereader,
                                        (struct record_partition){topic, home}, frame);

    for (int32_t i = 0;
         outcome == OUTCOME_OK && asking->dossier.records.count == 0 && i < partitions; i++) {
        if (i != home) {
            outcome = dossier_read(&asking->dossier, &asking->rereader,
                                   (struct record_partition){topic, i}, frame);
        }
    }
    return outcome;
}

/* What desks have, and else what rules under test said. */
static enum outcome search_topics(struct asking *asking)
{
    static const enum outbox_topic topics[] = {OUTBOX_ALERTS, OUTBOX_SHADOW};
    struct kafka_admin *admin = kafka_admin_new(asking->config->brokers);
    struct alertframe *frame =
        alertframe_new(&asking->workbench.formats, asking->config->registry);
    enum outcome outcome = admin == NULL ? OUTCOME_STOP : OUTCOME_OK;

    for (size_t i = 0; outcome == OUTCOME_OK && asking->dossier.records.count == 0 &&
                       i < sizeof topics / sizeof topics[0];
         i++) {
        const char *name = asking->plan.names[topics[i]];
        const int32_t partitions = kafka_admin_partitions(admin, name);
        if (partitions > 0) {
            outcome = search_topic(asking, frame, name, partitions);
        } else {
            log_error("%s %s", partitions == 0 ? "there is no topic" : "nobody answers for",
                      name);
            outcome = OUTCOME_STOP;
        }
    }
    alertframe_free(frame);
    kafka_admin_free(admin);
    return outcome;
}

static bool take_pack(void *context, const struct record *record)
{
    return retrial_take(context, record->value, record->offset);
}

static int retry_live(struct asking *asking)
{
    struct account account = account_of(asking);
    const struct record_partition log = {asking->plan.names[OUTBOX_MATCHES],
                                         dossier_last(&asking->dossier)->alert.partition};
    struct text name = {0};

    text_format(&name, "%s[%d]", log.topic, log.partition);
    account.log = slice_copy(asking->dossier.arena, text_slice(&name));
    text_free(&name);
    if (!account_same_rule(&account)) {
        return tell(&account);
    }
    struct retrial *retrial = new_retrial(asking, &account);
    const struct scroll_reader reader = {retrial, take_pack, "packs of the match log"};
    const enum outcome outcome = scroll_read(&asking->rereader, log, &reader);
    const struct retrial_result result = retrial_end(retrial);
    account.result = &result;
    const int code = outcome == OUTCOME_OK ? tell(&account) : VERB_WORLD;
    retrial_free(retrial);
    return code;
}

static int none(const struct asking *asking)
{
    (void)fprintf(stderr, "seinpost: no alert %s is kept\n", asking->inquiry->subject);
    return VERB_WORLD;
}

static int ask_live(struct asking *asking, struct config_data *config)
{
    asking->config = config;
    config->brokers = plan_brokers(asking->dossier.arena, config, asking->inquiry->brokers);
    const int code = load_rules(
        asking, &(struct load_options){.sources = config->sources,
                                       .matches_retention_ms = config->matches.retention_ms,
                                       .today = INSTANT_MIN});
    if (code >= 0) {
        return code;
    }
    plan_make(asking->dossier.arena, config, &asking->plan);
    asking->rereader = kafka_rereader_new(&(struct kafka_reading){
        .member = "seinpost-explain",
        .brokers = config->brokers,
        .consumer = config->consumer,
    });
    if (search_topics(asking) != OUTCOME_OK) {
        return VERB_WORLD;
    }
    return asking->dossier.records.count == 0 || dossier_last(&asking->dossier) == NULL
               ? none(asking)
               : retry_live(asking);
}

int asked_alert_live(const struct inquiry *inquiry)
{
    struct config *config = config_open(inquiry->config, stderr);
    struct asking asking;

    if (config == NULL) {
        return VERB_USAGE;
    }
    struct config_data data = *config_get(config);
    begin(&asking, inquiry);
    const int code = ask_live(&asking, &data);
    finish(&asking);
    config_close(config);
    return code;
}

static void no_alert(void *context, const struct alert *alert, bool shadow)
{
    (void)context;
    (void)alert;
    (void)shadow;
}

static void no_reject(void *context, struct slice reason, struct slice detail,
                      const struct event_place *place)
{
    (void)context;
    (void)reason;
    (void)detail;
    (void)place;
}

static void on_pack(void *context, struct slice value, int64_t offset)
{
    (void)retrial_take(context, value, offset);
}

static int retry_file(struct asking *asking)
{
    struct account account = account_of(asking);
    const struct inquiry *inquiry = asking->inquiry;
    struct slice events = {0};

    account.log = SLICE("matches[0]");
    if (!file_read(asking->dossier.arena, inquiry->events, &events)) {
        (void)fprintf(stderr, "seinpost: %s: %s\n", inquiry->events, strerror(errno));
        return VERB_USAGE;
    }
    if (!account_same_rule(&account)) {
        return tell(&account);
    }
    struct retrial *retrial = new_retrial(asking, &account);
    struct rehearsal *rehearsal =
        rehearsal_new(&(struct rehearsal_options){.program = asking->workbench.program,
                                                  .formats = &asking->workbench.formats},
                      (struct rehearsal_listener){retrial, no_alert, no_reject, on_pack});
    while (events.data != NULL) {
        const struct slice line = slice_trim(slice_cut(&events, '\n'));
        if (line.size > 0) {
            rehearsal_event(rehearsal, line);
        }
    }
    if (inquiry->has_until) {
        rehearsal_watermark(rehearsal, inquiry->until);
    }
    rehearsal_free(rehearsal);
    const struct retrial_result result = retrial_end(retrial);
    account.result = &result;
    const int code = tell(&account);
    retrial_free(retrial);
    return code;
}

static int ask_file(struct asking *asking)
{
    const struct inquiry *inquiry = asking->inquiry;
    const int code = load_rules(
        asking, &(struct load_options){.today = INSTANT_MIN,
                                       .lateness_ms =
                                           inquiry->lateness_ms < 0 ? 0 : inquiry->lateness_ms,
                                       .never_late = inquiry->lateness_ms < 0,
                                       .drafts = inquiry->drafts});

    if (code >= 0) {
        return code;
    }
    if (!dossier_read_file(&asking->dossier, inquiry->alerts)) {
        (void)fprintf(stderr, "seinpost: %s: %s\n", inquiry->alerts, strerror(errno));
        return VERB_USAGE;
    }
    return asking->dossier.records.count == 0 || dossier_last(&asking->dossier) == NULL
               ? none(asking)
               : retry_file(asking);
}

int asked_alert_file(const struct inquiry *inquiry)
{
    struct asking asking;

    begin(&asking, inquiry);
    const int code = ask_file(&asking);
    finish(&asking);
    return code;
}
