#include "seinpost/base/text.h"
#include "seinpost/file/writers.h"
#include "seinpost/schema/avro.h"

#include <unistd.h>

#include "files.h"

#define ONE                                                                                    \
    "{\"type\":\"record\",\"name\":\"one\",\"fields\":[{\"name\":\"f\",\"type\":\"int\"}]}"
#define TWO                                                                                    \
    "{\"type\":\"record\",\"name\":\"two\",\"doc\":\"with "                                    \
    "words\",\"fields\":[{\"name\":\"f\",\"type\":\"int\"}]}"

static char folder[] = "/tmp/seinpost-unit-XXXXXX";

static void put(const char *name, const char *text)
{
    char path[64];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *const file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

static void end(struct writers *writers)
{
    static const char *const names[] = {"one.avsc", "two.avsc", "bad.avsc"};
    char path[64];

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
    writers_free(writers);
}

static uint64_t fingerprint(const char *schema)
{
    struct text text = {0};

    ck_assert(avro_canonical(slice_of(schema), &text));
    const uint64_t found = avro_fingerprint(text_slice(&text));
    text_free(&text);
    return found;
}

/* A schema is found by the fingerprint of its canonical form, whole as it stands in its file; a
 * file that is none is passed over. */
START_TEST(schemas_are_found_by_fingerprint)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    put("bad.avsc", "{");
    put("one.avsc", ONE);
    put("two.avsc", TWO);
    struct writers *const writers = writers_new(folder);
    ck_assert_slice_eq(writers_find(writers, fingerprint(TWO)), TWO);
    ck_assert_slice_eq(writers_find(writers, fingerprint(ONE)), ONE);
    ck_assert_uint_eq(writers_find(writers, 12345).size, 0);
    end(writers);
}
END_TEST

/* One that comes later is found, without a new start. */
START_TEST(a_schema_may_come_later)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    struct writers *const writers = writers_new(folder);
    ck_assert_uint_eq(writers_find(writers, fingerprint(ONE)).size, 0);
    put("one.avsc", ONE);
    ck_assert_slice_eq(writers_find(writers, fingerprint(ONE)), ONE);
    end(writers);
}
END_TEST

/* A folder that is not there holds nothing. */
START_TEST(no_folder_holds_nothing)
{
    struct writers *const writers = writers_new("/nowhere/at/all");

    ck_assert_uint_eq(writers_find(writers, 1).size, 0);
    writers_free(writers);
    writers_free(NULL);
}
END_TEST

Suite *writers_suite(void)
{
    const TTest *const tests[] = {schemas_are_found_by_fingerprint, a_schema_may_come_later,
                                  no_folder_holds_nothing, NULL};

    return unit_suite("writers", tests);
}
