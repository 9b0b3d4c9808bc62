/* value: what a field of an event holds, and how two of them compare.
 *
 * Numbers are whole; where a rule writes decimals, both sides are thousandths. Money is minor
 * units of a currency. Nothing here is a float: no rounding decides anything.
 *
 * Owns:    nothing; text and lists point into the event.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_SCHEMA_VALUE_H
#define SEINPOST_SCHEMA_VALUE_H

#include "seinpost/base/instant.h"
#include "seinpost/base/slice.h"
#include "seinpost/schema/money.h"

enum {
    VALUE_MILLI = 1000
};

enum value_type {
    VALUE_NONE, /* missing */
    VALUE_BOOL,
    VALUE_NUMBER,
    VALUE_TEXT,
    VALUE_MONEY,
    VALUE_TIME,
    VALUE_LIST, /* of text; never empty, never of lists */
};

struct value {
    enum value_type type;
    union {
        bool truth;
        int64_t number;
        struct slice text;
        struct money money;
        struct instant time;
        struct {
            const struct value *items;
            size_t count;
        } list;
    } as;
};

struct value value_of_bool(bool truth);
struct value value_of_number(int64_t number);
struct value value_of_text(struct slice text);
struct value value_of_money(int64_t minor, struct slice currency);
struct value value_of_time(struct instant time);

/* Returns how many single values there are: 0 for none, the items of a list, else 1. */
size_t value_count(const struct value *value);

/* Returns one of them. */
const struct value *value_item(const struct value *value, size_t index);

/* Tells whether both are of one type and the same. */
bool value_equal(const struct value *a, const struct value *b);

/* Orders any two: by type, then by content. For canonical order, not for conditions. */
int value_compare(const struct value *a, const struct value *b);

struct text;
struct arena;

/* Appends the value as people read it: `2500.00 EUR`, `true`, RFC 3339. */
void value_format(struct text *text, const struct value *value);

/* Copies text and list items into the arena. */
struct value value_copy(struct arena *arena, const struct value *value);

#endif
