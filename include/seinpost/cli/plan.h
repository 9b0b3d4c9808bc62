/* plan: what a configuration means to Kafka: the names of our topics and groups, and how the
 * topics should be.
 *
 * Owns:    nothing; all lives in the arena.
 * Thread:  any, once it is made.
 * Fails:   never.
 */
#ifndef SEINPOST_CLI_PLAN_H
#define SEINPOST_CLI_PLAN_H

#include "seinpost/config/config.h"
#include "seinpost/kafka/kafka_admin.h"
#include "seinpost/model/model.h"
#include "seinpost/stage/outbox.h"

struct arena;

enum {
    PLAN_STAGES_COUNT = 2
};

/* A consumer group, and what it reads. */
struct plan_group {
    const char *stage; /* `ingest` or `correlate` */
    const char *name;
    const char *const *topics;
    const bool *newest; /* of each topic: begins behind its last record */
    bool *absent;       /* of each topic: it was not there when we started */
    size_t topics_count;
    int32_t partitions; /* of all of them, as far as they are there when we start */
};

struct plan {
    struct kafka_topic topics[OUTBOX_TOPICS_COUNT]; /* ours, by what goes to the outbox */
    const char *names[OUTBOX_TOPICS_COUNT];
    struct kafka_topic *desks; /* of desks that are told alerts; none without a model */
    size_t desks_count;
    const char **all; /* the names of all topics that we write: ours, then the desks' */
    struct plan_group groups[PLAN_STAGES_COUNT]; /* ingest, correlate */
};

/* Tells whether a topic's setting is as it should be: the same, or of a limit at least so much.
 */
bool plan_fits(const struct setting *setting, struct slice value);

/* Returns the operator's settings of all clients, with other brokers when some are named. */
struct settings plan_brokers(struct arena *arena, const struct config_data *config,
                             const char *others);

/* Adds the topics of desks. */
void plan_desks(struct arena *arena, const struct config_data *config,
                const struct model *model, struct plan *plan);

void plan_make(struct arena *arena, const struct config_data *config, struct plan *plan);

#endif
