#include "seinpost/base/text.h"
#include "seinpost/cli/verb.h"
#include "seinpost/cli/workbench.h"
#include "seinpost/rule/outline.h"

#include <getopt.h>

static const struct usage_option option_table[] = {
    {"schemas", 's', "DIR", "event catalogue (default: the one that came with the program)"},
    {NULL, 0, NULL, NULL},
};

const struct usage verb_schema_usage = {
    .verb = "schema",
    .summary = "print a JSON Schema of rule files, for editors",
    .arguments = "[OPTION]...",
    .says =
        "Prints a JSON Schema (2020-12) of the documents of rule files, made of the tables by "
        "which they are read and of the event catalogue. An editor completes and checks by it "
        "while one writes; seinpost check knows more.",
    .options = option_table,
    .exits = {"done", "the catalogue has errors", "usage", "the output could not be written"},
};

static bool take_option(void *context, char letter, const char *argument)
{
    const char **schemas = context;

    (void)letter;
    *schemas = argument;
    return true;
}

int verb_schema(int argc, char **argv)
{
    const char *schemas = NULL;
    const int code = usage_read(&verb_schema_usage, argc, argv, take_option, (void *)&schemas);
    struct workbench workbench;
    struct text text = {0};

    if (code >= 0) {
        return code;
    }
    if (optind < argc) {
        return usage_help(&verb_schema_usage, false);
    }
    workbench_begin(&workbench);
    workbench_load_schemas(&workbench, schemas);
    const bool faulty = workbench_report(&workbench, stderr, DIAG_TEXT);
    if (!faulty) {
        outline_write(workbench.catalogue, &text);
        (void)fwrite(text.data, 1, text.size, stdout);
    }
    text_free(&text);
    workbench_close(&workbench);
    return !verb_written(stdout) ? VERB_WORLD : faulty ? VERB_NO : VERB_GOOD;
}
