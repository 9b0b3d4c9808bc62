#include "seinpost/alert/standing.h"
#include "seinpost/base/arena.h"
#include "seinpost/base/file.h"
#include "seinpost/base/text.h"
#include "seinpost/cli/alert_line.h"
#include "seinpost/cli/verb.h"
#include "seinpost/cli/workbench.h"
#include "seinpost/config/config.h"
#include "seinpost/schema/vocabulary.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

static const struct usage_option option_table[] = {
    {"model", 'm', "DIR", "barrier model (default: that of --config)"},
    {"config", 'c', "FILE", "configuration: its model, and the law of its sources"},
    {"alert", 'a', "WHAT",
     "alerts of a file, as `replay` and `tail` print them with --format ndjson, or words: "
     "rule=, id=, level=, stage=, track=, owner=, purpose=, sector=, kind=, measure=, "
     "handling=, tlp=, with commas between; a label may stand several times"},
    {NULL, 0, NULL, NULL},
};

const struct usage verb_route_usage = {
    .verb = "route",
    .summary = "which desks are told of an alert, and how much",
    .arguments = "show|test [OPTION]...",
    .says =
        "show prints the desks and the tree of routes. test tells of each alert which desks "
        "are told of it, and whether each sees what it may, a stub, or nothing, and why. "
        "Support comes first where an alert may be of a victim.",
    .options = option_table,
    .exits = {"done", "the model has faults, or no desk is told of an alert", "usage",
              "a file could not be read"},
};

enum {
    INDENT = 2
};

struct options {
    const char *model;
    const char *config;
    const char *alert;
};

struct route_work {
    struct arena *arena;
    const struct model *model;
    struct source_list sources;
    size_t untold; /* alerts of which no desk is told */
};

static bool take_option(void *context, char letter, const char *argument)
{
    struct options *options = context;

    *(letter == 'm'   ? &options->model
      : letter == 'c' ? &options->config
                      : &options->alert) = argument;
    return true;
}

static void add_words(struct text *text, const char *const *list, unsigned mask)
{
    const char *separator = "";

    for (unsigned i = 0; list[i] != NULL; i++) {
        if ((mask >> i & 1) != 0) {
            text_format(text, "%s%s", separator, list[i]);
            separator = ", ";
        }
    }
}

static void add_desk(struct text *text, const struct desks_desk *desk)
{
    text_format(text, "  %-14.*s %.*s\n", SLICE_ARGS(desk->id), SLICE_ARGS(desk->recipient));
    if (desk->tracks == 0) {
        text_add(text, SLICE("                 is told no alerts\n"));
        return;
    }
    text_add(text, SLICE("                 "));
    add_words(text, vocabulary_tracks, desk->tracks);
    text_add(text, SLICE("; for "));
    add_words(text, vocabulary_purposes, desk->purposes);
    text_format(text, "; to %s, %s; sees ", vocabulary_handlings[desk->handling_max],
                vocabulary_tlps[desk->tlp_max]);
    add_words(text, desks_parts, desk->sees);
    text_format(text, "; else %s\n", desk->otherwise == DESKS_STUB ? "a stub" : "nothing");
}

static int depth_of(const struct routes *routes, size_t index)
{
    int depth = 0;

    for (int at = routes->nodes[index].parent; at >= 0; at = routes->nodes[at].parent) {
        depth++;
    }
    return depth;
}

static void add_match(struct text *text, const struct routes_match *match)
{
    const char *separator = "";

    for (size_t i = 0; i < ROUTES_LABELS; i++) {
        const struct bind_list *globs = &match->globs[i];
        for (size_t j = 0; j < globs->count; j++) {
            text_format(text, j == 0 ? "%s%s=%.*s" : "%.0s%.0s|%.*s", separator,
                        routes_labels[i], SLICE_ARGS(globs->nodes[j]->text));
            separator = " ";
        }
    }
}

static void add_route(struct text *text, const struct model *model, size_t index)
{
    const struct routes_node *node = &model->routes.nodes[index];
    const char *separator = " -> ";

    text_format(text, "  %*s", INDENT * depth_of(&model->routes, index), "");
    if (node->parent < 0) {
        text_add(text, SLICE("every alert"));
    }
    add_match(text, &node->match);
    for (size_t i = 0; i < model->desks.count; i++) {
        if ((node->receivers >> i & 1) != 0) {
            text_format(text, "%s%.*s", separator, SLICE_ARGS(model->desks.items[i].id));
            separator = ", ";
        }
    }
    text_format(text, "%s%s\n", node->receivers == 0 ? " -> no desk" : "",
                node->more ? ", and on" : "");
}

static void show(const struct model *model)
{
    struct text text = {0};

    text_format(&text, "Model %.*s, version %lld\nDesks\n", SLICE_ARGS(model->head.model),
                (long long)model->head.version);
    for (size_t i = 0; i < model->desks.count; i++) {
        add_desk(&text, &model->desks.items[i]);
    }
    text_add(&text, SLICE("Routes\n"));
    for (size_t i = 0; i < model->routes.count; i++) {
        add_route(&text, model, i);
    }
    text_format(&text, "Transitions between tracks: %zu\n", model->routes.transitions_count);
    for (size_t i = 0; i < model->routes.transitions_count; i++) {
        const struct routes_transition *one = &model->routes.transitions[i];
        text_format(&text, "  %.*s: %s to %s, ", SLICE_ARGS(one->id),
                    vocabulary_tracks[one->from], vocabulary_tracks[one->to]);
        add_match(&text, &one->match);
        text_format(&text, "; %.*s\n", SLICE_ARGS(one->ground));
    }
    (void)printf("%.*s", SLICE_ARGS(text_slice(&text)));
    text_free(&text);
}

static void test_one(struct route_work *work, const struct alert *alert)
{
    static const char *const extents[] = {"nothing", "stub", "told"};
    struct delivery deliveries[ROUTES_DESKS_MAX];
    const size_t count = standing_deliver(work->arena, work->model, alert, deliveries);
    size_t told = 0;

    if (alert->id.size > 0) {
        (void)printf("alert %.*s of %.*s\n", SLICE_ARGS(alert->id), SLICE_ARGS(alert->rule));
    }
    for (size_t i = 0; i < count; i++) {
        const struct delivery *one = &deliveries[i];
        told += one->extent != DELIVERY_NOTHING ? 1 : 0;
        (void)printf("  %-14.*s %s", SLICE_ARGS(one->desk->id), extents[one->extent]);
        if (one->why != NULL) {
            (void)printf(": %s", one->why);
        }
        if (one->by != NULL) {
            (void)printf(", by transition %.*s", SLICE_ARGS(one->by->id));
        }
        (void)printf("\n");
    }
    if (told == 0) {
        (void)printf("  no desk\n");
        work->untold++;
    }
}

static void push(struct arena *arena, struct alert_texts *texts, struct slice value)
{
    struct slice *items = arena_alloc(arena, (texts->count + 1) * sizeof *items);

    if (texts->count > 0) {
        memcpy(items, texts->items, texts->count * sizeof *items);
    }
    items[texts->count] = value;
    *texts = (struct alert_texts){items, texts->count + 1};
}

static void push_kind(struct arena *arena, struct alert_pairs *group, struct slice value)
{
    struct alert_pair *items = arena_alloc(arena, (group->count + 1) * sizeof *items);

    if (group->count > 0) {
        memcpy(items, group->items, group->count * sizeof *items);
    }
    items[group->count] = (struct alert_pair){value, SLICE("")};
    *group = (struct alert_pairs){items, group->count + 1};
}

static bool take_word(struct arena *arena, struct alert *alert, struct slice name,
                      struct slice value)
{
    const struct {
        const char *name;
        struct slice *to;
    } single[] = {
        {"rule", &alert->rule},        {"id", &alert->indicator},
        {"level", &alert->level},      {"stage", &alert->stage},
        {"track", &alert->track},      {"owner", &alert->owner},
        {"tlp", &alert->standing.tlp}, {"handling", &alert->standing.handling},
    };
    const struct {
        const char *name;
        struct alert_texts *to;
    } several[] = {{"purpose", &alert->purposes},
                   {"sector", &alert->sectors},
                   {"measure", &alert->measures}};

    for (size_t i = 0; i < sizeof single / sizeof single[0]; i++) {
        if (slice_is(name, single[i].name)) {
            *single[i].to = value;
            return true;
        }
    }
    for (size_t i = 0; i < sizeof several / sizeof several[0]; i++) {
        if (slice_is(name, several[i].name)) {
            push(arena, several[i].to, value);
            return true;
        }
    }
    if (slice_is(name, "kind")) {
        push_kind(arena, &alert->group, value);
        return true;
    }
    return false;
}

static bool test_words(struct route_work *work, struct slice words)
{
    struct alert alert = {0};

    while (words.size > 0) {
        struct slice value = slice_cut(&words, ',');
        const struct slice name = slice_cut(&value, '=');
        if (value.data == NULL || !take_word(work->arena, &alert, name, value)) {
            (void)fprintf(stderr, "seinpost: no label of an alert: '%.*s'\n", SLICE_ARGS(name));
            return false;
        }
    }
    test_one(work, &alert);
    return true;
}

static bool test_file(struct route_work *work, const char *path)
{
    const struct standing_basis basis = {work->model, work->sources};
    struct slice rest = {0};

    if (!file_read(work->arena, path, &rest)) {
        (void)fprintf(stderr, "seinpost: %s: %s\n", path, strerror(errno));
        return false;
    }
    while (rest.size > 0) {
        const struct slice line = slice_trim(slice_cut(&rest, '\n'));
        struct alert alert;
        if (line.size == 0) {
            continue;
        }
        if (!alert_line_read(work->arena, line, &alert)) {
            (void)fprintf(stderr, "seinpost: %s: a line is no alert\n", path);
            return false;
        }
        if (alert.standing.model.size == 0 && !standing_set(work->arena, &basis, &alert)) {
            (void)printf("alert %.*s: not told, its sources serve no purpose in common\n",
                         SLICE_ARGS(alert.id));
            continue;
        }
        test_one(work, &alert);
    }
    return true;
}

/* Without an alert it shows. */
static int do_verb(struct route_work *work, const char *alert)
{
    if (alert == NULL) {
        show(work->model);
        return VERB_GOOD;
    }
    const bool good = strchr(alert, '=') != NULL && !file_exists(alert)
                          ? test_words(work, slice_of(alert))
                          : test_file(work, alert);
    return !good ? VERB_USAGE : work->untold > 0 ? VERB_NO : VERB_GOOD;
}

static int run(const struct options *options)
{
    struct workbench bench;
    struct config *config = NULL;
    bool good = true;
    int code = VERB_NO;

    workbench_begin(&bench);
    if (options->config != NULL) {
        config = config_load(options->config, bench.diag, &good);
    }
    const char *folder = options->model != NULL ? options->model
                         : config != NULL       ? config_get(config)->model
                                                : NULL;
    struct route_work work = {.arena = bench.arena};
    if (folder != NULL) {
        work.model = model_load(bench.arena, bench.diag, folder);
    }
    if (config != NULL) {
        work.sources = config_get(config)->sources;
    }
    if (workbench_report(&bench, stderr, DIAG_TEXT)) {
        code = VERB_NO;
    } else if (work.model == NULL) {
        (void)fprintf(stderr, "seinpost: the configuration names no model\n");
        code = VERB_USAGE;
    } else {
        code = do_verb(&work, options->alert);
    }
    workbench_close(&bench);
    config_close(config);
    return code;
}

int verb_route(int argc, char **argv)
{
    struct options options = {0};
    const int code = usage_read(&verb_route_usage, argc, argv, take_option, &options);

    if (code >= 0) {
        return code;
    }
    const char *what = optind + 1 == argc ? argv[optind] : "";
    const bool shows = strcmp(what, "show") == 0;
    if ((!shows && strcmp(what, "test") != 0) || shows == (options.alert != NULL) ||
        (options.model == NULL && options.config == NULL)) {
        return usage_help(&verb_route_usage, false);
    }
    const int result = run(&options);
    return verb_written(stdout) ? result : VERB_WORLD;
}
