/* manual: manual pages and shell completions, made of the tables by which options are read.
 *
 * Owns:    nothing.
 * Thread:  the main one.
 * Fails:   never.
 */
#ifndef SEINPOST_CLI_MANUAL_H
#define SEINPOST_CLI_MANUAL_H

#include "seinpost/cli/usage.h"

/* Prints the page of one verb, or of seinpostd, in roff's man macros. */
void manual_page(const struct usage *usage, FILE *out);

/* Prints the page that lists all verbs. */
void manual_overview(FILE *out);

/* Print what completes verbs and options in a shell. */
void manual_bash(FILE *out);
void manual_zsh(FILE *out);
void manual_fish(FILE *out);

#endif
