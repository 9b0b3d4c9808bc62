#include "groups.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"

#include <string.h>

#include "trace.h"

enum {
    GROUPS_MAX = 2
};

struct member {
    const char *name; /* NULL: the slot is free */
    uint64_t life;
    bool present;
    bool rejoined; /* of an eager rebalance: it holds nothing any more */
    int64_t seen_ms;
};

struct share {
    struct broker_place place;
    int owner;  /* who reads it */
    int target; /* who shall */
    struct groups_offset offset;
};

struct group {
    const char *name;
    struct member members[GROUPS_MEMBERS_MAX];
    struct share shares[GROUPS_PARTITIONS_MAX];
    size_t shares_count;
    int generation;
    bool preparing; /* an eager rebalance goes on */
    int64_t prepared_by_ms;
};

struct groups {
    struct broker *broker;
    struct groups_options options;
    struct group groups[GROUPS_MAX];
    int count;
    uint64_t lives;
};

struct groups *groups_new(struct arena *arena, struct broker *broker,
                          const struct groups_options *options)
{
    struct groups *groups = arena_alloc(arena, sizeof *groups);

    groups->broker = broker;
    groups->options = *options;
    return groups;
}

int groups_add(struct groups *groups, const char *name, const int *topics, size_t count)
{
    ENSURE(groups->count < GROUPS_MAX);

    struct group *group = &groups->groups[groups->count];
    group->name = name;
    for (size_t i = 0; i < count; i++) {
        for (int32_t j = 0; j < broker_partitions(groups->broker, topics[i]); j++) {
            ENSURE(group->shares_count < GROUPS_PARTITIONS_MAX);
            group->shares[group->shares_count++] =
                (struct share){.place = {topics[i], j}, GROUPS_NOBODY, GROUPS_NOBODY, {0}};
        }
    }
    return groups->count++;
}

static struct group *group_of(const struct groups *groups, int group)
{
    ENSURE(group >= 0 && group < groups->count);
    return (struct group *)(uintptr_t)&groups->groups[group];
}

static struct share *share_of(const struct groups *groups, int group, struct broker_place place)
{
    struct group *in = group_of(groups, group);
    size_t i = 0;

    while (i < in->shares_count && (in->shares[i].place.topic != place.topic ||
                                    in->shares[i].place.partition != place.partition)) {
        i++;
    }
    ENSURE(i < in->shares_count);
    return &in->shares[i];
}

static size_t present(const struct group *group, int members[GROUPS_MEMBERS_MAX])
{
    size_t count = 0;

    for (int i = 0; i < GROUPS_MEMBERS_MAX; i++) {
        if (group->members[i].present) {
            members[count++] = i;
        }
    }
    return count;
}

static void disown(struct group *group, int member)
{
    for (size_t i = 0; i < group->shares_count; i++) {
        if (group->shares[i].owner == member) {
            group->shares[i].owner = GROUPS_NOBODY;
        }
    }
}

/* Round robin, which begins with another member each time. */
static void share_all(struct group *group, const int *members, size_t count)
{
    for (size_t i = 0; i < group->shares_count; i++) {
        group->shares[i].target =
            count == 0 ? GROUPS_NOBODY : members[(i + (size_t)group->generation) % count];
    }
}

/* Each keeps what it has, up to its share. */
static void share_sticky(struct group *group, const int *members, size_t count)
{
    size_t held[GROUPS_MEMBERS_MAX] = {0};
    const size_t most = count == 0 ? 0 : (group->shares_count + count - 1) / count;

    for (size_t i = 0; i < group->shares_count; i++) {
        struct share *share = &group->shares[i];
        const bool stays = share->target != GROUPS_NOBODY &&
                           group->members[share->target].present && held[share->target] < most;
        share->target = stays ? share->target : GROUPS_NOBODY;
        if (stays) {
            held[share->target]++;
        }
    }
    for (size_t i = 0, next = (size_t)group->generation; i < group->shares_count && count > 0;
         i++) {
        while (group->shares[i].target == GROUPS_NOBODY) {
            const int member = members[next++ % count];
            if (held[member] < most) {
                held[member]++;
                group->shares[i].target = member;
            }
        }
    }
}

static void begin_generation(struct groups *groups, struct group *group)
{
    int members[GROUPS_MEMBERS_MAX];
    const size_t count = present(group, members);

    group->generation++;
    group->preparing = false;
    if (groups->options.eager) {
        share_all(group, members, count);
    } else {
        share_sticky(group, members, count);
    }
    trace_say("    group %s: generation %d of %zu members", group->name, group->generation,
              count);
}

static void rebalance(struct groups *groups, struct group *group, int64_t now_ms)
{
    if (!groups->options.eager) {
        begin_generation(groups, group);
        return;
    }
    if (!group->preparing) {
        trace_say("    group %s: all give up all", group->name);
        group->preparing = true;
        group->prepared_by_ms = now_ms + groups->options.rebalance_ms;
        for (int i = 0; i < GROUPS_MEMBERS_MAX; i++) {
            group->members[i].rejoined = false;
        }
    }
}

static int slot_of(const struct group *group, const char *name)
{
    int slot = GROUPS_NOBODY;

    for (int i = GROUPS_MEMBERS_MAX - 1; i >= 0; i--) {
        if (group->members[i].name == NULL) {
            slot = i;
        }
    }
    for (int i = 0; i < GROUPS_MEMBERS_MAX; i++) {
        if (group->members[i].name != NULL && strcmp(group->members[i].name, name) == 0) {
            slot = i;
        }
    }
    ENSURE(slot != GROUPS_NOBODY);
    return slot;
}

struct groups_pass groups_join(struct groups *groups, int group, const char *name,
                               int64_t now_ms)
{
    struct group *in = group_of(groups, group);
    const int slot = slot_of(in, name);
    struct member *member = &in->members[slot];
    const bool known = member->present;

    *member = (struct member){name, ++groups->lives, true, true, now_ms};
    disown(in, slot); /* a new life holds nothing */
    if (!known) {
        rebalance(groups, in, now_ms);
        member->rejoined = true;
    }
    trace_say("    group %s: %s joins%s", in->name, name, known ? " again" : "");
    return (struct groups_pass){group, slot, member->life, in->generation};
}

static enum groups_answer identify(const struct groups *groups, const struct groups_pass *pass)
{
    const struct member *member = &group_of(groups, pass->group)->members[pass->member];

    if (member->present && member->life != pass->life) {
        return GROUPS_FENCED;
    }
    return member->present ? GROUPS_OK : GROUPS_UNKNOWN;
}

enum groups_answer groups_beat(struct groups *groups, const struct groups_pass *pass,
                               int64_t now_ms)
{
    const enum groups_answer answer = identify(groups, pass);

    if (answer == GROUPS_OK) {
        group_of(groups, pass->group)->members[pass->member].seen_ms = now_ms;
    }
    return answer;
}

int groups_generation(const struct groups *groups, const struct groups_pass *pass)
{
    return identify(groups, pass) == GROUPS_OK ? group_of(groups, pass->group)->generation
                                               : pass->generation;
}

bool groups_takes(const struct groups *groups, const struct groups_pass *pass,
                  struct broker_place place)
{
    const struct group *group = group_of(groups, pass->group);

    if (group->preparing && !group->members[pass->member].rejoined) {
        return true;
    }
    return !groups->options.eager &&
           share_of(groups, pass->group, place)->target != pass->member;
}

bool groups_gives(const struct groups *groups, const struct groups_pass *pass,
                  struct broker_place place)
{
    const struct group *group = group_of(groups, pass->group);
    const struct share *share = share_of(groups, pass->group, place);

    return identify(groups, pass) == GROUPS_OK && !group->preparing &&
           share->target == pass->member &&
           (share->owner == GROUPS_NOBODY || share->owner == pass->member);
}

void groups_take_over(struct groups *groups, const struct groups_pass *pass,
                      struct broker_place place)
{
    share_of(groups, pass->group, place)->owner = pass->member;
}

void groups_give_up(struct groups *groups, const struct groups_pass *pass,
                    struct broker_place place)
{
    struct share *share = share_of(groups, pass->group, place);

    if (identify(groups, pass) == GROUPS_OK && share->owner == pass->member) {
        share->owner = GROUPS_NOBODY;
    }
}

static bool all_rejoined(const struct group *group)
{
    for (int i = 0; i < GROUPS_MEMBERS_MAX; i++) {
        if (group->members[i].present && !group->members[i].rejoined) {
            return false;
        }
    }
    return true;
}

void groups_rejoin(struct groups *groups, const struct groups_pass *pass)
{
    struct group *group = group_of(groups, pass->group);

    if (identify(groups, pass) != GROUPS_OK || !group->preparing) {
        return;
    }
    disown(group, pass->member);
    group->members[pass->member].rejoined = true;
}

enum groups_answer groups_check(const struct groups *groups, const struct groups_pass *pass)
{
    const enum groups_answer answer = identify(groups, pass);

    if (answer != GROUPS_OK) {
        return answer;
    }
    return pass->generation == group_of(groups, pass->group)->generation ? GROUPS_OK
                                                                         : GROUPS_STALE;
}

struct groups_offset *groups_offset(struct groups *groups, int group, struct broker_place place)
{
    return &share_of(groups, group, place)->offset;
}

size_t groups_places(const struct groups *groups, int group,
                     struct broker_place places[GROUPS_PARTITIONS_MAX])
{
    const struct group *in = group_of(groups, group);

    for (size_t i = 0; i < in->shares_count; i++) {
        places[i] = in->shares[i].place;
    }
    return in->shares_count;
}

bool groups_settled(const struct groups *groups)
{
    for (int i = 0; i < groups->count; i++) {
        const struct group *group = &groups->groups[i];
        for (size_t j = 0; j < group->shares_count; j++) {
            const struct share *share = &group->shares[j];
            if (group->preparing || share->owner == GROUPS_NOBODY ||
                share->owner != share->target || !group->members[share->owner].present) {
                return false;
            }
        }
    }
    return true;
}

void groups_shuffle(struct groups *groups, int group, int64_t now_ms)
{
    struct group *in = group_of(groups, group);

    if (!groups->options.eager) {
        in->shares[(size_t)in->generation % in->shares_count].target = GROUPS_NOBODY;
    }
    rebalance(groups, in, now_ms);
}

static void drop_member(struct group *group, int slot)
{
    trace_say("    group %s: %s is out", group->name, group->members[slot].name);
    group->members[slot].present = false;
    disown(group, slot);
}

void groups_tick(struct groups *groups, int64_t now_ms)
{
    for (int i = 0; i < groups->count; i++) {
        struct group *group = &groups->groups[i];
        const bool over = group->preparing && now_ms > group->prepared_by_ms;
        for (int j = 0; j < GROUPS_MEMBERS_MAX; j++) {
            const struct member *member = &group->members[j];
            const bool gone = now_ms - member->seen_ms > groups->options.session_ms;
            if (member->present && (gone || (over && !member->rejoined))) {
                drop_member(group, j);
                if (gone) {
                    rebalance(groups, group, now_ms);
                }
            }
        }
        if (group->preparing && all_rejoined(group)) {
            begin_generation(groups, group);
        }
    }
}
