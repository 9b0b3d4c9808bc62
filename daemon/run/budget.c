#include "seinpost/run/budget.h"

#include "seinpost/base/counter.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"
#include "seinpost/base/text.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
    LOOK_MS = 100,
    TRIM_MS = 10 * 1000, /* it visits all that was freed */
    STATM_SIZE = 128,
    MIB = 1024 * 1024,
    QUEUE_KIB_MIN = 256, /* what is fetched ahead of one partition */
    QUEUE_KIB_MAX = 4096,
    QUEUES_PART = 64, /* of the limit, one of so many parts for all of them */

    TIGHT = 70, /* per cent of the limit: from there on */
    TIGHT_ENDS = 60,
    BREATHE_MS = 10 * 1000, /* of each such time that ingest waits */
    BREATH_MS = 1000,       /* it goes on for so long, at the end */

    FULL = 85, /* what was taken out of the queues still becomes state */
    FULL_ENDS = 80,
};

struct budget {
    int64_t limit;
    _Atomic int64_t looked_ms;
    _Atomic int64_t trimmed_ms;
    _Atomic int64_t used;
    atomic_int state;
    _Atomic int64_t waits_ms; /* since when anybody does */
    struct counter *bytes;
    struct counter *pressure;
};

static const char *const words[] = {
    [BUDGET_FREE] = "all go on",
    [BUDGET_TIGHT] = "ingest waits",
    [BUDGET_FULL] = "ingest and correlate wait",
};

static int64_t steady_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t share_of(int64_t used, int64_t limit)
{
    return limit > 0 && used >= 0 ? used / (limit / 100 + 1) : 0;
}

enum budget_state budget_next(enum budget_state state, int64_t used, int64_t limit)
{
    const int64_t share = share_of(used, limit);

    if (share >= FULL || (state == BUDGET_FULL && share >= FULL_ENDS)) {
        return BUDGET_FULL;
    }
    if (share >= TIGHT || (state != BUDGET_FREE && share >= TIGHT_ENDS)) {
        return BUDGET_TIGHT;
    }
    return BUDGET_FREE;
}

bool budget_breathes(enum budget_state state, int64_t used, int64_t limit, int64_t waited_ms)
{
    return state == BUDGET_FREE ||
           (state == BUDGET_TIGHT && share_of(used, limit) < FULL_ENDS &&
            waited_ms % BREATHE_MS >= BREATHE_MS - BREATH_MS);
}

struct budget *budget_new(int64_t limit)
{
    struct budget *budget = calloc(1, sizeof *budget);

    ENSURE_MEMORY(budget != NULL);
    budget->limit = limit;
    budget->bytes = counter_get(COUNTER_GAUGE, "seinpost_memory_bytes", "",
                                "Resident memory of the process' own.");
    budget->pressure =
        counter_get(COUNTER_GAUGE, "seinpost_memory_pressure", "",
                    "Who waits for memory: 0 nobody, 1 ingest, 2 correlate as well.");
    counter_set(
        counter_get(COUNTER_GAUGE, "seinpost_memory_limit_bytes", "", "0: there is no limit."),
        limit);
    return budget;
}

void budget_free(struct budget *budget)
{
    free(budget);
}

int64_t budget_used(void)
{
    char statm[STATM_SIZE];
    const int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    const ssize_t size = file < 0 ? -1 : read(file, statm, sizeof statm - 1);
    char *rest = NULL;

    if (file >= 0) {
        (void)close(file);
    }
    if (size <= 0) {
        return -1;
    }
    statm[size] = '\0';
    (void)strtoll(statm, &rest, 10); /* all of its addresses */
    const long long resident = strtoll(rest, &rest, 10);
    const long long shared = strtoll(rest, NULL, 10);
    return (int64_t)(resident - shared) * sysconf(_SC_PAGESIZE);
}

/* Of several threads one wins. */
static bool is_due(_Atomic int64_t *last_ms, int64_t now_ms, int64_t every_ms)
{
    int64_t last = atomic_load(last_ms);

    return (last == 0 || now_ms - last >= every_ms) &&
           atomic_compare_exchange_strong(last_ms, &last, now_ms);
}

static void change(struct budget *budget, enum budget_state state, int64_t used)
{
    atomic_store(&budget->state, (int)state);
    counter_set(budget->pressure, (int64_t)state);
    log_warning("memory: %lld of %lld MiB are used: %s", (long long)(used / MIB),
                (long long)(budget->limit / MIB), words[state]);
}

enum budget_state budget_look(struct budget *budget)
{
    const int64_t now_ms = steady_ms();
    const enum budget_state before = (enum budget_state)atomic_load(&budget->state);

    if (!is_due(&budget->looked_ms, now_ms, LOOK_MS)) {
        return before;
    }
    if (before != BUDGET_FREE && is_due(&budget->trimmed_ms, now_ms, TRIM_MS)) {
        (void)malloc_trim(0);
    }
    const int64_t used = budget_used();
    const enum budget_state state = budget_next(before, used, budget->limit);
    atomic_store(&budget->used, used);
    counter_set(budget->bytes, used);
    if (state != before) {
        if (before == BUDGET_FREE) {
            atomic_store(&budget->waits_ms, now_ms);
        }
        change(budget, state, used);
    }
    return state;
}

static bool is_tight(void *self)
{
    struct budget *budget = self;
    const enum budget_state state = budget_look(budget);

    return !budget_breathes(state, atomic_load(&budget->used), budget->limit,
                            steady_ms() - atomic_load(&budget->waits_ms));
}

static bool is_full(void *self)
{
    return budget_look(self) == BUDGET_FULL;
}

struct valve budget_valve(struct budget *budget, bool first)
{
    return (struct valve){budget, first ? is_tight : is_full};
}

int32_t budget_queue_kib(const struct budget *budget, int32_t partitions)
{
    const int64_t share =
        budget->limit / 1024 / QUEUES_PART / (partitions > 0 ? partitions : 1);

    if (budget->limit == 0 || share > QUEUE_KIB_MAX) {
        return QUEUE_KIB_MAX;
    }
    return share < QUEUE_KIB_MIN ? QUEUE_KIB_MIN : (int32_t)share;
}

void budget_print(const struct budget *budget, struct text *text)
{
    const int state = atomic_load(&budget->state);

    if (state != BUDGET_FREE) {
        text_format(text, "memory: %lld of %lld MiB are used: %s\n",
                    (long long)(atomic_load(&budget->used) / MIB),
                    (long long)(budget->limit / MIB), words[state]);
    }
}
