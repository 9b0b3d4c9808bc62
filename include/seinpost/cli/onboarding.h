/* onboarding: what a new partner needs: its source in the configuration, its topic, rights and
 * credential in Kafka, and a guide for its developer.
 *
 * Owns:    nothing.
 * Thread:  the main one.
 * Fails:   never; who calls has checked the names.
 */
#ifndef SEINPOST_CLI_ONBOARDING_H
#define SEINPOST_CLI_ONBOARDING_H

#include "seinpost/cli/sector.h"
#include "seinpost/schema/catalogue.h"

#include <stdbool.h>

struct text;

enum {
    ONBOARDING_TYPES_MAX = 64
};

struct onboarding {
    struct slice name; /* of the source, and of its user in Kafka */
    struct slice topic;
    const struct sector *sector;
    const struct slice *globs; /* of its event types */
    size_t globs_count;
    const struct event_type *types[ONBOARDING_TYPES_MAX]; /* those that the globs mean */
    size_t types_count;
};

/* Tells whether it can stand unquoted in YAML, in a shell and as a topic. */
bool onboarding_is_name(struct slice name);

/* Finds the event types of the sector that the globs mean. Returns a glob that means none, or
 * an empty slice. */
struct slice onboarding_find_types(struct onboarding *onboarding,
                                   const struct catalogue *catalogue);

/* Appends the item for `sources:` of a configuration. */
void onboarding_source(const struct onboarding *onboarding, struct text *text);

/* Appends a shell script of Kafka's own tools. */
void onboarding_commands(const struct onboarding *onboarding, struct text *text);

/* Appends the guide, in Markdown. */
void onboarding_guide(const struct onboarding *onboarding, struct text *text);

#endif
