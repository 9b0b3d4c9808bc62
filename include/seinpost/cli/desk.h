/* desk: reads a topic of alerts as any subscriber would, and shows them.
 *
 * Owns:    its consumer, and a client of the registry where alerts are framed by it.
 * Thread:  one.
 * Fails:   by its results; the reason is in the log. A record that is no alert is named and
 * counted, and the next one is read.
 */
#ifndef SEINPOST_CLI_DESK_H
#define SEINPOST_CLI_DESK_H

#include "seinpost/alert/alert.h"
#include "seinpost/base/setting.h"
#include "seinpost/schema/formats.h"

#include <stdio.h>

struct desk;

struct desk_options {
    struct settings brokers;
    struct settings consumer;
    const char *topic;
    const char *registry; /* NULL: none */
    const struct formats *formats;
    bool oldest; /* from the oldest record, else what comes from now on */
};

struct desk *desk_new(const struct desk_options *options);
void desk_free(struct desk *desk);

/* Who is told of an alert. Valid during the call. */
typedef void desk_tell(void *context, const struct alert *alert);

/* While an alert is told: the offset behind the match that it came from; 0: it does not say. */
int64_t desk_behind(const struct desk *desk);

/* Waits up to `timeout_ms`, then tells what came. Returns false when it cannot go on. */
bool desk_read(struct desk *desk, int64_t timeout_ms, desk_tell *tell, void *context);

/* Tells whether all that there was has been told. */
bool desk_is_at_end(const struct desk *desk);

/* Returns how many records were no alerts that we can read. */
size_t desk_unreadable(const struct desk *desk);

#endif
