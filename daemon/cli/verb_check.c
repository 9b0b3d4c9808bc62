#include "seinpost/base/arena.h"
#include "seinpost/base/file.h"
#include "seinpost/cli/junit.h"
#include "seinpost/cli/sarif.h"
#include "seinpost/cli/verb.h"
#include "seinpost/cli/workbench.h"
#include "seinpost/config/config.h"
#include "seinpost/model/model.h"
#include "seinpost/rule/measures.h"
#include "seinpost/rule/ruletest.h"
#include "seinpost/rule/silence.h"
#include "seinpost/signal/inspect.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

enum form {
    FORM_TEXT,
    FORM_JSON,
    FORM_SARIF,
    FORM_JUNIT,
    FORMS_COUNT,
};

static const struct usage_option option_table[] = {
    {"config", 'c', "FILE",
     "check the configuration too, and hold rules against the sources there: purposes, bases, "
     "retention (default of PATH: the rules that it names)"},
    {"measures", 'm', "FILE",
     "menu of measures: rules may name no other (deploy/model/measures.yaml)"},
    {"schemas", 's', "DIR",
     "event catalogue (default: that of the configuration, else the one that came with the "
     "program)"},
    {"today", 't', "DATE", "what 'expired' is measured by (default: today)"},
    {"format", 'f', "FORM",
     "text (default), json: one object a line, sarif: version 2.1.0, or junit: XML, a suite "
     "for "
     "each file"},
    {NULL, 0, NULL, NULL},
};

const struct usage verb_check_usage = {
    .verb = "check",
    .summary = "check rule files: every fault in one run, with its place",
    .arguments = "[OPTION]... [PATH]...",
    .says = "Checks rule files and files of events, and all *.yaml and *.ndjson below folders: "
            "every fault in one run, with its place.",
    .options = option_table,
    .exits = {"no errors", "errors", "usage", "the report could not be written"},
};

struct options {
    const char *config;
    const char *measures;
    const char *schemas;
    struct instant today;
    int form;
};

static bool set_format(const char *text, int *form)
{
    static const char *const names[FORMS_COUNT] = {"text", "json", "sarif", "junit"};

    for (int i = 0; i < FORMS_COUNT; i++) {
        if (strcmp(text, names[i]) == 0) {
            *form = i;
            return true;
        }
    }
    return false;
}

static bool take_option(void *context, char letter, const char *argument)
{
    struct options *options = context;

    switch (letter) {
    case 'c':
        options->config = argument;
        return true;
    case 'm':
        options->measures = argument;
        return true;
    case 's':
        options->schemas = argument;
        return true;
    case 't':
        return instant_parse(slice_of(argument), &options->today);
    default:
        return set_format(argument, &options->form);
    }
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

static void check_measures(const struct options *options, const struct workbench *workbench)
{
    struct measures measures;

    if (options->measures != NULL &&
        measures_read(workbench->diag, workbench->arena, options->measures, &measures)) {
        measures_check(workbench->diag, workbench->program, &measures);
    }
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static void print_faults(const struct diag *diag, int form)
{
    struct junit junit = {0};

    if (form == FORM_SARIF) {
        sarif_print(diag, stdout);
    } else if (form == FORM_JUNIT) {
        junit_faults(&junit, diag);
        junit_finish(&junit, stdout);
    } else {
        diag_print(diag, stdout, form == FORM_JSON ? DIAG_JSON : DIAG_TEXT);
    }
}

static void report(const struct options *options, const struct workbench *workbench,
                   size_t events)
{
    const size_t rules = workbench->program->rules_count;
    const size_t errors = diag_errors(workbench->diag);
    const size_t warnings = diag_warnings(workbench->diag);

    print_faults(workbench->diag, options->form);
    if (options->form == FORM_TEXT) {
        (void)fprintf(stderr, "%zu rule%s, ", rules, plural(rules));
        if (events > 0) {
            (void)fprintf(stderr, "%zu event%s, ", events, plural(events));
        }
        (void)fprintf(stderr, "%zu error%s, %zu warning%s\n", errors, plural(errors), warnings,
                      plural(warnings));
    }
}

/* Rules are held against the sources of a configuration that has no faults of its own. */
static struct config *read_config(const struct options *options, struct workbench *workbench,
                                  struct load_options *load)
{
    bool good = false;

    if (options->config == NULL) {
        return NULL;
    }
    struct config *config = config_load(options->config, workbench->diag, &good);
    if (good) {
        load->sources = config_get(config)->sources;
        load->approvers = &config_get(config)->approvers;
        if (config_get(config)->model != NULL) {
            (void)model_load(workbench->arena, workbench->diag, config_get(config)->model);
        }
        load->matches_retention_ms = config_get(config)->matches.retention_ms;
    }
    return config;
}

static bool is_events(const char *path)
{
    return slice_ends_with(slice_of(path), SLICE(".ndjson"));
}

static void inspect_events(const struct workbench *workbench, const char *file, size_t *events)
{
    struct slice text = {0};

    if (file_read(workbench->arena, file, &text)) {
        *events += inspect_file(workbench->diag, workbench->catalogue, file, text);
    } else {
        diag_add(workbench->diag, (struct diag_place){.file = file}, "E112", "unreadable: %s",
                 strerror(errno));
    }
}

/* Inspects the files of events among the paths, and below those that are folders. */
static size_t check_events(const struct workbench *workbench, const char *const *paths,
                           size_t count)
{
    size_t events = 0;

    for (size_t i = 0; i < count; i++) {
        struct file_list files = {0};
        if (!file_find(workbench->arena, paths[i], SLICE(".ndjson"), &files) &&
            is_events(paths[i])) {
            inspect_events(workbench, paths[i], &events);
        }
        for (size_t j = 0; j < files.count; j++) {
            if (is_events(files.paths[j])) {
                inspect_events(workbench, files.paths[j], &events);
            }
        }
    }
    return events;
}

/* The paths that may hold rules. */
static size_t rule_paths(const struct workbench *workbench, const char *const *paths,
                         size_t count, const char ***rules)
{
    size_t kept = 0;

    *rules = arena_alloc(workbench->arena, count * sizeof(const char *));
    for (size_t i = 0; i < count; i++) {
        if (!is_events(paths[i])) {
            (*rules)[kept++] = paths[i];
        }
    }
    return kept;
}

static void load_all(const struct options *options, struct workbench *workbench,
                     const char *const *paths, size_t count)
{
    struct load_options load = {.today = options->today};
    struct config *config = read_config(options, workbench, &load);
    const char *schemas = options->schemas;
    const char *rules = config == NULL ? NULL : config_get(config)->rules;

    if (schemas == NULL && config != NULL) {
        schemas = config_get(config)->schemas;
    }
    if (count == 0 && rules != NULL) {
        paths = &rules;
        count = 1;
    }
    const char **rule_files = NULL;
    const size_t rule_files_count = rule_paths(workbench, paths, count, &rule_files);
    workbench_load(workbench, schemas, rule_files, rule_files_count, &load);
    if (config != NULL) {
        config_check_types(config, workbench->diag, workbench->catalogue);
    }
    check_tests(workbench);
    check_measures(options, workbench);
    const size_t events = check_events(workbench, paths, count);
    silence_report(workbench->diag);
    report(options, workbench, events);
    config_close(config);
}

int verb_check(int argc, char **argv)
{
    struct options options = {.today = workbench_today()};
    const int code = usage_read(&verb_check_usage, argc, argv, take_option, &options);
    struct workbench workbench;

    if (code >= 0) {
        return code;
    }
    if (optind == argc && options.config == NULL) {
        return usage_help(&verb_check_usage, false);
    }
    workbench_begin(&workbench);
    load_all(&options, &workbench, (const char *const *)(argv + optind),
             (size_t)(argc - optind));
    const bool faulty = diag_errors(workbench.diag) > 0;
    workbench_close(&workbench);
    return verb_written(stdout) ? faulty ? VERB_NO : VERB_GOOD : VERB_WORLD;
}
