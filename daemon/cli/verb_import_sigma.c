#include "seinpost/base/arena.h"
#include "seinpost/base/file.h"
#include "seinpost/base/text.h"
#include "seinpost/cli/sigma.h"
#include "seinpost/cli/verb.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

enum {
    ARENA_MAX = 256 * 1024 * 1024
};

static const struct usage_option option_table[] = {
    {"type", 't', "TYPE",
     "event type that the rules' log source is here, or NAME=TYPE for one rule; may be "
     "repeated"},
    {"field", 'f', "FROM=TO", "a field, and what it is called here; may be repeated"},
    {"stage", 's', "WORD", "stage of the barrier model at which it works"},
    {"purpose", 'p', "WORD", "purpose that it serves"},
    {"legal-basis", 'l', "WORD", "basis on which it may"},
    {"owner", 'o', "NAME", "desk that owns it"},
    {NULL, 0, NULL, NULL},
};

const struct usage verb_import_sigma_usage = {
    .verb = "import-sigma",
    .summary = "turn Sigma rules and their correlations into drafts of watch rules",
    .arguments = "OPTION... FILE",
    .says =
        "Reads a file of Sigma rules (specification 2.1) and prints drafts of watch rules: one "
        "for each correlation, with the rules that it names as its events, and one for each "
        "rule that no correlation names. What a Sigma rule cannot say is given by options, all "
        "of them but --field; "
        "which facts speak for a person it cannot say either, and a person must: each draft "
        "says so below unless.",
    .options = option_table,
    .exits = {"done", "something in the file has no counterpart here", "usage",
              "the file could not be read, or the output not be written"},
};

static bool add_pair(struct sigma_options *options, const char *argument, bool type)
{
    const char *equals = strchr(argument, '=');

    if (options->pairs_count == SIGMA_PAIRS_MAX || (!type && equals == NULL)) {
        return false;
    }
    struct sigma_pair *pair = &options->pairs[options->pairs_count++];
    pair->type = type;
    pair->from =
        equals == NULL ? SLICE("") : (struct slice){argument, (size_t)(equals - argument)};
    pair->to = slice_of(equals == NULL ? argument : equals + 1);
    return pair->to.size > 0;
}

static bool take_option(void *context, char letter, const char *argument)
{
    struct sigma_options *options = context;

    switch (letter) {
    case 't':
    case 'f':
        return add_pair(options, argument, letter == 't');
    case 's':
        options->stage = argument;
        return true;
    case 'p':
        options->purpose = argument;
        return true;
    case 'l':
        options->legal_basis = argument;
        return true;
    default:
        options->owner = argument;
        return true;
    }
}

static bool is_complete(const struct sigma_options *options)
{
    return options->stage != NULL && options->purpose != NULL && options->legal_basis != NULL &&
           options->owner != NULL && options->pairs_count > 0;
}

static int import(const struct sigma_options *options, const char *file)
{
    struct arena *arena = arena_new(ARENA_MAX);
    struct diag *diag = diag_new(arena);
    struct slice text = {0};
    struct text made = {0};
    int result = VERB_GOOD;

    if (!file_read(arena, file, &text)) {
        (void)fprintf(stderr, "seinpost: %s: %s\n", file, strerror(errno));
        result = VERB_WORLD;
    } else if (!sigma_import(diag, arena, options, tree_read(diag, arena, file, text), &made)) {
        diag_print(diag, stderr, DIAG_TEXT);
        result = VERB_NO;
    } else {
        (void)fwrite(made.data, 1, made.size, stdout);
    }
    text_free(&made);
    arena_free(arena);
    return result;
}

int verb_import_sigma(int argc, char **argv)
{
    struct sigma_options options = {0};
    const int code = usage_read(&verb_import_sigma_usage, argc, argv, take_option, &options);

    if (code >= 0) {
        return code;
    }
    if (optind + 1 != argc || !is_complete(&options)) {
        return usage_help(&verb_import_sigma_usage, false);
    }
    const int result = import(&options, argv[optind]);
    return verb_written(stdout) ? result : VERB_WORLD;
}
