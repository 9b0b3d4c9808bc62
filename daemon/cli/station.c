#include "seinpost/cli/station.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/counter.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/file.h"
#include "seinpost/base/log.h"
#include "seinpost/base/trouble.h"
#include "seinpost/base/vector.h"
#include "seinpost/cli/alertschema.h"
#include "seinpost/cli/edition.h"
#include "seinpost/cli/finding.h"
#include "seinpost/cli/keeper.h"
#include "seinpost/cli/keyring.h"
#include "seinpost/cli/reload.h"
#include "seinpost/cli/shelf.h"
#include "seinpost/cli/survey.h"
#include "seinpost/cli/verb.h"
#include "seinpost/cli/watch.h"
#include "seinpost/cli/workbench.h"
#include "seinpost/kafka/kafka_consumer.h"
#include "seinpost/kafka/kafka_producer.h"
#include "seinpost/kafka/kafka_rereader.h"
#include "seinpost/ops/http.h"
#include "seinpost/ops/notify.h"
#include "seinpost/run/budget.h"
#include "seinpost/run/supervisor.h"
#include "seinpost/signal/pseudonym.h"
#include "seinpost/stage/correlator.h"
#include "seinpost/stage/ingest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PAGES_COUNT = 3,
    HTTP_OK = 200,
    HTTP_UNAVAILABLE = 503,
    FENCINGS_MAX = 5,
    CALL_MARGIN_MS = 10 * 1000, /* no call takes so much longer than a transaction may */
};

/* What one worker is made from. */
struct post {
    struct station *station;
    const struct plan_group *group;
    const char *member; /* in the group, and of its transactions */
    const char *name;   /* in log and metrics */
    struct shelf *shelf;
    enum kafka_begin *begins; /* where it begins in topics that come while it runs */
    int fencings;             /* in a row */
};

struct station {
    const struct config_data *config;
    const char *instance;
    struct workbench bench;    /* schemas; rules come in editions */
    const struct model *model; /* NULL: none */
    struct plan plan;
    struct pseudonym_key *key;
    VECTOR(struct edition *) editions; /* that may be in use; the newest last */
    uint64_t number;                   /* of the newest */
    struct watch watch;
    struct alertschema alert_schema;
    VECTOR(struct post *) posts;
    VECTOR(struct supervisor_worker) workers;
    struct budget *budget;
    struct supervisor *supervisor;
    struct keeper *keeper;
    struct http_page pages[PAGES_COUNT];
    struct http *http;
};

static const struct edition *newest(const struct station *station)
{
    ENSURE(station->editions.count > 0);
    return station->editions.items[station->editions.count - 1];
}

/* What is wrong is appended to `told`. */
static bool load_edition(struct station *station, struct text *told, size_t *faults)
{
    const struct edition_basis basis = {.config = station->config,
                                        .catalogue = station->bench.catalogue,
                                        .places = &station->bench.places,
                                        .key = station->key};

    watch_begin(&station->watch, station->config->rules, station->config->approvers.lock);
    struct edition *edition = edition_load(&basis, station->number + 1, told, faults);
    if (edition != NULL) {
        station->number++;
        VECTOR_PUSH(&station->editions, edition);
    }
    return edition != NULL;
}

static bool load(struct station *station, FILE *out)
{
    struct text told = {0};
    size_t faults = 0;

    workbench_begin(&station->bench);
    workbench_load_schemas(&station->bench, station->config->schemas);
    if (station->config->model != NULL) {
        station->model =
            model_load(station->bench.arena, station->bench.diag, station->config->model);
    }
    if (workbench_report(&station->bench, out, DIAG_TEXT) ||
        !keyring_read(station->config, &station->key, out)) {
        return false;
    }
    const bool good = load_edition(station, &told, &faults);
    (void)fprintf(out, "%.*s", SLICE_ARGS(text_slice(&told)));
    text_free(&told);
    return good;
}

struct station *station_open(const struct config_data *config, const char *instance, FILE *out)
{
    struct station *station = calloc(1, sizeof *station);

    ENSURE_MEMORY(station != NULL);
    station->config = config;
    station->budget = budget_new(config->memory_max);
    station->instance = instance != NULL ? instance : config->instance;
    if (load(station, out)) {
        plan_make(station->bench.arena, config, &station->plan);
        plan_desks(station->bench.arena, config, station->model, &station->plan);
        if (alertschema_find(config, station->plan.names[OUTBOX_ALERTS],
                             &station->bench.formats, &station->alert_schema, out)) {
            return station;
        }
    }
    station_close(station);
    return NULL;
}

void station_close(struct station *station)
{
    if (station == NULL) {
        return;
    }
    station_stop(station);
    for (size_t i = 0; i < station->editions.count; i++) {
        edition_free(station->editions.items[i]);
    }
    VECTOR_FREE(&station->editions);
    pseudonym_key_free(station->key);
    budget_free(station->budget);
    workbench_close(&station->bench);
    free(station);
}

const struct plan *station_plan(const struct station *station)
{
    return &station->plan;
}

const struct program *station_program(const struct station *station)
{
    return edition_stage(newest(station)).program;
}

const struct formats *station_formats(const struct station *station)
{
    return &station->bench.formats;
}

bool station_check_topics(struct station *station, FILE *out)
{
    return survey_start(station->config, &station->plan, out);
}

static struct stage make_stage(const struct station *station, const struct plan_group *group,
                               const struct stage_edition *edition)
{
    const struct config_data *config = station->config;

    if (group == &station->plan.groups[0]) {
        return ingest_stage(&(struct ingest_options){
            .program = edition->program,
            .edition = edition->number,
            .lists = edition->lists,
            .formats = &station->bench.formats,
            .key = station->key,
            .derived_topic = station->plan.names[OUTBOX_DERIVED],
            .match_partitions = config->matches.partitions,
        });
    }
    return correlator_stage(&(struct correlator_options){
        .program = edition->program,
        .edition = edition->number,
        .formats = &station->bench.formats,
        .alert_wire = config->alert_wire,
        .alert_schema = station->alert_schema.now,
        .match_partitions = config->matches.partitions,
        .derived_partitions = config->derived.partitions,
        .current_topic = station->plan.names[OUTBOX_ALERTS_CURRENT],
        .current_partitions = config->alerts.partitions,
        .basis = {station->model, config->sources},
        .earlier_schema = station->alert_schema.earlier,
    });
}

static struct kafka_writing writing_of(const struct post *post, struct halt halt)
{
    const struct config_data *config = post->station->config;

    return (struct kafka_writing){
        .topics = post->station->plan.all,
        .topics_count = OUTBOX_TOPICS_COUNT + post->station->plan.desks_count,
        .transactional_id = post->member,
        .brokers = config->brokers,
        .producer = config->producer,
        .halt = halt,
    };
}

static enum outcome make_ports(const struct post *post, struct halt halt,
                               struct worker_ports *ports)
{
    const struct config_data *config = post->station->config;
    const struct kafka_writing writing = writing_of(post, halt);
    const struct kafka_reading reading = {
        .topics = post->group->topics,
        .topics_count = post->group->topics_count,
        .begins = post->begins,
        .group = post->group->name,
        .member = post->member,
        .whole = post->group == &post->station->plan.groups[1],
        .transaction_ms = kafka_producer_timeout_ms(&writing),
        .brokers = config->brokers,
        .consumer = config->consumer,
        .queue_kib = budget_queue_kib(post->station->budget, post->group->partitions),
        .halt = halt,
        .valve =
            budget_valve(post->station->budget, post->group == &post->station->plan.groups[0]),
    };

    if (kafka_consumer_new(&reading, &ports->consumer) != OUTCOME_OK) {
        return OUTCOME_STOP;
    }
    /* before the group is joined: what the last owner left open is ended first */
    if (kafka_producer_new(&writing, &ports->consumer, &ports->producer) != OUTCOME_OK) {
        ports->consumer.free(ports->consumer.self);
        return OUTCOME_STOP;
    }
    ports->rereader = kafka_rereader_new(&reading);
    return OUTCOME_OK;
}

static enum outcome make(void *context, struct supervisor_kit *kit)
{
    struct post *post = context;
    const enum outcome outcome = make_ports(post, kit->halt, &kit->ports);

    if (outcome == OUTCOME_OK) {
        post->shelf = shelf_new(post->station->config);
        kit->ports.library = shelf_library(post->shelf);
        kit->ports.snapshots = keeper_plan(post->station->keeper);
        kit->stage = make_stage(post->station, post->group, &kit->edition);
    }
    return outcome;
}

/* Two daemons of one name fence each other in turn, for ever, if neither gives way. */
static void judge_fencing(struct post *post, const struct worker_ports *ports)
{
    post->fencings = kafka_consumer_was_fenced(&ports->consumer) ||
                             kafka_producer_was_fenced(&ports->producer)
                         ? post->fencings + 1
                         : 0;
    if (post->fencings == FENCINGS_MAX) {
        log_error("%s was fenced off %d times in a row: another daemon bears the name of this "
                  "one, '%s'. Each needs an `instance` of its own; this one ends",
                  post->name, FENCINGS_MAX, post->station->instance);
        _exit(VERB_WORLD); /* at once: whatever it still did would disturb the other */
    }
}

static void unmake(void *context, struct supervisor_kit *kit)
{
    struct post *post = context;

    judge_fencing(post, &kit->ports);
    kit->stage.free(kit->stage.self);
    kit->ports.rereader.free(kit->ports.rereader.self);
    kit->ports.producer.free(kit->ports.producer.self); /* it knows the consumer */
    kit->ports.consumer.free(kit->ports.consumer.self);
    shelf_free(post->shelf);
    post->shelf = NULL;
}

/* A topic that is not there now may come while we run: then it is new, and begins as its source
 * says. One that is there must have been begun: its offsets may have been lost. */
static enum kafka_begin *find_begins(const struct station *station,
                                     const struct plan_group *group)
{
    enum kafka_begin *begins =
        arena_alloc(station->bench.arena, group->topics_count * sizeof *begins);

    for (size_t i = 0; i < group->topics_count; i++) {
        begins[i] = !group->absent[i]  ? KAFKA_BEGIN_NEVER
                    : group->newest[i] ? KAFKA_BEGIN_NEWEST
                                       : KAFKA_BEGIN_OLDEST;
    }
    return begins;
}

static void add_post(struct station *station, const struct plan_group *group, int number)
{
    struct arena *arena = station->bench.arena;
    struct post *post = arena_alloc(arena, sizeof *post);
    struct text text = {0};

    text_format(&text, "%s-%d", group->stage, number);
    post->name = slice_string(arena, text_slice(&text));
    text_clear(&text);
    text_format(&text, "%s.%s.%s", station->config->prefix, station->instance, post->name);
    post->member = slice_string(arena, text_slice(&text));
    text_free(&text);
    post->station = station;
    post->group = group;
    post->begins = find_begins(station, group);
    VECTOR_PUSH(&station->posts, post);
    const struct kafka_writing writing = writing_of(post, (struct halt){0});
    VECTOR_PUSH(&station->workers,
                (struct supervisor_worker){.name = post->name,
                                           .call_ms_max = kafka_producer_timeout_ms(&writing) +
                                                          CALL_MARGIN_MS,
                                           .context = post,
                                           .make = make,
                                           .unmake = unmake});
}

static unsigned page_health(void *context, struct text *text)
{
    const struct station *station = context;
    const bool healthy = supervisor_is_healthy(station->supervisor);

    text_add(text, healthy ? SLICE("healthy\n") : SLICE("a worker hangs\n"));
    reload_page(text);
    return healthy ? HTTP_OK : HTTP_UNAVAILABLE;
}

static unsigned page_ready(void *context, struct text *text)
{
    const bool ready = station_is_ready(context);

    text_add(text, ready ? SLICE("ready\n") : SLICE("not ready\n"));
    budget_print(((const struct station *)context)->budget, text);
    trouble_print(text);
    finding_print(text);
    reload_page(text);
    return ready ? HTTP_OK : HTTP_UNAVAILABLE;
}

static unsigned page_metrics(void *context, struct text *text)
{
    (void)context;
    counter_print(text);
    return HTTP_OK;
}

static bool start_pages(struct station *station)
{
    if (station->config->http == NULL) {
        return true;
    }
    station->pages[0] = (struct http_page){"/healthz", page_health, station};
    station->pages[1] = (struct http_page){"/readyz", page_ready, station};
    station->pages[2] = (struct http_page){"/metrics", page_metrics, NULL};
    station->http = http_start(station->config->http, station->pages, PAGES_COUNT);
    return station->http != NULL;
}

bool station_start(struct station *station)
{
    const struct config_data *config = station->config;

    ENSURE(station->supervisor == NULL);
    if (!keeper_open(config, &station->keeper)) {
        return false;
    }
    for (int i = 0; i < config->ingest_workers; i++) {
        add_post(station, &station->plan.groups[0], i);
    }
    for (int i = 0; i < config->correlate_workers; i++) {
        add_post(station, &station->plan.groups[1], i);
    }
    const struct stage_edition edition = edition_stage(newest(station));
    station->supervisor =
        supervisor_start(station->workers.items, station->workers.count, &edition);
    reload_started(edition.program);
    if (!start_pages(station)) {
        log_error("http: %s cannot be served", config->http);
        station_stop(station);
        return false;
    }
    return true;
}

void station_stop(struct station *station)
{
    http_stop(station->http); /* its pages ask the supervisor */
    supervisor_stop(station->supervisor);
    keeper_close(station->keeper);
    station->keeper = NULL;
    station->http = NULL;
    station->supervisor = NULL;
    VECTOR_FREE(&station->posts);
    VECTOR_FREE(&station->workers);
}

void station_reload(struct station *station)
{
    const struct program *before = station_program(station);
    struct text told = {0};
    size_t faults = 0;

    reload_begins();
    if (load_edition(station, &told, &faults)) {
        const struct stage_edition edition = edition_stage(newest(station));
        supervisor_adopt(station->supervisor, &edition);
        reload_succeeded(before, edition.program, &told);
    } else {
        reload_failed(faults, &told);
    }
    text_free(&told);
}

/* Frees editions that no worker works by any more. */
static void tidy(struct station *station)
{
    const uint64_t oldest = supervisor_edition(station->supervisor);

    while (edition_stage(station->editions.items[0]).number < oldest) {
        edition_free(station->editions.items[0]);
        VECTOR_REMOVE(&station->editions, 0, 1);
    }
}

void station_look(struct station *station)
{
    tidy(station);
    if (supervisor_is_healthy(station->supervisor)) {
        notify_alive();
    }
    if (station->config->watches_rules && watch_look(&station->watch)) {
        log_info("rule files have changed");
        station_reload(station);
    }
}

bool station_is_ready(const struct station *station)
{
    /* a partner's partition that cannot be read is told; one of ours is work not done */
    for (size_t i = 0; i < OUTBOX_TOPICS_COUNT + station->plan.desks_count; i++) {
        if (trouble_has(station->plan.all[i])) {
            return false;
        }
    }
    return budget_look(station->budget) != BUDGET_FULL && !finding_is_grave() &&
           supervisor_is_ready(station->supervisor);
}
