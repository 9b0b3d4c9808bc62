/* correlator: the second stage: matches in, alerts out. It owns the state of the match
 * partitions that are assigned to it.
 *
 * A partition is read from the oldest retained offset. Up to the committed one it is muted:
 * state is made, nothing is said, as that was said before. From there on it is live. State is
 * therefore a pure function of the match log and the rules.
 *
 * When rules change, those that do not go on (succession.h) are rebuilt from the log beside the
 * running ones, and each partition goes over between two transactions, when both have read as
 * far (rebuild.h). An alert that a changed rule leaves open is closed as superseded: then, or,
 * when the rules changed while the daemon was down, before the partition goes live; what is
 * open is read from `alerts.current` in that case (heard.h).
 *
 * Owns:    a store for each partition.
 * Thread:  one worker's.
 * Fails:   by enum stage_result.
 */
#ifndef SEINPOST_STAGE_CORRELATOR_H
#define SEINPOST_STAGE_CORRELATOR_H

#include "seinpost/alert/standing.h"
#include "seinpost/rule/program.h"
#include "seinpost/schema/formats.h"
#include "seinpost/stage/stage.h"

struct correlator_options {
    const struct program *program;
    uint64_t edition; /* its number */
    const struct formats *formats;
    enum source_wire alert_wire; /* how alerts are framed */
    uint64_t alert_schema;       /* the registry's id or the fingerprint */
    int32_t match_partitions;
    int32_t derived_partitions;
    const char *current_topic; /* `alerts.current`; NULL: the log never has a commit */
    int32_t current_partitions;
    struct standing_basis basis; /* by which alerts get their standing */
    uint64_t earlier_schema;     /* of alerts that have none; 0: there are no such */
    bool shows_helpers;          /* alerts of helper rules go to the shadow topic: for tests */
};

/* Makes the stage. Free by its `free`. */
struct stage correlator_stage(const struct correlator_options *options);

#endif
