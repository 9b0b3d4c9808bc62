#include "seinpost/model/menu.h"

#include "seinpost/base/arena.h"
#include "seinpost/schema/vocabulary.h"

#include <stddef.h>

const char *const menu_types[] = {"admin",  "civil", "criminal", "fiscal",
                                  "report", "coop",  NULL};

enum {
    TRACK_SUPPORT = 2,   /* in vocabulary_tracks */
    POINTS_KIND_MAX = 9, /* more of the group's kinds than that are not told apart */
};

struct document {
    struct heading head;
    const struct tree *measures;
};

static const struct bind_key keys[] = {
    {"measures", BIND_LIST, true, offsetof(struct document, measures), NULL}};
static const struct bind_table table = {keys, 1, &heading_table};

struct measure_document {
    struct menu_measure measure;
    struct bind_list on;
    struct slice unverified;
};

#define KEY(member) offsetof(struct measure_document, member)

static const struct bind_key measure_keys[] = {
    {"id", BIND_TEXT, true, KEY(measure.id), NULL},
    {"nl", BIND_TEXT, true, KEY(measure.nl), NULL},
    {"en", BIND_TEXT, true, KEY(measure.en), NULL},
    {"authority", BIND_TEXT, true, KEY(measure.authority), NULL},
    {"basis", BIND_TEXT, true, KEY(measure.basis), NULL},
    {"stages", BIND_CHOICES, true, KEY(measure.stages), vocabulary_stages},
    {"type", BIND_CHOICE, true, KEY(measure.type), menu_types},
    {"track", BIND_CHOICE, true, KEY(measure.track), vocabulary_tracks},
    {"on", BIND_TEXTS, false, KEY(on), NULL},
    {"unverified", BIND_TEXT, false, KEY(unverified), NULL},
};
static const struct bind_table measure_table = {
    measure_keys, sizeof measure_keys / sizeof measure_keys[0], NULL};

void menu_read(const struct heading_reader *reader, const struct tree *root, struct menu *menu)
{
    struct document document = {0};

    (void)bind_map(reader->diag, reader->arena, root, &table, &document);
    menu->head = document.head;
    if (!heading_fits(reader, root, &document.head, "seinpost/measures/1") ||
        document.measures == NULL) {
        return;
    }
    struct menu_measure *items =
        arena_alloc(reader->arena, document.measures->count * sizeof *items);
    for (const struct tree *node = document.measures->first; node != NULL; node = node->next) {
        struct measure_document one = {0};
        (void)bind_map(reader->diag, reader->arena, node, &measure_table, &one);
        one.measure.kinds = heading_kinds(reader, &one.on);
        if (heading_is_new(reader, node, "id")) {
            items[menu->count++] = one.measure;
        }
    }
    menu->items = items;
}

const struct menu_measure *menu_find(const struct menu *menu, struct slice id)
{
    for (size_t i = 0; i < menu->count; i++) {
        if (slice_equal(menu->items[i].id, id)) {
            return &menu->items[i];
        }
    }
    return NULL;
}

/* Returns the place at which the rule names it, or that behind all it names. */
static size_t place_named(const struct menu_question *question, struct slice id)
{
    size_t place = 0;

    while (place < question->named_count && !slice_equal(question->named[place], id)) {
        place++;
    }
    return place;
}

/* How a measure stands to a question; compared from the first to the last. */
struct standing {
    bool fits;
    int track; /* 0 support that was named, 1 the alert's, 2 another */
    int stage; /* 0 it is for the stage */
    int kinds; /* the fewer the better: what is missing of the most */
    size_t named;
};

static struct standing stand(const struct menu_question *question,
                             const struct menu_measure *measure)
{
    const size_t named = place_named(question, measure->id);
    const bool is_named = named < question->named_count;
    const bool for_stage = (measure->stages >> question->stage & 1) != 0;
    const bool same = measure->track == question->track;
    const int hits = __builtin_popcount(measure->kinds & question->kinds);

    return (struct standing){
        .fits = is_named || (for_stage && same && (measure->kinds == 0 || hits > 0)),
        .track = is_named && measure->track == TRACK_SUPPORT ? 0
                 : same                                      ? 1
                                                             : 2,
        .stage = for_stage ? 0 : 1,
        .kinds = POINTS_KIND_MAX - (hits < POINTS_KIND_MAX ? hits : POINTS_KIND_MAX),
        .named = named,
    };
}

static bool is_better(const struct standing *a, const struct standing *b)
{
    if (a->track != b->track) {
        return a->track < b->track;
    }
    if (a->stage != b->stage) {
        return a->stage < b->stage;
    }
    if (a->kinds != b->kinds) {
        return a->kinds < b->kinds;
    }
    return a->named < b->named;
}

size_t menu_rank(const struct menu *menu, const struct menu_question *question,
                 struct menu_proposal proposals[MENU_PROPOSALS_MAX])
{
    struct standing standings[MENU_PROPOSALS_MAX + 1];
    struct menu_proposal ranked[MENU_PROPOSALS_MAX + 1];
    size_t count = 0;

    for (size_t i = 0; i < menu->count; i++) {
        const struct standing standing = stand(question, &menu->items[i]);
        size_t at = count;
        if (!standing.fits) {
            continue;
        }
        for (; at > 0 && is_better(&standing, &standings[at - 1]); at--) {
            standings[at] = standings[at - 1];
            ranked[at] = ranked[at - 1];
        }
        standings[at] = standing;
        ranked[at] = (struct menu_proposal){&menu->items[i], standing.track == 2};
        count += count < MENU_PROPOSALS_MAX ? 1 : 0;
    }
    for (size_t i = 0; i < count; i++) {
        proposals[i] = ranked[i];
    }
    return count;
}

bool menu_supports(const struct menu *menu, const struct slice *named, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct menu_measure *measure = menu_find(menu, named[i]);
        if (measure != NULL && measure->track == TRACK_SUPPORT) {
            return true;
        }
    }
    return false;
}
