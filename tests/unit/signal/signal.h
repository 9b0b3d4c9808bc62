/* The suites of the room signal, and what they share. */
#ifndef SEINPOST_TESTS_UNIT_SIGNAL_H
#define SEINPOST_TESTS_UNIT_SIGNAL_H

#include "seinpost/base/arena.h"
#include "seinpost/base/text.h"
#include "seinpost/schema/catalogue.h"

#include "unit.h"

/* The shipped catalogue, in an arena for all that a test makes. */
struct bench {
    struct arena *arena;
    const struct catalogue *catalogue;
    struct text detail;
};

struct bench bench_begin(void);
void bench_end(struct bench *bench);

/* Returns the index of a field of a type. */
size_t bench_field(const struct event_type *type, const char *name);

Suite *decoder_suite(void);
Suite *encoding_suite(void);
Suite *frame_suite(void);
Suite *ndjson_suite(void);
Suite *normalise_suite(void);
Suite *pack_suite(void);
Suite *pack_hostile_suite(void);
Suite *pseudonym_suite(void);
Suite *raw_suite(void);
Suite *writer_suite(void);

#endif
