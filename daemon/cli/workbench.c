#include "seinpost/cli/workbench.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/file.h"
#include "seinpost/base/text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    ARENA_MAX = 2000 * 1000 * 1000 /* 10,000 rules and their tests fit many times */
};

/* The folder of the running program. */
static struct slice program_folder(char *buffer, size_t size)
{
    const ssize_t length = readlink("/proc/self/exe", buffer, size - 1);

    if (length <= 0) {
        return SLICE(".");
    }
    buffer[length] = '\0';
    char *slash = strrchr(buffer, '/');
    return (struct slice){buffer, slash == NULL ? 0 : (size_t)(slash - buffer)};
}

const char *workbench_schemas(struct arena *arena)
{
    static const char *const places[] = {"../schemas", "../share/seinpost/schemas"};
    const char *set = getenv("SEINPOST_SCHEMAS");
    char buffer[4096];
    const struct slice folder = program_folder(buffer, sizeof buffer);

    if (set != NULL) {
        return set;
    }
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct text path = {0};
        text_format(&path, "%.*s/%s", SLICE_ARGS(folder), places[i]);
        const char *found = slice_string(arena, text_slice(&path));
        text_free(&path);
        if (file_exists(found)) {
            return found;
        }
    }
    return "schemas";
}

struct instant workbench_today(void)
{
    const int64_t ms = (int64_t)time(NULL) * 1000;

    return (struct instant){ms - ms % INSTANT_DAY_MS};
}

static const char *folder_of(struct arena *arena, const char *schemas, const char *name)
{
    struct text path = {0};

    text_format(&path, "%s/%s", schemas, name);
    const char *folder = slice_string(arena, text_slice(&path));
    text_free(&path);
    return folder;
}

void workbench_open(struct workbench *workbench, const char *schemas,
                    const char *const *rule_paths, size_t rule_paths_count,
                    const struct load_options *options)
{
    workbench_begin(workbench);
    workbench_load(workbench, schemas, rule_paths, rule_paths_count, options);
}

void workbench_begin(struct workbench *workbench)
{
    *workbench = (struct workbench){.arena = arena_new(ARENA_MAX)};
    workbench->diag = diag_new(workbench->arena);
}

void workbench_load_schemas(struct workbench *workbench, const char *schemas)
{
    if (schemas == NULL) {
        schemas = workbench_schemas(workbench->arena);
    }
    workbench->catalogue = catalogue_load(workbench->arena, workbench->diag,
                                          folder_of(workbench->arena, schemas, "signals"));
    formats_load(workbench->arena, workbench->diag, schemas, &workbench->formats);
    workbench->places = place_load(workbench->arena, workbench->diag,
                                   folder_of(workbench->arena, schemas, "places"));
}

void workbench_load(struct workbench *workbench, const char *schemas,
                    const char *const *rule_paths, size_t rule_paths_count,
                    const struct load_options *options)
{
    struct load_options all = *options;

    workbench_load_schemas(workbench, schemas);
    all.places = &workbench->places;
    workbench->program = load_program(workbench->arena, workbench->diag, workbench->catalogue,
                                      rule_paths, rule_paths_count, &all);
}

void workbench_close(struct workbench *workbench)
{
    arena_free(workbench->arena);
    workbench->arena = NULL;
}

bool workbench_report(const struct workbench *workbench, FILE *out, enum diag_format format)
{
    diag_print(workbench->diag, out, format);
    return diag_errors(workbench->diag) > 0;
}
