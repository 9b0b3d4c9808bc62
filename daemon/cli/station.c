#include "seinpost/cli/station.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/counter.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/file.h"
#include "seinpost/base/log.h"
#include "seinpost/base/vector.h"
#include "seinpost/cli/shelf.h"
#include "seinpost/cli/workbench.h"
#include "seinpost/kafka/kafka_consumer.h"
#include "seinpost/kafka/kafka_producer.h"
#include "seinpost/ops/http.h"
#include "seinpost/registry/registry.h"
#include "seinpost/run/supervisor.h"
#include "seinpost/signal/pseudonym.h"
#include "seinpost/stage/correlator.h"
#include "seinpost/stage/ingest.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
    KEY_ARENA_MAX = 64 * 1024,
    PAGES_COUNT = 3,
    HTTP_OK = 200,
    HTTP_UNAVAILABLE = 503,
};

/* What one worker is made from. */
struct post {
    struct station *station;
    const struct plan_group *group;
    const char *member; /* in the group, and of its transactions */
    const char *name;   /* in log and metrics */
    struct shelf *shelf;
};

struct station {
    const struct config_data *config;
    const char *instance;
    struct workbench bench;
    struct plan plan;
    struct list_set *lists;
    struct pseudonym_key *key;
    uint64_t alert_schema;
    VECTOR(struct post *) posts;
    VECTOR(struct supervisor_worker) workers;
    struct supervisor *supervisor;
    struct http_page pages[PAGES_COUNT];
    struct http *http;
};

/* The key's text is wiped as soon as it is read. */
static bool read_key(struct station *station, FILE *out)
{
    const struct config_data *config = station->config;
    struct slice hex = {0};

    if (config->key_file == NULL) {
        return true;
    }
    struct arena *arena = arena_new(KEY_ARENA_MAX + FILE_SIZE_MAX);
    if (!file_read(arena, config->key_file, &hex)) {
        (void)fprintf(out, "seinpost: %s: %s\n", config->key_file, strerror(errno));
    } else {
        station->key = pseudonym_key_new(hex, config->key_epoch);
        sodium_memzero((char *)(uintptr_t)hex.data, hex.size);
        if (station->key == NULL) {
            (void)fprintf(out, "seinpost: %s: a key is %d hex digits, its epoch short\n",
                          config->key_file, PSEUDONYM_KEY_HEX);
        }
    }
    arena_free(arena);
    return station->key != NULL;
}

/* Persons and firms stand in clear on lists; events bear pseudonyms. */
static void pseudonymise_list(struct station *station, size_t index)
{
    const struct list *list = list_set_get(station->bench.program->lists, index);
    struct arena *arena = station->bench.arena;
    struct list copy = *list;
    struct list_entry *entries =
        arena_copy(arena, list->entries, list->entries_count * sizeof list->entries[0]);

    if (list->key == KIND_NONE || station->key == NULL || list->entries_count == 0) {
        return;
    }
    for (size_t i = 0; i < list->entries_count; i++) {
        if (!kind_is_pseudonym(list->key, entries[i].value)) {
            entries[i].value = pseudonym_of(station->key, arena, list->key, entries[i].value);
        }
    }
    copy.entries = entries;
    list_set_replace(station->lists, &copy);
}

static void make_lists(struct station *station)
{
    const struct list_set *lists = station->bench.program->lists;

    station->lists = list_set_copy(station->bench.arena, lists);
    for (size_t i = 0; i < list_set_count(lists); i++) {
        if (list_set_is_filled(lists, i)) {
            pseudonymise_list(station, i);
        }
    }
}

/* State is made from the retained log: it must reach back as far as any rule looks. */
static bool check_retention(const struct station *station, FILE *out)
{
    const struct program *program = station->bench.program;
    const int64_t retention_ms = station->config->matches.retention_ms;
    bool good = true;

    for (size_t i = 0; i < program->rules_count; i++) {
        const struct rule *rule = program->rules[i];
        const bool loaded = rule->status == RULE_TEST || rule->status == RULE_STABLE;
        if (loaded &&
            rule->timespan_ms + rule->lookback_ms + rule->lateness_ms > retention_ms) {
            (void)fprintf(
                out,
                "seinpost: rule %.*s looks back further than topics.matches is "
                "retained (window and lateness %lld days, retention %lld)\n",
                SLICE_ARGS(rule->name),
                (long long)((rule->timespan_ms + rule->lookback_ms + rule->lateness_ms) /
                            INSTANT_DAY_MS),
                (long long)(retention_ms / INSTANT_DAY_MS));
            good = false;
        }
    }
    return good;
}

static bool load(struct station *station, FILE *out)
{
    const struct config_data *config = station->config;
    const struct load_options options = {
        .sources = config->sources,
        .today = INSTANT_MIN, /* a rule that expires while nobody looks stops no daemon: its
                                 alerts go to the shadow topic */
    };

    workbench_open(&station->bench, config->schemas, &config->rules, 1, &options);
    if (workbench_report(&station->bench, out, DIAG_TEXT) || !check_retention(station, out)) {
        return false;
    }
    return read_key(station, out);
}

/* Alerts in Confluent framing need an id: the daemon is their schema's writer. */
static bool find_alert_schema(struct station *station, FILE *out)
{
    const struct format *format = &station->bench.formats.alert;
    struct text subject = {0};

    station->alert_schema = format->fingerprint;
    if (station->config->alert_wire != SOURCE_CONFLUENT) {
        return true;
    }
    struct registry *registry = registry_new(station->config->registry);
    text_format(&subject, "%s-value", station->plan.names[OUTBOX_ALERTS]);
    text_add_byte(&subject, '\0');
    const enum outcome outcome =
        registry_put(registry, subject.data, format->json, &station->alert_schema);
    text_free(&subject);
    registry_free(registry);
    if (outcome != OUTCOME_OK) {
        (void)fprintf(out, "seinpost: %s does not take the schema of alerts\n",
                      station->config->registry);
    }
    return outcome == OUTCOME_OK;
}

struct station *station_open(const struct config_data *config, const char *instance, FILE *out)
{
    struct station *station = calloc(1, sizeof *station);

    ENSURE_MEMORY(station != NULL);
    station->config = config;
    station->instance = instance != NULL ? instance : config->instance;
    if (!load(station, out)) {
        station_close(station);
        return NULL;
    }
    make_lists(station);
    plan_make(station->bench.arena, config, &station->plan);
    if (!find_alert_schema(station, out)) {
        station_close(station);
        return NULL;
    }
    return station;
}

void station_close(struct station *station)
{
    if (station == NULL) {
        return;
    }
    station_stop(station);
    pseudonym_key_free(station->key);
    workbench_close(&station->bench);
    free(station);
}

const struct plan *station_plan(const struct station *station)
{
    return &station->plan;
}

const struct program *station_program(const struct station *station)
{
    return station->bench.program;
}

const struct formats *station_formats(const struct station *station)
{
    return &station->bench.formats;
}

static bool check_topic(struct kafka_admin *admin, const struct kafka_topic *topic, FILE *out)
{
    const int32_t partitions = kafka_admin_partitions(admin, topic->name);

    if (partitions == topic->partitions) {
        return true;
    }
    if (partitions < 0) {
        (void)fprintf(out, "seinpost: the brokers do not answer\n");
    } else if (partitions == 0) {
        (void)fprintf(out,
                      "seinpost: there is no topic %s: `seinpost topics create` makes it\n",
                      topic->name);
    } else {
        (void)fprintf(
            out,
            "seinpost: %s has %d partitions, the configuration says %d: the number is "
            "fixed for ever\n",
            topic->name, partitions, topic->partitions);
    }
    return false;
}

bool station_check_topics(struct station *station, FILE *out)
{
    struct kafka_admin *admin = kafka_admin_new(station->config->brokers);
    bool good = admin != NULL;

    for (size_t i = 0; good && i < OUTBOX_TOPICS_COUNT; i++) {
        good = check_topic(admin, &station->plan.topics[i], out);
    }
    kafka_admin_free(admin);
    return good;
}

static struct stage make_stage(const struct station *station, const struct plan_group *group)
{
    const struct config_data *config = station->config;

    if (group == &station->plan.groups[0]) {
        return ingest_stage(&(struct ingest_options){
            .program = station->bench.program,
            .lists = station->lists,
            .formats = &station->bench.formats,
            .key = station->key,
            .derived_topic = station->plan.names[OUTBOX_DERIVED],
            .match_partitions = config->matches.partitions,
        });
    }
    return correlator_stage(&(struct correlator_options){
        .program = station->bench.program,
        .formats = &station->bench.formats,
        .alert_wire = config->alert_wire,
        .alert_schema = station->alert_schema,
        .match_partitions = config->matches.partitions,
        .derived_partitions = config->derived.partitions,
    });
}

static enum outcome make_ports(const struct post *post, struct worker_ports *ports)
{
    const struct config_data *config = post->station->config;
    const struct kafka_writing writing = {
        .topics = post->station->plan.names,
        .topics_count = OUTBOX_TOPICS_COUNT,
        .transactional_id = post->member,
        .brokers = config->brokers,
        .producer = config->producer,
    };
    const struct kafka_reading reading = {
        .topics = post->group->topics,
        .topics_count = post->group->topics_count,
        .group = post->group->name,
        .member = post->member,
        .whole = post->group == &post->station->plan.groups[1],
        .transaction_ms = kafka_producer_timeout_ms(&writing),
        .brokers = config->brokers,
        .consumer = config->consumer,
    };

    if (kafka_consumer_new(&reading, &ports->consumer) != OUTCOME_OK) {
        return OUTCOME_STOP;
    }
    /* before the group is joined: what the last owner left open is ended first */
    if (kafka_producer_new(&writing, &ports->consumer, &ports->producer) != OUTCOME_OK) {
        ports->consumer.free(ports->consumer.self);
        return OUTCOME_STOP;
    }
    return OUTCOME_OK;
}

static enum outcome make(void *context, struct supervisor_kit *kit)
{
    struct post *post = context;
    const enum outcome outcome = make_ports(post, &kit->ports);

    if (outcome == OUTCOME_OK) {
        post->shelf = shelf_new(post->station->config);
        kit->ports.library = shelf_library(post->shelf);
        kit->stage = make_stage(post->station, post->group);
    }
    return outcome;
}

static void unmake(void *context, struct supervisor_kit *kit)
{
    struct post *post = context;

    kit->stage.free(kit->stage.self);
    kit->ports.producer.free(kit->ports.producer.self); /* it knows the consumer */
    kit->ports.consumer.free(kit->ports.consumer.self);
    shelf_free(post->shelf);
    post->shelf = NULL;
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
    VECTOR_PUSH(&station->posts, post);
    VECTOR_PUSH(&station->workers, (struct supervisor_worker){post->name, post, make, unmake});
}

static unsigned page_health(void *context, struct text *text)
{
    const struct station *station = context;
    const bool healthy = supervisor_is_healthy(station->supervisor);

    text_add(text, healthy ? SLICE("healthy\n") : SLICE("a worker hangs\n"));
    return healthy ? HTTP_OK : HTTP_UNAVAILABLE;
}

static unsigned page_ready(void *context, struct text *text)
{
    const bool ready = station_is_ready(context);

    text_add(text, ready ? SLICE("ready\n") : SLICE("reading the log\n"));
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
    for (int i = 0; i < config->ingest_workers; i++) {
        add_post(station, &station->plan.groups[0], i);
    }
    for (int i = 0; i < config->correlate_workers; i++) {
        add_post(station, &station->plan.groups[1], i);
    }
    station->supervisor = supervisor_start(station->workers.items, station->workers.count);
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
    station->http = NULL;
    station->supervisor = NULL;
    VECTOR_FREE(&station->posts);
    VECTOR_FREE(&station->workers);
}

bool station_is_ready(const struct station *station)
{
    return supervisor_is_ready(station->supervisor);
}
