#include "seinpost/cli/shelf.h"

#include "seinpost/base/ensure.h"
#include "seinpost/file/writers.h"
#include "seinpost/registry/registry.h"

#include <stdlib.h>

struct shelf {
    const struct config_data *config;
    struct registry *registry;
    struct writers **writers; /* by index of source; NULL: it has none */
};

struct shelf *shelf_new(const struct config_data *config)
{
    struct shelf *shelf = calloc(1, sizeof *shelf);

    ENSURE_MEMORY(shelf != NULL);
    shelf->config = config;
    if (config->registry != NULL) {
        shelf->registry = registry_new(config->registry);
    }
    shelf->writers = calloc(config->sources.count + 1, sizeof(struct writers *));
    ENSURE_MEMORY(shelf->writers != NULL);
    for (size_t i = 0; i < config->sources.count; i++) {
        const char *folder = config->sources.items[i].writers;
        shelf->writers[i] = folder == NULL ? NULL : writers_new(folder);
    }
    return shelf;
}

void shelf_free(struct shelf *shelf)
{
    if (shelf == NULL) {
        return;
    }
    for (size_t i = 0; i < shelf->config->sources.count; i++) {
        writers_free(shelf->writers[i]);
    }
    free(shelf->writers);
    registry_free(shelf->registry);
    free(shelf);
}

static enum outcome find(void *self, struct slice source, uint64_t id, struct text *schema)
{
    const struct shelf *shelf = self;
    const struct source_list *sources = &shelf->config->sources;

    size_t i = 0;

    while (i < sources->count && !slice_equal(sources->items[i].name, source)) {
        i++;
    }
    ENSURE(i < sources->count); /* it is one of the configuration */
    if (sources->items[i].wire == SOURCE_CONFLUENT) {
        return registry_find(shelf->registry, id, schema);
    }
    text_add(schema, writers_find(shelf->writers[i], id));
    return OUTCOME_OK;
}

struct library shelf_library(struct shelf *shelf)
{
    return (struct library){shelf, find};
}
