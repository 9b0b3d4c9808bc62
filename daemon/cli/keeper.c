#include "seinpost/cli/keeper.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"
#include "seinpost/file/snapshot_folder.h"
#include "seinpost/run/scribe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    MEGABYTE = 1000 * 1000, /* and so much of a state is written a turn: some 10 ms */
};

struct keeper {
    const struct config_data *config;
    struct snapshot folder;
    struct scribe *scribe;
};

static size_t size_max(const struct config_data *config)
{
    return (size_t)config->snapshots_max_mb * MEGABYTE;
}

bool keeper_open(const struct config_data *config, struct keeper **opened)
{
    const struct snapshot_folder_options options = {
        .path = config->snapshots,
        .keep_ms = config->matches.retention_ms, /* the log itself is not kept longer */
        .size_max = size_max(config),
    };

    *opened = NULL;
    if (config->snapshots == NULL || config->correlate_workers == 0) {
        return true;
    }
    struct keeper *keeper = calloc(1, sizeof *keeper);
    ENSURE_MEMORY(keeper != NULL);
    keeper->config = config;
    if (!snapshot_folder_open(&options, &keeper->folder)) {
        log_error("snapshots: %s: %s", config->snapshots, strerror(errno));
        free(keeper);
        return false;
    }
    keeper->scribe = scribe_start(&keeper->folder);
    *opened = keeper;
    return true;
}

struct snapshots_plan keeper_plan(const struct keeper *keeper)
{
    if (keeper == NULL) {
        return (struct snapshots_plan){.every_ms = 0};
    }
    return (struct snapshots_plan){scribe_port(keeper->scribe),
                                   keeper->config->snapshots_every_ms, size_max(keeper->config),
                                   MEGABYTE};
}

void keeper_close(struct keeper *keeper)
{
    if (keeper != NULL) {
        scribe_stop(keeper->scribe);
        keeper->folder.free(keeper->folder.self);
        free(keeper);
    }
}
