#include "seinpost/model/routes.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/nearest.h"
#include "seinpost/schema/vocabulary.h"

#include <stddef.h>

const char *const routes_labels[] = {"rule",    "id",     "level", "stage",   "track",  "owner",
                                     "purpose", "sector", "kind",  "measure", "victim", NULL};

struct document {
    struct heading head;
    const struct tree *route;
    const struct tree *transitions;
};

#define KEY(member) offsetof(struct document, member)

static const struct bind_key keys[] = {
    {"route", BIND_MAP, true, KEY(route), NULL},
    {"transitions", BIND_LIST, false, KEY(transitions), NULL},
};
static const struct bind_table table = {keys, 2, &heading_table};

struct route_document {
    const struct tree *match;
    struct bind_list receiver;
    bool more;
    const struct tree *routes;
};

#define ROUTE(member) offsetof(struct route_document, member)

static const struct bind_key route_keys[] = {
    {"match", BIND_MAP, false, ROUTE(match), NULL},
    {"receiver", BIND_TEXTS, false, ROUTE(receiver), NULL},
    {"continue", BIND_BOOL, false, ROUTE(more), NULL},
    {"routes", BIND_LIST, false, ROUTE(routes), NULL},
};
static const struct bind_table route_table = {route_keys, 4, NULL};

struct transition_document {
    struct routes_transition transition;
    const struct tree *match;
};

#define TRANSITION(member) offsetof(struct transition_document, member)

static const struct bind_key transition_keys[] = {
    {"id", BIND_TEXT, true, TRANSITION(transition.id), NULL},
    {"from", BIND_CHOICE, true, TRANSITION(transition.from), vocabulary_tracks},
    {"to", BIND_CHOICE, true, TRANSITION(transition.to), vocabulary_tracks},
    {"match", BIND_MAP, true, TRANSITION(match), NULL},
    {"ground", BIND_TEXT, true, TRANSITION(transition.ground), NULL},
    {"decided-by", BIND_TEXT, true, TRANSITION(transition.decided_by), NULL},
    {"approved-by", BIND_TEXT, true, TRANSITION(transition.approved_by), NULL},
    {"date", BIND_DATE, true, TRANSITION(transition.date), NULL},
    {"expires", BIND_DATE, true, TRANSITION(transition.expires), NULL},
};
static const struct bind_table transition_table = {transition_keys, 9, NULL};

static void read_match(const struct heading_reader *reader, const struct tree *map,
                       struct routes_match *match)
{
    struct bind_key label_keys[ROUTES_LABELS] = {{0}};
    const struct bind_table label_table = {label_keys, ROUTES_LABELS, NULL};

    for (size_t i = 0; i < ROUTES_LABELS; i++) {
        label_keys[i] = (struct bind_key){routes_labels[i], BIND_TEXTS, false,
                                          i * sizeof(struct bind_list), NULL};
    }
    if (map != NULL) {
        (void)bind_map(reader->diag, reader->arena, map, &label_table, match->globs);
    }
}

static uint64_t read_receivers(const struct heading_reader *reader,
                               const struct bind_list *list, const struct desks *desks)
{
    uint64_t mask = 0;

    for (size_t i = 0; i < list->count; i++) {
        const struct tree *node = list->nodes[i];
        const int found = desks_find(desks, node->text);
        struct nearest nearest = {0};
        if (found >= 0 && desks->items[found].tracks != 0) {
            mask |= UINT64_C(1) << (unsigned)found;
            continue;
        }
        tree_fault(reader->diag, node, "E332",
                   found < 0 ? "unknown desk '%.*s'" : "desk '%.*s' is told no alerts",
                   SLICE_ARGS(node->text));
        for (size_t j = 0; found < 0 && j < desks->count; j++) {
            nearest_try(&nearest, node->text, desks->items[j].id);
        }
        if (nearest_found(&nearest)) {
            diag_hint(reader->diag, "did you mean '%.*s'?", SLICE_ARGS(nearest.best));
        }
    }
    return mask;
}

/* Nodes are read as they stand in the file; one that is read waits here for its sons. */
struct waiting {
    int index;
    const struct tree *next;
};

struct reading {
    const struct heading_reader *reader;
    const struct desks *desks;
    struct routes_node *nodes;
    size_t count;
    struct waiting waiting[ROUTES_DEPTH_MAX];
    size_t depth;
};

static void read_node(struct reading *reading, const struct tree *node, int parent)
{
    const struct heading_reader *reader = reading->reader;
    struct routes_node *route = &reading->nodes[reading->count];
    struct route_document document = {0};

    (void)bind_map(reader->diag, reader->arena, node, &route_table, &document);
    *route = (struct routes_node){.node = node, .parent = parent, .more = document.more};
    read_match(reader, document.match, &route->match);
    if (tree_get(node, "receiver") != NULL) {
        route->receivers = read_receivers(reader, &document.receiver, reading->desks);
    } else if (parent >= 0) {
        route->receivers = reading->nodes[parent].receivers;
    } else {
        tree_fault(reader->diag, node, "E334", "the root has no 'receiver'");
        diag_hint(reader->diag, "receiver: [] tells no desk what no route takes");
    }
    if (parent < 0 && document.match != NULL) {
        tree_fault(reader->diag, document.match, "E334", "the root takes every alert");
    }
    if (document.routes != NULL && reading->depth == ROUTES_DEPTH_MAX) {
        tree_fault(reader->diag, document.routes, "E334",
                   "no more than %d routes below each "
                   "other",
                   ROUTES_DEPTH_MAX);
        document.routes = NULL;
    }
    reading->count++;
    if (document.routes != NULL) {
        reading->waiting[reading->depth++] =
            (struct waiting){(int)reading->count - 1, document.routes->first};
    } else {
        route->end = reading->count;
    }
}

static size_t count_nodes(const struct tree *root)
{
    size_t count = 0;

    for (const struct tree *node = root; node != NULL; node = tree_next(root, node)) {
        count += node->kind == TREE_MAP ? 1U : 0U;
    }
    return count;
}

static void read_tree(const struct heading_reader *reader, const struct tree *route,
                      const struct desks *desks, struct routes *routes)
{
    struct reading reading = {.reader = reader, .desks = desks};

    reading.nodes = arena_alloc(reader->arena, count_nodes(route) * sizeof *reading.nodes);
    read_node(&reading, route, -1);
    while (reading.depth > 0) {
        struct waiting *waiting = &reading.waiting[reading.depth - 1];
        const struct tree *node = waiting->next;
        if (node == NULL) {
            reading.nodes[waiting->index].end = reading.count;
            reading.depth--;
            continue;
        }
        waiting->next = node->next;
        if (node->kind == TREE_MAP) {
            read_node(&reading, node, waiting->index);
        } else {
            tree_fault(reader->diag, node, "E204", "a route expected, this is %s",
                       tree_kind_name(node));
        }
    }
    routes->nodes = reading.nodes;
    routes->count = reading.count;
}

static bool asks_anything(const struct routes_match *match)
{
    size_t globs = 0;

    for (size_t i = 0; i < ROUTES_LABELS; i++) {
        globs += match->globs[i].count;
    }
    return globs > 0;
}

static bool is_sound(const struct heading_reader *reader, const struct tree *node,
                     const struct routes_transition *transition)
{
    const size_t faults = diag_errors(reader->diag);

    if (transition->from == transition->to) {
        tree_fault(reader->diag, node, "E335", "from and to are one track");
    }
    if (slice_same_person(transition->decided_by, transition->approved_by)) {
        tree_fault(reader->diag, node, "E335", "who decides does not approve as well");
    }
    if (!asks_anything(&transition->match)) {
        tree_fault(reader->diag, node, "E335", "its match is that of every alert");
    }
    if (instant_compare(transition->expires, transition->date) <= 0) {
        tree_fault(reader->diag, node, "E335", "it ends before it begins");
    }
    return diag_errors(reader->diag) == faults;
}

static void read_transitions(const struct heading_reader *reader, const struct tree *list,
                             struct routes *routes)
{
    const size_t room = list == NULL ? 0 : list->count;
    struct routes_transition *items = arena_alloc(reader->arena, room * sizeof *items);

    for (const struct tree *node = room == 0 ? NULL : list->first; node != NULL;
         node = node->next) {
        struct transition_document one = {0};
        const size_t faults = diag_errors(reader->diag);
        (void)bind_map(reader->diag, reader->arena, node, &transition_table, &one);
        read_match(reader, one.match, &one.transition.match);
        if (diag_errors(reader->diag) == faults && heading_is_new(reader, node, "id") &&
            is_sound(reader, node, &one.transition)) {
            items[routes->transitions_count++] = one.transition;
        }
    }
    routes->transitions = items;
}

void routes_read(const struct heading_reader *reader, const struct tree *root,
                 const struct desks *desks, struct routes *routes)
{
    struct document document = {0};

    (void)bind_map(reader->diag, reader->arena, root, &table, &document);
    routes->head = document.head;
    if (heading_fits(reader, root, &document.head, "seinpost/routes/1") &&
        document.route != NULL) {
        read_tree(reader, document.route, desks, routes);
        read_transitions(reader, document.transitions, routes);
    }
}

static bool has(const struct bind_list *globs, const char *label,
                const struct routes_values *values)
{
    for (size_t i = 0; i < values->count; i++) {
        for (size_t j = 0; j < globs->count && slice_is(values->items[i].label, label); j++) {
            if (slice_glob(globs->nodes[j]->text, values->items[i].value)) {
                return true;
            }
        }
    }
    return false;
}

bool routes_fits(const struct routes_match *match, const struct routes_values *values)
{
    for (size_t i = 0; i < ROUTES_LABELS; i++) {
        if (match->globs[i].count > 0 && !has(&match->globs[i], routes_labels[i], values)) {
            return false;
        }
    }
    return true;
}

/* Goes down the tree without going back: `open` are the nodes that took the alert and whose
 * sons are being asked. A node that no son fed is told itself. */
uint64_t routes_find(const struct routes *routes, const struct routes_values *values)
{
    size_t open[ROUTES_DEPTH_MAX + 1];
    bool fed[ROUTES_DEPTH_MAX + 1];
    size_t depth = 0;
    uint64_t desks = 0;
    size_t at = 0;

    while (at < routes->count || depth > 0) {
        if (depth > 0 && at >= routes->nodes[open[depth - 1]].end) {
            const struct routes_node *done = &routes->nodes[open[--depth]];
            desks |= fed[depth] ? 0 : done->receivers;
            if (depth > 0 && !done->more) {
                at = routes->nodes[open[depth - 1]].end; /* no later son of its parent */
            }
            continue;
        }
        const struct routes_node *node = &routes->nodes[at];
        if (!routes_fits(&node->match, values)) {
            at = node->end;
            continue;
        }
        if (depth > 0) {
            fed[depth - 1] = true;
        }
        ENSURE(depth <= ROUTES_DEPTH_MAX);
        fed[depth] = false;
        open[depth++] = at++;
    }
    return desks;
}

const struct routes_transition *routes_cross(const struct routes *routes,
                                             const struct routes_values *values,
                                             struct instant at, int from, int to)
{
    for (size_t i = 0; i < routes->transitions_count; i++) {
        const struct routes_transition *one = &routes->transitions[i];
        if (one->from == from && one->to == to && instant_compare(at, one->date) >= 0 &&
            instant_compare(at, one->expires) < 0 && routes_fits(&one->match, values)) {
            return one;
        }
    }
    return NULL;
}
