/* inquiry: what `seinpost explain` was asked, and with what: the verb reads it, and the
 * files whose names begin with `asked` answer it.
 *
 * Owns:    nothing.
 * Thread:  the main one.
 * Fails:   by the verb's exit code.
 */
#ifndef SEINPOST_CLI_INQUIRY_H
#define SEINPOST_CLI_INQUIRY_H

#include "seinpost/base/instant.h"
#include "seinpost/base/slice.h"
#include "seinpost/plain/phrase.h"

enum {
    INQUIRY_PATHS_MAX = 64
};

struct inquiry {
    const char *subject; /* an alert's id, a rule's name or id; NULL: none */
    const char *paths[INQUIRY_PATHS_MAX];
    size_t paths_count;
    const char *config;
    const char *schemas;
    const char *brokers;
    const char *events;
    const char *alerts;
    const char *group; /* `kind=value` */
    bool plan;
    bool json;
    bool drafts;
    enum language language;
    int64_t lateness_ms; /* -1: nothing is too late */
    bool has_until;
    struct instant until;
};

#endif
