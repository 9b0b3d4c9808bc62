#include "seinpost/model/model.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/file.h"
#include "seinpost/base/text.h"
#include "seinpost/schema/vocabulary.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

static const char *const axes[] = {"departure", "external_border", "intra_eu", "any", NULL};

struct document {
    struct heading head;
    const struct tree *stages;
};

static const struct bind_key keys[] = {
    {"stages", BIND_LIST, true, offsetof(struct document, stages), NULL}};
static const struct bind_table table = {keys, 1, &heading_table};

struct stage_document {
    int code;
    struct model_stage stage;
    struct slice a;
    struct slice b;
    struct slice letter_service;
    struct slice unverified;
    int axis;
};

#define KEY(member) offsetof(struct stage_document, member)

static const struct bind_key stage_keys[] = {
    {"code", BIND_CHOICE, true, KEY(code), vocabulary_stages},
    {"nl", BIND_TEXT, true, KEY(stage.nl), NULL},
    {"en", BIND_TEXT, true, KEY(stage.en), NULL},
    {"a", BIND_TEXT, false, KEY(a), NULL},
    {"b", BIND_TEXT, false, KEY(b), NULL},
    {"letter-service", BIND_TEXT, false, KEY(letter_service), NULL},
    {"geo-axis", BIND_CHOICE, true, KEY(axis), axes},
    {"unverified", BIND_TEXT, false, KEY(unverified), NULL},
};
static const struct bind_table stage_table = {stage_keys,
                                              sizeof stage_keys / sizeof stage_keys[0], NULL};

static void check_whole(const struct heading_reader *reader, const struct tree *list,
                        const struct model *model)
{
    for (size_t i = 0; vocabulary_stages[i] != NULL; i++) {
        if (model->stages[i].code.size == 0) {
            tree_key_fault(reader->diag, list, "E331", "stage '%s' is missing",
                           vocabulary_stages[i]);
            diag_hint(reader->diag, "codes never go: rules and alerts bear them");
        }
    }
}

static void read_stages(const struct heading_reader *reader, const struct tree *root,
                        struct model *model)
{
    struct document document = {0};

    (void)bind_map(reader->diag, reader->arena, root, &table, &document);
    model->head = document.head;
    if (!heading_fits(reader, root, &document.head, "seinpost/stages/1") ||
        document.stages == NULL) {
        return;
    }
    for (const struct tree *node = document.stages->first; node != NULL; node = node->next) {
        struct stage_document one = {.code = -1};
        (void)bind_map(reader->diag, reader->arena, node, &stage_table, &one);
        if (one.code >= 0 && heading_is_new(reader, node, "code")) {
            one.stage.code = slice_of(vocabulary_stages[one.code]);
            model->stages[one.code] = one.stage;
        }
    }
    check_whole(reader, document.stages, model);
}

/* Returns the file's tree, or NULL with a fault. */
static const struct tree *read_file(const struct heading_reader *reader, const char *folder,
                                    const char *name)
{
    const size_t errors = diag_errors(reader->diag);
    struct text path = {0};
    struct slice text = {0};

    text_format(&path, "%s/%s", folder, name);
    const char *file = slice_string(reader->arena, text_slice(&path));
    text_free(&path);
    if (!file_read(reader->arena, file, &text)) {
        diag_add(reader->diag, (struct diag_place){.file = file}, "E112", "unreadable: %s",
                 strerror(errno));
        return NULL;
    }
    diag_source(reader->diag, file, text);
    const struct tree *root = tree_read(reader->diag, reader->arena, file, text);
    if (root == NULL && diag_errors(reader->diag) == errors) {
        diag_add(reader->diag, (struct diag_place){.file = file}, "E204", "the file is empty");
    }
    return root == NULL || root->cut ? NULL : root;
}

/* One model, one version. */
static void check_heading(const struct heading_reader *reader, const struct tree *root,
                          const struct heading *head, const struct model *model)
{
    if (root == NULL || model->head.model.size == 0 || head->model.size == 0) {
        return;
    }
    if (!slice_equal(head->model, model->head.model)) {
        tree_fault(reader->diag, tree_get(root, "model"), "E330",
                   "stages.yaml is of model '%.*s'", SLICE_ARGS(model->head.model));
    } else if (head->version != model->head.version) {
        tree_fault(reader->diag, tree_get(root, "version"), "E330",
                   "stages.yaml is of version %lld", (long long)model->head.version);
        diag_hint(reader->diag,
                  "the files of a model change together: alerts bear one version");
    }
}

const struct model *model_load(struct arena *arena, struct diag *diag, const char *folder)
{
    const struct heading_reader reader = {arena, diag};
    struct model *model = arena_alloc(arena, sizeof *model);
    const struct tree *stages = read_file(&reader, folder, "stages.yaml");
    const struct tree *menu = read_file(&reader, folder, "measures.yaml");
    const struct tree *desks = read_file(&reader, folder, "desks.yaml");
    const struct tree *routes = read_file(&reader, folder, "routes.yaml");

    if (stages != NULL) {
        read_stages(&reader, stages, model);
    }
    if (menu != NULL) {
        menu_read(&reader, menu, &model->menu);
    }
    if (desks != NULL) {
        desks_read(&reader, desks, &model->desks);
    }
    if (model->desks.count > ROUTES_DESKS_MAX) {
        tree_fault(diag, desks, "E332", "no more than %d desks", ROUTES_DESKS_MAX);
        model->desks.count = ROUTES_DESKS_MAX;
    }
    if (routes != NULL && desks != NULL) {
        routes_read(&reader, routes, &model->desks, &model->routes);
    }
    check_heading(&reader, menu, &model->menu.head, model);
    check_heading(&reader, desks, &model->desks.head, model);
    check_heading(&reader, routes, &model->routes.head, model);
    return model;
}
