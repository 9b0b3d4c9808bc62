/* screening: a partner's sample held against a configuration: its source, catalogue and rules.
 *
 * Owns:    all that it opens, for the call.
 * Thread:  the main one.
 * Fails:   by the verb's exit code, with a message on stderr.
 */
#ifndef SEINPOST_CLI_SCREENING_H
#define SEINPOST_CLI_SCREENING_H

#include <stdbool.h>
#include <stddef.h>

struct screening {
    const char *config;
    const char *source;
    const char *schema; /* of framed records; NULL: the source's library */
    bool json;
    const char *const *samples;
    size_t samples_count;
};

int screening_run(const struct screening *screening);

#endif
