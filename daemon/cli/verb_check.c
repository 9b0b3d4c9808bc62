#include "seinpost/base/arena.h"
#include "seinpost/cli/verb.h"
#include "seinpost/cli/workbench.h"
#include "seinpost/config/config.h"
#include "seinpost/rule/ruletest.h"

#include <getopt.h>
#include <string.h>

static const char usage[] =
    "usage: seinpost check [OPTION]... PATH...\n"
    "Checks rule files, and all *.yaml below folders: every fault in one run, with its place.\n"
    "\n"
    "  --config FILE   also hold rules against the sources there: purposes, bases, retention\n"
    "  --schemas DIR   event catalogue (default: the one that came with the program)\n"
    "  --today DATE    what 'expired' is measured by (default: today)\n"
    "  --format FORM   text (default) or json: one object a line\n"
    "  --help\n"
    "\n"
    "Exit: 0 no errors, 1 errors, 2 usage.\n";

struct options {
    const char *config;
    const char *schemas;
    struct instant today;
    enum diag_format format;
};

static bool set_format(const char *text, enum diag_format *format)
{
    *format = strcmp(text, "json") == 0 ? DIAG_JSON : DIAG_TEXT;
    return *format == DIAG_JSON || strcmp(text, "text") == 0;
}

/* Returns -1 to go on, else the exit code. */
static int read_options(int argc, char **argv, struct options *options)
{
    static const struct option names[] = {
        {"config", required_argument, NULL, 'c'}, {"schemas", required_argument, NULL, 's'},
        {"today", required_argument, NULL, 't'},  {"format", required_argument, NULL, 'f'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0},
    };

    for (int option = 0; option >= 0;) {
        option = getopt_long(argc, argv, "", names, NULL);
        if (option == 'h') {
            return verb_usage(usage, 1);
        }
        if (option == '?' ||
            (option == 't' && !instant_parse(slice_of(optarg), &options->today)) ||
            (option == 'f' && !set_format(optarg, &options->format))) {
            return verb_usage(usage, 0);
        }
        options->config = option == 'c' ? optarg : options->config;
        options->schemas = option == 's' ? optarg : options->schemas;
    }
    return optind < argc ? -1 : verb_usage(usage, 0);
}

/* Tests are part of a rule: what cannot be read of them is a fault too. */
static void check_tests(const struct workbench *workbench)
{
    const struct program *program = workbench->program;

    for (size_t i = 0; i < program->rules_count; i++) {
        const struct rule *rule = program->rules[i];
        (void)ruletest_read(workbench->arena, workbench->diag, program, rule,
                            tree_get(rule->node, "tests"));
    }
    for (size_t i = 0; i < program->tests_count; i++) {
        (void)ruletest_read(workbench->arena, workbench->diag, program, NULL,
                            tree_get(program->tests[i], "tests"));
    }
}

int verb_check(int argc, char **argv)
{
    struct options options = {.today = workbench_today()};
    const int code = read_options(argc, argv, &options);

    if (code >= 0) {
        return code;
    }
    struct config *config = NULL;
    struct load_options load = {.today = options.today};
    if (options.config != NULL) {
        config = config_open(options.config, stderr);
        if (config == NULL) {
            return VERB_USAGE;
        }
        load.sources = config_get(config)->sources;
    }
    struct workbench workbench;
    workbench_open(&workbench, options.schemas, (const char *const *)(argv + optind),
                   (size_t)(argc - optind), &load);
    check_tests(&workbench);
    const bool faulty = workbench_report(&workbench, stdout, options.format);
    if (options.format == DIAG_TEXT) {
        (void)fprintf(stderr, "%zu rules, %zu errors, %zu warnings\n",
                      workbench.program->rules_count, diag_errors(workbench.diag),
                      diag_warnings(workbench.diag));
    }
    workbench_close(&workbench);
    config_close(config);
    return faulty ? VERB_NO : VERB_GOOD;
}
