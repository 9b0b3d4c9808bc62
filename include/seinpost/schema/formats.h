/* formats: the schemas of the records that Seinpost itself writes, each known by its
 * fingerprint, which stands at the head of every such record (single-object encoding).
 *
 * Owns:    nothing; the texts live in the arena.
 * Thread:  any, once they are loaded.
 * Fails:   by fault E250 in the diag.
 */
#ifndef SEINPOST_SCHEMA_FORMATS_H
#define SEINPOST_SCHEMA_FORMATS_H

#include "seinpost/base/slice.h"

#include <stdint.h>

struct arena;
struct diag;

struct format {
    struct slice json;
    uint64_t fingerprint;
};

struct formats {
    struct format alert;
    struct format alert_earlier; /* before they had a standing; 0: there is none */
    struct format match;
    struct format derived;
    struct format reject;
};

/* Reads alert.avsc, match.avsc, derived.avsc and reject.avsc in `folder`, and, where there is
 * one, earlier/alert.1.avsc. */
void formats_load(struct arena *arena, struct diag *diag, const char *folder,
                  struct formats *formats);

#endif
