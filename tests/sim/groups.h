/* groups: a simulated Kafka's group coordinator: who reads which partition, and how far.
 *
 * Members have stable names (static membership): one that comes back within its session gets
 * its partitions without a rebalance, and the one before it is fenced. A group is rebalanced
 * eagerly (all give up all, then all is shared out) or cooperatively (only what moves is given
 * up). Each rebalance begins a generation; offsets are taken only from members of the present
 * one.
 *
 * Owns:    nothing; all lives in the arena of the run.
 * Thread:  one.
 * Fails:   by enum groups_answer.
 */
#ifndef SIM_GROUPS_H
#define SIM_GROUPS_H

#include "broker.h"

struct groups;

enum {
    GROUPS_MEMBERS_MAX = 8,
    GROUPS_PARTITIONS_MAX = 16,
    GROUPS_NOBODY = -1,
};

enum groups_answer {
    GROUPS_OK,
    GROUPS_UNKNOWN, /* the session expired, or the rebalance was missed */
    GROUPS_FENCED,  /* another one bears the name */
    GROUPS_STALE,   /* of another generation */
};

/* What a member shows when it asks for something. */
struct groups_pass {
    int group;
    int member;
    uint64_t life; /* which of those that bore the name */
    int generation;
};

struct groups_options {
    bool eager;
    int64_t session_ms;
    int64_t rebalance_ms;
};

struct groups *groups_new(struct arena *arena, struct broker *broker,
                          const struct groups_options *options);

/* Makes a group over all partitions of the topics; it begins at their start. */
int groups_add(struct groups *groups, const char *name, const int *topics, size_t count);

/* Joins under a name. */
struct groups_pass groups_join(struct groups *groups, int group, const char *name,
                               int64_t now_ms);

/* What a heartbeat tells. */
enum groups_answer groups_beat(struct groups *groups, const struct groups_pass *pass,
                               int64_t now_ms);

/* Returns the generation that the member is of now. */
int groups_generation(const struct groups *groups, const struct groups_pass *pass);

/* Tells whether the member must give the partition up. */
bool groups_takes(const struct groups *groups, const struct groups_pass *pass,
                  struct broker_place place);

/* Tells whether the member may take the partition over. */
bool groups_gives(const struct groups *groups, const struct groups_pass *pass,
                  struct broker_place place);

void groups_take_over(struct groups *groups, const struct groups_pass *pass,
                      struct broker_place place);
void groups_give_up(struct groups *groups, const struct groups_pass *pass,
                    struct broker_place place);

/* Says that all that had to be given up is. */
void groups_rejoin(struct groups *groups, const struct groups_pass *pass);

/* Tells whether offsets of this member are taken. */
enum groups_answer groups_check(const struct groups *groups, const struct groups_pass *pass);

/* The committed offset, and how many transactions hold one that is not decided yet. */
struct groups_offset {
    int64_t next;
    struct slice metadata;
    int pending;
};
struct groups_offset *groups_offset(struct groups *groups, int group,
                                    struct broker_place place);

/* Returns the partitions of a group. */
size_t groups_places(const struct groups *groups, int group,
                     struct broker_place places[GROUPS_PARTITIONS_MAX]);

/* Tells whether every partition is read by whom it shall be read. */
bool groups_settled(const struct groups *groups);

/* Shares out anew, for no reason that a member could know. */
void groups_shuffle(struct groups *groups, int group, int64_t now_ms);

/* Sessions and rebalances run out. */
void groups_tick(struct groups *groups, int64_t now_ms);

#endif
