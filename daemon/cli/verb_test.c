#include "seinpost/base/text.h"
#include "seinpost/cli/trial.h"
#include "seinpost/cli/verb.h"
#include "seinpost/cli/workbench.h"

#include <getopt.h>

static const char usage[] =
    "usage: seinpost test [OPTION]... PATH...\n"
    "Runs the tests inside rule files, with the engine that runs in production.\n"
    "\n"
    "  --schemas DIR   event catalogue (default: the one that came with the program)\n"
    "  --verbose       name the tests that pass too\n"
    "  --help\n"
    "\n"
    "Of a test that fails, lines with - were expected and did not come, lines with + came.\n"
    "Exit: 0 all passed, 1 a test failed or a rule has errors, 2 usage.\n";

struct options {
    const char *schemas;
    bool verbose;
};

/* Returns -1 to go on, else the exit code. */
static int read_options(int argc, char **argv, struct options *options)
{
    static const struct option names[] = {
        {"schemas", required_argument, NULL, 's'},
        {"verbose", no_argument, NULL, 'v'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };

    for (int option = 0; option >= 0;) {
        option = getopt_long(argc, argv, "", names, NULL);
        if (option == 'h') {
            return verb_usage(usage, 1);
        }
        if (option == '?') {
            return verb_usage(usage, 0);
        }
        options->schemas = option == 's' ? optarg : options->schemas;
        options->verbose = options->verbose || option == 'v';
    }
    return optind < argc ? -1 : verb_usage(usage, 0);
}

struct session {
    const struct workbench *workbench;
    const struct options *options;
    size_t passed;
    size_t failed;
};

static void run_test(struct session *session, const struct rule *rule, struct slice title,
                     const struct ruletest *test)
{
    struct text why = {0};
    const struct workbench *workbench = session->workbench;
    const bool passed = trial_run(workbench->program, &workbench->formats, rule, test, &why);

    session->passed += passed ? 1U : 0U;
    session->failed += passed ? 0U : 1U;
    if (!passed) {
        (void)printf("FAIL %s:%u: %.*s: %.*s\n%.*s", test->node->place.file,
                     test->node->place.line, SLICE_ARGS(title), SLICE_ARGS(test->name),
                     SLICE_ARGS(text_slice(&why)));
    } else if (session->options->verbose) {
        (void)printf("ok   %.*s: %.*s\n", SLICE_ARGS(title), SLICE_ARGS(test->name));
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

int verb_test(int argc, char **argv)
{
    struct options options = {0};
    const int code = read_options(argc, argv, &options);

    if (code >= 0) {
        return code;
    }
    struct workbench workbench;
    workbench_open(
        &workbench, options.schemas, (const char *const *)(argv + optind),
        (size_t)(argc - optind),
        &(struct load_options){.today = INSTANT_MIN, .never_late = true, .drafts = true});
    struct session session = {.workbench = &workbench, .options = &options};
    run_all(&session);
    const bool faulty = workbench_report(&workbench, stderr, DIAG_TEXT);
    (void)printf("%zu passed, %zu failed\n", session.passed, session.failed);
    workbench_close(&workbench);
    return faulty || session.failed > 0 ? VERB_NO : VERB_GOOD;
}
