/* retrial: evaluates an alert anew: reads the packs of its match partition with its rule alone,
 * and compares what the rule says of the alert with what was published, byte for byte.
 *
 * The sequence number and the partition tell of delivery, not of evidence: they are taken over.
 *
 * Owns:    a store with the state of the one rule.
 * Thread:  one.
 * Fails:   by its results.
 */
#ifndef SEINPOST_CLI_RETRIAL_H
#define SEINPOST_CLI_RETRIAL_H

#include "seinpost/alert/standing.h"
#include "seinpost/base/vector.h"
#include "seinpost/cli/dossier.h"
#include "seinpost/rule/program.h"
#include "seinpost/schema/formats.h"

struct retrial;

/* How a published record was found again. */
enum retrial_sameness {
    RETRIAL_MISSING,    /* the log and the rule do not say it */
    RETRIAL_DIFFERS,    /* they say it otherwise */
    RETRIAL_SAME,       /* byte for byte */
    RETRIAL_OPENED_NOW, /* the same but for its state: the rule was loaded later than it fired,
                           and such an alert opens for the desks with the first news of it */
    RETRIAL_SUPERSEDED, /* it repeats the record before it, as it should */
};

/* An event of the evidence, in the match log. */
struct retrial_evidence {
    bool found;       /* as one of the rule's events */
    bool seen;        /* it is there, if only for other rules */
    int64_t offset;   /* of the pack that has it first */
    uint64_t entries; /* mask: as which of the rule's events */
};

struct retrial_record {
    enum retrial_sameness sameness;
    struct slice difference; /* of RETRIAL_DIFFERS: the first field that is other, in words */
};

struct retrial_result {
    const struct retrial_record *records;    /* one for each of the dossier */
    const struct retrial_evidence *evidence; /* one for each of its last record */
    size_t evidence_missing;
    size_t unpublished;    /* records that the log says between published ones */
    size_t same;           /* of the records */
    int64_t first_offset;  /* of the log as it is kept; -1: it is empty */
    struct instant oldest; /* event time in it */
    bool broken;           /* a record was none of ours */
};

struct retrial_options {
    const struct program *program;
    const struct rule *rule; /* of the program, as it fired */
    const struct formats *formats;
    const struct dossier *dossier; /* with at least one record */
    struct standing_basis
        basis;         /* of alerts under the same model; of others it is taken over */
    bool takes_places; /* evidence was read elsewhere: its places are not compared */
};

struct retrial *retrial_new(const struct retrial_options *options);
void retrial_free(struct retrial *retrial);

/* Takes the next record of the match partition. Returns whether more is needed. */
bool retrial_take(struct retrial *retrial, struct slice value, int64_t offset);

/* Returns what was found; it lives in the dossier's arena. */
struct retrial_result retrial_end(struct retrial *retrial);

#endif
