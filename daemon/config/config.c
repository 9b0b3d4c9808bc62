#include "seinpost/config/config.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/file.h"
#include "seinpost/config/approvers.h"
#include "seinpost/config/audit.h"
#include "seinpost/config/ceiling.h"
#include "seinpost/config/partners.h"
#include "seinpost/config/secret.h"
#include "seinpost/yaml/bind.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
    ARENA_MAX = 64 * 1024 * 1024,
    DIAG_ARENA_MAX = 16 * 1024 * 1024,
    WORKERS_MAX = 64,
    SNAPSHOTS_EVERY_MS = 10 * 60 * 1000,
    SNAPSHOTS_MB = 1024,
    SNAPSHOTS_MB_MAX = 64 * 1024,
};

struct config {
    struct arena *arena;
    const struct tree *root; /* NULL: not to be read */
    struct config_data data;
};

struct document {
    struct slice schema;
    struct slice instance;
    const struct tree *brokers;
    const struct tree *consumer;
    const struct tree *producer;
    struct slice registry;
    struct slice schemas;
    struct slice rules;
    struct slice model;
    int reload;
    const struct tree *key;
    const struct tree *approval;
    const struct tree *sources;
    const struct tree *topics;
    const struct tree *alerts;
    const struct tree *stages;
    const struct tree *snapshots;
    const struct tree *memory;
    struct slice http;
};

#define KEY(member) offsetof(struct document, member)

static const char *const reloads[] = {"signal", "change", NULL};

static const struct bind_key document_keys[] = {
    {"schema", BIND_TEXT, true, KEY(schema), NULL},
    {"instance", BIND_TEXT, true, KEY(instance), NULL},
    {"brokers", BIND_MAP, true, KEY(brokers), NULL},
    {"consumer", BIND_MAP, false, KEY(consumer), NULL},
    {"producer", BIND_MAP, false, KEY(producer), NULL},
    {"registry", BIND_TEXT, false, KEY(registry), NULL},
    {"schemas", BIND_TEXT, false, KEY(schemas), NULL},
    {"rules", BIND_TEXT, true, KEY(rules), NULL},
    {"model", BIND_TEXT, false, KEY(model), NULL},
    {"reload", BIND_CHOICE, false, KEY(reload), reloads},
    {"pseudonym-key", BIND_MAP, false, KEY(key), NULL},
    {"approval", BIND_MAP, false, KEY(approval), NULL},
    {"sources", BIND_LIST, true, KEY(sources), NULL},
    {"topics", BIND_MAP, false, KEY(topics), NULL},
    {"alerts", BIND_MAP, false, KEY(alerts), NULL},
    {"stages", BIND_MAP, false, KEY(stages), NULL},
    {"snapshots", BIND_MAP, false, KEY(snapshots), NULL},
    {"memory", BIND_MAP, false, KEY(memory), NULL},
    {"http", BIND_TEXT, false, KEY(http), NULL},
};
#define TABLE(keys)                                                                            \
    {                                                                                          \
        keys, sizeof(keys) / sizeof((keys)[0]), NULL                                           \
    }
static const struct bind_table document_table = TABLE(document_keys);

struct topic_document {
    int64_t partitions;
    int64_t retention_ms;
};

static const struct bind_key topic_keys[] = {
    {"partitions", BIND_INT, false, offsetof(struct topic_document, partitions), NULL},
    {"retention", BIND_DURATION, false, offsetof(struct topic_document, retention_ms), NULL},
};
static const struct bind_table topic_table = TABLE(topic_keys);

struct topics_document {
    struct slice prefix;
    int64_t replication;
    const struct tree *matches;
    const struct tree *derived;
    const struct tree *alerts;
    const struct tree *rejects;
};

#define TOPICS(member) offsetof(struct topics_document, member)

static const struct bind_key topics_keys[] = {
    {"prefix", BIND_TEXT, false, TOPICS(prefix), NULL},
    {"replication", BIND_INT, false, TOPICS(replication), NULL},
    {"matches", BIND_MAP, false, TOPICS(matches), NULL},
    {"derived", BIND_MAP, false, TOPICS(derived), NULL},
    {"alerts", BIND_MAP, false, TOPICS(alerts), NULL},
    {"rejects", BIND_MAP, false, TOPICS(rejects), NULL},
};
static const struct bind_table topics_table = TABLE(topics_keys);

static const char *const wires[] = {"confluent", "single-object", NULL};
static const struct bind_key wire_keys[] = {{"wire", BIND_CHOICE, true, 0, wires}};
static const struct bind_table wire_table = TABLE(wire_keys);

struct stages_document {
    const struct tree *ingest;
    const struct tree *correlate;
};

static const struct bind_key stages_keys[] = {
    {"ingest", BIND_MAP, false, offsetof(struct stages_document, ingest), NULL},
    {"correlate", BIND_MAP, false, offsetof(struct stages_document, correlate), NULL},
};
static const struct bind_table stages_table = TABLE(stages_keys);

static const struct bind_key workers_keys[] = {{"workers", BIND_INT, false, 0, NULL}};
static const struct bind_table workers_table = TABLE(workers_keys);

struct snapshots_document {
    struct slice folder;
    int64_t every_ms;
    int64_t max_mb;
};

#define SNAPSHOTS(member) offsetof(struct snapshots_document, member)

static const struct bind_key snapshots_keys[] = {
    {"folder", BIND_TEXT, true, SNAPSHOTS(folder), NULL},
    {"every", BIND_DURATION, false, SNAPSHOTS(every_ms), NULL},
    {"max-mb", BIND_INT, false, SNAPSHOTS(max_mb), NULL},
};
static const struct bind_table snapshots_table = TABLE(snapshots_keys);

struct reader {
    struct arena *arena;
    struct diag *diag;
    const char *path;
    struct config_data *data;
};

static const char *string(const struct reader *reader, struct slice text)
{
    return text.size == 0 ? NULL : slice_string(reader->arena, text);
}

static const char *beside(const struct reader *reader, struct slice path)
{
    return path.size == 0 ? NULL : file_beside(reader->arena, reader->path, path);
}

static struct settings read_settings(const struct reader *reader, const struct tree *map)
{
    const size_t room = map == NULL ? 0 : map->count;
    struct setting *items = arena_alloc(reader->arena, room * sizeof *items);
    struct settings settings = {.items = items};

    for (const struct tree *node = room == 0 ? NULL : map->first; node != NULL;
         node = node->next) {
        if (node->kind != TREE_SCALAR) {
            tree_fault(reader->diag, node, "E204", "a setting expected, this is %s",
                       tree_kind_name(node));
            continue;
        }
        items[settings.count++] = (struct setting){slice_string(reader->arena, node->key),
                                                   slice_string(reader->arena, node->text)};
    }
    return settings;
}

static void read_topic(const struct reader *reader, const struct tree *node,
                       struct config_topic *topic)
{
    struct topic_document document = {topic->partitions, topic->retention_ms};

    if (node == NULL) {
        return;
    }
    (void)bind_map(reader->diag, reader->arena, node, &topic_table, &document);
    if (document.partitions < 1 || document.partitions > 4096) {
        tree_fault(reader->diag, tree_get(node, "partitions"), "E205",
                   "partitions from 1 to 4096");
        return;
    }
    *topic = (struct config_topic){(int32_t)document.partitions, document.retention_ms};
}

static void read_topics(const struct reader *reader, const struct tree *map)
{
    struct topics_document document = {.prefix = SLICE("seinpost"), .replication = 1};
    struct config_data *data = reader->data;

    if (map != NULL) {
        (void)bind_map(reader->diag, reader->arena, map, &topics_table, &document);
    }
    data->prefix = string(reader, document.prefix);
    data->replication =
        document.replication <= INT16_MAX ? (int32_t)document.replication : INT16_MAX;
    read_topic(reader, document.matches, &data->matches);
    read_topic(reader, document.derived, &data->derived);
    read_topic(reader, document.alerts, &data->alerts);
    read_topic(reader, document.rejects, &data->rejects);
}

static int read_workers(const struct reader *reader, const struct tree *map)
{
    int64_t workers = 1;

    if (map == NULL) {
        return 0;
    }
    (void)bind_map(reader->diag, reader->arena, map, &workers_table, &workers);
    if (workers < 1 || workers > WORKERS_MAX) {
        tree_fault(reader->diag, tree_get(map, "workers"), "E205", "workers from 1 to %d",
                   WORKERS_MAX);
        return 1;
    }
    return (int)workers;
}

static void read_stages(const struct reader *reader, const struct tree *map)
{
    struct stages_document document = {0};

    reader->data->ingest_workers = reader->data->correlate_workers = 1;
    if (map != NULL) {
        (void)bind_map(reader->diag, reader->arena, map, &stages_table, &document);
        reader->data->ingest_workers = read_workers(reader, document.ingest);
        reader->data->correlate_workers = read_workers(reader, document.correlate);
    }
}

static void read_alerts(const struct reader *reader, const struct tree *map)
{
    int wire = SOURCE_SINGLE_OBJECT;

    if (map != NULL) {
        (void)bind_map(reader->diag, reader->arena, map, &wire_table, &wire);
    }
    reader->data->alert_wire = (enum source_wire)wire;
}

static void read_snapshots(const struct reader *reader, const struct tree *map)
{
    struct snapshots_document document = {.every_ms = SNAPSHOTS_EVERY_MS,
                                          .max_mb = SNAPSHOTS_MB};

    if (map == NULL) {
        return;
    }
    (void)bind_map(reader->diag, reader->arena, map, &snapshots_table, &document);
    if (document.max_mb < 1 || document.max_mb > SNAPSHOTS_MB_MAX) {
        tree_fault(reader->diag, tree_get(map, "max-mb"), "E205", "megabytes from 1 to %d",
                   SNAPSHOTS_MB_MAX);
        return;
    }
    reader->data->snapshots = beside(reader, document.folder);
    reader->data->snapshots_every_ms = document.every_ms;
    reader->data->snapshots_max_mb = document.max_mb;
}

static void set_defaults(struct config_data *data)
{
    const int64_t day_ms = 24LL * 60 * 60 * 1000;

    data->matches = (struct config_topic){8, 140 * day_ms};
    data->derived = (struct config_topic){1, 7 * day_ms};
    data->alerts = (struct config_topic){3, 364 * day_ms};
    data->rejects = (struct config_topic){1, 14 * day_ms};
}

static void read_document(const struct reader *reader, const struct tree *root)
{
    struct document document = {0};
    struct config_data *data = reader->data;

    set_defaults(data);
    (void)bind_map(reader->diag, reader->arena, root, &document_table, &document);
    const struct tree *schema = tree_get(root, "schema");
    if (schema != NULL && !slice_is(document.schema, "seinpost/config/1")) {
        tree_fault(reader->diag, schema, "E201", "unknown schema '%.*s'",
                   SLICE_ARGS(document.schema));
        diag_hint(reader->diag, "as schema: seinpost/config/1");
    }
    data->instance = string(reader, document.instance);
    data->brokers = read_settings(reader, document.brokers);
    data->consumer = read_settings(reader, document.consumer);
    data->producer = read_settings(reader, document.producer);
    data->registry = string(reader, document.registry);
    data->schemas = beside(reader, document.schemas);
    data->rules = beside(reader, document.rules);
    data->model = beside(reader, document.model);
    data->watches_rules = document.reload == 1;
    data->http = string(reader, document.http);
    secret_read(reader->diag, reader->arena, document.key, reader->path, &data->key);
    approvers_read(reader->diag, reader->arena, document.approval, reader->path,
                   &data->approvers);
    partners_read(reader->diag, reader->arena, document.sources, reader->path, &data->sources);
    read_topics(reader, document.topics);
    read_alerts(reader, document.alerts);
    read_stages(reader, document.stages);
    read_snapshots(reader, document.snapshots);
    ceiling_read(reader->diag, reader->arena, document.memory, &data->memory_max);
}

static void read_file(struct config *config, const char *path, struct diag *diag)
{
    const char *name = slice_string(config->arena, slice_of(path));
    const struct reader reader = {config->arena, diag, name, &config->data};
    struct slice text = {0};
    const size_t errors = diag_errors(diag);

    if (!file_read(config->arena, path, &text)) {
        diag_add(diag, (struct diag_place){.file = name}, "E112", "unreadable: %s",
                 strerror(errno));
        return;
    }
    const struct tree *root = tree_read(diag, config->arena, name, text);
    if (root == NULL && diag_errors(diag) == errors) {
        diag_add(diag, (struct diag_place){.file = name}, "E204", "the file is empty");
    }
    if (root != NULL && !root->cut) {
        config->root = root;
        read_document(&reader, root);
        audit_config(diag, root, &config->data);
    }
}

struct config *config_load(const char *path, struct diag *diag, bool *good)
{
    struct config *config = calloc(1, sizeof *config);
    const size_t errors = diag_errors(diag);

    ENSURE_MEMORY(config != NULL);
    config->arena = arena_new(ARENA_MAX);
    read_file(config, path, diag);
    *good = diag_errors(diag) == errors;
    return config;
}

struct config *config_open(const char *path, FILE *out)
{
    struct arena *arena = arena_new(DIAG_ARENA_MAX);
    struct diag *diag = diag_new(arena);
    bool good = false;
    struct config *config = config_load(path, diag, &good);

    diag_print(diag, out, DIAG_TEXT);
    if (!good) {
        config_close(config);
        config = NULL;
    }
    arena_free(arena);
    return config;
}

void config_check_types(const struct config *config, struct diag *diag,
                        const struct catalogue *catalogue)
{
    if (config->root != NULL) {
        audit_types(diag, config->root, catalogue);
    }
}

void config_close(struct config *config)
{
    if (config != NULL) {
        arena_free(config->arena);
        free(config);
    }
}

const struct config_data *config_get(const struct config *config)
{
    return &config->data;
}
