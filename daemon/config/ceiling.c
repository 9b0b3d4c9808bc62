#include "seinpost/config/ceiling.h"

struct document {
    struct slice limit;
};

static const struct bind_key keys[] = {
    {"limit", BIND_TEXT, true, offsetof(struct document, limit), NULL},
};
static const struct bind_table table = {keys, sizeof keys / sizeof keys[0], NULL};

/* `512MiB`, `2GiB`. Returns 0 when it is no size. */
static int64_t read_size(struct slice text)
{
    static const struct slice mib = {"MiB", 3};
    static const struct slice gib = {"GiB", 3};
    const size_t unit = mib.size;
    long long number = 0;

    if (text.size <= unit ||
        !slice_number((struct slice){text.data, text.size - unit}, &number) || number <= 0 ||
        number > 1024LL * 1024) {
        return 0;
    }
    const struct slice name = {text.data + text.size - unit, unit};
    if (slice_equal(name, mib)) {
        return number * 1024 * 1024;
    }
    return slice_equal(name, gib) ? number * 1024 * 1024 * 1024 : 0;
}

void ceiling_read(struct diag *diag, struct arena *arena, const struct tree *map,
                  int64_t *bytes)
{
    struct document document = {0};

    if (map == NULL || !bind_map(diag, arena, map, &table, &document) ||
        document.limit.size == 0) {
        return;
    }
    const int64_t size = read_size(document.limit);
    if (size < (int64_t)CEILING_MIB_MIN * 1024 * 1024) {
        tree_fault(diag, tree_get(map, "limit"), "E205", "'%.*s' is no limit of memory",
                   SLICE_ARGS(document.limit));
        diag_hint(diag, "as 512MiB or 2GiB, at least %dMiB", CEILING_MIB_MIN);
        return;
    }
    *bytes = size;
}
