#include "seinpost/base/arena.h"
#include "seinpost/base/diag.h"
#include "seinpost/base/file.h"
#include "seinpost/base/text.h"
#include "seinpost/cli/save.h"
#include "seinpost/cli/verb.h"
#include "seinpost/yaml/remark.h"
#include "seinpost/yaml/tree.h"
#include "seinpost/yaml/typeset.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

enum {
    ARENA_MAX = 256 * 1024 * 1024 /* of one file */
};

static const struct usage_option option_table[] = {
    {"check", 'c', NULL, "write nothing; name the files that are laid out otherwise"},
    {NULL, 0, NULL, NULL},
};

const struct usage verb_fmt_usage = {
    .verb = "fmt",
    .summary = "lay rule files out in one way; comments and meaning stay",
    .arguments = "[OPTION]... PATH...",
    .says =
        "Lays rule files, and all *.yaml below folders, out in one way: two blanks for each "
        "level, lists a level deeper than their key, at most one blank line, brackets "
        "closely and within 120 columns. Order, quotes, comments, and what stands in "
        "brackets and what in lines, stay as they are. A file whose meaning would not stay "
        "the same to the letter is left as it is.",
    .options = option_table,
    .exits = {"done, or with --check: all are laid out so",
              "a file has faults, or with --check: is laid out otherwise", "usage",
              "a file could not be read or written"},
};

static bool take_option(void *context, char letter, const char *argument)
{
    (void)letter;
    (void)argument;
    *(bool *)context = true;
    return true;
}

/* What a text says: all its documents, and as many comments. */
static bool read_meaning(struct arena *arena, const char *file, struct slice text, FILE *out,
                         struct text *meaning)
{
    struct diag *diag = diag_new(arena);

    for (const struct tree *node = tree_read(diag, arena, file, text); node != NULL;
         node = node->next) {
        tree_digest(meaning, node);
        text_add(meaning, SLICE("---"));
    }
    const struct remark_list remarks = remark_find(arena, text);
    for (size_t i = 0; i < remarks.count; i++) {
        text_format(meaning, "%.*s\n", SLICE_ARGS(remarks.items[i].text));
    }
    if (diag_errors(diag) > 0 && out != NULL) {
        diag_print(diag, out, DIAG_TEXT);
    }
    return diag_errors(diag) == 0;
}

/* Lays a text out. False, and told, when it cannot be. */
static bool lay_out(struct arena *arena, const char *file, struct slice text, struct text *made)
{
    struct text before = {0};
    struct text after = {0};
    bool good = read_meaning(arena, file, text, stderr, &before);

    if (good) {
        good = typeset_write(arena, text, made) &&
               read_meaning(arena, file, text_slice(made), NULL, &after) &&
               slice_equal(text_slice(&before), text_slice(&after));
        if (!good) {
            (void)fprintf(stderr, "%s: left as it is: laid out it would say something else\n",
                          file);
        }
    }
    text_free(&before);
    text_free(&after);
    return good;
}

static int do_file(const char *file, bool checks)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct slice text = {0};
    struct text made = {0};
    int result = VERB_GOOD;

    if (!file_read(arena, file, &text)) {
        (void)fprintf(stderr, "seinpost: %s: %s\n", file, strerror(errno));
        result = VERB_WORLD;
    } else if (!lay_out(arena, file, text, &made)) {
        result = VERB_NO;
    } else if (!slice_equal(text, text_slice(&made))) {
        (void)printf("%s\n", file);
        result = checks ? VERB_NO : VERB_GOOD;
        if (!checks && !save_file(file, text_slice(&made))) {
            (void)fprintf(stderr, "seinpost: %s: %s\n", file, strerror(errno));
            result = VERB_WORLD;
        }
    }
    text_free(&made);
    arena_free(arena);
    return result;
}

int verb_fmt(int argc, char **argv)
{
    bool checks = false;
    int result = usage_read(&verb_fmt_usage, argc, argv, take_option, &checks);

    if (result >= 0) {
        return result;
    }
    if (optind == argc) {
        return usage_help(&verb_fmt_usage, false);
    }
    result = VERB_GOOD;
    struct arena *arena = arena_new(ARENA_MAX);
    for (int i = optind; i < argc; i++) {
        struct file_list files = {0};
        if (!file_find(arena, argv[i], SLICE(".yaml"), &files)) {
            (void)fprintf(stderr, "seinpost: %s: %s\n", argv[i], strerror(errno));
            result = VERB_WORLD;
        }
        for (size_t j = 0; j < files.count; j++) {
            const int one = do_file(files.paths[j], checks);
            result = one > result ? one : result;
        }
    }
    arena_free(arena);
    return verb_written(stdout) ? result : VERB_WORLD;
}
