/* config: deploy/seinpost.yaml: brokers, sources, topics, rules, stages.
 *
 * Owns:    all of it, until config_close().
 * Thread:  any, once it is read: it does not change.
 * Fails:   by faults, which config_open() prints; then there is none.
 */
#ifndef SEINPOST_CONFIG_CONFIG_H
#define SEINPOST_CONFIG_CONFIG_H

#include "seinpost/base/setting.h"
#include "seinpost/schema/source.h"

#include <stdio.h>

struct config;

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
    const char *key_file; /* NULL: none */
    struct slice key_epoch;
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
    const char *http; /* host:port; NULL: none */
};

/* Reads a file. Prints what is wrong with it to `out` and returns NULL. */
struct config *config_open(const char *path, FILE *out);
void config_close(struct config *config);

const struct config_data *config_get(const struct config *config);

#endif
