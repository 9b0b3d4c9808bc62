/* rereading: reads for a stage what it wants to read once more, a share each turn, so that live
 * work goes on.
 *
 * Owns:    nothing of the stage's and the ports'.
 * Thread:  the worker's.
 * Fails:   by enum outcome.
 */
#ifndef SEINPOST_RUN_REREADING_H
#define SEINPOST_RUN_REREADING_H

#include "seinpost/port/rereader.h"
#include "seinpost/port/steady.h"
#include "seinpost/stage/stage.h"

struct rereading;

/* All three must outlive it. */
struct rereading *rereading_new(const struct stage *stage, const struct rereader *port,
                                const struct steady *clock);
void rereading_free(struct rereading *rereading);

/* Tells whether the stage wants to reread. */
bool rereading_is_due(const struct rereading *rereading);

/* Tells whether it wants to before any more of its inputs is read. */
bool rereading_is_first(const struct rereading *rereading);

/* Reads for about so long; nothing when nothing is wanted. OK or STOP. */
enum outcome rereading_turn(struct rereading *rereading, int64_t budget_ms) MUST_USE;

#endif
