#include "seinpost/run/position.h"

#include "seinpost/base/log.h"
#include "seinpost/base/trouble.h"

#include <string.h>

enum {
    HOLD_MS_MIN = 100,
    HOLD_MS_MAX = 30 * 1000,
};

struct position *position_find(struct position *items, size_t count,
                               struct record_partition partition)
{
    for (size_t i = 0; i < count; i++) {
        if (items[i].partition.partition == partition.partition &&
            strcmp(items[i].partition.topic, partition.topic) == 0) {
            return &items[i];
        }
    }
    return NULL;
}

void position_stop(struct position *position, const char *reason)
{
    position->stopped = true;
    (void)trouble_begin(position->partition.topic, position->partition.partition, reason);
}

void position_hold(struct position *position, int64_t offset)
{
    const struct record_partition at = position->partition;

    if (trouble_begin(at.topic, at.partition, "no-schema")) {
        log_warning("%s[%d] waits at offset %lld for its schema, which cannot be had now",
                    at.topic, at.partition, (long long)offset);
    }
    position->hold_ms = position->hold_ms == 0 ? HOLD_MS_MIN : position->hold_ms * 2;
    position->hold_ms = position->hold_ms > HOLD_MS_MAX ? HOLD_MS_MAX : position->hold_ms;
    position->is_rewound = true;
}

void position_release(struct position *position)
{
    if (position->hold_ms > 0) {
        trouble_end(position->partition.topic, position->partition.partition);
        position->hold_ms = 0;
    }
}

void position_end(struct position *position)
{
    position_release(position);
    if (position->stopped) {
        trouble_end(position->partition.topic, position->partition.partition);
    }
}
