#include "seinpost/rule/criteria.h"

enum {
    PROXIES_MAX = 6 /* searches that are proxies, of one detection */
};

/* PNR Directive (EU) 2016/681 art. 6(4), GDPR art. 9, LED art. 10: no assessment on these.
 * Names and special-service or meal codes give them away. Words of a field: `birth_city`,
 * `debtor_name`. */
static const char *const protected_words[] = {
    "nationality", "citizenship", "birth",   "birthplace", "birthdate",  "gender",
    "sex",         "religion",    "faith",   "health",     "disability", "union",
    "language",    "ethnicity",   "ethnic",  "race",       "name",       "names",
    "firstname",   "lastname",    "surname", "ssr",        "meal",       "meals",
};

/* Facts that stand for where somebody comes from or lives: never the only condition (F2). */
static const char *const proxy_words[] = {
    "route", "from_", "to", "country", "creditor_country", "region", "district", "station"};

#define WORDS(list) list, sizeof(list) / sizeof((list)[0])

static struct diag *diag_of(const struct build *build)
{
    return build->compile.diag;
}

static bool in_words(struct slice word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_is(word, words[i])) {
            return true;
        }
    }
    return false;
}

static bool has_protected_word(struct slice path)
{
    while (path.data != NULL) {
        if (in_words(slice_cut(&path, '_'), WORDS(protected_words))) {
            return true;
        }
    }
    return false;
}

bool criteria_is_protected(struct slice operand)
{
    while (operand.data != NULL) {
        struct slice word = slice_cut(&operand, ' ');
        while (word.data != NULL) {
            const struct slice part = slice_cut(&word, '.');
            if (has_protected_word(part) || slice_contains(part, SLICE("special_service"))) {
                return true;
            }
        }
    }
    return false;
}

void criteria_protected_fault(struct diag *diag, const struct tree *node, struct slice operand)
{
    tree_part_fault(diag, node, operand, "E405", "'%.*s' is protected: no rule may ask it",
                    SLICE_ARGS(operand));
    diag_hint(diag, "PNR Directive art. 6(4), GDPR art. 9");
}

/* The words of an operand: `area_m2 / occupants_n` has two, `from_.country` is about `from_`.
 */
static bool is_proxy(struct slice operand)
{
    while (operand.data != NULL) {
        struct slice word = slice_cut(&operand, ' ');
        struct slice path = word;
        if (in_words(slice_cut(&path, '.'), WORDS(proxy_words)) ||
            in_words(word, WORDS(proxy_words))) {
            return true;
        }
    }
    return false;
}

static struct slice operand_of(const struct tree *key)
{
    struct slice operand = key->key;

    return slice_trim(slice_cut(&operand, '|'));
}

/* Finds them also where the event type is unknown, and no field is looked up. */
static void look_at_key(const struct tree *key, void *context)
{
    const struct build *build = context;

    if (criteria_is_protected(operand_of(key))) {
        criteria_protected_fault(diag_of(build), key, operand_of(key));
    }
}

static void check_protected(struct build *build)
{
    const struct tree *unless = build->document->unless;

    for (size_t i = 0; i < build->rule->entries_count; i++) {
        if (build->sources[i].detection != NULL) {
            detection_each_key(build->sources[i].detection, look_at_key, build);
        }
    }
    if (unless != NULL && tree_get(unless, "none") == NULL) {
        detection_each_key(unless, look_at_key, build);
    }
}

static bool map_is_proxy(const struct tree *map)
{
    for (const struct tree *key = map->first; map->kind == TREE_MAP && key != NULL;
         key = key->next) {
        if (!is_proxy(operand_of(key))) {
            return false;
        }
    }
    return map->kind == TREE_MAP && map->count > 0;
}

/* Can the search be met by origin, route or district alone? */
static bool search_is_proxy(const struct tree *search)
{
    for (const struct tree *map = search->first; search->kind == TREE_LIST && map != NULL;
         map = map->next) {
        if (map_is_proxy(map)) {
            return true;
        }
    }
    return map_is_proxy(search);
}

/* Can the condition be true when no search is met but some of these? */
static bool decides(const struct expression *expression, const unsigned *proxies, size_t count)
{
    for (unsigned chosen = 1; chosen < 1U << count; chosen++) {
        uint64_t truths = 0;
        for (size_t i = 0; i < count; i++) {
            truths |= (uint64_t)(chosen >> i & 1) << proxies[i];
        }
        if (expression_true(expression, truths)) {
            return true;
        }
    }
    return false;
}

static void check_detection(const struct build *build, const struct tree *node,
                            const struct expression *expression)
{
    unsigned proxies[PROXIES_MAX] = {0};
    size_t count = 0;
    unsigned index = 0;

    for (const struct tree *search = node->first; search != NULL; search = search->next) {
        if (slice_is(search->key, "condition")) {
            continue;
        }
        if (count < PROXIES_MAX && search_is_proxy(search)) {
            proxies[count++] = index;
        }
        index++;
    }
    if (decides(expression, proxies, count)) {
        tree_fault(diag_of(build), tree_get(node, "condition"), "E406",
                   "origin, route or district alone decide");
        diag_hint(diag_of(build), "join it by 'and' with what somebody does");
    }
}

/* A single-event rule decides by the conditions of its event; any other by what happens how
 * often and in which order. */
static void check_proxies(const struct build *build)
{
    const struct build_entry *source = &build->sources[0];

    if (build->document->correlation != NULL || build->rule->entries_count == 0 ||
        source->detections == NULL) {
        return;
    }
    for (size_t i = 0; i < build->entries[0].types_count; i++) {
        if (source->detections[i].expression.count > 0) {
            check_detection(build, source->detection, &source->detections[i].expression);
        }
    }
}

void criteria_check(struct build *build)
{
    check_protected(build);
    check_proxies(build);
}
