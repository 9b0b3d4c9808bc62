/* raw: an event as it was decoded, before its identities are pseudonyms.
 *
 * Personal fields are in a type of their own that no log, diagnostic or alert function takes;
 * only pseudonym.c reads it, and it is wiped when the event has been made.
 *
 * Owns:    nothing; it lives in the batch's arena.
 * Thread:  the worker whose batch it is.
 * Fails:   never.
 */
#ifndef SEINPOST_SIGNAL_RAW_H
#define SEINPOST_SIGNAL_RAW_H

#include "seinpost/schema/event.h"

/* Text that may tell who somebody is. Writable, so that it can be wiped. */
struct clear_text {
    char *bytes; /* NULL: missing */
    size_t size;
};

struct raw_event {
    const struct event_type *type;
    struct slice id;
    struct slice source;
    struct slice type_name; /* as the event says; empty: it does not */
    struct instant time;
    bool time_known;
    unsigned purposes;        /* mask; 0: none said */
    bool purposes_known;      /* all of them are words we know */
    struct slice legal_basis; /* empty: none said */
    struct value *values;     /* one a field; personal ones are VALUE_NONE */
    struct clear_text *clear; /* one a field; others are missing */
};

struct arena;

/* Returns an event of the type with all fields missing. */
struct raw_event *raw_new(struct arena *arena, const struct event_type *type);

/* Sets a text field: in clear when it is personal. Copies the bytes. */
void raw_set_text(struct arena *arena, struct raw_event *raw, size_t field, struct slice text);

/* Completes the money fields from X_minor and currency. */
void raw_complete_money(struct raw_event *raw);

/* Overwrites all clear text. */
void raw_wipe(struct raw_event *raw);

#endif
