/* layout: where the records of a writer have what we read: its schema resolved to one of our
 * event types (Avro specification, "Schema Resolution").
 *
 * Fields are found by name whatever their order, and of a union it is enough that one branch
 * resolves: a datum of another branch is a fault of its own. Beyond the specification an enum
 * is a text, a long is an int, a null is a missing value, and the names of the records do not
 * matter. A float or a double resolves to nothing, for none of our fields is one.
 *
 * Owns:    the places of the fields; the schema is the writer's.
 * Thread:  the worker's.
 * Fails:   by a verdict, with the field's name as its detail.
 */
#ifndef SEINPOST_SIGNAL_LAYOUT_H
#define SEINPOST_SIGNAL_LAYOUT_H

#include "seinpost/schema/event.h"
#include "seinpost/schema/logical.h"
#include "seinpost/signal/verdict.h"

#include <avro.h>

enum layout_envelope {
    LAYOUT_ID,
    LAYOUT_TYPE,
    LAYOUT_SOURCE,
    LAYOUT_TIME,
    LAYOUT_PURPOSE,
    LAYOUT_LEGAL_BASIS,
    LAYOUT_ENVELOPE_COUNT,
};

/* Where a field of ours is in the writer's record. */
struct layout_place {
    int index;                  /* below 0: the writer has none */
    struct logical_units units; /* of a time */
};

struct layout {
    const struct event_type *type; /* NULL: not resolved */
    struct layout_place envelope[LAYOUT_ENVELOPE_COUNT];
    struct layout_place *fields; /* by our field, in `data_record` */
    int data;                    /* the field `data` */
    int data_branch;             /* its union's branch that is the record; below 0: no union */
    avro_schema_t data_record;
};

struct text;

/* Resolves a writer's record, of which `source` is the schema's text. */
enum verdict layout_resolve(struct layout *layout, avro_schema_t record, struct slice source,
                            const struct event_type *type, struct text *detail);

void layout_fini(struct layout *layout);

/* Returns what a link names; another schema is itself. */
avro_schema_t layout_follow(avro_schema_t schema);

/* Returns a field of the envelope: its name, type and whether it is a list. */
struct field layout_envelope_field(enum layout_envelope field);

/* Tells whether a datum of this schema, which is no union and no link, can be a single value of
 * a field of ours; a null can. */
bool layout_accepts(enum field_type type, struct logical_units units, avro_schema_t schema);

#endif
