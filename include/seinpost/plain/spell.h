/* spell: durations, values and lists of names as people read them.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_PLAIN_SPELL_H
#define SEINPOST_PLAIN_SPELL_H

#include "seinpost/plain/phrase.h"
#include "seinpost/rule/operand.h"

enum {
    SPELL_VALUES_MAX = 12 /* that are named of a long list; the others are counted */
};

/* Appends `2 days and 12 hours`. */
void spell_duration(struct text *text, enum language language, int64_t ms);

/* Appends a value of a rule: numbers are thousandths. `unit` stands behind numbers. */
void spell_value(struct text *text, enum language language, const struct value *value,
                 enum operand_type type, struct slice unit);

/* A list that grows item by item: `a, b and c`. Begin with the joining word. */
struct spell_list {
    struct text *text;
    enum language language;
    enum phrase last; /* PHRASE_AND, PHRASE_OR or PHRASE_THEN */
    size_t count;
    size_t done;
};

/* Appends an item of a list of `count`. */
void spell_item(struct spell_list *list, struct slice item);

#endif
