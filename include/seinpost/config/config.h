/* config: deploy/seinpost.yaml: brokers, sources, topics, rules, stages.
 *
 * Owns:    all of it, until config_close().
 * Thread:  any, once it is read: it does not change.
 * Fails:   by faults E1xx, E2xx, E303 and E308.
 */
#ifndef SEINPOST_CONFIG_CONFIG_H
#define SEINPOST_CONFIG_CONFIG_H

#include "seinpost/base/setting.h"
#include "seinpost/config/secret.h"
#include "seinpost/schema/approver.h"
#include "seinpost/schema/source.h"

#include <stdio.h>

struct catalogue;
struct config;
struct diag;

struct config_topic {
    int32_t partitions;
    int64_t retention_ms;
};

struct config_data {
    const char *instance;
    struct settings brokers; /* librdkafka's, of every client */
    struct settings consumer;
    struct settings producer;
    const char *registry; /* URL; NULL: none */
    const char *schemas;  /* folder; NULL: the one that came with the program */
    const char *rules;
    const char *model;  /* folder; NULL: none, and no desk has a topic */
    bool watches_rules; /* loads them anew when their files change, not only when asked to */
    struct secret key;  /* of pseudonyms */
    struct approver_list approvers;
    struct source_list sources;
    const char *prefix; /* of our topics */
    int32_t replication;
    struct config_topic matches;
    struct config_topic derived;
    struct config_topic alerts;
    struct config_topic rejects;
    enum source_wire alert_wire;
    int ingest_workers; /* 0: this daemon does not run the stage */
    int correlate_workers;
    const char *snapshots; /* folder; NULL: none are kept */
    int64_t snapshots_every_ms;
    int64_t snapshots_max_mb; /* of one partition */
    int64_t memory_max;       /* bytes; 0: no limit */
    const char *http;         /* host:port; NULL: none */
};

/* Reads a file. Prints what is wrong with it to `out` and returns NULL. */
struct config *config_open(const char *path, FILE *out);

/* Reads a file as far as it can be read; `good` says whether it has no fault. The diag must be
 * printed before the config is closed. */
struct config *config_load(const char *path, struct diag *diag, bool *good);

/* Tells which event types of its sources do not exist. */
void config_check_types(const struct config *config, struct diag *diag,
                        const struct catalogue *catalogue);

void config_close(struct config *config);

const struct config_data *config_get(const struct config *config);

#endif
