#include "seinpost/alert/standing.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/schema/vocabulary.h"

#include <limits.h>

#define TRAFFICKING "trafficking"

static unsigned mask_of(const struct alert_texts *words, const char *const *list)
{
    unsigned mask = 0;

    for (size_t i = 0; i < words->count; i++) {
        const int found = vocabulary_find(list, words->items[i]);
        mask |= found < 0 ? 0 : 1U << (unsigned)found;
    }
    return mask;
}

static bool rests_on(const struct alert *alert, const struct source *source)
{
    for (size_t i = 0; i < alert->evidence_count; i++) {
        if (slice_equal(alert->evidence[i].is.source, source->name)) {
            return true;
        }
    }
    return false;
}

/* Is each source of the evidence one that is configured, whether it is read now or not? */
static bool knows_all(const struct source_list *sources, const struct alert *alert)
{
    for (size_t i = 0; i < alert->evidence_count; i++) {
        bool known = false;
        for (size_t j = 0; j < sources->count + sources->off_count && !known; j++) {
            known = slice_equal(alert->evidence[i].is.source, sources->items[j].name);
        }
        if (!known) {
            return false;
        }
    }
    return true;
}

/* Evidence that is not named may be of any source: its codes count, not its purposes, as a rule
 * reads no source that lacks one of the rule's (E402). Of a source that is configured no more
 * nobody knows what it allowed: the strictest codes stand for it. */
static struct combination law_of_sources(const struct standing_basis *basis,
                                         const struct alert *alert)
{
    const bool unnamed = (size_t)alert->evidence_all > alert->evidence_count;
    struct combination law = combination_free();

    for (size_t i = 0; i < basis->sources.count + basis->sources.off_count; i++) {
        struct combination one = combination_of(&basis->sources.items[i]);
        const bool named = rests_on(alert, &basis->sources.items[i]);
        one.purposes = named ? one.purposes : combination_free().purposes;
        law = named || unnamed ? combination_join(law, one) : law;
    }
    return knows_all(&basis->sources, alert) ? law
                                             : combination_join(law, combination_strictest());
}

static enum kind kind_of(struct slice element)
{
    return kind_find(slice_cut(&element, '/')); /* `account/creditor` */
}

static unsigned kinds_of(const struct alert *alert)
{
    unsigned mask = 0;

    for (size_t i = 0; i < alert->group.count; i++) {
        mask |= 1U << (unsigned)kind_of(alert->group.items[i].name);
    }
    return mask & ~(1U << KIND_NONE);
}

static void propose(struct arena *arena, const struct model *model, struct alert *alert)
{
    struct menu_proposal ranked[MENU_PROPOSALS_MAX];
    const struct menu_question question = {
        .stage = vocabulary_find(vocabulary_stages, alert->stage),
        .track = vocabulary_find(vocabulary_tracks, alert->track),
        .kinds = kinds_of(alert),
        .named = alert->measures.items,
        .named_count = alert->measures.count,
    };
    if (question.stage < 0) {
        return;
    }
    const size_t count = menu_rank(&model->menu, &question, ranked);
    struct alert_proposal *items = arena_alloc(arena, count * sizeof *items);
    for (size_t i = 0; i < count; i++) {
        items[i] = (struct alert_proposal){
            slice_copy(arena, ranked[i].measure->id),
            slice_of(vocabulary_tracks[ranked[i].measure->track]), ranked[i].transition};
    }
    alert->standing.proposals = items;
    alert->standing.proposals_count = count;
}

bool standing_set(struct arena *arena, const struct standing_basis *basis, struct alert *alert)
{
    struct combination law = law_of_sources(basis, alert);

    if (basis->model == NULL) {
        return true;
    }
    law.purposes &= mask_of(&alert->purposes, vocabulary_purposes);
    alert->purposes = alert_words(arena, vocabulary_purposes, law.purposes);
    alert->standing = (struct alert_standing){
        .model = slice_copy(arena, basis->model->head.model),
        .model_version = (int32_t)basis->model->head.version,
        .handling = slice_of(vocabulary_handlings[law.handling]),
        .tlp = slice_of(vocabulary_tlps[law.tlp]),
        .eval = slice_of(vocabulary_evals[combination_eval(&law)]),
        .retention_ms = law.retention_ms == INT64_MAX ? 0 : law.retention_ms,
    };
    propose(arena, basis->model, alert);
    return combination_is_lawful(&law);
}

static bool may_be_victim(const struct model *model, const struct alert *alert)
{
    for (size_t i = 0; i < alert->purposes.count; i++) {
        if (slice_is(alert->purposes.items[i], TRAFFICKING)) {
            return true;
        }
    }
    return menu_supports(&model->menu, alert->measures.items, alert->measures.count);
}

/* The labels of an alert, while there is room. */
struct labels {
    struct routes_value *items;
    size_t count;
};

static void add(struct labels *labels, const char *label, struct slice value)
{
    labels->items[labels->count++] = (struct routes_value){slice_of(label), value};
}

static void add_all(struct labels *labels, const char *label, const struct alert_texts *values)
{
    for (size_t i = 0; i < values->count; i++) {
        add(labels, label, values->items[i]);
    }
}

static struct routes_values values_of(struct arena *arena, const struct alert *alert,
                                      bool victim)
{
    const size_t room = ROUTES_LABELS + alert->purposes.count + alert->sectors.count +
                        alert->measures.count + alert->group.count;
    struct labels labels = {.items = arena_alloc(arena, room * sizeof *labels.items)};

    add(&labels, "rule", alert->rule);
    add(&labels, "id", alert->indicator);
    add(&labels, "level", alert->level);
    add(&labels, "stage", alert->stage);
    add(&labels, "track", alert->track);
    add(&labels, "owner", alert->owner);
    add_all(&labels, "purpose", &alert->purposes);
    add_all(&labels, "sector", &alert->sectors);
    add_all(&labels, "measure", &alert->measures);
    for (size_t i = 0; i < alert->group.count; i++) {
        add(&labels, "kind", kind_name(kind_of(alert->group.items[i].name)));
    }
    if (victim) {
        add(&labels, "victim", SLICE("presumed"));
    }
    ENSURE(labels.count <= room);
    return (struct routes_values){labels.items, labels.count};
}

static int rank_of(const char *const *list, struct slice word)
{
    const int found = vocabulary_find(list, word);

    return found < 0 ? 0 : found;
}

size_t standing_deliver(struct arena *arena, const struct model *model,
                        const struct alert *alert, struct delivery deliveries[ROUTES_DESKS_MAX])
{
    const bool victim = may_be_victim(model, alert);
    struct delivery_question question = {
        .values = values_of(arena, alert, victim),
        .track = vocabulary_find(vocabulary_tracks, alert->track),
        .victim = victim,
        .law = combination_free(),
        .at = alert->at,
    };

    question.law.handling = rank_of(vocabulary_handlings, alert->standing.handling);
    question.law.tlp = rank_of(vocabulary_tlps, alert->standing.tlp);
    question.law.purposes = mask_of(&alert->purposes, vocabulary_purposes);
    return delivery_decide(model, &question, deliveries);
}

static struct alert make_stub(const struct alert *alert)
{
    return (struct alert){
        .id = alert->id,
        .state = alert->state,
        .owner = alert->owner,
        .at = alert->at,
        .opened_at = alert->opened_at,
        .review = alert->review,
        .partition = alert->partition,
        .sequence = alert->sequence,
        .standing = {.model = alert->standing.model,
                     .model_version = alert->standing.model_version,
                     .stub = true},
    };
}

static struct alert_pairs visible(struct arena *arena, const struct alert_pairs *group,
                                  unsigned kinds)
{
    struct alert_pair *items = arena_alloc(arena, group->count * sizeof *items);
    struct alert_pairs left = {.items = items};

    for (size_t i = 0; i < group->count; i++) {
        const enum kind kind = kind_of(group->items[i].name);
        if (kinds == 0 || (kind != KIND_NONE && (kinds >> (unsigned)kind & 1) != 0)) {
            items[left.count++] = group->items[i];
        }
    }
    return left;
}

static void hide_fields(struct arena *arena, struct alert *alert)
{
    struct alert_evidence *evidence =
        arena_copy(arena, alert->evidence, alert->evidence_count * sizeof *evidence);

    for (size_t i = 0; i < alert->evidence_count; i++) {
        evidence[i].fields = (struct alert_pairs){0};
    }
    alert->evidence = evidence;
}

static void hide_rule(struct alert *alert)
{
    alert->rule = alert->indicator = alert->rule_hash = alert->title = SLICE("");
    alert->version = alert->score = 0;
}

static void hide_evidence(struct alert *alert)
{
    alert->evidence = NULL;
    alert->evidence_count = 0;
    alert->evidence_all = 0;
}

static void hide_measures(struct alert *alert)
{
    alert->measures = (struct alert_texts){0};
    alert->standing.proposals = NULL;
    alert->standing.proposals_count = 0;
}

static void hide(struct arena *arena, struct alert *alert, enum desks_part part)
{
    switch (part) {
    case DESKS_RULE:
        hide_rule(alert);
        break;
    case DESKS_GROUP:
        alert->group = (struct alert_pairs){0};
        break;
    case DESKS_METRICS:
        alert->metrics = (struct alert_pairs){0};
        break;
    case DESKS_SECTORS:
        alert->sectors = (struct alert_texts){0};
        break;
    case DESKS_EVIDENCE:
        hide_evidence(alert);
        break;
    case DESKS_FIELDS:
        hide_fields(arena, alert);
        break;
    case DESKS_SUMMARY:
        alert->summary = SLICE("");
        break;
    case DESKS_EXPLAIN:
        alert->explain = SLICE("");
        break;
    case DESKS_MEASURES:
        hide_measures(alert);
        break;
    }
}

static struct alert make_part(struct arena *arena, const struct alert *alert,
                              const struct desks_desk *desk)
{
    struct alert told = *alert;
    struct slice *withheld = arena_alloc(arena, (DESKS_MEASURES + 1) * sizeof *withheld);

    told.group = visible(arena, &alert->group, desk->kinds);
    told.standing.withheld.items = withheld;
    for (int part = DESKS_RULE; part <= DESKS_MEASURES; part++) {
        const bool some = part == DESKS_GROUP && told.group.count < alert->group.count;
        if (!desks_may_see(desk, (enum desks_part)part)) {
            hide(arena, &told, (enum desks_part)part);
        } else if (!some) {
            continue;
        }
        withheld[told.standing.withheld.count++] = slice_of(desks_parts[part]);
    }
    return told;
}

struct alert standing_project(struct arena *arena, const struct alert *alert,
                              const struct delivery *delivery)
{
    ENSURE(delivery->extent != DELIVERY_NOTHING);

    struct alert told = delivery->extent == DELIVERY_STUB
                            ? make_stub(alert)
                            : make_part(arena, alert, delivery->desk);
    told.standing.desk = delivery->desk->id;
    told.standing.transition = delivery->by == NULL ? SLICE("") : delivery->by->id;
    return told;
}
