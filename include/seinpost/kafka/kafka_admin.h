/* kafka_admin: topics and groups, as an operator sees them: what is there, what is missing.
 *
 * Owns:    its clients.
 * Thread:  one.
 * Fails:   by enum outcome; the reason is in the log.
 */
#ifndef SEINPOST_KAFKA_KAFKA_ADMIN_H
#define SEINPOST_KAFKA_KAFKA_ADMIN_H

#include "seinpost/base/outcome.h"
#include "seinpost/base/setting.h"
#include "seinpost/base/text.h"
#include "seinpost/port/halt.h"
#include "seinpost/port/record.h"

#include <stdint.h>

struct kafka_admin;

/* A topic as it should be. */
struct kafka_topic {
    const char *name;
    int32_t partitions;
    int32_t replication;
    struct settings settings; /* the broker's names, as `retention.ms` */
};

/* Returns NULL when the settings are refused. */
struct kafka_admin *kafka_admin_new(struct settings brokers);
void kafka_admin_free(struct kafka_admin *admin);

/* From now on waiting ends soon once `halt` is asked to. */
void kafka_admin_heed(struct kafka_admin *admin, struct halt halt);

/* Returns how many partitions a topic has; 0: there is none of this name; below 0: nobody
 * answers. */
int32_t kafka_admin_partitions(struct kafka_admin *admin, const char *topic);

/* Makes a topic. */
enum outcome kafka_admin_create(struct kafka_admin *admin,
                                const struct kafka_topic *topic) MUST_USE;

/* Appends the value that a setting of a topic has. */
enum outcome kafka_admin_setting(struct kafka_admin *admin, const char *topic,
                                 const char *setting, struct text *value) MUST_USE;

/* Tells where a partition begins and ends. */
enum outcome kafka_admin_ends(struct kafka_admin *admin, const char *topic, int32_t partition,
                              int64_t *low, int64_t *high) MUST_USE;

/* Tells the offset of the first record of a partition that bears this time or a later one;
 * below 0: there is none. */
enum outcome kafka_admin_since(struct kafka_admin *admin, const char *topic, int32_t partition,
                               int64_t ms, int64_t *offset) MUST_USE;

/* What a group has of a topic. */
struct kafka_admin_group {
    int32_t partitions;
    int32_t missing; /* of them nothing is committed */
    int32_t expired; /* what was committed is not retained any more */
};

enum outcome kafka_admin_look(struct kafka_admin *admin, const char *group, const char *topic,
                              struct kafka_admin_group *found) MUST_USE;

/* Appends what is committed with an offset in place of what was. */
typedef void kafka_admin_note(struct slice metadata, struct text *text);

/* Commits where the group begins in partitions that it has nothing of, or whose records
 * expired: at the oldest record, or with `newest` behind the last one. What was committed with
 * an offset that expired goes along, as `note` makes it. No member may be there. */
enum outcome kafka_admin_begin(struct kafka_admin *admin, const char *group, const char *topic,
                               bool newest, kafka_admin_note *note) MUST_USE;

/* Commits an offset, with these words, where the group has nothing of the partition. No member
 * may be there. */
enum outcome kafka_admin_put(struct kafka_admin *admin, const char *group,
                             struct record_partition partition, int64_t offset,
                             struct slice words) MUST_USE;

/* Commits a partition's offset once more, with what `note` makes of what was committed with it.
 * No member may be there. */
enum outcome kafka_admin_accept(struct kafka_admin *admin, const char *group,
                                struct record_partition partition,
                                kafka_admin_note *note) MUST_USE;

#endif
