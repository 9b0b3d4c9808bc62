#include "seinpost/cli/playing.h"

#include "seinpost/cli/progress.h"
#include "seinpost/cli/verb.h"

#include <stdio.h>

enum {
    WAIT_MS = 500,
    QUIET_MAX = 60,  /* so many waits in a row in vain: the brokers are away */
    LAID_MAX = 500,  /* records of a turn */
    STEPS = 4,       /* so often a partition that falls silent is looked at in its idle time */
    LOOK_EVERY = 256 /* records between two looks at how far it is */
};

/* How far the play has come. */
struct stage_time {
    const struct playing *playing;
    int64_t idle_ms; /* the shortest of the sources; INT64_MAX: silence means nothing */
    int64_t now_ms;  /* below 0: not begun */
    int64_t turned_ms;
    size_t laid; /* records since the last turn */
};

static int64_t shortest_idle(const struct config_data *config)
{
    int64_t least = INT64_MAX;

    for (size_t i = 0; i < config->sources.count; i++) {
        const int64_t idle_ms = config->sources.items[i].idle_ms;
        least = idle_ms > 0 && idle_ms < least ? idle_ms : least;
    }
    return least;
}

static enum outcome turn(struct stage_time *time, int64_t now_ms)
{
    const struct playing *playing = time->playing;
    enum outcome outcome = OUTCOME_OK;

    for (size_t i = 0; i < playing->rehearsals_count && outcome == OUTCOME_OK; i++) {
        outcome = rehearsal_turn(playing->rehearsals[i], now_ms);
    }
    time->now_ms = time->turned_ms = now_ms;
    time->laid = 0;
    return outcome;
}

/* Time goes on to the next record: what was laid down before is judged first, and a silence
 * that is long enough to mean something is gone through. */
static enum outcome go_on(struct stage_time *time, int64_t at_ms)
{
    enum outcome outcome = OUTCOME_OK;

    if (time->now_ms < 0) {
        return turn(time, at_ms);
    }
    if (time->laid == LAID_MAX ||
        (time->laid > 0 && at_ms - time->turned_ms >= time->idle_ms / STEPS)) {
        outcome = turn(time, time->now_ms);
    }
    if (outcome == OUTCOME_OK && at_ms - time->now_ms >= time->idle_ms) {
        outcome = turn(time, at_ms - 1);
    }
    return outcome;
}

static enum outcome take(struct stage_time *time, const struct kafka_span_record *record)
{
    const struct playing *playing = time->playing;
    const int64_t at_ms = record->at_ms > time->now_ms ? record->at_ms : time->now_ms;
    const enum outcome outcome = go_on(time, at_ms < 0 ? 0 : at_ms);

    for (size_t i = 0; i < playing->rehearsals_count && outcome == OUTCOME_OK; i++) {
        rehearsal_record(playing->rehearsals[i], record->topic, &record->is);
    }
    time->now_ms = at_ms < 0 ? 0 : at_ms;
    time->laid++;
    return outcome;
}

/* What was laid down last, and the time until the end of the range. */
static enum outcome end(struct stage_time *time)
{
    const int64_t end_ms = time->playing->range->end_ms;
    enum outcome outcome = turn(time, time->now_ms < 0 ? 0 : time->now_ms);

    if (outcome == OUTCOME_OK && end_ms > time->now_ms) {
        outcome = turn(time, end_ms);
    }
    return outcome;
}

static int gone(void)
{
    (void)fprintf(stderr, "seinpost: R106 records of the range are not kept any more, or its "
                          "topic is gone: try again from later on\n");
    return VERB_WORLD;
}

static int silent(const struct kafka_span *span)
{
    const struct record_partition missing = kafka_span_missing(span);

    (void)fprintf(stderr, "seinpost: R103 %s[%d] does not answer\n", missing.topic,
                  missing.partition);
    return VERB_WORLD;
}

static int read_all(struct stage_time *time, struct kafka_span *span, size_t *records)
{
    struct progress *progress = progress_new("offsets", (size_t)kafka_span_all(span));
    const struct kafka_span_record *record = NULL;
    size_t quiet = 0;
    int code = -1;

    progress_keeps_lines(progress);
    while (code < 0 && !kafka_span_is_at_end(span)) {
        const enum outcome outcome = kafka_span_next(span, WAIT_MS, &record);
        quiet = record == NULL ? quiet + 1 : 0;
        if (outcome != OUTCOME_OK) {
            code = outcome == OUTCOME_RETRY ? gone() : VERB_WORLD;
        } else if (quiet > QUIET_MAX) {
            code = silent(span);
        } else if (record != NULL && take(time, record) != OUTCOME_OK) {
            code = VERB_WORLD;
        }
        *records += record != NULL ? 1U : 0U;
        if (record == NULL || *records % LOOK_EVERY == 0) {
            progress_step(progress, (size_t)kafka_span_passed(span));
        }
    }
    progress_step(progress, (size_t)kafka_span_passed(span));
    progress_free(progress);
    return code;
}

int playing_run(const struct playing *playing, size_t *records)
{
    struct stage_time time = {
        .playing = playing, .idle_ms = shortest_idle(playing->config), .now_ms = -1};
    struct kafka_span *span =
        kafka_span_new(&(struct kafka_reading){.member = "seinpost-replay",
                                               .brokers = playing->config->brokers,
                                               .consumer = playing->config->consumer},
                       playing->range->stretches.items, playing->range->stretches.count);

    *records = 0;
    if (span == NULL) {
        return VERB_USAGE;
    }
    int code = read_all(&time, span, records);
    if (code < 0 && end(&time) != OUTCOME_OK) {
        code = VERB_WORLD;
    }
    kafka_span_free(span);
    return code;
}
