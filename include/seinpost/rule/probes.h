/* probes: puts together what ingest asks: for each entry of a rule and each of its event types,
 * resolved fields, conditions, and what exonerates.
 *
 * Owns:    nothing.
 * Thread:  the thread that loads.
 * Fails:   by faults E204, E304.
 */
#ifndef SEINPOST_RULE_PROBES_H
#define SEINPOST_RULE_PROBES_H

#include "seinpost/rule/build.h"

/* An exception document that is valid. */
struct probes_exception {
    const struct document_exception *document;
    const struct tree *node;
};

struct probes_result {
    struct probe *items;
    size_t count;
};

/* Makes the probes of a rule and the ids of its steps. */
struct probes_result probes_make(struct build *build, const struct probes_exception *exceptions,
                                 size_t exceptions_count);

#endif
