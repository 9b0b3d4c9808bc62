#include "seinpost/rule/modifier.h"

#include "seinpost/base/nearest.h"

enum modifier_effect {
    EFFECT_TEST,
    EFFECT_CALENDAR,
    EFFECT_ALL,
    EFFECT_CASED,
    EFFECT_REFERS,
    EFFECT_NOT_EQUAL,
};

static const struct {
    const char *name;
    enum modifier_effect effect;
    int argument;
} modifier_table[] = {
    {"contains", EFFECT_TEST, PREDICATE_CONTAINS},
    {"startswith", EFFECT_TEST, PREDICATE_STARTS},
    {"endswith", EFFECT_TEST, PREDICATE_ENDS},
    {"re", EFFECT_TEST, PREDICATE_MATCHES},
    {"lt", EFFECT_TEST, PREDICATE_LESS},
    {"lte", EFFECT_TEST, PREDICATE_LESS_EQUAL},
    {"gt", EFFECT_TEST, PREDICATE_GREATER},
    {"gte", EFFECT_TEST, PREDICATE_GREATER_EQUAL},
    {"between", EFFECT_TEST, PREDICATE_BETWEEN},
    {"exists", EFFECT_TEST, PREDICATE_EXISTS},
    {"list", EFFECT_TEST, PREDICATE_LISTED},
    {"neq", EFFECT_NOT_EQUAL, 0},
    {"all", EFFECT_ALL, 0},
    {"cased", EFFECT_CASED, 0},
    {"fieldref", EFFECT_REFERS, 0},
    {"hour", EFFECT_CALENDAR, CALENDAR_HOUR},
    {"day", EFFECT_CALENDAR, CALENDAR_DAY},
    {"week", EFFECT_CALENDAR, CALENDAR_WEEK},
    {"month", EFFECT_CALENDAR, CALENDAR_MONTH},
};

enum {
    MODIFIERS_COUNT = sizeof modifier_table / sizeof modifier_table[0]
};

static bool set_test(const struct compile *compile, const struct tree *node,
                     struct slice written, struct modifier_set *modifiers, size_t index)
{
    const char *name = modifier_table[index].name;

    if (modifiers->test_name != NULL) {
        tree_part_fault(compile->diag, node, written, "E208",
                        "'%s' and '%s' do not go together", modifiers->test_name, name);
        return false;
    }
    modifiers->test_name = name;
    if (modifier_table[index].effect == EFFECT_NOT_EQUAL) {
        modifiers->negated = true;
    } else {
        modifiers->test = (enum predicate_test)modifier_table[index].argument;
    }
    return true;
}

static bool unknown_modifier(const struct compile *compile, const struct tree *node,
                             struct slice name)
{
    struct nearest nearest = {0};

    if (slice_is(name, "cidr")) {
        tree_part_fault(compile->diag, node, name, "E208",
                        "'cidr' needs a field with network addresses; no event type has one");
        return false;
    }
    for (size_t i = 0; i < MODIFIERS_COUNT; i++) {
        nearest_try(&nearest, name, slice_of(modifier_table[i].name));
    }
    tree_part_fault(compile->diag, node, name, "E208", "unknown modifier '%.*s'",
                    SLICE_ARGS(name));
    if (nearest_found(&nearest)) {
        diag_hint(compile->diag, "did you mean '%.*s'?", SLICE_ARGS(nearest.best));
    }
    return false;
}

static bool read_modifier(const struct compile *compile, const struct tree *node,
                          struct slice name, struct modifier_set *modifiers)
{
    size_t i = 0;

    while (i < MODIFIERS_COUNT && !slice_is(name, modifier_table[i].name)) {
        i++;
    }
    if (i == MODIFIERS_COUNT) {
        return unknown_modifier(compile, node, name);
    }
    switch (modifier_table[i].effect) {
    case EFFECT_TEST:
    case EFFECT_NOT_EQUAL:
        return set_test(compile, node, name, modifiers, i);
    case EFFECT_CALENDAR:
        if (modifiers->calendar_name != NULL) {
            tree_part_fault(compile->diag, node, name, "E208",
                            "'%s' and '%s' do not go together", modifiers->calendar_name,
                            modifier_table[i].name);
            return false;
        }
        modifiers->calendar_name = modifier_table[i].name;
        modifiers->calendar = (enum predicate_calendar)modifier_table[i].argument;
        break;
    case EFFECT_ALL:
        modifiers->all = true;
        break;
    case EFFECT_CASED:
        modifiers->cased = true;
        break;
    case EFFECT_REFERS:
        modifiers->refers = true;
        break;
    }
    return true;
}

bool modifier_read(const struct compile *compile, const struct tree *node,
                   struct slice *operand, struct modifier_set *modifiers)
{
    struct slice rest = node->key;

    *operand = slice_trim(slice_cut(&rest, '|'));
    while (rest.data != NULL) {
        if (!read_modifier(compile, node, slice_cut(&rest, '|'), modifiers)) {
            return false;
        }
    }
    return true;
}

bool modifier_is_ordering(enum predicate_test test)
{
    return test == PREDICATE_LESS || test == PREDICATE_LESS_EQUAL ||
           test == PREDICATE_GREATER || test == PREDICATE_GREATER_EQUAL ||
           test == PREDICATE_BETWEEN;
}

static bool is_textual(enum predicate_test test)
{
    return test == PREDICATE_CONTAINS || test == PREDICATE_STARTS || test == PREDICATE_ENDS ||
           test == PREDICATE_MATCHES || test == PREDICATE_LISTED;
}

/* Where the key says a modifier. */
static struct slice written(const struct tree *node, const char *name)
{
    struct slice rest = node->key;

    (void)slice_cut(&rest, '|');
    while (rest.data != NULL) {
        const struct slice word = slice_cut(&rest, '|');
        if (slice_is(word, name)) {
            return word;
        }
    }
    return node->key;
}

static bool apart(const struct modifier_question *question, const char *one, const char *other)
{
    tree_part_fault(question->compile->diag, question->node, written(question->node, one),
                    "E208", "'%s' and '%s' do not go together", other, one);
    return false;
}

static bool misses(const struct modifier_question *question, const char *name,
                   const char *wanted)
{
    tree_part_fault(question->compile->diag, question->node, written(question->node, name),
                    "E208", "'%s' is asked of %s: '%.*s' is %s", name, wanted,
                    SLICE_ARGS(question->operand), question->type);
    return false;
}

/* Do the modifiers go together? */
static bool check_together(const struct modifier_question *question)
{
    const struct modifier_set *all = question->modifiers;
    const bool compares = all->test == PREDICATE_EQUAL ||
                          (modifier_is_ordering(all->test) && all->test != PREDICATE_BETWEEN);
    const bool alone = all->test == PREDICATE_EXISTS || all->test == PREDICATE_LISTED;

    if (all->refers && !compares) {
        return apart(question, "fieldref", all->test_name);
    }
    if (all->calendar_name != NULL && (all->refers || alone)) {
        return apart(question, all->calendar_name, all->refers ? "fieldref" : all->test_name);
    }
    if (all->cased && (all->refers || alone)) {
        return apart(question, "cased", all->refers ? "fieldref" : all->test_name);
    }
    if (all->all && (all->refers || alone || all->test == PREDICATE_BETWEEN)) {
        return apart(question, "all", all->refers ? "fieldref" : all->test_name);
    }
    if (all->all && question->node->kind != TREE_LIST) {
        tree_part_fault(question->compile->diag, question->node, written(question->node, "all"),
                        "E208", "'all' goes with a list of values");
        return false;
    }
    return true;
}

/* Does the test make sense for what it is asked of? */
static bool check_type(const struct modifier_question *question)
{
    const struct modifier_set *all = question->modifiers;
    const enum operand_type type = question->operand_type;

    if (all->calendar_name != NULL && type != OPERAND_TIME) {
        return misses(question, all->calendar_name, "a time");
    }
    if (is_textual(all->test) && (!operand_is_text(type) || all->calendar_name != NULL)) {
        return misses(question, all->test_name, "text");
    }
    if (all->cased && !operand_is_text(type)) {
        return misses(question, "cased", "text");
    }
    if (modifier_is_ordering(all->test) && (operand_is_text(type) || type == OPERAND_BOOL)) {
        return misses(question, all->test_name, "numbers, money and times");
    }
    return true;
}

bool modifier_check(const struct modifier_question *question)
{
    return check_together(question) && check_type(question);
}

const char *modifier_name(size_t index)
{
    return index < MODIFIERS_COUNT ? modifier_table[index].name : NULL;
}
