/* seinpost: the tool of analysts and operators. Each verb is a file of its own. */
#include "seinpost/cli/verb.h"
#include "seinpost/cli/verbs.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static int usage(FILE *out, int code)
{
    (void)fputs("usage: seinpost VERB [OPTION]...\n\n", out);
    for (size_t i = 0; i < verbs_count(); i++) {
        const struct usage *verb = verbs_at(i)->usage;
        (void)fprintf(out, "  %-12s %s\n", verb->verb, verb->summary);
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
    const struct verbs_entry *verb = verbs_find(argv[1]);
    if (verb != NULL) {
        return verb->run(argc - 1, argv + 1);
    }
    (void)fprintf(stderr, "seinpost: no verb '%s'\n\n", argv[1]);
    return usage(stderr, VERB_USAGE);
}
