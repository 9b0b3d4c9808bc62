#include "seinpost/plain/portrait.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/text.h"
#include "seinpost/base/vector.h"
#include "seinpost/plain/condition.h"
#include "seinpost/plain/demand.h"
#include "seinpost/schema/vocabulary.h"

/* What is being told. */
struct teller {
    struct arena *arena;
    enum language language;
    const struct program *program;
    const struct rule *rule;
    struct text *text;
};

static void add(const struct teller *teller, enum phrase phrase, const struct slice *args)
{
    phrase_add(teller->text, teller->language, phrase, args);
}

static void line(const struct teller *teller, const char *before, enum phrase phrase,
                 const struct slice *args)
{
    text_add(teller->text, slice_of(before));
    add(teller, phrase, args);
    text_add_byte(teller->text, '\n');
}

static struct slice keep(const struct teller *teller, struct text *text)
{
    const struct slice kept = slice_copy(teller->arena, text_slice(text));

    text_free(text);
    return kept;
}

static struct slice duration(const struct teller *teller, int64_t ms)
{
    struct text text = {0};

    spell_duration(&text, teller->language, ms);
    return keep(teller, &text);
}

static struct slice number(const struct teller *teller, int64_t value)
{
    struct text text = {0};

    text_format(&text, "%lld", (long long)value);
    return keep(teller, &text);
}

static struct slice words(const struct teller *teller, const char *const *list, unsigned mask)
{
    struct text text = {0};
    struct spell_list items = {&text, teller->language, PHRASE_AND,
                               (size_t)__builtin_popcount(mask), 0};

    for (unsigned i = 0; list[i] != NULL; i++) {
        if ((mask >> i & 1) != 0) {
            spell_item(&items, slice_of(list[i]));
        }
    }
    return keep(teller, &text);
}

static struct slice group_names(const struct teller *teller, uint64_t mask)
{
    const struct rule *rule = teller->rule;
    struct text text = {0};
    size_t count = 0;

    for (size_t i = 0; i < rule->group_count; i++) {
        count += (mask >> i & 1) != 0 ? 1U : 0U;
    }
    struct spell_list list = {&text, teller->language, PHRASE_AND, count, 0};
    for (size_t i = 0; i < rule->group_count; i++) {
        if ((mask >> i & 1) != 0) {
            spell_item(&list, rule->group[i].name);
        }
    }
    return keep(teller, &text);
}

/* The probes by which ingest asks for a rule's entry, of partners' events. */
static const struct probe *next_probe(const struct program *program, const struct rule *rule,
                                      int entry, size_t *type, size_t *index)
{
    for (; *type < catalogue_count(program->catalogue); ++*type, *index = 0) {
        const struct probe_list *probes = &program->probes[*type];
        while (*index < probes->count) {
            const struct probe *probe = &probes->items[(*index)++];
            if (probe->rule == rule && probe->entry == entry) {
                return probe;
            }
        }
    }
    return NULL;
}

/* `; account: debtor_ref`: by which of its fields it has an element of the group. */
static void add_element(const struct condition_teller *teller, const struct rule_group *element,
                        const struct path *path, struct text *text)
{
    struct text fields = {0};

    condition_path(teller, path, &fields);
    if (!slice_equal(text_slice(&fields), element->name)) {
        text_format(text, "; %.*s: %.*s", SLICE_ARGS(element->name), (int)fields.size,
                    fields.data);
    }
    text_free(&fields);
}

static void add_elements(const struct condition_teller *teller, const struct probe *probe,
                         struct text *text)
{
    const struct rule *rule = probe->rule;

    for (size_t i = 0; i < rule->group_count; i++) {
        if ((int)i == rule->key) {
            add_element(teller, &rule->group[i], &probe->key, text);
            continue;
        }
        for (size_t j = 0; j < probe->operands_count; j++) {
            if (probe->operands[j].operand == rule->group[i].operand) {
                add_element(teller, &rule->group[i], &probe->operands[j].path, text);
            }
        }
    }
}

static void add_event(enum language language, const struct condition_teller *teller,
                      const struct probe *probe, struct text *text)
{
    const struct slice name = probe->rule->entries[probe->entry].name;
    struct text condition = {0};
    struct text whole = {0};

    if (probe->detection != NULL) {
        condition_detection(teller, probe->detection, &condition);
    }
    phrase_add(&whole, language, condition.size > 0 ? PHRASE_EVENT_WHERE : PHRASE_EVENT_IS,
               PHRASE_ARGS(name, probe->type->name, text_slice(&condition)));
    if (probe->source.size > 0) {
        phrase_add(text, language, PHRASE_FROM_SOURCE,
                   PHRASE_ARGS(text_slice(&whole), probe->source));
    } else {
        text_add(text, text_slice(&whole));
    }
    add_elements(teller, probe, text);
    text_free(&condition);
    text_free(&whole);
}

void portrait_entry(enum language language, const struct program *program,
                    const struct rule *rule, int entry, struct slice before, struct text *text)
{
    const struct rule_entry *read = &rule->entries[entry];
    size_t type = 0;
    size_t index = 0;

    if (read->made_by != NULL) {
        text_add(text, before);
        phrase_add(text, language, PHRASE_ALERT_IS, PHRASE_ARGS(read->name));
        text_add_byte(text, '\n');
        return;
    }
    for (const struct probe *probe = next_probe(program, rule, entry, &type, &index);
         probe != NULL; probe = next_probe(program, rule, entry, &type, &index)) {
        const struct condition_teller teller = {language, program->lists, rule, probe->type};
        text_add(text, before);
        add_event(language, &teller, probe, text);
        text_add_byte(text, '\n');
    }
}

/* What exonerates is told once, though it is compiled for each entry and type. */
struct told {
    VECTOR(struct slice) lines;
};

static void tell_exclusion(const struct teller *teller, const struct probe *probe,
                           const struct exclusion *exclusion, struct told *told)
{
    const struct condition_teller conditions = {teller->language, teller->program->lists,
                                                teller->rule, probe->type};
    const bool always = exclusion->until.ms == INSTANT_MAX.ms;
    char until[INSTANT_TEXT_SIZE];
    struct text condition = {0};
    struct text text = {0};

    condition_search(&conditions, &exclusion->search, &condition);
    phrase_add(&text, teller->language, always ? PHRASE_EXONERATES : PHRASE_EXCEPTION,
               PHRASE_ARGS(always ? exclusion->search.name
                                  : slice_of(instant_format(exclusion->until, until)),
                           text_slice(&condition)));
    text_free(&condition);
    const struct slice whole = keep(teller, &text);
    for (size_t i = 0; i < told->lines.count; i++) {
        if (slice_equal(told->lines.items[i], whole)) {
            return;
        }
    }
    VECTOR_PUSH(&told->lines, whole);
    text_format(teller->text, "  - %.*s\n", SLICE_ARGS(whole));
}

static void tell_exclusions(const struct teller *teller)
{
    const struct rule *rule = teller->rule;
    struct told told = {0};

    for (size_t i = 0; i < rule->entries_count; i++) {
        size_t type = 0;
        size_t index = 0;
        for (const struct probe *probe =
                 next_probe(teller->program, rule, (int)i, &type, &index);
             probe != NULL; probe = next_probe(teller->program, rule, (int)i, &type, &index)) {
            for (size_t j = 0; j < probe->exclusions_count; j++) {
                tell_exclusion(teller, probe, &probe->exclusions[j], &told);
            }
        }
    }
    if (told.lines.count == 0) {
        line(teller, "  - ", PHRASE_NO_EXONERATION, PHRASE_ARGS({0}));
    }
    VECTOR_FREE(&told.lines);
}

static void tell_demands(const struct teller *teller)
{
    const struct demand_list demands =
        demand_make(teller->arena, teller->language, teller->rule);
    size_t steps = 0;

    for (size_t i = 0; i < demands.count; i++) {
        if (demands.items[i].kind == DEMAND_STEP) {
            text_format(teller->text, "  %zu. ", ++steps);
        } else {
            text_add(teller->text, SLICE("  - "));
        }
        text_add(teller->text, demands.items[i].text);
        text_add_byte(teller->text, '\n');
    }
}

static void tell_opening(const struct teller *teller)
{
    const struct rule *rule = teller->rule;
    const struct slice groups = group_names(teller, UINT64_MAX);

    if (groups.size > 0) {
        line(teller, "", PHRASE_OPENS_FOR, PHRASE_ARGS(groups));
    } else {
        line(teller, "", PHRASE_OPENS, PHRASE_ARGS({0}));
    }
    tell_demands(teller);
    line(teller, "", PHRASE_WHERE, PHRASE_ARGS({0}));
    for (size_t i = 0; i < rule->entries_count; i++) {
        if (((rule->counted | rule->close_on) >> i & 1) != 0) {
            portrait_entry(teller->language, teller->program, rule, (int)i, SLICE("  - "),
                           teller->text);
        }
    }
    line(teller, "  - ", PHRASE_ONLY_COUNTED,
         PHRASE_ARGS(words(teller, vocabulary_purposes, rule->purposes)));
    line(teller, "", PHRASE_FOR_PERSON, PHRASE_ARGS({0}));
    tell_exclusions(teller);
}

static void tell_closing(const struct teller *teller)
{
    const struct rule *rule = teller->rule;
    struct text names = {0};

    if (rule->class == RULE_SINGLE) {
        return; /* its alerts are over as soon as they are told */
    }
    if (rule->close_after_ms > 0) {
        line(teller, "  - ", PHRASE_LIFE_LONGER,
             PHRASE_ARGS(duration(teller, rule->close_after_ms)));
    } else {
        line(teller, "  - ", PHRASE_LIFE, PHRASE_ARGS({0}));
    }
    if (rule->close_on != 0) {
        demand_names(teller->language, rule, rule->close_on, PHRASE_OR, &names);
        line(teller, "  - ", PHRASE_CLOSE_ON, PHRASE_ARGS(keep(teller, &names)));
    }
}

static void tell_suppression(const struct teller *teller)
{
    const struct rule_suppress *suppress = &teller->rule->suppress;

    if (suppress->for_ms > 0) {
        line(
            teller, "  - ", suppress->drop ? PHRASE_SUPPRESS_DROP : PHRASE_SUPPRESS_UPDATE,
            PHRASE_ARGS(duration(teller, suppress->for_ms), group_names(teller, suppress->by)));
    }
}

/* The names of operands in a mask. */
static struct slice operand_names(const struct teller *teller, uint64_t mask)
{
    struct text text = {0};
    struct spell_list list = {&text, teller->language, PHRASE_AND,
                              (size_t)__builtin_popcountll(mask), 0};

    for (size_t i = 0; i < teller->rule->operands_count; i++) {
        if ((mask >> i & 1) != 0) {
            spell_item(&list, teller->rule->operands[i].name);
        }
    }
    return keep(teller, &text);
}

static void tell_life(const struct teller *teller)
{
    const struct rule *rule = teller->rule;
    uint64_t carried = 0;

    if (rule->class != RULE_SINGLE || rule->lateness_ms > 0 || rule->shown != 0) {
        line(teller, "", PHRASE_ALERT, PHRASE_ARGS({0}));
    }
    tell_closing(teller);
    tell_suppression(teller);
    if (rule->lateness_ms > 0) {
        line(teller, "  - ", PHRASE_LATE, PHRASE_ARGS(duration(teller, rule->lateness_ms)));
    }
    if (rule->groups_max > 0) {
        line(teller, "  - ", PHRASE_GROUPS_MAX, PHRASE_ARGS(number(teller, rule->groups_max)));
    }
    if (rule->shown != 0) {
        line(teller, "  - ", PHRASE_SHOWS, PHRASE_ARGS(operand_names(teller, rule->shown)));
    }
    for (size_t i = 0; i < rule->carries_count; i++) {
        carried |= UINT64_C(1) << rule->carries[i].operand;
    }
    if (carried != 0) {
        line(teller, "  - ", PHRASE_CARRIES, PHRASE_ARGS(operand_names(teller, carried)));
    }
}

static enum phrase status_phrase(int status)
{
    switch ((enum rule_status)status) {
    case RULE_DRAFT:
        return PHRASE_STATUS_DRAFT;
    case RULE_TEST:
        return PHRASE_STATUS_TEST;
    case RULE_STABLE:
        return PHRASE_STATUS_STABLE;
    case RULE_DEPRECATED:
        break;
    }
    return PHRASE_STATUS_DEPRECATED;
}

static void tell_end(const struct teller *teller)
{
    const struct rule *rule = teller->rule;
    struct text measures = {0};
    struct spell_list list = {&measures, teller->language, PHRASE_AND, rule->measures_count, 0};
    char expires[INSTANT_TEXT_SIZE];

    for (size_t i = 0; i < rule->measures_count; i++) {
        spell_item(&list, rule->measures[i]);
    }
    if (rule->measures_count > 0) {
        add(teller, PHRASE_PROPOSES, PHRASE_ARGS(keep(teller, &measures)));
        text_add_byte(teller->text, ' ');
    }
    if (rule->generate) {
        line(teller, "", PHRASE_DECIDES, PHRASE_ARGS({0}));
    } else {
        line(teller, "", PHRASE_HELPER, PHRASE_ARGS({0}));
    }
    line(teller, "", PHRASE_LEVEL,
         PHRASE_ARGS(slice_of(vocabulary_levels[rule->level]),
                     slice_of(vocabulary_stages[rule->stage])));
    line(teller, "", PHRASE_BASIS,
         PHRASE_ARGS(words(teller, vocabulary_purposes, rule->purposes),
                     words(teller, vocabulary_legal_bases, rule->legal_bases), rule->owner));
    add(teller, status_phrase(rule->status), PHRASE_ARGS({0}));
    if (rule->expires.ms != INSTANT_MAX.ms) {
        text_add_byte(teller->text, ' ');
        add(teller, PHRASE_EXPIRES,
            PHRASE_ARGS(slice_of(instant_format(rule->expires, expires))));
    }
    text_add_byte(teller->text, '\n');
}

void portrait_rule(struct arena *arena, enum language language, const struct program *program,
                   const struct rule *rule, struct text *text)
{
    const struct teller teller = {arena, language, program, rule, text};
    struct text name = {0};

    if (rule->id.size > 0 && !slice_equal(rule->id, rule->name)) {
        text_format(&name, "%.*s (%.*s)", SLICE_ARGS(rule->id), SLICE_ARGS(rule->name));
    } else {
        text_add(&name, rule->name);
    }
    line(&teller, "", PHRASE_HEAD,
         PHRASE_ARGS(keep(&teller, &name), number(&teller, rule->version), rule->title));
    tell_opening(&teller);
    tell_life(&teller);
    tell_end(&teller);
}
