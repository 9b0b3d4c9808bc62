/* linking: rules that join events by the identities that they share: `link`.
 *
 * Owns:    nothing.
 * Thread:  the thread that loads.
 * Fails:   by faults E204, E205, E208, E211, E304, E309, E310; W606.
 */
#ifndef SEINPOST_RULE_LINKING_H
#define SEINPOST_RULE_LINKING_H

#include "seinpost/rule/build.h"

/* The metrics of a link, by their indexes. Those from LINKING_LINKS on are shown only. */
enum {
    LINKING_ENTITIES,
    LINKING_SECTORS,
    LINKING_STAGES,
    LINKING_INDICATORS,
    LINKING_LINKS,
    LINKING_KEYSTONES, /* identities without which the rest would fall apart */
    LINKING_HUBS,      /* identities that join nobody, having too many links */
};

/* Reads a link from its correlation. */
void linking_read(struct build *build);

#endif
