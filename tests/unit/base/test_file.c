#include "seinpost/base/arena.h"
#include "seinpost/base/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base.h"

/* A new folder, and the working directory, so that paths can be short. Each test has a process
 * of its own. */
static void enter_folder(void)
{
    static char folder[] = "/tmp/seinpost-unit-XXXXXX";

    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
}

static void leave_folder(void)
{
    char folder[256];

    ck_assert_ptr_nonnull(getcwd(folder, sizeof folder));
    ck_assert_int_eq(chdir("/"), 0);
    ck_assert_int_eq(rmdir(folder), 0);
}

static void put(const char *path, const char *text)
{
    FILE *const file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static const char *const files_put[] = {"d/b.yaml",     "d/a/z.yaml",     "d/B.yaml",
                                        "d/a-.yaml",    "d/.hidden.yaml", "d/c.yml",
                                        "d/.git/x.yaml"};

/* Files below a folder are found in the order of their bytes, hidden ones and other endings
 * left out. */
START_TEST(finds_files_in_one_order)
{
    struct arena *const arena = arena_new(4 << 20);
    struct file_list list = {0};

    enter_folder();
    ck_assert(mkdir("d", 0700) == 0 && mkdir("d/a", 0700) == 0 && mkdir("d/.git", 0700) == 0);
    for (size_t i = 0; i < COUNT_OF(files_put); i++) {
        put(files_put[i], "");
    }
    ck_assert(file_find(arena, "d", SLICE(".yaml"), &list));
    ck_assert_uint_eq(list.count, 4);
    ck_assert_str_eq(list.paths[0], "d/B.yaml");
    ck_assert_str_eq(list.paths[1], "d/a-.yaml");
    ck_assert_str_eq(list.paths[2], "d/a/z.yaml");
    ck_assert_str_eq(list.paths[3], "d/b.yaml");
    for (size_t i = 0; i < COUNT_OF(files_put); i++) {
        unlink(files_put[i]);
    }
    ck_assert(rmdir("d/a") == 0 && rmdir("d/.git") == 0 && rmdir("d") == 0);
    leave_folder();
    arena_free(arena);
}
END_TEST

/* A path that is a file is found itself, whatever its ending; one that is not there is not. */
START_TEST(a_file_is_found_itself)
{
    struct arena *const arena = arena_new(1 << 20);
    struct file_list list = {0};

    enter_folder();
    put("x.txt", "");
    ck_assert(file_find(arena, "x.txt", SLICE(".yaml"), &list));
    ck_assert_uint_eq(list.count, 1);
    ck_assert_str_eq(list.paths[0], "x.txt");
    errno = 0;
    ck_assert(!file_find(arena, "missing", SLICE(".yaml"), &list));
    ck_assert_int_eq(errno, ENOENT);
    unlink("x.txt");
    leave_folder();
    arena_free(arena);
}
END_TEST

/* A folder that contains itself by a link comes to an end. */
START_TEST(a_folder_in_itself_comes_to_an_end)
{
    struct arena *const arena = arena_new(16 << 20);
    struct file_list list = {0};

    enter_folder();
    ck_assert_int_eq(mkdir("d", 0700), 0);
    ck_assert_int_eq(symlink(".", "d/again"), 0);
    put("d/x.yaml", "");
    file_find(arena, "d", SLICE(".yaml"), &list);
    ck_assert_uint_le(list.count, FOLDER_DEPTH_MAX + 1);
    ck_assert(unlink("d/again") == 0 && unlink("d/x.yaml") == 0 && rmdir("d") == 0);
    leave_folder();
    arena_free(arena);
}
END_TEST

/* A file is read whole, with a zero behind that is not counted. */
START_TEST(reads_a_file_whole)
{
    struct arena *const arena = arena_new(4 << 20);
    struct slice text = {NULL, 0};

    enter_folder();
    put("x", "some text");
    put("empty", "");
    ck_assert(file_read(arena, "x", &text));
    ck_assert_slice_eq(text, "some text");
    ck_assert_int_eq(text.data[text.size], '\0');
    ck_assert(file_read(arena, "empty", &text));
    ck_assert_uint_eq(text.size, 0);
    ck_assert(!file_read(arena, "missing", &text));
    ck_assert(!file_read(arena, ".", &text));
    ck_assert(file_exists("x"));
    ck_assert(!file_exists("missing"));
    ck_assert(unlink("x") == 0 && unlink("empty") == 0);
    leave_folder();
    arena_free(arena);
}
END_TEST

/* A file of more than FILE_SIZE_MAX is refused, however little of it is on the disk. */
START_TEST(a_file_beyond_the_bound_is_refused)
{
    struct arena *const arena = arena_new(4 << 20);
    struct slice text = {NULL, 0};

    enter_folder();
    put("large", "");
    ck_assert_int_eq(truncate("large", (off_t)FILE_SIZE_MAX + 1), 0);
    ck_assert(!file_read(arena, "large", &text));
    ck_assert_int_eq(unlink("large"), 0);
    leave_folder();
    arena_free(arena);
}
END_TEST

/* A path is seen from the folder of the file that names it, unless it is absolute. */
START_TEST(a_path_is_seen_from_beside_a_file)
{
    struct arena *const arena = arena_new(1 << 16);

    ck_assert_str_eq(file_beside(arena, "etc/seinpost.yaml", SLICE("rules")), "etc/rules");
    ck_assert_str_eq(file_beside(arena, "/etc/s/x.yaml", SLICE("../key")), "/etc/s/../key");
    ck_assert_str_eq(file_beside(arena, "etc/seinpost.yaml", SLICE("/abs")), "/abs");
    ck_assert_str_eq(file_beside(arena, "seinpost.yaml", SLICE("rules")), "rules");
    arena_free(arena);
}
END_TEST

Suite *file_suite(void)
{
    const TTest *const tests[] = {finds_files_in_one_order,
                                  a_file_is_found_itself,
                                  a_folder_in_itself_comes_to_an_end,
                                  reads_a_file_whole,
                                  a_file_beyond_the_bound_is_refused,
                                  a_path_is_seen_from_beside_a_file,
                                  NULL};

    return unit_suite("file", tests);
}
