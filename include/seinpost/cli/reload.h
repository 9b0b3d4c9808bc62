/* reload: says on every channel how loading rules anew has ended: log, metrics, the pages for
 * health, and the service manager.
 *
 * Owns:    nothing; what the pages say is in counters.
 * Thread:  the main one; reload_page() any.
 * Fails:   never.
 */
#ifndef SEINPOST_CLI_RELOAD_H
#define SEINPOST_CLI_RELOAD_H

#include "seinpost/rule/program.h"

struct text;

/* These rules are the first. */
void reload_started(const struct program *program);

void reload_begins(void);

/* These rules are at work from now on, in the place of others. `told`: warnings. */
void reload_succeeded(const struct program *before, const struct program *now,
                      const struct text *told);

/* The rules have faults; those that were loaded before stay at work. */
void reload_failed(size_t faults, const struct text *told);

/* Appends a line about the rules that are at work. */
void reload_page(struct text *text);

#endif
