/* course: how the alerts of one cell came about: findings in order of their time, made into
 * alerts that open, are updated and close.
 *
 * It is a fold: findings in, episodes out, nothing else. The same findings give the same
 * episodes, so the course as told and the course as it would be with a late event can be
 * compared, and the difference is what is published.
 *
 * An *edge* is the stretch of time for which a group's condition holds; an edge opens an
 * episode, or is suppressed into one, or dropped.
 *
 * Owns:    its episodes and their evidence.
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 */
#ifndef SEINPOST_CORRELATE_COURSE_H
#define SEINPOST_CORRELATE_COURSE_H

#include "seinpost/correlate/episode.h"

struct edge {
    bool open;
    bool cut;                /* its episode was ended: what was in it keeps it open no more */
    struct instant ends_at;  /* with `close-after` */
    struct episode *episode; /* NULL: dropped */
    uint64_t taken;          /* so many of the group's first events the episode knows of it */
    struct digest first;     /* of the newest episode's first evidence */
    unsigned ordinal;        /* how many episodes of the group began with it before */
};

struct course {
    VECTOR(struct episode *) episodes; /* in order of opening */
    size_t quiet;                      /* of the first so many there is nothing to tell */
    VECTOR(struct edge) edges;         /* by group */
    struct episode *suppressing;       /* the one that opened last; NULL: none */
    struct instant suppress_until;
};

/* Takes in a finding of a group; findings come in order. `group_key` names the group in ids. */
void course_find(struct course *course, const struct rule *rule, size_t group,
                 struct slice group_key, const struct finding *finding);

/* The group's condition holds no more from `at` on. */
void course_break(struct course *course, const struct rule *rule, size_t group,
                  struct instant at);

/* The group's alert, if one is open, is over at `at`, whatever holds: a later finding opens a
 * new one. */
void course_end(struct course *course, size_t group, struct instant at);

/* Returns the group's alert that is open at `at`, or NULL. */
const struct episode *course_open(const struct course *course, size_t group, struct instant at);

/* Tells which of two alerts opened first: the event of its opening stands first. */
bool course_is_before(const struct course *course, const struct episode *episode,
                      const struct episode *other);

/* Returns a group that has no alert, and never had one: for alerts whose groups are made as
 * they come. */
size_t course_vacancy(struct course *course);

/* The group's alert, which is open, goes on in that of another: it is over at `at`. */
void course_merge(struct course *course, size_t group, size_t into, struct instant at);

/* Forgets episodes that nothing can change any more: closed at `settled` or before, and
 * suppressing no longer. Single events' alerts are over as soon as they are told. What `base`
 * still knows stays, as a course that goes on from it will know it again; NULL: no base. */
void course_forget(struct course *course, const struct rule *rule, struct instant settled,
                   const struct course *base);

/* Counts as quiet what was told, is over and has not changed since: all that was told of it
 * stays so, until a finding of its group wakes it. */
void course_note_quiet(struct course *course);

/* Returns the episode of this id, or NULL. */
struct episode *course_episode(const struct course *course, struct digest id);

/* Returns the next instant after `instant` at which an episode closes, or INSTANT_MAX. */
struct instant course_due(const struct course *course, struct instant instant);

/* Tells whether an episode was told, but never said. */
bool course_unsaid(const struct course *course);

struct course course_copy(const struct course *course);
void course_free(struct course *course);

#endif
