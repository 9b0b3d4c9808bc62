/* registry: a schema registry over HTTP, by Confluent's interface (GET /schemas/ids/{id}, POST
 * /subjects/{subject}/versions), which other registries offer too.
 *
 * Owns:    its connection.
 * Thread:  one.
 * Fails:   by enum outcome: RETRY when it does not answer, with the reason in the log.
 * Bounded: answers of REGISTRY_ANSWER_MAX bytes, REGISTRY_WAIT_S seconds.
 */
#ifndef SEINPOST_REGISTRY_REGISTRY_H
#define SEINPOST_REGISTRY_REGISTRY_H

#include "seinpost/base/outcome.h"
#include "seinpost/base/text.h"

#include <stdint.h>

struct registry;

enum {
    REGISTRY_ANSWER_MAX = 1024 * 1024,
    REGISTRY_WAIT_S = 10,
};

/* Makes a client; nothing is asked yet. */
struct registry *registry_new(const char *url);
void registry_free(struct registry *registry);

/* Appends the Avro schema of an id; nothing when the registry has none of it, or says what is
 * no schema. */
enum outcome registry_find(struct registry *registry, uint64_t id,
                           struct text *schema) MUST_USE;

/* Registers a schema under a subject, if it is not there yet, and returns its id. */
enum outcome registry_put(struct registry *registry, const char *subject, struct slice schema,
                          uint64_t *id) MUST_USE;

#endif
