/* rounds: work that is done at the start and then from time to time, in a thread of its own, so
 * that nobody else waits for the world.
 *
 * Owns:    its thread.
 * Thread:  one starts and stops it; the work is done in its own.
 * Fails:   never.
 */
#ifndef SEINPOST_RUN_ROUNDS_H
#define SEINPOST_RUN_ROUNDS_H

#include "seinpost/port/halt.h"

#include <stdint.h>

struct rounds;

/* Does the work now and every so often. It asks `halt` whenever it waits. */
struct rounds *rounds_start(int64_t every_ms, void (*work)(void *context, struct halt halt),
                            void *context);

/* Asks it to end, without waiting. */
void rounds_end(struct rounds *rounds);

/* Waits until it has ended, and frees it. */
void rounds_stop(struct rounds *rounds);

#endif
