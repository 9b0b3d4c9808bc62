/* fate: what becomes of a partner's records and of each of their fields, found by what the
 * daemon itself does with them: intake, then matching.
 *
 * Owns:    the sums; rules and types are the program's.
 * Thread:  the main one.
 * Fails:   never; a refused record is an answer.
 */
#ifndef SEINPOST_CLI_FATE_H
#define SEINPOST_CLI_FATE_H

#include "seinpost/base/vector.h"
#include "seinpost/cli/offer.h"
#include "seinpost/cli/sample.h"
#include "seinpost/port/library.h"
#include "seinpost/stage/intake.h"
#include "seinpost/stage/matching.h"

enum fate {
    FATE_KEPT,          /* in the match log */
    FATE_PSEUDONYMISED, /* likewise, as a pseudonym only */
    FATE_COMPARED,      /* a rule's condition looked at it; it is not kept */
    FATE_DROPPED,
    FATE_REFUSED, /* with its record */
    FATES_COUNT,
};

/* One field of one event type, over all records. */
struct fate_field {
    const struct event_type *type; /* NULL: not known */
    struct slice name;
    const struct field *field; /* NULL: the catalogue has none of this name */
    size_t counts[FATES_COUNT];
};

/* What was found for a field of the record at hand. */
struct fate_of_field {
    struct slice name;
    enum fate fate;
};

/* The record at hand. */
struct fate_record {
    const struct sample_record *is;
    struct intake_result result;
    const struct rule **rules; /* that it serves */
    size_t rules_count;
    const struct fate_of_field *fields;
    size_t fields_count;
};

typedef void fate_listener(void *context, const struct fate_record *record);

struct fate_options {
    struct stage_edition edition;
    const struct pseudonym_key *key;
    const struct source *source;
    struct library library; /* of schemas of framed records */
    struct slice schema;    /* empty: the library's */
    int64_t now_ms;         /* as if it came in now */
    fate_listener *listener;
    void *context;
};

struct fates {
    struct fate_options options;
    struct arena *arena; /* of all */
    struct arena *record;
    struct intake *intake;
    struct source as_sample; /* the source, of single-object encoding */
    struct source as_lines;  /* the source, of a file */
    struct slice known;      /* the schema that intake has */
    struct instant high;
    bool unreachable; /* the library could not be asked */
    size_t records;
    size_t verdicts[VERDICTS_COUNT];
    size_t unasked; /* good ones that serve no rule */
    VECTOR(struct fate_field) fields;
};

struct fates *fate_new(const struct fate_options *options);
void fate_free(struct fates *fates);

/* Takes a record as the next of its topic's only partition. A sample_visit of struct fates. */
void fate_take(void *context, const struct sample_record *sample);

/* Tells whether a rule that runs can ever ask a field of the source: keep it (`keeps`) or
 * compare it. */
bool fate_rule_asks(const struct fates *fates, const struct fate_field *field,
                    const struct rule *rule, bool *keeps);

const char *fate_name(enum fate fate);

#endif
