/* watch: notices that rule files have changed, by their names, sizes and times.
 *
 * A change counts when it has settled: when two looks in a row see the same.
 *
 * Owns:    what it saw.
 * Thread:  the main one.
 * Fails:   never; what cannot be read is seen as not there.
 */
#ifndef SEINPOST_CLI_WATCH_H
#define SEINPOST_CLI_WATCH_H

#include "seinpost/base/digest.h"

struct watch {
    const char *path;
    const char *lock;     /* of approvals; NULL: none */
    struct digest loaded; /* as it was when it was loaded last */
    struct digest seen;   /* at the last look */
};

/* Begins to watch a file, or the files below a folder, and the file of approvals; call before
 * loading, each time. */
void watch_begin(struct watch *watch, const char *path, const char *lock);

/* Looks. Returns true when there is something else to be loaded. */
bool watch_look(struct watch *watch);

#endif
