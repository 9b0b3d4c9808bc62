#include "seinpost/rule/gate.h"

#include "seinpost/base/arena.h"

#include <string.h>

enum {
    TERMS_MAX = 256,       /* more values than this would not be selective */
    VALUES_OF_CODE = 1000, /* how many a code may have whose symbols are not listed */
    WEIGHT_MAX = 1000000,  /* asked of every event */
    WEIGHT_OF_PREFIX = 20, /* a prefix lets through as many as so many values */
    WEIGHT_OF_RANGE = 300, /* bounded on both sides */
    WEIGHT_OF_HALF = 500,  /* bounded on one */
};

/* What a predicate would be as a gate. */
struct offer {
    const struct predicate *predicate; /* NULL: none */
    unsigned weight;                   /* out of WEIGHT_MAX events so many pass, by guess */
};

static bool is_plain(const struct predicate *predicate)
{
    return predicate->operand.operator== 0 && predicate->calendar == CALENDAR_NONE &&
           !predicate->negated && !predicate->or_missing && !predicate->refers &&
           predicate->values_count > 0 && predicate->values_count <= TERMS_MAX;
}

static bool fit_in(const struct predicate *predicate, size_t size_max)
{
    for (size_t i = 0; i < predicate->values_count; i++) {
        const struct slice text = predicate->values[i].as.text;
        if (text.size == 0 || text.size > size_max) {
            return false;
        }
    }
    return true;
}

static unsigned weigh_texts(const struct predicate *predicate)
{
    const struct field *field = predicate->operand.left.field;
    const size_t possible =
        field != NULL && field->symbols_count > 0 ? field->symbols_count : VALUES_OF_CODE;
    const size_t each =
        WEIGHT_MAX / possible * (predicate->test == PREDICATE_STARTS ? WEIGHT_OF_PREFIX : 1);
    const size_t weight = each * predicate->values_count;

    return weight > WEIGHT_MAX ? WEIGHT_MAX : (unsigned)weight;
}

/* How many of a million events a predicate lets through, by guess; WEIGHT_MAX: it is no gate.
 */
static unsigned weigh(const struct predicate *predicate, size_t size_max)
{
    const enum operand_type type = predicate->operand.type;
    const bool textual =
        predicate->test == PREDICATE_EQUAL || predicate->test == PREDICATE_STARTS;

    if (!is_plain(predicate)) {
        return WEIGHT_MAX;
    }
    if (type == OPERAND_CODE) {
        return textual && fit_in(predicate, size_max) ? weigh_texts(predicate) : WEIGHT_MAX;
    }
    if (type != OPERAND_NUMBER && type != OPERAND_MONEY) {
        return WEIGHT_MAX;
    }
    switch (predicate->test) {
    case PREDICATE_EQUAL:
        return WEIGHT_MAX / VALUES_OF_CODE * (unsigned)predicate->values_count;
    case PREDICATE_BETWEEN:
        return WEIGHT_MAX / 1000 * WEIGHT_OF_RANGE;
    case PREDICATE_LESS:
    case PREDICATE_LESS_EQUAL:
    case PREDICATE_GREATER:
    case PREDICATE_GREATER_EQUAL:
        return WEIGHT_MAX / 1000 * WEIGHT_OF_HALF;
    case PREDICATE_CONTAINS:
    case PREDICATE_STARTS:
    case PREDICATE_ENDS:
    case PREDICATE_MATCHES:
    case PREDICATE_EXISTS:
    case PREDICATE_LISTED:
        break;
    }
    return WEIGHT_MAX;
}

static struct offer best_of_map(const struct search_map *map, size_t size_max)
{
    struct offer best = {NULL, WEIGHT_MAX};

    for (size_t i = 0; i < map->count; i++) {
        const unsigned weight = weigh(&map->predicates[i], size_max);
        if (weight < best.weight) {
            best = (struct offer){&map->predicates[i], weight};
        }
    }
    return best;
}

/* A search is true by any of its maps: each must have a gate. Returns the sum, or WEIGHT_MAX.
 */
static unsigned weigh_search(const struct search *search, size_t size_max)
{
    unsigned sum = 0;

    for (size_t i = 0; i < search->maps_count && sum < WEIGHT_MAX; i++) {
        sum += best_of_map(&search->maps[i], size_max).weight;
    }
    return search->maps_count == 0 || sum > WEIGHT_MAX ? WEIGHT_MAX : sum;
}

static int64_t number_of(const struct predicate *predicate, size_t index)
{
    const struct value *value = &predicate->values[index];

    return value->type == VALUE_MONEY ? value->as.money.minor : value->as.number;
}

/* The range in which an ordering test is true; at the ends of what a number can be, too wide
 * by one is right: a gate may let more through. */
static void set_range(const struct predicate *predicate, size_t index, struct gate_term *term)
{
    const int64_t number = number_of(predicate, index);

    term->kind = GATE_RANGE;
    term->from = INT64_MIN;
    term->to = INT64_MAX;
    switch (predicate->test) {
    case PREDICATE_GREATER:
    case PREDICATE_GREATER_EQUAL:
        term->from = number;
        break;
    case PREDICATE_LESS:
    case PREDICATE_LESS_EQUAL:
        term->to = number;
        break;
    case PREDICATE_BETWEEN:
        term->from = number;
        term->to = number_of(predicate, 1);
        break;
    case PREDICATE_EQUAL:
        term->from = number;
        term->to = number;
        break;
    case PREDICATE_CONTAINS:
    case PREDICATE_STARTS:
    case PREDICATE_ENDS:
    case PREDICATE_MATCHES:
    case PREDICATE_EXISTS:
    case PREDICATE_LISTED:
        break;
    }
}

static struct gate_term term_of(const struct predicate *predicate, size_t index)
{
    const struct value *value = &predicate->values[index];
    struct gate_term term = {.path = predicate->operand.left};

    if (predicate->operand.type == OPERAND_CODE) {
        term.kind = predicate->test == PREDICATE_STARTS ? GATE_PREFIX : GATE_EQUAL;
        term.text = value->as.text;
        return term;
    }
    if (value->type == VALUE_MONEY) {
        memcpy(term.currency, value->as.money.currency, sizeof term.currency);
    }
    set_range(predicate, index, &term);
    return term;
}

/* How many terms a predicate needs: any of its values opens; of `all` and of a range one does.
 */
static size_t terms_of(const struct predicate *predicate)
{
    return predicate->all || predicate->test == PREDICATE_BETWEEN ? 1 : predicate->values_count;
}

static void fill(struct arena *arena, const struct search *search, size_t size_max,
                 struct gate *gate)
{
    size_t count = 0;

    for (size_t i = 0; i < search->maps_count; i++) {
        count += terms_of(best_of_map(&search->maps[i], size_max).predicate);
    }
    struct gate_term *terms = arena_alloc(arena, count * sizeof *terms);
    gate->terms = terms;
    for (size_t i = 0; i < search->maps_count; i++) {
        const struct predicate *predicate = best_of_map(&search->maps[i], size_max).predicate;
        for (size_t j = 0; j < terms_of(predicate); j++) {
            terms[gate->terms_count++] = term_of(predicate, j);
        }
    }
}

bool gate_find(struct arena *arena, const struct probe *probe, size_t size_max,
               struct gate *gate)
{
    const struct detection *detection = probe->detection;
    const struct search *best = NULL;
    unsigned weight = WEIGHT_MAX;

    *gate = (struct gate){0};
    for (size_t i = 0; detection != NULL && i < detection->searches_count; i++) {
        const struct search *search = &detection->searches[i];
        const unsigned own = expression_needs(&detection->expression, i)
                                 ? weigh_search(search, size_max)
                                 : WEIGHT_MAX;
        if (own < weight) {
            weight = own;
            best = search;
        }
    }
    if (best != NULL) {
        fill(arena, best, size_max, gate);
    }
    return best != NULL;
}
