#include "seinpost/base/text.h"
#include "seinpost/cli/junit.h"
#include "seinpost/cli/mutants.h"
#include "seinpost/cli/trial.h"
#include "seinpost/cli/verb.h"
#include "seinpost/cli/workbench.h"

#include <getopt.h>
#include <string.h>

static const struct usage_option option_table[] = {
    {"schemas", 's', "DIR", "event catalogue (default: the one that came with the program)"},
    {"format", 'f', "FORM", "text (default), or junit: XML, a suite for each rule"},
    {"mutate", 'm', NULL,
     "when all pass: make small mistakes in the rules, one at a time, and tell which of them "
     "no "
     "test notices"},
    {"verbose", 'v', NULL, "name the tests that pass too"},
    {NULL, 0, NULL, NULL},
};

const struct usage verb_test_usage = {
    .verb = "test",
    .summary = "run the tests inside rule files",
    .arguments = "[OPTION]... PATH...",
    .says =
        "Runs the tests inside rule files, with the engine that runs in production.\n\nOf a "
        "test that fails, a line with - was expected and did not come, one with + came and "
        "was not expected, and one with ~ came with a difference, which stands below it.",
    .options = option_table,
    .exits = {"all passed", "a test failed, a rule has errors, or no test notices a mistake",
              "usage", "the report could not be written"},
};

struct options {
    const char *schemas;
    bool verbose;
    bool junit;
    bool mutates;
};

static bool take_option(void *context, char letter, const char *argument)
{
    struct options *options = context;

    switch (letter) {
    case 's':
        options->schemas = argument;
        return true;
    case 'v':
        options->verbose = true;
        return true;
    case 'm':
        options->mutates = true;
        return true;
    default:
        options->junit = strcmp(argument, "junit") == 0;
        return options->junit || strcmp(argument, "text") == 0;
    }
}

struct session {
    const struct workbench *workbench;
    const struct options *options;
    size_t passed;
    size_t failed;
    struct junit junit;
};

static void report_text(const struct session *session, struct slice title,
                        const struct ruletest *test, bool passed, struct slice why)
{
    if (!passed) {
        (void)printf("FAIL %s:%u: %.*s: %.*s\n%.*s", test->node->place.file,
                     test->node->place.line, SLICE_ARGS(title), SLICE_ARGS(test->name),
                     SLICE_ARGS(why));
    } else if (session->options->verbose) {
        (void)printf("ok   %.*s: %.*s\n", SLICE_ARGS(title), SLICE_ARGS(test->name));
    }
}

static void run_test(struct session *session, const struct rule *rule, struct slice title,
                     const struct ruletest *test)
{
    struct text why = {0};
    const struct workbench *workbench = session->workbench;
    const bool passed = trial_run(workbench->program, &workbench->formats, rule, test, &why);

    session->passed += passed ? 1U : 0U;
    session->failed += passed ? 0U : 1U;
    if (session->options->junit) {
        junit_case(&session->junit, test->name, test->node->place.line,
                   passed ? NULL : "expected and told alerts differ", text_slice(&why));
    } else {
        report_text(session, title, test, passed, text_slice(&why));
    }
    text_free(&why);
}

static void run_tests(struct session *session, const struct rule *rule, struct slice title,
                      const struct tree *node)
{
    const struct workbench *workbench = session->workbench;
    const size_t faults = diag_errors(workbench->diag);
    const struct ruletest_list tests =
        ruletest_read(workbench->arena, workbench->diag, workbench->program, rule, node);

    if (node != NULL && session->options->junit) {
        junit_suite(&session->junit, title, slice_of(node->place.file));
    }
    for (size_t i = 0; i < tests.count && diag_errors(workbench->diag) == faults; i++) {
        run_test(session, rule, title, &tests.items[i]);
    }
}

static void run_all(struct session *session)
{
    const struct program *program = session->workbench->program;

    for (size_t i = 0; i < program->rules_count; i++) {
        const struct rule *rule = program->rules[i];
        if (rule->status == RULE_TEST || rule->status == RULE_STABLE) {
            run_tests(session, rule, rule->name, tree_get(rule->node, "tests"));
        }
    }
    for (size_t i = 0; i < program->tests_count; i++) {
        const struct tree *title = tree_get(program->tests[i], "title");
        run_tests(session, NULL, title != NULL ? title->text : SLICE("tests"),
                  tree_get(program->tests[i], "tests"));
    }
}

static bool mutate(const struct workbench *workbench, const char *const *paths, size_t count)
{
    const struct mutants_count mutants = mutants_run(workbench, paths, count);

    (void)printf("%zu mistakes, %zu of them noticed by no test\n", mutants.made,
                 mutants.unnoticed);
    return mutants.unnoticed == 0;
}

int verb_test(int argc, char **argv)
{
    struct options options = {0};
    const int code = usage_read(&verb_test_usage, argc, argv, take_option, &options);

    if (code >= 0) {
        return code;
    }
    if (optind == argc) {
        return usage_help(&verb_test_usage, false);
    }
    struct workbench workbench;
    workbench_open(
        &workbench, options.schemas, (const char *const *)(argv + optind),
        (size_t)(argc - optind),
        &(struct load_options){.today = INSTANT_MIN, .never_late = true, .drafts = true});
    struct session session = {.workbench = &workbench, .options = &options};
    run_all(&session);
    const bool faulty = workbench_report(&workbench, stderr, DIAG_TEXT);
    if (options.junit && faulty) {
        junit_faults(&session.junit, workbench.diag);
    }
    if (options.junit) {
        junit_finish(&session.junit, stdout);
    }
    (void)fprintf(options.junit ? stderr : stdout, "%zu passed, %zu failed\n", session.passed,
                  session.failed);
    bool good = !faulty && session.failed == 0;
    if (good && options.mutates) {
        good =
            mutate(&workbench, (const char *const *)(argv + optind), (size_t)(argc - optind));
    }
    workbench_close(&workbench);
    return !verb_written(stdout) ? VERB_WORLD : good ? VERB_GOOD : VERB_NO;
}
