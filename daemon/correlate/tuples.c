#include "seinpost/correlate/tuples.h"

#include <string.h>

/* Multiplies what there is by the values of one element. */
static void add_element(struct tuples *tuples, size_t element, const struct value *values,
                        size_t count)
{
    const size_t before = tuples->count;
    size_t after = before * count;

    if (after > TUPLES_MAX) {
        after = TUPLES_MAX;
        tuples->capped = true;
    }
    for (size_t i = after; i-- > 0;) {
        struct value *tuple = &tuples->values[i * tuples->width];
        if (i % before != i) {
            memcpy(tuple, &tuples->values[i % before * tuples->width],
                   element * sizeof tuple[0]);
        }
        tuple[element] = values[i / before];
    }
    tuples->count = after;
}

/* A value that stands there twice makes one group. */
static size_t add_item(struct value *items, size_t count, const struct value *item)
{
    for (size_t i = 0; i < count; i++) {
        if (value_equal(&items[i], item)) {
            return 0;
        }
    }
    items[count] = *item;
    return 1;
}

bool tuples_gather(const struct rule *rule, const struct match *match, const struct held *held,
                   struct tuples *tuples)
{
    tuples->width = rule->group_count;
    tuples->count = 1;
    tuples->capped = false;
    for (size_t i = 0; i < rule->group_count; i++) {
        struct value items[TUPLES_MAX];
        const int operand = rule->group[i].operand;
        const struct value key = value_of_text(match->value);
        const struct value *value = operand == RULE_NONE ? &key : &held->values[operand];
        size_t count = 0;
        for (size_t j = 0; j < value_count(value) && count < TUPLES_MAX; j++) {
            count += add_item(items, count, value_item(value, j));
        }
        if (count == 0) {
            return false;
        }
        tuples->capped = tuples->capped || value_count(value) > TUPLES_MAX;
        add_element(tuples, i, items, count);
    }
    return true;
}

void tuples_swap(struct tuples *tuples, size_t a, size_t b)
{
    for (size_t i = 0; i < tuples->width; i++) {
        const struct value value = tuples->values[a * tuples->width + i];
        tuples->values[a * tuples->width + i] = tuples->values[b * tuples->width + i];
        tuples->values[b * tuples->width + i] = value;
    }
}
