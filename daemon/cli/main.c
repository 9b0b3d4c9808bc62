/* seinpost: the tool of analysts and operators. Each verb is a file of its own. */
#include "seinpost/base/slice.h"
#include "seinpost/cli/verb.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *says; /* NULL: the usage has it */
    const struct usage *usage;
} verbs[] = {
    {"check", verb_check, NULL, &verb_check_usage},
    {"test", verb_test, NULL, &verb_test_usage},
    {"approve", verb_approve, NULL, &verb_approve_usage},
    {"coverage", verb_coverage, NULL, &verb_coverage_usage},
    {"doc", verb_doc, NULL, &verb_doc_usage},
    {"diff", verb_diff, NULL, &verb_diff_usage},
    {"fmt", verb_fmt, NULL, &verb_fmt_usage},
    {"schema", verb_schema, NULL, &verb_schema_usage},
    {"replay", verb_replay, "run rules over a file of events, without a broker", NULL},
    {"explain", verb_explain, NULL, &verb_explain_usage},
    {"demo", verb_demo, "the whole daemon on a broker in this process, with shipped scenarios",
     NULL},
    {"tail", verb_tail, "show the alerts of a topic", NULL},
    {"topics", verb_topics, "print, check or create our topics and where groups begin", NULL},
};

enum {
    VERBS_COUNT = sizeof verbs / sizeof verbs[0]
};

static int usage(FILE *out, int code)
{
    (void)fputs("usage: seinpost VERB [OPTION]...\n\n", out);
    for (size_t i = 0; i < VERBS_COUNT; i++) {
        (void)fprintf(out, "  %-8s %s\n", verbs[i].name,
                      verbs[i].says != NULL ? verbs[i].says : verbs[i].usage->summary);
    }
    (void)fputs("\nseinpost VERB --help says more.\n", out);
    return code;
}

int main(int argc, char **argv)
{
    if (sodium_init() < 0 || argc < 2) {
        return usage(stderr, VERB_USAGE);
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        return usage(stdout, VERB_GOOD);
    }
    for (size_t i = 0; i < VERBS_COUNT; i++) {
        if (strcmp(argv[1], verbs[i].name) == 0) {
            return verbs[i].run(argc - 1, argv + 1);
        }
    }
    (void)fprintf(stderr, "seinpost: no verb '%s'\n\n", argv[1]);
    return usage(stderr, VERB_USAGE);
}
