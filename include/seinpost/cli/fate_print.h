/* fate_print: the fates of records and fields, for a person or a program. No value of an event
 * is printed: only places, names of the catalogue or of a schema, and numbers.
 *
 * Owns:    nothing.
 * Thread:  the main one.
 * Fails:   as stdout does.
 */
#ifndef SEINPOST_CLI_FATE_PRINT_H
#define SEINPOST_CLI_FATE_PRINT_H

#include "seinpost/cli/fate.h"

struct fate_print {
    const struct catalogue *catalogue;
    const struct source *source;
    bool json; /* else text */
};

/* Prints what became of one record. A fate_listener of a struct fate_print. */
void fate_print_record(void *context, const struct fate_record *record);

/* Prints the sums. */
void fate_print_sums(const struct fate_print *print, const struct fates *fates);

#endif
