/* program: all rules and lists, compiled: what ingest asks of each event and what correlate
 * does with its matches. It does not change once it is loaded.
 *
 * A *probe* is one entry of a rule as one event type meets it: resolved fields, compiled
 * conditions. Ingest asks the probes of an event's type; correlate finds the rules that a step
 * id serves.
 *
 * Owns:    nothing; it lives in the arena given to load_program().
 * Thread:  any: it is immutable.
 * Fails:   never.
 */
#ifndef SEINPOST_RULE_PROGRAM_H
#define SEINPOST_RULE_PROGRAM_H

#include "seinpost/rule/detection.h"
#include "seinpost/rule/list.h"
#include "seinpost/rule/rule.h"
#include "seinpost/schema/source.h"

/* The source that all events of a file are of, where there is no configuration. */
#define PROGRAM_FILE_SOURCE SLICE("file")

/* What speaks for the person: a search below `unless`, or of an exception until it expires. */
struct exclusion {
    struct search search;
    struct instant until; /* INSTANT_MAX: always */
};

struct probe_operand {
    int operand; /* of the rule */
    struct path path;
};

struct probe {
    const struct rule *rule;
    int entry;
    const struct event_type *type;
    struct slice source;               /* glob; empty: any */
    const struct detection *detection; /* NULL: every event of the type */
    const struct exclusion *exclusions;
    size_t exclusions_count;
    struct path key; /* unused without one */
    const struct probe_operand *operands;
    size_t operands_count;
};

/* A rule's entry that a step id means. */
struct program_use {
    const struct rule *rule;
    int entry;
};

struct index;

struct probe_list {
    const struct probe *items;
    size_t count;
    const struct index *index; /* which of them an event may meet */
};

struct use_list {
    const struct program_use *items;
    size_t count;
};

/* The name of a document that a syntax error cut off: told once, it is missed nowhere else. */
struct program_unread {
    struct slice name;
    const struct program_unread *next;
};

struct program {
    const struct catalogue *catalogue;
    const struct place_lists *places; /* NULL: none */
    struct source_list sources;
    struct rule *const *rules; /* loaded or not: by name */
    size_t rules_count;
    const struct list_set *lists;
    bool never_late;    /* events are put in their place however late they come */
    struct digest hash; /* of all loaded rules' meanings, steps, lateness and sources */
    const struct probe_list *probes;       /* by index of event type */
    const struct probe_list *alert_probes; /* by index of rule: who reads its alerts */
    const struct table *uses;              /* step id to struct use_list */
    const struct tree *const *tests;       /* documents of tests over several rules */
    size_t tests_count;
    const struct program_unread *unread;
};

/* Returns the rule of this name, or NULL. */
struct rule *program_find(const struct program *program, struct slice name);

/* Tells whether a glob means a document that could not be read. */
bool program_is_unread(const struct program *program, struct slice glob);

/* Tells whether the rule is one that runs: drafts and deprecated ones do not. */
bool program_runs(const struct rule *rule);

/* Returns the probes that an event must be asked: of its type, or of the rule whose alert it
 * is. */
const struct probe_list *program_probes(const struct program *program,
                                        const struct event_type *type);

/* Returns whom a step serves; none when no rule has it any more. */
struct use_list program_uses(const struct program *program, uint64_t step);

/* Returns the rule whose alerts are events of this type, or NULL. */
const struct rule *program_maker(const struct program *program, const struct event_type *type);

/* Tells whether the probe's entry means the event. */
bool program_probe_true(const struct probe *probe, const struct event *event,
                        const struct list_set *lists);

#endif
