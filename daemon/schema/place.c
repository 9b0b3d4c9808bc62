#include "seinpost/schema/place.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/diag.h"
#include "seinpost/base/file.h"
#include "seinpost/base/table.h"
#include "seinpost/base/vector.h"

struct reader {
    struct arena *arena;
    struct diag *diag;
    const char *file;
    unsigned line;
    struct table *codes; /* those that were read */
    VECTOR(struct place) places;
};

static void fault(const struct reader *reader, const char *what)
{
    const struct diag_place place = {.file = reader->file, .line = reader->line, .column = 1};

    diag_add(reader->diag, place, "E254", "%s", what);
    diag_hint(reader->diag, "code, latitude, longitude, country and name, with tabs between");
}

/* Reads decimal degrees with up to six places. */
static bool read_degrees(struct slice text, int64_t most, int64_t *degrees)
{
    struct slice fraction = text;
    const bool negative = text.size > 0 && text.data[0] == '-';
    const struct slice whole_text = slice_cut(&fraction, '.');
    long long whole = 0;
    long long parts = 0;

    if (!slice_number(whole_text, &whole) || whole < -most || whole > most ||
        fraction.size > 6) {
        return false;
    }
    if (fraction.data != NULL &&
        (fraction.size == 0 || fraction.data[0] == '-' || !slice_number(fraction, &parts))) {
        return false;
    }
    for (size_t i = fraction.size; i < 6; i++) {
        parts *= 10;
    }
    *degrees = whole * SPHERE_DEGREE + (negative ? -parts : parts);
    return *degrees >= -most * SPHERE_DEGREE && *degrees <= most * SPHERE_DEGREE;
}

static void read_line(struct reader *reader, struct slice line)
{
    struct slice rest = line;
    const struct slice code = slice_cut(&rest, '\t');
    const struct slice latitude = slice_cut(&rest, '\t');
    const struct slice longitude = slice_cut(&rest, '\t');
    const struct slice country = slice_cut(&rest, '\t');
    int64_t north = 0;
    int64_t east = 0;

    if (code.size == 0 || !read_degrees(latitude, 90, &north) ||
        !read_degrees(longitude, 180, &east) || country.size != 2) {
        fault(reader, "this is no place");
        return;
    }
    if (table_get(reader->codes, code) != NULL) {
        fault(reader, "this place stands above already");
        return;
    }
    table_put(reader->codes, code, reader);
    VECTOR_PUSH(&reader->places, (struct place){code, country, sphere_point(north, east)});
}

static int by_code(const void *left, const void *right)
{
    const struct place *a = left;
    const struct place *b = right;

    return slice_compare(a->code, b->code);
}

static void sort(struct reader *reader)
{
    if (reader->places.count > 0) {
        qsort(reader->places.items, reader->places.count, sizeof reader->places.items[0],
              by_code);
    }
}

/* `airports` of .../airports.tsv */
static struct slice name_of(const char *file)
{
    struct slice rest = slice_of(file);
    struct slice name = rest;

    while (rest.data != NULL) {
        name = slice_cut(&rest, '/');
    }
    return slice_cut(&name, '.');
}

static struct place_list read_list(struct reader *reader, struct slice text)
{
    struct slice rest = text;

    reader->codes = table_new();
    while (rest.data != NULL && rest.size > 0) {
        const struct slice line = slice_trim(slice_cut(&rest, '\n'));
        reader->line++;
        if (line.size > 0 && line.data[0] != '#') {
            read_line(reader, line);
        }
    }
    table_free(reader->codes);
    sort(reader);
    const struct place_list list = {
        .name = name_of(reader->file),
        .items = arena_copy(reader->arena, reader->places.items,
                            reader->places.count * sizeof reader->places.items[0]),
        .count = reader->places.count,
        .digest = digest_of(text),
    };
    VECTOR_FREE(&reader->places);
    return list;
}

/* Files are found in the order of their paths, so lists of one folder are ordered by name. */
struct place_lists place_load(struct arena *arena, struct diag *diag, const char *folder)
{
    struct place_lists lists = {0};
    struct file_list files = {0};

    if (!file_exists(folder) || !file_find(arena, folder, SLICE(".tsv"), &files)) {
        return lists;
    }
    struct place_list *items = arena_alloc(arena, files.count * sizeof *items);
    lists.items = items;
    for (size_t i = 0; i < files.count; i++) {
        struct reader reader = {.arena = arena, .diag = diag, .file = files.paths[i]};
        struct slice text = {0};
        if (!file_read(arena, files.paths[i], &text)) {
            fault(&reader, "unreadable");
            continue;
        }
        diag_source(diag, files.paths[i], text);
        items[lists.count++] = read_list(&reader, text);
    }
    return lists;
}

const struct place_list *place_list(const struct place_lists *lists, struct slice name)
{
    for (size_t i = 0; lists != NULL && i < lists->count; i++) {
        if (slice_equal(lists->items[i].name, name)) {
            return &lists->items[i];
        }
    }
    return NULL;
}

const struct place *place_find(const struct place_list *list, struct slice code)
{
    size_t low = 0;
    size_t high = list->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = slice_compare(list->items[middle].code, code);
        if (order == 0) {
            return &list->items[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}
