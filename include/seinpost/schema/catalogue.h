/* catalogue: the event types that Seinpost knows, read from schemas/signals/.
 *
 * One Avro record a type; its full name is the type. The top level is the envelope, `data`
 * holds the type's own fields with the attributes `seinpost.kind`, `.role`, `.class`, `.type`
 * and
 * `.unit`. Decoder, rule checker and tests read nothing else.
 *
 * Owns:    its types, in the arena given to catalogue_load().
 * Thread:  any, once it is loaded: it does not change.
 * Fails:   by faults E250 to E253 in the diag.
 */
#ifndef SEINPOST_SCHEMA_CATALOGUE_H
#define SEINPOST_SCHEMA_CATALOGUE_H

#include "seinpost/base/slice.h"
#include "seinpost/schema/kind.h"

struct arena;
struct catalogue;
struct diag;

enum field_type {
    FIELD_BOOL,
    FIELD_INT,
    FIELD_CODE,  /* compared byte by byte */
    FIELD_TOKEN, /* a pseudonym: likewise */
    FIELD_TEXT,  /* folds case, knows wildcards */
    FIELD_MONEY, /* the pair X_minor and currency, as X */
    FIELD_TIME,
    FIELD_PLACE, /* a code that lies in a country */
};

struct field {
    struct slice name;
    enum field_type type;
    bool many;     /* an array */
    bool personal; /* class: leaves the decoder as a pseudonym only */
    enum kind kind;
    struct slice role;           /* debtor, creditor; empty: none */
    struct slice unit;           /* a rule's literal must bear it; empty: none */
    const struct slice *symbols; /* the values that are known, where they are listed */
    size_t symbols_count;
    size_t minor_index;    /* of money: the field X_minor */
    size_t currency_index; /* of money: the field currency */
};

struct event_type {
    struct slice name;      /* air.booking.created */
    struct slice sector;    /* air */
    struct slice data_name; /* of the record `data`, as partners' schemas have it too */
    const struct field *fields;
    size_t fields_count;
    size_t data_count; /* the first so many are on the wire; money comes behind them */
    struct slice json; /* the Avro schema */
    size_t index;      /* in the catalogue */
};

/* Reads all *.avsc below `folder`. Returns the catalogue, of what could be read. */
struct catalogue *catalogue_load(struct arena *arena, struct diag *diag, const char *folder);

size_t catalogue_count(const struct catalogue *catalogue);
const struct event_type *catalogue_type(const struct catalogue *catalogue, size_t index);

/* Returns the type of this name, or NULL. */
const struct event_type *catalogue_find(const struct catalogue *catalogue, struct slice name);

/* Returns the field of this name, or NULL. */
const struct field *catalogue_field(const struct event_type *type, struct slice name);

const char *catalogue_field_type_name(enum field_type type);

#endif
