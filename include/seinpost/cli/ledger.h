/* ledger: what rules say of events in the end: each alert once, as it stood last.
 *
 * Owns:    its alerts, until ledger_free().
 * Thread:  one.
 * Fails:   by its results.
 */
#ifndef SEINPOST_CLI_LEDGER_H
#define SEINPOST_CLI_LEDGER_H

#include "seinpost/alert/alert.h"
#include "seinpost/cli/workbench.h"

struct ledger;
struct text;

/* An empty one. Alerts are taken in the order of their lives, then ledger_end() is called. */
struct ledger *ledger_new(void);
void ledger_take(struct ledger *ledger, const struct alert *alert);
void ledger_end(struct ledger *ledger);

/* Runs the rules over the file. NULL when it cannot be read; errno says why. */
struct ledger *ledger_of(const struct workbench *workbench, const char *events);
void ledger_free(struct ledger *ledger);

size_t ledger_count(const struct ledger *ledger);

/* Appends what is other in `now`: alerts that would vanish (-), appear (+) or say something
 * else
 * (~). Returns how many lines. */
size_t ledger_compare(const struct ledger *before, const struct ledger *now, struct text *text);

#endif
