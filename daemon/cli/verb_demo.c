#include "seinpost/base/arena.h"
#include "seinpost/base/counter.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/file.h"
#include "seinpost/base/log.h"
#include "seinpost/base/text.h"
#include "seinpost/base/vector.h"
#include "seinpost/cli/card.h"
#include "seinpost/cli/desk.h"
#include "seinpost/cli/station.h"
#include "seinpost/cli/verb.h"
#include "seinpost/cli/workbench.h"
#include "seinpost/kafka/kafka_feed.h"
#include "seinpost/kafka/kafka_mock.h"
#include "seinpost/signal/encoding.h"

#include <getopt.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>
#include <time.h>

static const struct usage_option option_table[] = {
    {"config", 'c', "FILE", "configuration (default: deploy/seinpost.yaml of the source tree)"},
    {"scenarios", 's', "DIR",
     "files *.ndjson of events (default: scenarios beside the configuration)"},
    {"keep", 'k', NULL, "go on until interrupted, for a second terminal"},
    {NULL, 0, NULL, NULL},
};

const struct usage verb_demo_usage = {
    .verb = "demo",
    .summary = "the whole daemon on a broker in this process, with shipped scenarios",
    .arguments = "[OPTION]...",
    .says =
        "Runs the whole daemon on a broker in this process: six partners publish the events "
        "of the shipped scenarios, and a desk shows the alerts as they come. Nothing is kept.",
    .options = option_table,
    .exits = {"done", NULL, "usage, configuration or events have faults", "the broker failed"},
};

enum {
    DEMO_ARENA_MAX = 256 * 1024 * 1024,
    READY_MS_MAX = 30 * 1000,
    DONE_MS_MAX = 60 * 1000,
    QUIET_MS = 1500, /* so long nothing may come before all is said */
    WAIT_MS = 100,
};

/* An event of a scenario, as its partner publishes it. */
struct publication {
    struct slice time; /* RFC 3339 in UTC: its order is that of its bytes */
    struct slice line;
    const char *scenario; /* file name */
};

struct demo {
    struct arena *arena;
    const char *scenarios;
    bool keeps;
    struct config_data config;
    struct kafka_mock *broker;
    struct station *station;
    struct desk *desk;
    struct encoding *encoding;
    struct kafka_feed *feed;
    VECTOR(struct publication) publications;
    size_t published;
    size_t opened;
    size_t records;
    struct text text;
};

static int64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void read_line(struct demo *demo, const char *path, struct slice line)
{
    json_t *event = json_loadb(line.data, line.size, 0, NULL);
    const char *time = json_string_value(json_object_get(event, "time"));

    if (time != NULL) {
        VECTOR_PUSH(&demo->publications,
                    (struct publication){slice_copy(demo->arena, slice_of(time)), line, path});
    }
    json_decref(event);
}

static int by_time(const void *left, const void *right)
{
    const struct publication *a = left;
    const struct publication *b = right;
    const int order = slice_compare(a->time, b->time);

    return order != 0 ? order : slice_compare(a->line, b->line);
}

/* All scenarios at once, in the order of their times, as the world would. */
static bool read_scenarios(struct demo *demo)
{
    struct file_list list = {0};

    (void)file_find(demo->arena, demo->scenarios, SLICE(".ndjson"), &list);
    for (size_t i = 0; i < list.count; i++) {
        struct slice text = {0};
        if (!file_read(demo->arena, list.paths[i], &text)) {
            return false;
        }
        while (text.data != NULL) {
            const struct slice line = slice_trim(slice_cut(&text, '\n'));
            if (line.size > 0) {
                read_line(demo, list.paths[i], line);
            }
        }
    }
    if (demo->publications.count == 0) {
        (void)fprintf(stderr, "seinpost: no events in %s\n", demo->scenarios);
        return false;
    }
    qsort(demo->publications.items, demo->publications.count,
          sizeof demo->publications.items[0], by_time);
    return true;
}

/* The operator's configuration on the embedded broker: partners write with the catalogue's
 * schemas, there is no registry, and those that are off take part: the events are made up. */
static void adapt_config(struct demo *demo, const struct config_data *from)
{
    struct config_data *config = &demo->config;
    const size_t count = from->sources.count + from->sources.off_count;
    struct source *sources =
        arena_copy(demo->arena, from->sources.items, count * sizeof *sources);
    struct setting *brokers = arena_alloc(demo->arena, 2 * sizeof *brokers);
    struct text writers = {0};

    *config = *from;
    if (config->schemas == NULL) {
        config->schemas = workbench_schemas(demo->arena);
    }
    text_format(&writers, "%s/signals", config->schemas);
    for (size_t i = 0; i < count; i++) {
        sources[i].wire = SOURCE_SINGLE_OBJECT;
        sources[i].identities = SOURCE_PSEUDONYM;
        sources[i].writers = slice_string(demo->arena, text_slice(&writers));
    }
    text_free(&writers);
    config->sources = (struct source_list){sources, count, 0};
    brokers[0] = (struct setting){"bootstrap.servers", kafka_mock_bootstrap(demo->broker)};
    brokers[1] = (struct setting){"log_level", "3"};
    config->brokers = (struct settings){brokers, 2};
    config->consumer = config->producer = (struct settings){0};
    config->registry = config->key.file = config->http = NULL;
    config->snapshots = NULL; /* the log is gone with the broker */
    config->alert_wire = SOURCE_SINGLE_OBJECT;
}

/* The mock cluster knows no CreateTopics; groups begin as `seinpost topics create` has them. */
static bool make_topics(struct demo *demo)
{
    const struct plan *plan = station_plan(demo->station);
    struct kafka_admin *admin = kafka_admin_new(demo->config.brokers);
    bool good = admin != NULL;

    for (size_t i = 0; i < demo->config.sources.count; i++) {
        kafka_mock_topic(demo->broker, plan->groups[0].topics[i], 1);
    }
    for (size_t i = 0; i < OUTBOX_TOPICS_COUNT; i++) {
        kafka_mock_topic(demo->broker, plan->names[i], plan->topics[i].partitions);
    }
    for (size_t i = 0; i < plan->desks_count; i++) {
        kafka_mock_topic(demo->broker, plan->desks[i].name, plan->desks[i].partitions);
    }
    for (size_t i = 0; good && i < PLAN_STAGES_COUNT; i++) {
        const struct plan_group *group = &plan->groups[i];
        for (size_t j = 0; good && j < group->topics_count; j++) {
            good = kafka_admin_begin(admin, group->name, group->topics[j], false, NULL) ==
                   OUTCOME_OK;
        }
    }
    kafka_admin_free(admin);
    return good;
}

static void show(void *context, const struct alert *alert)
{
    struct demo *demo = context;

    text_clear(&demo->text);
    if (slice_is(alert->state, "opened")) {
        card_alert(alert, false, &demo->text);
        demo->opened++;
    } else {
        card_line(alert, false, &demo->text);
        text_add_byte(&demo->text, '\n');
    }
    demo->records++;
    (void)fwrite(demo->text.data, 1, demo->text.size, stdout);
    (void)fflush(stdout);
}

static const char *topic_of(const struct demo *demo, const struct event_type *type)
{
    const struct plan *plan = station_plan(demo->station);

    for (size_t i = 0; i < demo->config.sources.count; i++) {
        if (source_may_send(&demo->config.sources.items[i], type->name)) {
            return plan->groups[0].topics[i];
        }
    }
    return NULL;
}

static bool publish(struct demo *demo, const struct publication *publication)
{
    struct text record = {0};
    const struct event_type *type = encoding_put(demo->encoding, publication->line, &record);
    const char *topic = type == NULL ? NULL : topic_of(demo, type);
    bool good = false;

    if (topic == NULL) {
        (void)fprintf(stderr, "seinpost: %s: no event of the catalogue: %.*s\n",
                      publication->scenario, SLICE_ARGS(publication->line));
    } else {
        good = kafka_feed_send(demo->feed, topic, text_slice(&record));
        demo->published++;
    }
    text_free(&record);
    return good;
}

static bool publish_all(struct demo *demo)
{
    bool good = true;

    for (size_t i = 0; good && i < demo->publications.count; i++) {
        good = publish(demo, &demo->publications.items[i]);
    }
    return good && kafka_feed_flush(demo->feed);
}

static int64_t total(const char *name)
{
    return counter_value(counter_get(COUNTER_TOTAL, name, "", ""));
}

/* Shows alerts until all events were read and nothing came for a while. */
static bool show_all(struct demo *demo)
{
    const int64_t start_ms = now_ms();
    int64_t last_ms = start_ms;
    size_t records = 0;

    while (now_ms() - start_ms < DONE_MS_MAX) {
        if (!desk_read(demo->desk, WAIT_MS, show, demo)) {
            return false;
        }
        const bool all_read = (size_t)total("seinpost_signals_total") >= demo->published;
        if (!all_read || demo->records > records) {
            records = demo->records;
            last_ms = now_ms();
        } else if (now_ms() - last_ms > QUIET_MS) {
            return true;
        }
    }
    (void)fprintf(stderr, "seinpost: not all events were read within %d s\n",
                  DONE_MS_MAX / 1000);
    return false;
}

static void summarise(const struct demo *demo, int64_t start_ms)
{
    (void)printf(
        "%zu events of %zu partners: %lld matched by a rule, %lld counted and forgotten; "
        "%zu alerts opened, %zu alert records; %.1f s\n",
        demo->published, demo->config.sources.count,
        (long long)(total("seinpost_signals_total") -
                    total("seinpost_signals_forgotten_total")),
        (long long)total("seinpost_signals_forgotten_total"), demo->opened, demo->records,
        (double)(now_ms() - start_ms) / 1000.0);
    (void)fflush(stdout);
}

/* For a second terminal: until Ctrl-C. */
static int keep(struct demo *demo)
{
    sigset_t ends;
    int number = 0;

    (void)printf("\nIt goes on until Ctrl-C. In a second terminal:\n"
                 "  seinpost tail --config deploy/seinpost.yaml --brokers %s\n",
                 kafka_mock_bootstrap(demo->broker));
    (void)fflush(stdout);
    (void)sigemptyset(&ends);
    (void)sigaddset(&ends, SIGINT);
    (void)sigaddset(&ends, SIGTERM);
    (void)sigwait(&ends, &number);
    return VERB_GOOD;
}

static bool open_station(struct demo *demo, const struct config_data *from)
{
    demo->broker = kafka_mock_new();
    if (demo->broker == NULL) {
        return false;
    }
    adapt_config(demo, from);
    demo->station = station_open(&demo->config, "demo", stderr);
    return demo->station != NULL;
}

static bool wait_ready(const struct demo *demo)
{
    const struct timespec pause = {0, WAIT_MS * 1000000L};
    const int64_t start_ms = now_ms();

    while (!station_is_ready(demo->station)) {
        if (now_ms() - start_ms > READY_MS_MAX) {
            (void)fprintf(stderr, "seinpost: the workers do not come up\n");
            return false;
        }
        (void)nanosleep(&pause, NULL);
    }
    return true;
}

static bool open_desk(struct demo *demo)
{
    demo->desk = desk_new(&(struct desk_options){
        .brokers = demo->config.brokers,
        .topic = station_plan(demo->station)->names[OUTBOX_ALERTS],
        .formats = station_formats(demo->station),
        .oldest = true,
    });
    demo->encoding = encoding_new(station_program(demo->station)->catalogue);
    demo->feed = kafka_feed_new(demo->config.brokers);
    return demo->desk != NULL && demo->feed != NULL;
}

static int play(struct demo *demo)
{
    const int64_t start_ms = now_ms();

    (void)fprintf(stderr, "broker at %s; the workers join their groups ...\n",
                  kafka_mock_bootstrap(demo->broker));
    if (!make_topics(demo) || !station_start(demo->station) || !wait_ready(demo) ||
        !open_desk(demo)) {
        return VERB_WORLD;
    }
    (void)fprintf(stderr, "%zu events are published ...\n\n", demo->publications.count);
    if (!publish_all(demo)) {
        return VERB_USAGE;
    }
    if (!show_all(demo)) {
        return VERB_WORLD;
    }
    summarise(demo, start_ms);
    return demo->keeps ? keep(demo) : VERB_GOOD;
}

static void close_demo(struct demo *demo)
{
    desk_free(demo->desk);
    kafka_feed_free(demo->feed);
    encoding_free(demo->encoding);
    station_close(demo->station);
    kafka_mock_free(demo->broker);
    VECTOR_FREE(&demo->publications);
    text_free(&demo->text);
}

/* Workers' threads are not to take what ends us. */
static void block_signals(void)
{
    sigset_t ends;

    (void)sigemptyset(&ends);
    (void)sigaddset(&ends, SIGINT);
    (void)sigaddset(&ends, SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, &ends, NULL);
}

static const char *default_config(struct arena *arena)
{
    struct text path = {0};

    text_format(&path, "%s/../deploy/seinpost.yaml", workbench_schemas(arena));
    const char *config = slice_string(arena, text_slice(&path));
    text_free(&path);
    return config;
}

struct options {
    const char *config;
    const char *scenarios;
    bool keeps;
};

static bool take_option(void *context, char letter, const char *argument)
{
    struct options *options = context;

    options->config = letter == 'c' ? argument : options->config;
    options->scenarios = letter == 's' ? argument : options->scenarios;
    options->keeps = options->keeps || letter == 'k';
    return true;
}

int verb_demo(int argc, char **argv)
{
    struct options options = {0};
    const int asked = usage_read(&verb_demo_usage, argc, argv, take_option, &options);

    if (asked >= 0) {
        return asked;
    }
    struct demo demo = {.arena = arena_new(DEMO_ARENA_MAX),
                        .scenarios = options.scenarios,
                        .keeps = options.keeps};
    const char *path = options.config != NULL ? options.config : default_config(demo.arena);
    if (demo.scenarios == NULL) {
        demo.scenarios = file_beside(demo.arena, path, SLICE("scenarios"));
    }
    log_set_level(LOG_WARNING);
    if (demo.keeps) {
        block_signals();
    }
    int code = VERB_USAGE;
    struct config *config = config_open(path, stderr);
    if (config != NULL && read_scenarios(&demo) && open_station(&demo, config_get(config))) {
        code = play(&demo);
    }
    close_demo(&demo);
    config_close(config);
    arena_free(demo.arena);
    return code;
}
