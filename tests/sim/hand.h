/* hand: one worker's ports to the simulated world, and its life.
 *
 * Owns:    the worker, its stage and its ports, while it lives.
 * Thread:  one.
 * Fails:   never.
 */
#ifndef SIM_HAND_H
#define SIM_HAND_H

#include "world.h"

/* Begins a life. */
void hand_start(struct world_hand *hand);

/* Ends it, as an orderly end would: what is in the broker stays as it is. */
void hand_end(struct world_hand *hand);

/* Ends it after its last turn, as one that was asked to: it keeps its states before. */
void hand_stop(struct world_hand *hand);

/* Turns once; when the worker stops or its process dies, its life ends. */
void hand_turn(struct world_hand *hand);

/* Decides what goes wrong with a call. A sleep is slept here, and is nothing wrong then. */
enum faults_kind hand_strike(struct world_hand *hand, enum faults_call call);

/* The ports. */
struct consumer hand_consumer(struct world_hand *hand);
struct producer hand_producer(struct world_hand *hand, const struct consumer *consumer);

/* What the consumer shows when offsets are committed. */
const struct groups_pass *hand_pass(const struct consumer *consumer);

#endif
