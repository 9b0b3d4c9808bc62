#include "seinpost/cli/frontier.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/diag.h"
#include "seinpost/base/log.h"
#include "seinpost/cli/desk.h"
#include "seinpost/cli/workbench.h"

enum {
    ARENA_MAX = 64 * 1024 * 1024,
    WAIT_MS = 500,
};

struct quest {
    struct desk *desk;
    struct frontier *frontiers;
    int32_t partitions;
};

static void look(void *context, const struct alert *alert)
{
    const struct quest *quest = context;

    if (alert->partition < 0 || alert->partition >= quest->partitions) {
        return;
    }
    struct frontier *frontier = &quest->frontiers[alert->partition];
    if (alert->sequence > frontier->sequence) {
        *frontier = (struct frontier){alert->sequence, desk_behind(quest->desk)};
    }
}

static bool read_all(struct quest *quest)
{
    while (!desk_is_at_end(quest->desk)) {
        if (!desk_read(quest->desk, WAIT_MS, look, quest)) {
            return false;
        }
    }
    if (desk_unreadable(quest->desk) > 0) {
        log_error("where alerts end cannot be told: some cannot be read");
        return false;
    }
    return true;
}

bool frontier_find(const struct config_data *config, const struct plan *plan,
                   struct frontier *frontiers)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct diag *diag = diag_new(arena);
    struct formats formats;
    bool found = false;

    formats_load(arena, diag,
                 config->schemas != NULL ? config->schemas : workbench_schemas(arena),
                 &formats);
    if (diag_errors(diag) > 0) {
        diag_print(diag, stderr, DIAG_TEXT);
        arena_free(arena);
        return false;
    }
    struct quest quest = {
        .desk = desk_new(&(struct desk_options){.brokers = config->brokers,
                                                .consumer = config->consumer,
                                                .topic = plan->names[OUTBOX_ALERTS_CURRENT],
                                                .registry = config->registry,
                                                .formats = &formats,
                                                .oldest = true}),
        .frontiers = frontiers,
        .partitions = config->matches.partitions,
    };
    for (int32_t i = 0; i < quest.partitions; i++) {
        frontiers[i] = (struct frontier){0};
    }
    if (quest.desk != NULL) {
        found = read_all(&quest);
    }
    desk_free(quest.desk);
    arena_free(arena);
    return found;
}
