/* faults: what goes wrong in a run, at which call of a port.
 *
 * Owns:    nothing.
 * Thread:  one.
 * Fails:   never.
 */
#ifndef SIM_FAULTS_H
#define SIM_FAULTS_H

#include "dice.h"

/* Moments at which something can go wrong. */
enum faults_call {
    FAULTS_POLL,
    FAULTS_FIND,    /* a writer's schema */
    FAULTS_BEGIN,   /* of a transaction */
    FAULTS_SEND,    /* a record */
    FAULTS_OFFSETS, /* they are to be sent */
    FAULTS_END,     /* they are, the commit is to be asked for */
    FAULTS_ENDED,   /* it is done, the answer is on its way */
    FAULTS_ABORT,
    FAULTS_KEEP, /* a snapshot is being written */
    FAULTS_CALLS_COUNT,
};

enum faults_kind {
    FAULTS_NONE,
    FAULTS_RETRY,
    FAULTS_VOID,  /* the transaction must be aborted */
    FAULTS_STOP,  /* fatal, or unclear */
    FAULTS_CRASH, /* the process is gone */
    FAULTS_SLEEP, /* it stands still, and the world goes on */
    FAULTS_LOST,  /* the request is on its way, and no answer came */
    FAULTS_KINDS_COUNT,
};

struct faults {
    struct dice dice;
    int64_t per_mille; /* of all calls */
    int64_t only_call; /* below 0: none; else the one call that goes wrong */
    int64_t left;      /* so many more may strike */
    unsigned kinds;    /* mask: those that happen in this run */
    int64_t calls;     /* so far */
    int64_t struck;
};

/* Decides what goes wrong with a call. */
enum faults_kind faults_draw(struct faults *faults, enum faults_call call);

const char *faults_call_name(enum faults_call call);
const char *faults_kind_name(enum faults_kind kind);

#endif
