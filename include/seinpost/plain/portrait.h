/* portrait: a whole rule in plain language: when it fires, what its events are, what speaks for
 * the person, how long an alert lives, and what follows. It is made from the compiled rule:
 * what is read is what runs.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_PLAIN_PORTRAIT_H
#define SEINPOST_PLAIN_PORTRAIT_H

#include "seinpost/plain/phrase.h"
#include "seinpost/rule/program.h"

struct arena;

/* Appends the portrait of a compiled rule, in lines. */
void portrait_rule(struct arena *arena, enum language language, const struct program *program,
                   const struct rule *rule, struct text *text);

/* Appends what an event of one entry is, a line for each of its event types, each with `before`
 * in front. */
void portrait_entry(enum language language, const struct program *program,
                    const struct rule *rule, int entry, struct slice before, struct text *text);

#endif
