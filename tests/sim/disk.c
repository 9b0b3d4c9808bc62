#include "disk.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"

#include <string.h>

#include "hand.h"
#include "trace.h"

static struct disk *disk_of(const struct world_hand *hand)
{
    return &hand->world->disks[hand->daemon];
}

void disk_wipe(struct disk *disk)
{
    *disk = (struct disk){0};
}

static bool ready(void *self)
{
    const struct world_hand *hand = self;

    return !hand->crashed && !dice_hits(&hand->world->disk_dice, 100);
}

/* Whoever dies while it writes leaves what was there, or what it wrote so far. */
static void keep(struct world_hand *hand, int32_t partition, struct slice bytes)
{
    struct world *world = hand->world;
    struct slice *versions = disk_of(hand)->versions[partition];

    if (hand->crashed && dice_hits(&world->disk_dice, 500)) {
        return;
    }
    if (hand->crashed) {
        bytes.size = (size_t)dice_below(&world->disk_dice, (int64_t)bytes.size + 1);
    }
    memmove(versions + 1, versions, (DISK_VERSIONS_MAX - 1) * sizeof *versions);
    versions[0] = slice_copy(world->arena, bytes);
    trace_say("  %s: snapshot of [%d], %zu bytes", hand->name, partition, bytes.size);
}

static bool store(void *self, struct record_partition partition, struct text *bytes)
{
    struct world_hand *hand = self;

    ENSURE(partition.partition < DISK_PARTITIONS_MAX);
    if (!hand->crashed) {
        hand->crashed_keeping = hand_strike(hand, FAULTS_KEEP) == FAULTS_CRASH;
        keep(hand, partition.partition, text_slice(bytes));
    }
    text_free(bytes);
    return true;
}

static void free_nothing(void *self)
{
    (void)self;
}

/* What a disk gives back is not always what was written. */
static void spoil(struct world_hand *hand, const struct slice *versions, struct text *bytes)
{
    struct dice *dice = &hand->world->disk_dice;
    const int64_t what = dice_below(dice, 6);

    if (bytes->size == 0) {
        return;
    }
    trace_say("! %s: snapshot spoiled in way %d", hand->name, (int)what);
    const size_t at = (size_t)dice_below(dice, (int64_t)bytes->size);
    switch (what) {
    case 0: /* lost */
        text_clear(bytes);
        break;
    case 1: /* torn */
        bytes->size = at;
        break;
    case 2: /* a bit is not what it was */
        bytes->data[at] = (char)(bytes->data[at] ^ 1 << dice_below(dice, 8));
        break;
    case 3: /* more behind it */
        text_add_byte(bytes, bytes->data[at]);
        break;
    case 4: /* an older one */
        text_clear(bytes);
        text_add(bytes, versions[dice_below(dice, DISK_VERSIONS_MAX)]);
        break;
    default: /* another partition's */
        text_clear(bytes);
        text_add(bytes, disk_of(hand)->versions[dice_below(dice, DISK_PARTITIONS_MAX)][0]);
    }
}

/* The folder is one that was used with another log. */
static void find_other(const struct world_hand *hand, int32_t partition, struct text *bytes)
{
    struct dice *dice = &hand->world->disk_dice;
    const struct disk *disk = &hand->world->other_disks[dice_below(dice, WORLD_DAEMONS_MAX)];

    text_clear(bytes);
    text_add(bytes, disk->versions[partition][dice_below(dice, DISK_VERSIONS_MAX)]);
    trace_say("! %s: snapshot of another log, %zu bytes", hand->name, bytes->size);
}

static void find(void *self, struct record_partition partition, struct text *bytes)
{
    struct world_hand *hand = self;
    const struct slice *versions = disk_of(hand)->versions[partition.partition];

    if (!hand->crashed) {
        text_add(bytes, versions[0]);
        if (dice_hits(&hand->world->disk_dice, hand->world->plan.disk_spoils)) {
            spoil(hand, versions, bytes);
        }
        if (hand->world->other_disks != NULL &&
            dice_hits(&hand->world->disk_dice, hand->world->plan.disk_others)) {
            find_other(hand, partition.partition, bytes);
        }
    }
}

static void forget(void *self, struct record_partition partition)
{
    struct world_hand *hand = self;

    if (!hand->crashed) {
        disk_of(hand)->versions[partition.partition][0] = SLICE("");
    }
}

static void finish(void *self, int64_t timeout_ms)
{
    (void)self;
    (void)timeout_ms;
}

struct snapshot disk_port(struct world_hand *hand)
{
    return (struct snapshot){hand, ready, store, find, forget, finish, free_nothing};
}
