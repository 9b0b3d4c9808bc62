#include "seinpost/base/diag.h"

#include "signal.h"

struct bench bench_begin(void)
{
    struct bench bench = {arena_new(64 << 20), NULL, {0}};
    struct diag *const diag = diag_new(bench.arena);

    bench.catalogue = catalogue_load(bench.arena, diag, UNIT_SCHEMAS "/signals");
    ck_assert_uint_eq(diag_errors(diag), 0);
    return bench;
}

void bench_end(struct bench *bench)
{
    text_free(&bench->detail);
    arena_free(bench->arena);
}

size_t bench_field(const struct event_type *type, const char *name)
{
    const struct field *const field = catalogue_field(type, slice_of(name));

    ck_assert_msg(field != NULL, "no field %s", name);
    return (size_t)(field - type->fields);
}

int main(void)
{
    Suite *const suites[] = {decoder_suite(),
                             encoding_suite(),
                             frame_suite(),
                             ndjson_suite(),
                             normalise_suite(),
                             pack_suite(),
                             pack_hostile_suite(),
                             pseudonym_suite(),
                             raw_suite(),
                             writer_suite(),
                             NULL};

    return unit_run(suites);
}
