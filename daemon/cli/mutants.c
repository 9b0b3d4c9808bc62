#include "seinpost/cli/mutants.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/file.h"
#include "seinpost/base/text.h"
#include "seinpost/base/vector.h"
#include "seinpost/cli/mutation.h"
#include "seinpost/cli/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    ARENA_MAX = 2000 * 1000 * 1000
};

struct nursery {
    const struct workbench *workbench;
    VECTOR(const char *) files; /* all that are read, one by one */
    struct mutants_count count;
};

/* Returns whether all tests of a node pass under the mutant. */
static bool passes(const struct nursery *nursery, struct arena *arena, struct diag *diag,
                   const struct program *program, const struct rule *rule,
                   const struct tree *node)
{
    bool good = true;
    const struct ruletest_list tests = ruletest_read(arena, diag, program, rule, node);

    for (size_t i = 0; i < tests.count && good && diag_errors(diag) == 0; i++) {
        struct text why = {0};
        good = trial_run(program, &nursery->workbench->formats, rule, &tests.items[i], &why);
        text_free(&why);
    }
    return good && diag_errors(diag) == 0;
}

/* The rule's own tests first: they are the likeliest to notice. */
static bool is_noticed(const struct nursery *nursery, struct arena *arena, struct diag *diag,
                       const struct program *program, const struct rule *mutant)
{
    if (!passes(nursery, arena, diag, program, mutant, tree_get(mutant->node, "tests"))) {
        return true;
    }
    for (size_t i = 0; mutant->is_read && i < program->rules_count; i++) {
        const struct rule *rule = program->rules[i];
        if (rule->depth > mutant->depth &&
            !passes(nursery, arena, diag, program, rule, tree_get(rule->node, "tests"))) {
            return true;
        }
    }
    for (size_t i = 0; i < program->tests_count; i++) {
        if (!passes(nursery, arena, diag, program, NULL,
                    tree_get(program->tests[i], "tests"))) {
            return true;
        }
    }
    return false;
}

/* Loads all files, one of them as it stands in `path`. NULL: it is no rule any more. */
static const struct program *load(const struct nursery *nursery, struct arena *arena,
                                  struct diag *diag, const char *file, const char *path)
{
    const char **paths = arena_alloc(arena, nursery->files.count * sizeof(const char *));
    const struct workbench *workbench = nursery->workbench;
    const struct load_options options = {
        .places = &workbench->places, .today = INSTANT_MIN, .never_late = true, .drafts = true};

    for (size_t i = 0; i < nursery->files.count; i++) {
        const char *at = nursery->files.items[i];
        paths[i] = strcmp(at, file) == 0 ? path : at;
    }
    const struct program *program =
        load_program(arena, diag, workbench->catalogue, paths, nursery->files.count, &options);
    return diag_errors(diag) > 0 ? NULL : program;
}

/* Writes a text to a new file under `path`, a template. */
static void write_file(char *path, struct slice text)
{
    const int descriptor = mkstemp(path);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "w");

    ENSURE(file != NULL);
    const size_t written = fwrite(text.data, 1, text.size, file);
    const int failed = fclose(file);
    ENSURE(written == text.size && failed == 0);
}

static void try_one(struct nursery *nursery, const struct rule *rule,
                    const struct mutation *mutation)
{
    const char *file = mutation->place.file;
    char path[] = "/tmp/seinpost-mutant-XXXXXX";
    struct arena *arena = arena_new(ARENA_MAX);
    struct diag *diag = diag_new(arena);
    struct text text = {0};

    mutation_apply(mutation, diag_text(nursery->workbench->diag, file), &text);
    write_file(path, text_slice(&text));
    const struct program *program = load(nursery, arena, diag, file, path);
    (void)unlink(path);
    const struct rule *mutant = program == NULL ? NULL : program_find(program, rule->name);
    if (mutant != NULL && !digest_equal(mutant->hash, rule->hash)) {
        nursery->count.made++;
        if (!is_noticed(nursery, arena, diag, program, mutant)) {
            nursery->count.unnoticed++;
            (void)printf("%s:%u:%u: %.*s: no test notices: %.*s\n", file, mutation->place.line,
                         mutation->place.column, SLICE_ARGS(rule->name),
                         SLICE_ARGS(mutation->says));
        }
    }
    text_free(&text);
    arena_free(arena);
}

struct mutants_count mutants_run(const struct workbench *workbench, const char *const *paths,
                                 size_t paths_count)
{
    struct nursery nursery = {.workbench = workbench};

    for (size_t i = 0; i < paths_count; i++) {
        struct file_list files = {0};
        (void)file_find(workbench->arena, paths[i], SLICE(".yaml"), &files);
        for (size_t j = 0; j < files.count; j++) {
            VECTOR_PUSH(&nursery.files, files.paths[j]);
        }
    }
    for (size_t i = 0; i < workbench->program->rules_count; i++) {
        const struct rule *rule = workbench->program->rules[i];
        if (program_runs(rule) && tree_get(rule->node, "tests") != NULL) {
            const struct mutation_list list = mutation_find(workbench->arena, rule);
            for (size_t j = 0; j < list.count; j++) {
                try_one(&nursery, rule, &list.items[j]);
            }
        }
    }
    VECTOR_FREE(&nursery.files);
    return nursery.count;
}
