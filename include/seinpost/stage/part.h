/* part: one match partition that a correlator owns: its state, its voice, and how it goes over
 * to other rules.
 *
 * Owns:    all of it.
 * Thread:  one worker's.
 * Fails:   by enum stage_result.
 */
#ifndef SEINPOST_STAGE_PART_H
#define SEINPOST_STAGE_PART_H

#include "seinpost/stage/proof.h"
#include "seinpost/stage/rebuild.h"

struct part_image;

struct part {
    struct record_partition partition;
    int64_t start;     /* of the log */
    int64_t committed; /* records before it are muted */
    int64_t next;
    int64_t begins; /* where the log began for its state */
    struct proof proof;
    const char *refused; /* short name of why it cannot go on; NULL: it can */
    bool surveyed;       /* what the desks have is known, as far as it must be */
    bool restored;       /* by a snapshot, before that was known */
    bool misled;   /* what restored it was, as the records behind it show, of another log */
    int64_t track; /* hash of the records that were read, from the first */
    int64_t said_track; /* the same at what is committed; below 0: it does not say */
    bool told;          /* how far its rules have come, since it is live, at */
    int64_t told_ms;
    bool unsaid; /* its state may know open alerts that the desks do not */
    struct stage_edition edition;
    struct voice voice;
    struct store *store;
    struct part_image *saving; /* NULL: no image is being written */
    struct rebuild *rebuild;   /* NULL: it works by the newest edition */
    struct store *left;        /* over from the last reload; NULL: nothing */
};

/* When it was not these rules that were at work before, it is not `surveyed`: what is open must
 * be read from `alerts.current` before its first record. */
struct part *part_new(const struct voice_means *means,
                      const struct stage_assignment *assignment,
                      const struct stage_edition *edition);
void part_free(struct part *part);

/* What the desks have is known now: `voice.heard`. */
void part_surveyed(struct part *part);

/* Has taken over a state of the log from `begins` to before `next`, whose last changes are
 * these: that is not replayed. */
void part_begin_behind(struct part *part, int64_t begins, const struct tail *kept);

/* Takes a record of the match log. One that was refused takes none. */
enum stage_result part_take(struct part *part, const struct record *record);

/* Takes a record of the match log for the rules that are rebuilt. */
enum stage_result part_retake(struct part *part, const struct record *record);

/* Begins to go over to an edition; what had begun before is dropped. */
void part_adopt(struct part *part, const struct stage_edition *edition, uint64_t ticket);

/* Ends a batch: between two transactions it goes live, or over to other rules. From time to
 * time of the steady clock it says again how far its rules have come. */
void part_flush(struct part *part, int64_t now_ms);

/* Appends what the next owner must know. */
void part_metadata(const struct part *part, struct text *text);

/* Appends what the next owner must know when an operator says that it shall go on whatever is
 * known of the last one: how many alerts were said, as far as that can be read. What is open is
 * then read from `alerts.current`, as after a change of rules. */
void part_accept(struct slice metadata, struct text *text);

#endif
