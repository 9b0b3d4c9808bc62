#include "seinpost/run/watched.h"

#include "seinpost/base/counter.h"
#include "seinpost/base/text.h"
#include "seinpost/run/watchdog.h"

#include <time.h>

enum call {
    CALL_BEGIN,
    CALL_SEND,
    CALL_COMMIT,
    CALL_ABORT,
};

static const char *const call_names[] = {"begin", "send", "commit", "abort"};

static int64_t steady_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static enum outcome leave(struct watched *watched, enum call call, enum outcome outcome)
{
    watchdog_leave(watched->watch);
    if (outcome != OUTCOME_OK) {
        counter_add(watched->refused[call], 1);
    }
    return outcome;
}

static enum outcome begin(void *self)
{
    struct watched *watched = self;

    watchdog_enter(watched->watch, call_names[CALL_BEGIN]);
    return leave(watched, CALL_BEGIN, watched->inner.begin(watched->inner.self));
}

static enum outcome send_record(void *self, const struct producer_record *record)
{
    struct watched *watched = self;

    watchdog_enter(watched->watch, call_names[CALL_SEND]);
    return leave(watched, CALL_SEND, watched->inner.send(watched->inner.self, record));
}

static enum outcome commit(void *self, const struct producer_offset *offsets, size_t count)
{
    struct watched *watched = self;
    const int64_t begun_ms = steady_ms();

    watchdog_enter(watched->watch, call_names[CALL_COMMIT]);
    const enum outcome outcome =
        leave(watched, CALL_COMMIT, watched->inner.commit(watched->inner.self, offsets, count));
    counter_add(watched->commit_ms, steady_ms() - begun_ms);
    counter_add(watched->commits, 1);
    return outcome;
}

static enum outcome abort_transaction(void *self)
{
    struct watched *watched = self;

    watchdog_enter(watched->watch, call_names[CALL_ABORT]);
    return leave(watched, CALL_ABORT, watched->inner.abort(watched->inner.self));
}

static void free_nothing(void *self)
{
    (void)self;
}

static struct counter *counter_of(const char *name, const char *worker, const char *call,
                                  const char *help)
{
    struct text labels = {0};

    text_format(&labels, call == NULL ? "worker=\"%s\"" : "worker=\"%s\",call=\"%s\"", worker,
                call);
    text_add_byte(&labels, '\0');
    struct counter *counter = counter_get(COUNTER_TOTAL, name, labels.data, help);
    text_free(&labels);
    return counter;
}

void watched_init(struct watched *watched, const char *worker, struct watch *watch)
{
    *watched = (struct watched){.watch = watch};
    watched->commits = counter_of("seinpost_commits_total", worker, NULL,
                                  "Commits of transactions that were asked for.");
    watched->commit_ms =
        counter_of("seinpost_commit_seconds_total", worker, NULL, "How long they took.");
    for (int i = 0; i < 4; i++) {
        watched->refused[i] = counter_of("seinpost_transaction_refused_total", worker,
                                         call_names[i], "Calls of transactions that failed.");
    }
}

struct producer watched_port(struct watched *watched, const struct producer *inner)
{
    watched->inner = *inner;
    return (struct producer){watched,           begin,       send_record, commit,
                             abort_transaction, free_nothing};
}
