/* The two stages over the shipped rules, without a broker. */
#ifndef SEINPOST_TESTS_MILL_H
#define SEINPOST_TESTS_MILL_H

#include "seinpost/stage/correlator.h"
#include "seinpost/stage/ingest.h"

#include "fuzz.h"

struct mill {
    struct kit kit;
    const struct program *program;
    struct formats formats;
    struct outbox *outbox;
};

extern const struct record_partition mill_events;
extern const struct record_partition mill_matches;

/* Made at the first call; there is one. */
struct mill *mill_get(void);

/* An ingest of lines of events, with mill_events assigned. */
struct stage mill_ingest(const struct mill *mill);

/* A correlator with mill_matches assigned, of which so many records were processed. */
struct stage mill_correlator(const struct mill *mill, int64_t committed, struct slice metadata);

/* Gives the lines of a file's text to an ingest. */
void mill_give_lines(struct mill *mill, struct stage *ingest, struct slice lines);

#endif
