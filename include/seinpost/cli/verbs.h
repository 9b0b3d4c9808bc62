/* verbs: all that this program can be asked, in one list: its verbs and how each is called.
 *
 * Owns:    nothing; the list is constant.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_CLI_VERBS_H
#define SEINPOST_CLI_VERBS_H

#include "seinpost/cli/usage.h"

#include <stddef.h>

struct verbs_entry {
    const struct usage *usage;
    int (*run)(int argc, char **argv);
};

size_t verbs_count(void);
const struct verbs_entry *verbs_at(size_t index);

/* Returns the verb of this name, or NULL. */
const struct verbs_entry *verbs_find(const char *name);

#endif
