/* passage: a small run of events through both stages, and rules that change on its way. */
#ifndef SEINPOST_TESTS_UNIT_RUN_PASSAGE_H
#define SEINPOST_TESTS_UNIT_RUN_PASSAGE_H

#include "rules.h"
#include "scene.h"

enum {
    PASSAGE_EVENTS = 18,
    PASSAGE_RULES = 5,
    PASSAGE_CHANGES = 5, /* the last one reads no history */
};

struct passage {
    struct scene *scene;
    struct arena *arena;
    uint64_t old;
    uint64_t new;
    struct alert *alerts; /* after passage_finish() */
    size_t count;
    struct slice bytes;
};

/* The rules that it begins with. */
extern const struct rules_variant passage_before[PASSAGE_RULES];

/* Returns the number of the edition. */
uint64_t passage_load(struct scene *scene, const struct rules_variant *variants, size_t count);
uint64_t passage_load_change(struct scene *scene, size_t change);

/* Both editions are loaded, and the daemon works by the old one. */
struct passage passage_new(size_t change, const struct scene_options *options);
void passage_free(struct passage *run);

/* Publishes an event. */
void passage_event(struct scene *scene, size_t index);

/* Publishes events one by one, and all that follows from one is done before the next. */
void passage_send(struct passage *run, size_t from, size_t to);

/* The same, but the log is ahead of the correlator. */
void passage_send_ahead(struct passage *run, size_t index);

/* All windows end. */
void passage_finish(struct passage *run);

/* Fails unless both have said the same, to the byte. */
void passage_same(const struct passage *a, const struct passage *b, size_t at);

/* Returns how many records have this state. */
size_t passage_count(const struct passage *run, const char *state);

#endif
