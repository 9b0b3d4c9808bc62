/* sightings: what became of each event of a group at ingest: which of a rule's events it met,
 * which condition it failed, what exonerated it. Ingest forgets all that; it is asked once
 * more.
 *
 * Owns:    nothing; texts live in the arena.
 * Thread:  one.
 * Fails:   never; events that cannot be read are told by the rehearsal.
 */
#ifndef SEINPOST_CLI_SIGHTINGS_H
#define SEINPOST_CLI_SIGHTINGS_H

#include "seinpost/base/vector.h"
#include "seinpost/plain/phrase.h"
#include "seinpost/rule/program.h"

/* One entry of a rule. */
struct sightings_entry {
    const struct rule *rule;
    int entry;
    size_t met;
    size_t failed;
    size_t failing;       /* conditions that the nearest failed; 0: none failed yet */
    struct slice nearest; /* which event that was, and what it failed */
    size_t exonerated;
    struct slice plea; /* the last that was left out, and why */
};

struct sightings;

struct sightings_wanted {
    const struct program *program;
    enum language language;
    struct slice kind;
    struct slice value;
};

struct sightings *sightings_new(struct arena *arena, const struct sightings_wanted *wanted);
void sightings_free(struct sightings *sightings);

/* Takes an event as a line of NDJSON. */
void sightings_event(struct sightings *sightings, struct slice line);

/* Returns what was seen of an entry; NULL: no event of the group had its type. */
const struct sightings_entry *sightings_of(const struct sightings *sightings,
                                           const struct rule *rule, int entry);

/* Returns the time of the newest event that could be read; INSTANT_MIN: there was none. */
struct instant sightings_newest(const struct sightings *sightings);

/* Returns how many events had the group's value. */
size_t sightings_count(const struct sightings *sightings);

#endif
