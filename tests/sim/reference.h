/* reference: what the stages make of the logs of a run when nothing disturbs them.
 *
 * Owns:    nothing.
 * Thread:  one.
 * Fails:   never.
 */
#ifndef SIM_REFERENCE_H
#define SIM_REFERENCE_H

#include "reading.h"

struct outbox;

/* One ingest reads the partners' topics and `derived` from their beginning: the matches and
 * rejects that it makes. */
void reference_ingest(const struct world *world, struct outbox *outbox);

/* One correlator reads a match partition from its beginning, unmuted. */
void reference_correlate(const struct world *world, int32_t partition, struct outbox *outbox);

/* One ingest and one correlator, of a single match partition, are given all good events in
 * content order: the alerts that they publish. */
void reference_in_order(const struct world *world, struct outbox *alerts);

#endif
