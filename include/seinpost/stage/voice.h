/* voice: what one match partition says, and where: alerts to the desks or to the shadow topic,
 * alerts that higher rules read, matches that came too late. While it is muted it says nothing.
 *
 * Owns:    the derived alerts of the running batch.
 * Thread:  one worker's.
 * Fails:   never.
 */
#ifndef SEINPOST_STAGE_VOICE_H
#define SEINPOST_STAGE_VOICE_H

#include "seinpost/alert/derived.h"
#include "seinpost/correlate/store.h"
#include "seinpost/stage/correlator.h"
#include "seinpost/stage/heard.h"
#include "seinpost/stage/tail.h"

struct counter;

/* What the voices of a correlator share. */
struct voice_means {
    const struct correlator_options *options;
    struct arena *batch;
    struct outbox *outbox; /* of the running call */
    struct counter *alerts;
    struct counter *late;
    struct counter *superseded;
};

struct voice {
    const struct voice_means *means;
    int32_t partition;
    int64_t sequence; /* of the last alert that was said */
    int64_t shadow_sequence;
    bool muted;
    int64_t offset;      /* of the record that is being taken */
    struct tail tail;    /* what it told desks last, muted or not */
    struct heard *heard; /* NULL: what a muted replay tells was said before */
    struct derived derived;
};

/* Returns the listener of the partition's store. */
struct store_listener voice_listener(struct voice *voice);

/* Closes as superseded what is open at the desks and unknown to the state under the program. */
size_t voice_supersede(struct voice *voice, const struct heard *heard,
                       const struct program *program);

/* Ends a batch: what higher rules read goes to the outbox. */
void voice_flush(struct voice *voice);

void voice_free(struct voice *voice);

#endif
