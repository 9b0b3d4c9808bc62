/* intake: from a partner's record to an event, or the verdict why not.
 *
 * It decodes with the writer's schema, checks what the source may send, and makes identities
 * pseudonyms. The clear text of an identity does not leave it.
 *
 * Owns:    the writers' schemas that it was given.
 * Thread:  one worker's.
 * Fails:   by a verdict with a detail that never holds a value.
 * Bounded: INTAKE_SCHEMAS_MAX schemas, INTAKE_UNKNOWN_MAX unknown ids; then the unknown are
 * forgotten. A source that asks for more than INTAKE_ASKED_MAX unknown ids is refused unasked:
 * each is a request that the others wait for.
 */
#ifndef SEINPOST_STAGE_INTAKE_H
#define SEINPOST_STAGE_INTAKE_H

#include "seinpost/port/record.h"
#include "seinpost/rule/program.h"
#include "seinpost/signal/pseudonym.h"
#include "seinpost/stage/stage.h"

struct arena;
struct intake;

enum {
    INTAKE_SCHEMAS_MAX = 10000,
    INTAKE_UNKNOWN_MAX = 1000,
    INTAKE_ASKED_MAX =
        100, /* unknown ids that one source has asked for, until they are forgotten */
};

struct intake *intake_new(const struct catalogue *catalogue, const struct pseudonym_key *key);
void intake_free(struct intake *intake);

/* What became of a record. */
struct intake_result {
    enum verdict verdict;
    bool wants_schema; /* nothing is decided: give it the schema `wanted`, and the record again
                        */
    struct stage_wanted wanted;
    struct slice detail;           /* valid until the next record */
    const struct event_type *type; /* NULL: not known */
    bool time_known;
    struct instant time;
    struct event event; /* when good; of the arena, the record and the intake, until the next */
};

struct intake_result intake_take(struct intake *intake, struct arena *arena,
                                 const struct source *source, const struct record *record);

/* Gives a writer's schema; an empty one: nobody has it. */
void intake_schema(struct intake *intake, const struct stage_wanted *wanted, struct slice text);

/* Returns the event type that a writer's record of this name is to a source: the one of its
 * name, else the source's only one; NULL: none. */
const struct event_type *intake_type(const struct catalogue *catalogue,
                                     const struct source *source, struct slice name);

/* Forgets which ids were unknown: somebody may have registered them since. */
void intake_forget_unknown(struct intake *intake);

#endif
