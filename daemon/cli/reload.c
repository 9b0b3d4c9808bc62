#include "seinpost/cli/reload.h"

#include "seinpost/base/counter.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"
#include "seinpost/base/text.h"
#include "seinpost/ops/notify.h"
#include "seinpost/rule/succession.h"

#include <stdlib.h>
#include <time.h>

static struct counter *reloads(void)
{
    return counter_get(COUNTER_TOTAL, "seinpost_reloads_total", "",
                       "How often rules were loaded anew and taken.");
}

static struct counter *failures(void)
{
    return counter_get(COUNTER_TOTAL, "seinpost_reload_failures_total", "",
                       "How often rules were not taken because of faults.");
}

static struct counter *stale(void)
{
    return counter_get(COUNTER_GAUGE, "seinpost_rules_stale", "",
                       "1: the rules at work are older than their files, which have faults.");
}

static struct counter *stale_since(void)
{
    return counter_get(COUNTER_GAUGE, "seinpost_rules_stale_since_seconds", "",
                       "Since when (Unix time) they are; 0: they are not.");
}

static struct counter *faults_left(void)
{
    return counter_get(COUNTER_GAUGE, "seinpost_rules_faults", "",
                       "Faults in the rules' files at the last try.");
}

static struct counter *loaded(void)
{
    return counter_get(COUNTER_GAUGE, "seinpost_rules_loaded", "", "Rules at work.");
}

static int64_t running(const struct program *program)
{
    int64_t count = 0;

    for (size_t i = 0; i < program->rules_count; i++) {
        count += program_runs(program->rules[i]) ? 1 : 0;
    }
    return count;
}

static void notify(void)
{
    struct text text = {0};

    reload_page(&text);
    struct slice lines = text_slice(&text);
    notify_ready(slice_cut(&lines, '\n'));
    text_free(&text);
}

void reload_started(const struct program *program)
{
    counter_add(reloads(), 0);
    counter_add(failures(), 0);
    counter_set(stale(), 0);
    counter_set(stale_since(), 0);
    counter_set(faults_left(), 0);
    counter_set(loaded(), running(program));
    notify();
}

void reload_begins(void)
{
    log_info("rules are loaded anew");
    notify_reloading();
}

static void log_lines(enum log_level level, const struct text *told)
{
    struct slice rest = text_slice(told);

    while (rest.size > 0) {
        const struct slice line = slice_cut(&rest, '\n');
        log_write(level, "%.*s", SLICE_ARGS(line));
    }
}

/* Returns how many rules must be rebuilt. */
static size_t count_fresh(const struct program *before, const struct program *now)
{
    int *kept = calloc(now->rules_count + 1, sizeof *kept);

    ENSURE_MEMORY(kept != NULL);
    const size_t fresh = succession_find(before, now, kept);
    free(kept);
    return fresh;
}

void reload_succeeded(const struct program *before, const struct program *now,
                      const struct text *told)
{
    log_lines(LOG_WARNING, told);
    if (digest_equal(before->hash, now->hash)) {
        log_info("the rules mean what they meant: lists and owners are taken over");
    } else {
        log_info("%lld rules are at work from now on, %zu of them new or changed",
                 (long long)running(now), count_fresh(before, now));
    }
    counter_add(reloads(), 1);
    counter_set(stale(), 0);
    counter_set(stale_since(), 0);
    counter_set(faults_left(), 0);
    counter_set(loaded(), running(now));
    notify();
}

void reload_failed(size_t faults, const struct text *told)
{
    log_lines(LOG_ERROR, told);
    log_error("%zu faults: the rules that were loaded before stay at work", faults);
    counter_add(failures(), 1);
    counter_set(faults_left(), (int64_t)faults);
    if (counter_value(stale()) == 0) {
        counter_set(stale_since(), (int64_t)time(NULL) * 1000);
    }
    counter_set(stale(), 1);
    notify();
}

void reload_page(struct text *text)
{
    char since[INSTANT_TEXT_SIZE];

    if (counter_value(stale()) == 0) {
        text_format(text, "rules: %lld loaded\n", (long long)counter_value(loaded()));
        return;
    }
    const struct instant at = {counter_value(stale_since())};
    text_format(text, "rules: stale since %s, %lld errors\n", instant_format(at, since),
                (long long)counter_value(faults_left()));
}
