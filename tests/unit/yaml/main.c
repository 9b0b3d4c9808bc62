#include "yaml.h"

struct desk desk_read(const char *text)
{
    return desk_read_slice(slice_of(text));
}

struct desk desk_read_slice(struct slice text)
{
    struct arena *const arena = arena_new(64 << 20);
    struct desk desk = {arena, diag_new(arena), NULL};

    desk.tree = tree_read(desk.diag, arena, "a.yaml", text);
    return desk;
}

const char *desk_faults(const struct desk *desk)
{
    FILE *const stream = unit_stream();

    diag_print(desk->diag, stream, DIAG_TEXT);
    char *const text = unit_read(stream);
    char *const faults = arena_alloc(desk->arena, strlen(text) + 1);
    for (struct slice rest = slice_of(text); rest.size > 0;) {
        const struct slice line = slice_cut(&rest, '\n');
        if (slice_starts_with(line, SLICE("a.yaml:"))) {
            strncat(faults, line.data, line.size + 1);
        }
    }
    free(text);
    return faults;
}

void desk_end(struct desk *desk)
{
    arena_free(desk->arena);
}

int main(void)
{
    Suite *const suites[] = {bind_suite(), remark_suite(), tree_suite(), NULL};

    return unit_run(suites);
}
