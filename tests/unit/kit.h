/* What the tests of the rooms from rule upwards share: the shipped catalogue, rules from texts,
 * and events from short lines.
 */
#ifndef SEINPOST_TESTS_KIT_H
#define SEINPOST_TESTS_KIT_H

#include "seinpost/base/arena.h"
#include "seinpost/base/diag.h"
#include "seinpost/base/text.h"
#include "seinpost/rule/load.h"

#include "unit.h"

struct kit {
    struct arena *arena;
    struct diag *diag;
    const struct catalogue *catalogue;
    struct load_options options; /* today is 2026-01-01, nothing is too late */
};

struct kit kit_begin(void);

/* The same with the event types of another folder. */
struct kit kit_begin_with(const char *folder);
void kit_end(struct kit *kit);

/* The head of a rule under test, up to its events. */
#define KIT_HEAD(name)                                                                         \
    "schema: seinpost/rule/1\ntitle: A title\nname: " name "\nversion: 1\nstatus: test\n"      \
    "level: low\nstage: transport\npurpose: [smuggling]\nlegal-basis: [pnr-6.2a]\nowner: o\n"
#define KIT_RULE(name) KIT_HEAD(name) "unless: {none: of no matter here}\n"

/* Loads the rules of a text, which may have faults. */
const struct program *kit_load(struct kit *kit, const char *yaml);

/* Loads them; a fault fails the test. */
const struct program *kit_program(struct kit *kit, const char *yaml);

/* Loads one rule. */
const struct rule *kit_rule(struct kit *kit, const char *yaml);

/* Returns all faults as printed, in the arena. */
const char *kit_faults(const struct kit *kit);

/* Makes an event of a type from `field=value;field=value`, typed by the schema: a list as
 * `a,b`. Its time is 2026-01-01T00:00:00Z, its source `s`, its id `e`. */
struct event kit_event(struct kit *kit, const char *type, const char *fields);

#endif
