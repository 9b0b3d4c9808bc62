/* budget: how much memory the process may use, and who waits before it does. What counts is
 * what the kernel counts against a limit: all that is resident and its own — states, batches,
 * what librdkafka holds, rules.
 *
 * First ingest waits: it makes what the states grow by. Correlate goes on reading, as a state
 * only shrinks by the watermarks that it reads. Near the limit correlate waits, too: a state
 * that does not fit is better told than killed over and over again. Both go on a good deal
 * below where they stopped, so that nothing flutters. While anybody waits, what was freed is
 * given back to the kernel from time to time.
 *
 * A state shrinks only as time goes on, and it is ingest that makes it go on: so while ingest
 * alone waits it takes a breath from time to time, lest it wait for ever for what only it can
 * bring about. Not near where correlate waits: then no time goes on at all.
 *
 * Owns:    its counters.
 * Thread:  any.
 * Fails:   never; where memory cannot be measured nobody waits.
 */
#ifndef SEINPOST_RUN_BUDGET_H
#define SEINPOST_RUN_BUDGET_H

#include "seinpost/port/valve.h"

#include <stdint.h>

struct budget;
struct text;

enum budget_state {
    BUDGET_FREE,
    BUDGET_TIGHT, /* ingest waits */
    BUDGET_FULL,  /* correlate as well */
};

/* Returns what state follows when so much is used of the limit. */
enum budget_state budget_next(enum budget_state state, int64_t used, int64_t limit);

/* Tells whether ingest may go on when so much is used and it has waited so long. */
bool budget_breathes(enum budget_state state, int64_t used, int64_t limit, int64_t waited_ms);

/* `limit` in bytes; 0: none, memory is only measured. */
struct budget *budget_new(int64_t limit);
void budget_free(struct budget *budget);

/* Measures, when the last time was long enough ago, and tells the state. */
enum budget_state budget_look(struct budget *budget);

/* Returns what closes when ingest is to wait (`first`), or not before correlate is. */
struct valve budget_valve(struct budget *budget, bool first);

/* Returns how many KiB may be fetched ahead of each of so many partitions. */
int32_t budget_queue_kib(const struct budget *budget, int32_t partitions);

/* Returns the bytes of resident memory that are the process' own; below 0: not known. */
int64_t budget_used(void);

/* Appends a line when anybody waits. */
void budget_print(const struct budget *budget, struct text *text);

#endif
