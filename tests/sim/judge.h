/* judge: is what a run left in its logs what it must be? Each claim is a sentence of the
 * design.
 *
 * Owns:    nothing.
 * Thread:  one.
 * Fails:   by its result, and says how.
 */
#ifndef SIM_JUDGE_H
#define SIM_JUDGE_H

#include "world.h"

struct outbox;
struct text;

/* Judges a run that came to its end. */
bool judge_run(const struct world *world, struct text *why);

/* The claims. `made` is what one undisturbed ingest made of the partners' logs, and one
 * undisturbed correlator of each match partition. */

/* In the alerts topics, sequences of each match partition are contiguous from 1. */
bool judge_alerts_sequences(const struct world *world, struct text *why);

/* Each alert lives a lawful life: opened once, then updated, closed, or retracted. */
bool judge_alerts_lives(const struct world *world, struct text *why);

/* All that correlators published is byte for byte, and in the same order, what one undisturbed
 * correlator makes of the match log; and what they wrote to `derived` says the same. */
bool judge_correlate(const struct world *world, const struct outbox *made, struct text *why);

/* The match log holds exactly the matches that one undisturbed ingest makes of the partners'
 * logs, in their order. */
bool judge_ingest(const struct world *world, const struct outbox *made, struct text *why);

/* What was rejected, at either stage, is so exactly once. */
bool judge_rejects(const struct world *world, const struct outbox *made, struct text *why);

/* Watermarks in the match log never fall, stand behind the matches that they cover, and come as
 * far as the events did. */
bool judge_watermarks(const struct world *world, struct text *why);

/* What is late is so by the order of arrival in its own partition, and by nothing else. */
bool judge_lateness(const struct world *world, struct text *why);

/* The watermarks of rules are what a plain reading of the reports makes of them: the least of
 * the partitions that are not quiet, held back by those that nobody has reported. */
bool judge_clock(const struct world *world, struct text *why);

/* The alerts that stand at the end are those of the same events delivered in content order,
 * when none came too late. */
bool judge_order(const struct world *world, struct text *why);

/* Everything was read, and committed. */
bool judge_offsets(const struct world *world, struct text *why);

#endif
