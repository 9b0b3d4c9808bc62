#include "seinpost/stage/rebuild.h"

#include "seinpost/base/ensure.h"
#include "seinpost/rule/succession.h"

#include <stdlib.h>

struct rebuild {
    const struct program *from;
    struct stage_edition to;
    uint64_t ticket;
    int *kept; /* by index of the new program's rule: that of the old one's, or none */
    size_t fresh;
    struct store *store;
    int64_t next; /* -1: nothing is known to be read */
};

/* Alerts of a rule whose meaning stayed are those that the desks have, unless it had expired by
 * then. */
static bool on_change(void *context, const struct change *change)
{
    const struct rebuild *rebuild = context;

    return change->episode->said || succession_told(rebuild->from, change->rule, change->at);
}

static void on_late(void *context, const struct rule *rule, const struct match *match)
{
    (void)context;
    (void)rule;
    (void)match;
}

static void on_risen(void *context, const struct rule *rule, struct instant watermark)
{
    (void)context;
    (void)rule;
    (void)watermark;
}

static void on_capped(void *context, const struct rule *rule)
{
    (void)context;
    (void)rule;
}

static struct store *new_store(struct rebuild *rebuild)
{
    return store_new_beside(
        rebuild->to.program, rebuild->kept,
        (struct store_listener){rebuild, on_change, on_late, on_risen, on_capped});
}

struct rebuild *rebuild_new(const struct program *from, const struct stage_edition *to,
                            uint64_t ticket)
{
    struct rebuild *rebuild = calloc(1, sizeof *rebuild);

    ENSURE_MEMORY(rebuild != NULL);
    rebuild->from = from;
    rebuild->to = *to;
    rebuild->ticket = ticket;
    rebuild->kept = calloc(to->program->rules_count + 1, sizeof *rebuild->kept);
    ENSURE_MEMORY(rebuild->kept != NULL);
    rebuild->fresh = succession_find(from, to->program, rebuild->kept);
    rebuild->store = new_store(rebuild);
    rebuild->next = -1;
    return rebuild;
}

void rebuild_free(struct rebuild *rebuild)
{
    if (rebuild != NULL) {
        store_free(rebuild->store);
        free(rebuild->kept);
        free(rebuild);
    }
}

uint64_t rebuild_ticket(const struct rebuild *rebuild)
{
    return rebuild->ticket;
}

const struct stage_edition *rebuild_edition(const struct rebuild *rebuild)
{
    return &rebuild->to;
}

size_t rebuild_fresh(const struct rebuild *rebuild)
{
    return rebuild->fresh;
}

void rebuild_begin(struct rebuild *rebuild)
{
    store_free(rebuild->store);
    rebuild->store = new_store(rebuild);
    rebuild->next = -1;
}

struct store *rebuild_store(struct rebuild *rebuild)
{
    return rebuild->store;
}

void rebuild_to(struct rebuild *rebuild, int64_t next)
{
    rebuild->next = next > rebuild->next ? next : rebuild->next;
}

bool rebuild_reached(const struct rebuild *rebuild, int64_t next)
{
    return rebuild->fresh == 0 || rebuild->next >= next;
}

/* What the old and the new state know of alerts, for their difference. */
struct comparing {
    struct heard *heard;
    struct voice *voice;
};

static bool on_old(void *context, const struct change *change)
{
    const struct comparing *comparing = context;
    const struct voice *voice = comparing->voice;

    if (change->episode->said) {
        struct alert alert = alert_build(voice->means->batch, change, voice->partition, 0);
        (void)standing_set(voice->means->batch, &voice->means->options->basis, &alert);
        alert.state = SLICE("opened");
        heard_put(comparing->heard, &alert);
    }
    return change->episode->said;
}

static bool on_new(void *context, const struct change *change)
{
    const struct comparing *comparing = context;

    return heard_know(comparing->heard, change->episode->id, true);
}

/* Alerts of rules that do not go on. */
static void look_at_old(const struct rebuild *rebuild, struct store *running,
                        struct comparing *comparing)
{
    const struct program *from = rebuild->from;
    bool *goes_on = calloc(from->rules_count + 1, sizeof *goes_on);

    ENSURE_MEMORY(goes_on != NULL);
    for (size_t i = 0; i < rebuild->to.program->rules_count; i++) {
        if (rebuild->kept[i] != SUCCESSION_NONE) {
            goes_on[rebuild->kept[i]] = true;
        }
    }
    for (size_t i = 0; i < from->rules_count; i++) {
        if (program_runs(from->rules[i]) && !goes_on[i]) {
            store_each_open(running, i, on_old, comparing);
        }
    }
    free(goes_on);
}

/* A rule whose meaning stayed, but not its steps, may know the same alerts again. */
static void look_at_new(const struct rebuild *rebuild, struct comparing *comparing)
{
    const struct program *to = rebuild->to.program;

    for (size_t i = 0; i < to->rules_count; i++) {
        if (rebuild->kept[i] == SUCCESSION_NONE && program_runs(to->rules[i]) &&
            succession_knows(rebuild->from, to->rules[i])) {
            store_each_open(rebuild->store, i, on_new, comparing);
        }
    }
}

struct store *rebuild_finish(struct rebuild *rebuild, struct store *running,
                             struct voice *voice)
{
    struct comparing comparing = {heard_new(), voice};
    struct store *left = rebuild->store;

    look_at_old(rebuild, running, &comparing);
    look_at_new(rebuild, &comparing);
    store_go_over(running, left, rebuild->kept);
    (void)voice_supersede(voice, comparing.heard, rebuild->to.program);
    heard_free(comparing.heard);
    rebuild->store = NULL;
    return left;
}
