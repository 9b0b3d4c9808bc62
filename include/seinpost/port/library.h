/* library: where writers' schemas are found: a schema registry, a folder.
 *
 * Owns:    nothing.
 * Thread:  the worker's.
 * Fails:   by enum outcome: RETRY when it cannot be asked now.
 */
#ifndef SEINPOST_PORT_LIBRARY_H
#define SEINPOST_PORT_LIBRARY_H

#include "seinpost/base/outcome.h"
#include "seinpost/base/text.h"

#include <stdint.h>

struct library {
    void *self;
    /* Writes the schema of this id (or fingerprint) that `source` uses; nothing when there is
     * none. */
    enum outcome (*find)(void *self, struct slice source, uint64_t id, struct text *schema);
};

#endif
