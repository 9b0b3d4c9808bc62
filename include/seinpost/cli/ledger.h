/* ledger: what rules say of a file of events in the end: each alert once, as it stood last.
 *
 * Owns:    its alerts, until ledger_free().
 * Thread:  one.
 * Fails:   by its results.
 */
#ifndef SEINPOST_CLI_LEDGER_H
#define SEINPOST_CLI_LEDGER_H

#include "seinpost/cli/workbench.h"

struct ledger;
struct text;

/* Runs the rules over the file. NULL when it cannot be read; errno says why. */
struct ledger *ledger_of(const struct workbench *workbench, const char *events);
void ledger_free(struct ledger *ledger);

size_t ledger_count(const struct ledger *ledger);

/* Appends what is other in `now`: alerts that would vanish (-), appear (+) or say something
 * else
 * (~). Returns how many lines. */
size_t ledger_compare(const struct ledger *before, const struct ledger *now, struct text *text);

#endif
