#include "seinpost/base/counter.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"
#include "seinpost/base/text.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "judge.h"
#include "tamper.h"
#include "trace.h"

static const char usage[] =
    "usage: sim [OPTION]...\n"
    "Runs the whole daemon against a simulated Kafka, once for each seed, and judges what it\n"
    "left behind. Ends with `N passed, N failed`.\n"
    "\n"
    "  --seeds N      how many (default 1000)\n"
    "  --first SEED   the first of them (default 1)\n"
    "  --jobs N       so many processes (default 1)\n"
    "  --seconds S    stop after so long\n"
    "  --failures N   and when so many have failed in a process (default 20)\n"
    "  --seed SEED    only this one; with --trace, all that happens in it is written out\n"
    "  --every-call W the run of seed W, small and at peace but for one fault: seed 6c + k has "
    "the\n"
    "                 fault of kind k at the call c of a port\n"
    "  --events N     with --seed: only so many events\n"
    "  --faults N     with --seed: only so many faults\n"
    "  --shrink SEED  finds the fewest faults and events with which the seed still fails\n"
    "  --tampered     spoils what good runs left, and tries whether each claim sees it\n"
    "  --root DIR     the source tree\n";

enum {
    HANG_SECONDS = 60, /* no seed takes so long */
    SEEDS_USUAL = 1000,
    FAILURES_USUAL = 20,
    EVERY_CALL_EVENTS = 30,
    TAMPERED_SEEDS = 30,
    FOUND = 1,
    MISUSED = 2,
};

struct options {
    uint64_t seeds;
    uint64_t first;
    uint64_t failures;
    int jobs;
    int64_t seconds;
    bool one;
    bool shrinks;
    bool traces;
    bool tampers;
    uint64_t seed;
    int64_t every_call; /* below 0: no */
    int64_t events;
    int64_t faults;
    const char *root;
};

/* What the processes of a run share. */
struct board {
    uint64_t done;
    uint64_t running; /* the seed in hand */
    uint64_t failed;
    uint64_t turns;
    uint64_t faults;
    uint64_t alerts;
    uint64_t snapshots[2]; /* used, refused */
    bool finished;
};

static int64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct world_plan plan_of(const struct options *options, uint64_t seed)
{
    struct world_plan plan =
        world_plan_of(options->every_call >= 0 ? (uint64_t)options->every_call : seed);

    if (options->every_call >= 0) {
        plan.traffic.events = EVERY_CALL_EVENTS;
        plan.steps = EVERY_CALL_EVENTS * 4;
        plan.unrest = plan.fault_per_mille = 0;
        plan.has_twins = false;
        plan.disk_others = 0;
        plan.fault_only_call = (int64_t)(seed / FAULTS_LOST);
        plan.fault_kinds = 2U << seed % FAULTS_LOST; /* the first is none */
    }
    if (options->events >= 0) {
        plan.traffic.events = options->events;
    }
    if (options->faults >= 0) {
        plan.faults_max = options->faults;
    }
    return plan;
}

static void add_count(void *context, const char *labels, struct counter *counter)
{
    uint64_t *sum = context;

    (void)labels;
    *sum += (uint64_t)counter_value(counter);
}

/* How often snapshots were used, and refused, in this process. */
static void count_snapshots(uint64_t snapshots[2])
{
    snapshots[0] = snapshots[1] = 0;
    counter_visit("seinpost_snapshots_used_total", add_count, &snapshots[0]);
    counter_visit("seinpost_snapshots_refused_total", add_count, &snapshots[1]);
}

static bool run_seed(const struct bench *bench, const struct world_plan *plan,
                     struct board *board, struct text *why)
{
    struct world *other = plan->disk_others > 0 ? world_before(bench, plan) : NULL;
    struct world *world = world_new(bench, plan);
    world->other_disks = other == NULL ? NULL : other->disks;
    bool good = world_run(world);

    if (!good) {
        text_format(why, "it does not come to an end\n");
    } else {
        good = judge_run(world, why);
    }
    if (board != NULL) {
        board->turns += (uint64_t)world->turns;
        board->faults += (uint64_t)world->faults.struck;
        const int topic = world->topics[OUTBOX_ALERTS];
        for (int32_t i = 0; i < broker_partitions(world->broker, topic); i++) {
            board->alerts +=
                (uint64_t)broker_end(world->broker, (struct broker_place){topic, i});
        }
    }
    if (board != NULL) {
        count_snapshots(board->snapshots);
    }
    world_free(world);
    world_free(other);
    return good;
}

static void report(uint64_t seed, const struct text *why)
{
    printf("FAILED seed %llu (sim --seed %llu --trace)\n%.*s\n", (unsigned long long)seed,
           (unsigned long long)seed, (int)why->size, why->data == NULL ? "" : why->data);
    (void)fflush(stdout);
}

static int run_one(const struct bench *bench, const struct options *options)
{
    const struct world_plan plan = plan_of(options, options->seed);
    struct text why = {0};

    trace_set(options->traces);
    if (!options->traces) {
        log_set_level(LOG_ERROR);
    }
    const bool good = run_seed(bench, &plan, NULL, &why);
    if (!good) {
        report(options->seed, &why);
    }
    text_free(&why);
    printf("%d passed, %d failed\n", good, !good);
    return good ? 0 : FOUND;
}

/* One process's share of the seeds, from `seed` on. Whoever dies is seen by the parent. */
static void run_share(const struct bench *bench, const struct options *options, uint64_t seed,
                      struct board *board, int64_t until_ms)
{
    struct text why = {0};

    log_set_level(LOG_ERROR);
    for (; seed < options->first + options->seeds && now_ms() < until_ms &&
           board->failed < options->failures;
         seed += (uint64_t)options->jobs) {
        const struct world_plan plan = plan_of(options, seed);
        board->running = seed;
        (void)alarm(HANG_SECONDS);
        if (run_seed(bench, &plan, board, &why)) {
            board->done++;
        } else {
            board->failed++;
            report(seed, &why);
            text_clear(&why);
        }
    }
    board->finished = true;
    text_free(&why);
}

static pid_t start_share(const struct bench *bench, const struct options *options,
                         uint64_t seed, struct board *board, int64_t until_ms)
{
    (void)fflush(stdout);
    const pid_t child = fork();

    ENSURE(child >= 0);
    if (child == 0) {
        run_share(bench, options, seed, board, until_ms);
        (void)fflush(stdout);
        _exit(0);
    }
    return child;
}

/* Waits for a share to be done; a process that dies is a seed that failed. */
static void finish_share(const struct bench *bench, const struct options *options, pid_t child,
                         struct board *board, int64_t until_ms)
{
    int status = 0;

    while (waitpid(child, &status, 0) == child && !board->finished &&
           board->failed < options->failures) {
        printf("FAILED seed %llu: the process died, status %d (sim --seed %llu --trace)\n",
               (unsigned long long)board->running, status, (unsigned long long)board->running);
        board->failed++;
        child = start_share(bench, options, board->running + (uint64_t)options->jobs, board,
                            until_ms);
    }
}

static int run_many(const struct bench *bench, const struct options *options)
{
    const size_t size = (size_t)options->jobs * sizeof(struct board);
    struct board *boards =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    const int64_t begun_ms = now_ms();
    const int64_t until_ms =
        options->seconds > 0 ? begun_ms + options->seconds * 1000 : INT64_MAX;
    pid_t *children = calloc((size_t)options->jobs, sizeof *children);
    struct board all = {0};

    ENSURE(boards != MAP_FAILED);
    ENSURE_MEMORY(children != NULL);
    for (int i = 0; i < options->jobs; i++) {
        children[i] =
            start_share(bench, options, options->first + (uint64_t)i, &boards[i], until_ms);
    }
    for (int i = 0; i < options->jobs; i++) {
        finish_share(bench, options, children[i], &boards[i], until_ms);
        all.done += boards[i].done;
        all.failed += boards[i].failed;
        all.turns += boards[i].turns;
        all.faults += boards[i].faults;
        all.alerts += boards[i].alerts;
        all.snapshots[0] += boards[i].snapshots[0];
        all.snapshots[1] += boards[i].snapshots[1];
    }
    printf("seeds from %llu on, in %.1f s: %llu turns, %llu faults, %llu alert records, "
           "snapshots %llu used, %llu refused\n",
           (unsigned long long)options->first, (double)(now_ms() - begun_ms) / 1000,
           (unsigned long long)all.turns, (unsigned long long)all.faults,
           (unsigned long long)all.alerts, (unsigned long long)all.snapshots[0],
           (unsigned long long)all.snapshots[1]);
    printf("%llu passed, %llu failed\n", (unsigned long long)all.done,
           (unsigned long long)all.failed);
    free(children);
    (void)munmap(boards, size);
    return all.failed == 0 && all.done > 0 ? 0 : FOUND;
}

/* Whether the seed fails with these limits; in a process of its own, as it may die. */
static bool fails(const struct bench *bench, const struct options *options, int64_t events,
                  int64_t faults)
{
    struct options limited = *options;
    int status = 0;

    limited.events = events;
    limited.faults = faults;
    (void)fflush(stdout);
    const pid_t child = fork();
    ENSURE(child >= 0);
    if (child == 0) {
        const struct world_plan plan = plan_of(&limited, options->seed);
        struct text why = {0};
        log_set_level(LOG_ERROR);
        (void)alarm(HANG_SECONDS);
        _exit(run_seed(bench, &plan, NULL, &why) ? 0 : FOUND);
    }
    const pid_t ended = waitpid(child, &status, 0);
    ENSURE(ended == child);
    return status != 0;
}

static int shrink(const struct bench *bench, const struct options *options)
{
    const struct world_plan plan = world_plan_of(options->seed);
    int64_t faults = 0;
    int64_t events = plan.traffic.events;

    if (!fails(bench, options, -1, -1)) {
        printf("seed %llu does not fail\n", (unsigned long long)options->seed);
        return MISUSED;
    }
    while (faults < 1000 && !fails(bench, options, -1, faults)) {
        faults++;
    }
    for (int64_t fewer = 0; fewer < events; fewer++) {
        if (fails(bench, options, fewer, faults)) {
            events = fewer;
        }
    }
    printf("sim --seed %llu --events %lld --faults %lld --trace\n",
           (unsigned long long)options->seed, (long long)events, (long long)faults);
    return FOUND;
}

/* A run in which nobody works must not pass for one that came to its end. */
static bool sees_no_end(const struct bench *bench)
{
    struct world_plan plan = world_plan_of(1);

    plan.stuck = true;
    struct world *world = world_new(bench, &plan);
    const bool ended = world_run(world);
    world_free(world);
    printf("%s a run that comes to no end\n", ended ? "FAILED" : "ok");
    return !ended;
}

/* Nor a run whose daemons never go on from a snapshot for one in which they do. */
static bool sees_snapshots(const struct bench *bench)
{
    uint64_t snapshots[2];
    struct text why = {0};
    bool good = true;

    for (uint64_t seed = 1; seed <= TAMPERED_SEEDS; seed++) {
        const struct world_plan plan = world_plan_of(seed);
        good = run_seed(bench, &plan, NULL, &why) && good;
    }
    text_free(&why);
    count_snapshots(snapshots);
    good = good && snapshots[0] > 0 && snapshots[1] > 0;
    printf("%s snapshots are used (%llu) and refused (%llu)\n", good ? "ok" : "FAILED",
           (unsigned long long)snapshots[0], (unsigned long long)snapshots[1]);
    return good;
}

/* Every claim must be able to fail, and does so for each run that was spoiled. */
static int tamper_all(const struct bench *bench)
{
    size_t failed = sees_no_end(bench) ? 0 : 1;

    log_set_level(LOG_ERROR);
    failed += sees_snapshots(bench) ? 0 : 1;
    for (size_t i = 0; i < tamper_count(); i++) {
        int counts[TAMPER_UNNOTICED + 1] = {0};
        for (uint64_t seed = 1; seed <= TAMPERED_SEEDS; seed++) {
            const struct world_plan plan = world_plan_of(seed);
            counts[tamper_try(i, bench, &plan)]++;
        }
        const bool good = counts[TAMPER_NOTICED] > 0 && counts[TAMPER_UNNOTICED] == 0;
        failed += good ? 0 : 1;
        printf("%s %s: seen in %d runs, not in %d\n", good ? "ok" : "FAILED", tamper_name(i),
               counts[TAMPER_NOTICED], counts[TAMPER_UNNOTICED]);
        (void)fflush(stdout);
    }
    printf("%zu passed, %zu failed\n", tamper_count() + 2 - failed, failed);
    return failed == 0 ? 0 : FOUND;
}

static bool read_number(const char *text, int64_t *number)
{
    char *end = NULL;

    errno = 0;
    *number = strtoll(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *number >= 0;
}

static bool set_option(struct options *options, int name, const char *value)
{
    int64_t number = 0;

    if (name == 'T') {
        options->traces = true;
        return true;
    }
    if (name == 't') {
        options->tampers = true;
        return true;
    }
    if (name == 'r') {
        options->root = value;
        return true;
    }
    if (name == '?' || !read_number(value, &number)) {
        return false;
    }
    switch (name) {
    case 'n':
        options->seeds = (uint64_t)number;
        break;
    case 'f':
        options->first = (uint64_t)number;
        break;
    case 'j':
        options->jobs = (int)number;
        break;
    case 'S':
        options->seconds = number;
        break;
    case 'c':
        options->every_call = number;
        break;
    case 'x':
        options->failures = (uint64_t)number;
        break;
    case 'e':
        options->events = number;
        break;
    case 'F':
        options->faults = number;
        break;
    default: /* `seed` and `shrink` */
        options->one = name == 's';
        options->shrinks = name == 'k';
        options->seed = (uint64_t)number;
    }
    return true;
}

int main(int argc, char **argv)
{
    static const struct option names[] = {
        {"seeds", required_argument, NULL, 'n'},
        {"first", required_argument, NULL, 'f'},
        {"jobs", required_argument, NULL, 'j'},
        {"seconds", required_argument, NULL, 'S'},
        {"seed", required_argument, NULL, 's'},
        {"shrink", required_argument, NULL, 'k'},
        {"events", required_argument, NULL, 'e'},
        {"faults", required_argument, NULL, 'F'},
        {"failures", required_argument, NULL, 'x'},
        {"every-call", required_argument, NULL, 'c'},
        {"trace", no_argument, NULL, 'T'},
        {"tampered", no_argument, NULL, 't'},
        {"root", required_argument, NULL, 'r'},
        {NULL, 0, NULL, 0},
    };
    struct options options = {.seeds = SEEDS_USUAL,
                              .first = 1,
                              .failures = FAILURES_USUAL,
                              .jobs = 1,
                              .every_call = -1,
                              .events = -1,
                              .faults = -1,
                              .root = SIM_ROOT};
    struct bench bench;

    for (int name = getopt_long(argc, argv, "", names, NULL); name != -1;
         name = getopt_long(argc, argv, "", names, NULL)) {
        if (!set_option(&options, name, optarg)) {
            (void)fputs(usage, stderr);
            return MISUSED;
        }
    }
    if (options.jobs < 1 || optind < argc) {
        (void)fputs(usage, stderr);
        return MISUSED;
    }
    bench_open(&bench, options.root);
    const int code = options.tampers   ? tamper_all(&bench)
                     : options.one     ? run_one(&bench, &options)
                     : options.shrinks ? shrink(&bench, &options)
                                       : run_many(&bench, &options);
    bench_close(&bench);
    return code;
}
