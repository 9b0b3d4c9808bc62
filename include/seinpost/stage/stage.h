/* stage: what a worker drives: records in, outbox out. Pure: no I/O, no clock, no thread, so
 * that the same code runs on a broker, on a file and in a simulation.
 *
 * Owns:    nothing; `self` belongs to who made the stage.
 * Thread:  one worker's.
 * Fails:   by enum stage_result.
 */
#ifndef SEINPOST_STAGE_STAGE_H
#define SEINPOST_STAGE_STAGE_H

#include "seinpost/port/record.h"
#include "seinpost/schema/source.h"
#include "seinpost/stage/outbox.h"

struct list_set;
struct program;
struct text;

/* Rules and lists as they were read at one time. They live until no stage works by them. */
struct stage_edition {
    uint64_t number; /* rises */
    const struct program *program;
    const struct list_set *lists; /* NULL: the program's */
};

enum stage_result {
    STAGE_DONE,
    STAGE_WANTS_SCHEMA, /* ask stage.wanted, answer by stage.schema, give the record again */
    STAGE_BROKEN,       /* our own log is not what we wrote: stop loudly */
};

/* A partition that the worker now owns. */
struct stage_assignment {
    struct record_partition partition;
    int32_t partitions;    /* of the topic */
    int64_t start;         /* the first offset that will be given */
    int64_t committed;     /* offset of the next record that was not processed yet */
    struct slice metadata; /* of that commit */
};

/* Where a partition ends for now. */
struct stage_end {
    int64_t offset; /* of what may come next */
    bool whole;     /* behind it there is nothing that is not committed yet */
};

struct stage_wanted {
    const struct source *source;
    uint64_t schema;
};

/* A partition that a stage must read once more, beside its inputs. */
struct stage_reread {
    uint64_t ticket; /* another one: begin with the oldest record */
    struct record_partition partition;
    int64_t below; /* only records before this offset */
    bool first;    /* before any more of the inputs is read */
};

/* How a state is to be written. */
struct stage_save {
    bool anew;       /* what was begun before is given up */
    size_t piece;    /* so many bytes a call, more or less */
    size_t size_max; /* bytes of all */
};

enum stage_saving {
    STAGE_NOT_SAVED, /* there is none to be kept now */
    STAGE_TOO_LARGE,
    STAGE_SAVING, /* call again */
    STAGE_SAVED,
};

struct stage {
    void *self;
    /* goes over to other rules and lists, at once or when their history has been read again */
    void (*adopt)(void *self, const struct stage_edition *edition);
    /* number of the oldest edition that it still works by */
    uint64_t (*edition)(void *self);
    void (*assigned)(void *self, const struct stage_assignment *assignment);
    void (*revoked)(void *self, struct record_partition partition);
    /* it is the worker's, of so many of its topic (below 1: not known), but cannot be read */
    void (*blocked)(void *self, struct record_partition partition, int32_t partitions);
    enum stage_result (*record)(void *self, const struct record *record, struct outbox *outbox);
    /* all that is in the partition before this end has been given */
    void (*caught_up)(void *self, struct record_partition partition,
                      const struct stage_end *end);
    /* NULL when it never does; tells, until there are no more, of which partition the end is to
     * be asked anew: caught_up answers, when it was reached */
    bool (*asks)(void *self, struct record_partition *partition);
    /* ends a batch: what was gathered goes to the outbox, perhaps though no record was given */
    void (*flush)(void *self, int64_t now_ms, struct outbox *outbox);
    /* what the next start must know of the partition, within Kafka's 4 KiB */
    void (*metadata)(void *self, struct record_partition partition, struct text *text);
    /* Short name of why a partition cannot go on, though others can; NULL: it can. Nothing more
     * comes of it. The function is NULL when a stage never refuses one. */
    const char *(*refused)(void *self, struct record_partition partition);
    struct stage_wanted (*wanted)(void *self);
    /* an empty schema: nobody has one of this id */
    void (*schema)(void *self, const struct stage_wanted *wanted, struct slice schema);
    /* NULL when a stage never rereads; tells whether it wants to, and what */
    bool (*rereads)(void *self, struct stage_reread *wanted);
    void (*reread_begin)(void *self);
    enum stage_result (*reread)(void *self, const struct record *record);
    /* so far has been reread; `at_end`: all that there was at the beginning */
    void (*reread_to)(void *self, int64_t next, bool at_end);
    /* NULL when a stage keeps no snapshots. Begins to write the state of a partition as it is
     * between two batches, or goes on with it. When it is whole it is in `image` */
    enum stage_saving (*save)(void *self, struct record_partition partition,
                              const struct stage_save *how, struct text *image);
    /* takes over such a state of a partition that was just assigned. Returns NULL and the first
     * offset that must be given, or in a word why not: then all must be given from the start */
    const char *(*load)(void *self, struct record_partition partition, struct slice image,
                        int64_t *next);
    /* Tells that what it took over so was, as the records behind it show, of another log: the
     * partition must be given from its start. NULL like `save` */
    bool (*misled)(void *self, struct record_partition partition);
    void (*free)(void *self);
};

#endif
