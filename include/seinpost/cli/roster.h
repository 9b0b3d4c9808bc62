/* roster: all that this program can be asked, in one list: its verbs and how each is called.
 *
 * Owns:    nothing; the list is constant.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_CLI_ROSTER_H
#define SEINPOST_CLI_ROSTER_H

#include "seinpost/cli/usage.h"

#include <stddef.h>

struct roster_verb {
    const struct usage *usage;
    int (*run)(int argc, char **argv);
};

size_t roster_count(void);
const struct roster_verb *roster_verb(size_t index);

/* Returns the verb of this name, or NULL. */
const struct roster_verb *roster_find(const char *name);

#endif
