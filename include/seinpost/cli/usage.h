/* usage: how a verb is called: one table of its options, from which its arguments are read and
 * its `--help`, its manual page and the shells' completions are made.
 *
 * Owns:    nothing; the tables are constants.
 * Thread:  the main one.
 * Fails:   by the exit code for wrong usage.
 */
#ifndef SEINPOST_CLI_USAGE_H
#define SEINPOST_CLI_USAGE_H

#include <stdbool.h>
#include <stdio.h>

enum {
    USAGE_EXITS = 4,
    USAGE_OPTIONS_MAX = 24
};

struct usage_option {
    const char *name;
    char letter;          /* for the verb's own switch; `h` is help */
    const char *argument; /* what it takes, in capitals; NULL: nothing */
    const char *says;
};

struct usage {
    const char *program; /* NULL: seinpost, and `verb` is one of its verbs */
    const char *verb;
    const char *summary;                /* one line, for the list of verbs */
    const char *arguments;              /* as `[OPTION]... PATH...` */
    const char *says;                   /* paragraphs, with an empty line between them */
    const struct usage_option *options; /* ends with an empty one; help is not among them */
    const char *exits[USAGE_EXITS];     /* by enum verb_exit; NULL: never */
};

/* Takes one option; false when its argument is wrong. */
typedef bool usage_take(void *options, char letter, const char *argument);

/* Reads the options; what follows them begins at `optind`. Returns -1 to go on, else the exit
 * code. */
int usage_read(const struct usage *usage, int argc, char **argv, usage_take *take,
               void *options);

/* Prints the help; to stdout with exit code VERB_GOOD when it was asked for, else to stderr
 * with VERB_USAGE. */
int usage_help(const struct usage *usage, bool asked);

/* Prints the words wrapped: each line but the first after `indent` blanks. */
void usage_wrap(FILE *out, const char *words, unsigned indent);

#endif
