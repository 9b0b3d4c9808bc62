#include "seinpost/run/supervisor.h"

#include "seinpost/base/counter.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"
#include "seinpost/base/text.h"
#include "seinpost/run/watchdog.h"
#include "seinpost/run/watched.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum {
    TURN_MS = 200, /* how long an idle turn waits */
    PAUSE_MS_MIN = 1000,
    PAUSE_MS_MAX = 60 * 1000,
    PAUSE_STEP_MS = 50,
    STUCK_MS = 5 * 60 * 1000, /* longer than any request to the broker may take */
    STOP_MS = 4500,           /* service managers kill what does not end by itself */
};

struct supervised {
    struct supervisor *supervisor;
    struct supervisor_worker worker;
    pthread_t thread;
    atomic_bool ready;
    _Atomic int64_t turned_ms;
    uint64_t given;         /* number of the edition that it was given last */
    uint64_t oldest;        /* of those that it works by; under the lock */
    struct watched watched; /* its producer */
    struct counter *starts;
    struct counter *cpu;
    struct counter *adopting;
    struct counter *to_replay;
    struct counter *replayed;
};

struct supervisor {
    _Atomic int64_t asked_ms; /* when it was asked to stop; 0: it was not */
    struct watchdog *watchdog;
    pthread_mutex_t lock;
    struct stage_edition newest;
    _Atomic uint64_t newest_number; /* the same, to be asked each turn without the lock */
    struct supervised *workers;
    size_t count;
};

static int64_t clock_ms(clockid_t clock)
{
    struct timespec now;

    (void)clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t steady_ms(void *self)
{
    (void)self;
    return clock_ms(CLOCK_MONOTONIC);
}

static bool is_stopping(const struct supervised *supervised)
{
    return atomic_load(&supervised->supervisor->asked_ms) != 0;
}

static int64_t asked_ms(void *self)
{
    struct supervisor *supervisor = self;
    const int64_t asked_ms = atomic_load(&supervisor->asked_ms);

    return asked_ms == 0 ? -1 : clock_ms(CLOCK_MONOTONIC) - asked_ms;
}

static void count(const struct supervised *supervised, const struct worker *worker)
{
    const struct worker_replay replay = worker_replay(worker);

    counter_set(supervised->cpu, clock_ms(CLOCK_THREAD_CPUTIME_ID));
    counter_set(supervised->to_replay, replay.offsets);
    counter_set(supervised->replayed, replay.done);
}

/* Takes the newest edition, which from then on is in use. */
static struct stage_edition take_newest(struct supervised *supervised)
{
    struct supervisor *supervisor = supervised->supervisor;

    (void)pthread_mutex_lock(&supervisor->lock);
    const struct stage_edition newest = supervisor->newest;
    supervised->oldest =
        newest.number < supervised->oldest ? newest.number : supervised->oldest;
    (void)pthread_mutex_unlock(&supervisor->lock);
    supervised->given = newest.number;
    return newest;
}

static void set_oldest(struct supervised *supervised, uint64_t number)
{
    (void)pthread_mutex_lock(&supervised->supervisor->lock);
    supervised->oldest = number;
    (void)pthread_mutex_unlock(&supervised->supervisor->lock);
}

static void go_over(struct supervised *supervised, struct worker *worker)
{
    if (supervised->given != atomic_load(&supervised->supervisor->newest_number)) {
        const struct stage_edition newest = take_newest(supervised);
        const int64_t start_ms = clock_ms(CLOCK_MONOTONIC);
        worker_adopt(worker, &newest);
        counter_add(supervised->adopting, clock_ms(CLOCK_MONOTONIC) - start_ms);
    }
    const uint64_t oldest = worker_edition(worker);
    if (oldest != supervised->oldest) { /* only this thread writes it */
        set_oldest(supervised, oldest);
    }
}

/* Turns until it must stop. Returns whether it was live at any time. */
static bool turn(struct supervised *supervised, struct worker *worker)
{
    bool was_live = false;

    for (;;) {
        go_over(supervised, worker);
        const enum outcome outcome = worker_turn(worker, TURN_MS);
        atomic_store(&supervised->turned_ms, clock_ms(CLOCK_MONOTONIC));
        count(supervised, worker);
        if (outcome == OUTCOME_OK && is_stopping(supervised)) {
            worker_end(worker);
        }
        if (outcome != OUTCOME_OK || is_stopping(supervised)) {
            return was_live;
        }
        if (!atomic_load(&supervised->ready) && worker_is_live(worker)) {
            log_info("%s is live", supervised->worker.name);
            was_live = true;
            atomic_store(&supervised->ready, true);
        }
    }
}

/* One life of a worker. */
static bool live(struct supervised *supervised)
{
    const struct supervisor_worker *plan = &supervised->worker;
    struct supervisor_kit kit = {0};

    counter_add(supervised->starts, 1);
    kit.ports.clock = (struct steady){NULL, steady_ms};
    kit.edition = take_newest(supervised);
    kit.halt = (struct halt){supervised->supervisor, asked_ms};
    if (plan->make(plan->context, &kit) != OUTCOME_OK) {
        set_oldest(supervised, UINT64_MAX);
        return false;
    }
    struct worker_ports ports = kit.ports;
    ports.producer = watched_port(&supervised->watched, &kit.ports.producer);
    struct worker *worker = worker_new(&kit.stage, &ports);
    const bool was_live = turn(supervised, worker);
    atomic_store(&supervised->ready, false);
    worker_free(worker);
    plan->unmake(plan->context, &kit);
    set_oldest(supervised, UINT64_MAX);
    return was_live;
}

static void pause_for(const struct supervised *supervised, int64_t ms)
{
    const struct timespec step = {0, PAUSE_STEP_MS * 1000000L};

    for (int64_t slept = 0; slept < ms && !is_stopping(supervised); slept += PAUSE_STEP_MS) {
        (void)nanosleep(&step, NULL);
    }
}

static void *run(void *self)
{
    struct supervised *supervised = self;
    int64_t pause_ms = PAUSE_MS_MIN;

    while (!is_stopping(supervised)) {
        if (live(supervised)) {
            pause_ms = PAUSE_MS_MIN;
        }
        if (!is_stopping(supervised)) {
            log_warning("%s stopped; it starts anew from the log in %lld s",
                        supervised->worker.name, (long long)pause_ms / 1000);
            pause_for(supervised, pause_ms);
            atomic_store(&supervised->turned_ms, clock_ms(CLOCK_MONOTONIC));
            pause_ms = pause_ms * 2 > PAUSE_MS_MAX ? PAUSE_MS_MAX : pause_ms * 2;
        }
    }
    return NULL;
}

static struct counter *counter_of(enum counter_kind kind, const char *name, const char *worker,
                                  const char *help)
{
    struct text labels = {0};

    text_format(&labels, "worker=\"%s\"", worker);
    text_add_byte(&labels, '\0');
    struct counter *counter = counter_get(kind, name, labels.data, help);
    text_free(&labels);
    return counter;
}

static void start(struct supervised *supervised)
{
    const char *name = supervised->worker.name;

    supervised->starts = counter_of(COUNTER_TOTAL, "seinpost_worker_starts_total", name,
                                    "How often the worker was made.");
    supervised->cpu = counter_of(COUNTER_TOTAL, "seinpost_worker_cpu_seconds_total", name,
                                 "Processor time of the worker's own thread.");
    supervised->adopting =
        counter_of(COUNTER_TOTAL, "seinpost_worker_adopting_seconds_total", name,
                   "Time that the worker was held up by taking other rules.");
    supervised->oldest = UINT64_MAX;
    supervised->to_replay =
        counter_of(COUNTER_GAUGE, "seinpost_replay_offsets", name,
                   "Offsets that are read muted before the worker is live.");
    supervised->replayed = counter_of(COUNTER_GAUGE, "seinpost_replay_offsets_done", name,
                                      "So many of them have been read.");
    watched_init(
        &supervised->watched, name,
        watchdog_watch(supervised->supervisor->watchdog, name, supervised->worker.call_ms_max));
    atomic_store(&supervised->turned_ms, clock_ms(CLOCK_MONOTONIC));
    const int failed = pthread_create(&supervised->thread, NULL, run, supervised);
    ENSURE(failed == 0);
}

struct supervisor *supervisor_start(const struct supervisor_worker *workers, size_t count,
                                    const struct stage_edition *edition)
{
    struct supervisor *supervisor = calloc(1, sizeof *supervisor);

    ENSURE_MEMORY(supervisor != NULL);
    ENSURE(count > 0);
    supervisor->workers = calloc(count, sizeof *supervisor->workers);
    ENSURE_MEMORY(supervisor->workers != NULL);
    supervisor->count = count;
    supervisor->newest = *edition;
    atomic_store(&supervisor->newest_number, edition->number);
    const int failed = pthread_mutex_init(&supervisor->lock, NULL);
    ENSURE(failed == 0);
    supervisor->watchdog = watchdog_start();
    for (size_t i = 0; i < count; i++) {
        supervisor->workers[i].supervisor = supervisor;
        supervisor->workers[i].worker = workers[i];
        start(&supervisor->workers[i]);
    }
    return supervisor;
}

void supervisor_adopt(struct supervisor *supervisor, const struct stage_edition *edition)
{
    (void)pthread_mutex_lock(&supervisor->lock);
    ENSURE(edition->number > supervisor->newest.number);
    supervisor->newest = *edition;
    atomic_store(&supervisor->newest_number, edition->number);
    (void)pthread_mutex_unlock(&supervisor->lock);
}

uint64_t supervisor_edition(struct supervisor *supervisor)
{
    (void)pthread_mutex_lock(&supervisor->lock);
    uint64_t oldest = supervisor->newest.number;
    for (size_t i = 0; i < supervisor->count; i++) {
        const uint64_t number = supervisor->workers[i].oldest;
        oldest = number < oldest ? number : oldest;
    }
    (void)pthread_mutex_unlock(&supervisor->lock);
    return oldest;
}

bool supervisor_is_ready(const struct supervisor *supervisor)
{
    for (size_t i = 0; i < supervisor->count; i++) {
        if (!atomic_load(&supervisor->workers[i].ready)) {
            return false;
        }
    }
    return true;
}

bool supervisor_is_healthy(const struct supervisor *supervisor)
{
    const int64_t now_ms = clock_ms(CLOCK_MONOTONIC);

    for (size_t i = 0; i < supervisor->count; i++) {
        if (now_ms - atomic_load(&supervisor->workers[i].turned_ms) > STUCK_MS) {
            return false;
        }
    }
    return true;
}

void supervisor_stop(struct supervisor *supervisor)
{
    if (supervisor == NULL) {
        return;
    }
    atomic_store(&supervisor->asked_ms, clock_ms(CLOCK_MONOTONIC));
    watchdog_end_within(supervisor->watchdog, STOP_MS);
    for (size_t i = 0; i < supervisor->count; i++) {
        (void)pthread_join(supervisor->workers[i].thread, NULL);
    }
    (void)pthread_mutex_destroy(&supervisor->lock);
    watchdog_stop(supervisor->watchdog);
    free(supervisor->workers);
    free(supervisor);
}
