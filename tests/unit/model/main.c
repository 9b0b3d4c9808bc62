#include "seinpost/base/text.h"

#include "models.h"

#define DEPLOYED UNIT_SCHEMAS "/../deploy/model"

enum {
    ARENA_MAX = 16 * 1024 * 1024
};

#define DESK(id, track, more)                                                                  \
    "  - {id: " id ", recipient: R, tracks: [" track "], purposes: [smuggling, trafficking], " \
    "handling-max: H1, tlp-max: AMBER, sees: [rule, group], " more "}\n"

const char models_desks[] =
    MODELS_HEAD("desks") "desks:\n" DESK("admin", "admin", "otherwise: nothing")
        DESK("crime", "criminal", "otherwise: stub")
            DESK("crime2", "criminal", "otherwise: stub")
                DESK("support", "support", "otherwise: stub")
                    DESK("alien", "admin, criminal", "otherwise: stub, immigration: true");

static const struct tree *read_text(struct models *models, const char *name, const char *text)
{
    diag_source(models->diag, name, slice_of(text));
    return tree_read(models->diag, models->arena, name, slice_of(text));
}

static struct models *begin(void)
{
    struct models *const models = calloc(1, sizeof *models);

    ck_assert_ptr_nonnull(models);
    models->arena = arena_new(ARENA_MAX);
    models->diag = diag_new(models->arena);
    return models;
}

static void check_good(const struct models *models)
{
    if (diag_errors(models->diag) > 0) {
        diag_print(models->diag, stderr, DIAG_TEXT);
    }
    ck_assert_uint_eq(diag_errors(models->diag), 0);
}

struct models *models_make(const char *measures, const char *desks, const char *routes)
{
    struct models *const models = begin();
    const struct heading_reader reader = {models->arena, models->diag};

    if (measures != NULL) {
        menu_read(&reader, read_text(models, "measures", measures), &models->model.menu);
    }
    desks_read(&reader, read_text(models, "desks", desks), &models->model.desks);
    routes_read(&reader, read_text(models, "routes", routes), &models->model.desks,
                &models->model.routes);
    check_good(models);
    return models;
}

struct models *models_deployed(void)
{
    struct models *const models = begin();

    models->model = *model_load(models->arena, models->diag, DEPLOYED);
    check_good(models);
    return models;
}

void models_end(struct models *models)
{
    arena_free(models->arena);
    free(models);
}

struct routes_values models_values(struct models *models, const char *words)
{
    struct slice rest = slice_of(words);
    struct routes_value *const items = arena_alloc(models->arena, 32 * sizeof *items);
    size_t count = 0;

    while (rest.size > 0) {
        struct slice value = slice_cut(&rest, ',');
        const struct slice label = slice_cut(&value, '=');
        ck_assert_uint_lt(count, 32);
        items[count++] = (struct routes_value){label, value};
    }
    return (struct routes_values){items, count};
}

const char *models_decide(struct models *models, const struct delivery_question *question)
{
    static const char *const extents[] = {"nothing", "stub", "told"};
    struct delivery deliveries[ROUTES_DESKS_MAX];
    struct text text = {0};
    const size_t count = delivery_decide(&models->model, question, deliveries);

    for (size_t i = 0; i < count; i++) {
        text_format(&text, "%s%.*s=%s", i > 0 ? " " : "", SLICE_ARGS(deliveries[i].desk->id),
                    extents[deliveries[i].extent]);
        if (deliveries[i].by != NULL) {
            text_format(&text, ":%.*s", SLICE_ARGS(deliveries[i].by->id));
        }
    }
    const char *const said = slice_string(models->arena, text_slice(&text));
    text_free(&text);
    return said;
}

int main(void)
{
    Suite *const suites[] = {combination_suite(), delivery_suite(), menu_suite(),
                             model_suite(),       routes_suite(),   NULL};

    return unit_run(suites);
}
