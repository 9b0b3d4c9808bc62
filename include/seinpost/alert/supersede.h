/* supersede: the last record of an alert whose rule has changed, or is loaded no more: nobody
 * will say any more how it goes on. What the rule says now, it says in alerts of its own.
 *
 * Owns:    nothing; texts are made in the arena.
 * Thread:  the caller's.
 * Fails:   never.
 */
#ifndef SEINPOST_ALERT_SUPERSEDE_H
#define SEINPOST_ALERT_SUPERSEDE_H

#include "seinpost/alert/alert.h"

/* Makes the record from the one before it: the reason stands before its explanation. No event
 * caused it, so it is dated like the opening. */
void supersede_alert(struct arena *arena, const struct program *program, int64_t sequence,
                     struct alert *alert);

#endif
