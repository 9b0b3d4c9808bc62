#include "seinpost/file/snapshot_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "files.h"

#define HOUR_MS INT64_C(3600000)

static const struct record_partition first = {"seinpost.matches", 0};
static const struct record_partition other = {"seinpost.matches", 10};

/* What fails: the n-th write, a sync, the rename. */
static int writes_left, syncs_left, renames_left;

static bool fails(int *left)
{
    return *left >= 0 && (*left)-- == 0;
}

static ssize_t write_some(int file, const void *bytes, size_t size)
{
    if (fails(&writes_left)) {
        errno = ENOSPC;
        return -1;
    }
    return write(file, bytes, size < 3 ? size : 3);
}

static int sync_some(int file)
{
    (void)file;
    errno = EIO;
    return fails(&syncs_left) ? -1 : 0;
}

static int rename_some(const char *from, const char *to)
{
    errno = EACCES;
    return fails(&renames_left) ? -1 : rename(from, to);
}

static const struct snapshot_folder_calls calls = {write_some, sync_some, rename_some};

struct stage_set {
    char path[64];
    struct snapshot_folder_options options;
    struct snapshot port;
};

static struct stage_set open_folder(void)
{
    struct stage_set set = {.path = "/tmp/seinpost-unit-XXXXXX"};

    writes_left = syncs_left = renames_left = -1;
    ck_assert_ptr_nonnull(mkdtemp(set.path));
    return set;
}

static void open_port(struct stage_set *set)
{
    set->options = (struct snapshot_folder_options){set->path, HOUR_MS, 1000, &calls};
    ck_assert(snapshot_folder_open(&set->options, &set->port));
}

static void close_folder(struct stage_set *set)
{
    set->port.forget(set->port.self, first);
    set->port.forget(set->port.self, other);
    set->port.free(set->port.self);
    ck_assert_int_eq(rmdir(set->path), 0); /* nothing is left behind */
}

static void put(const struct stage_set *set, struct record_partition partition,
                const char *content)
{
    struct text bytes = {0};

    text_add(&bytes, slice_of(content));
    ck_assert(set->port.ready(set->port.self));
    ck_assert(set->port.store(set->port.self, partition, &bytes));
    ck_assert_uint_eq(bytes.size, 0);
}

static void expect(const struct stage_set *set, struct record_partition partition,
                   const char *content)
{
    struct text bytes = {0};

    set->port.find(set->port.self, partition, &bytes);
    ck_assert_slice_eq(text_slice(&bytes), content);
    text_free(&bytes);
}

/* Each partition has one snapshot, the newest; what is thrown away is gone; all of it outlives
 * the process. */
START_TEST(the_newest_of_each_partition_is_kept)
{
    struct stage_set set = open_folder();

    open_port(&set);
    expect(&set, first, "");
    put(&set, first, "one");
    put(&set, other, "another");
    put(&set, first, "two, which is longer");
    set.port.free(set.port.self);
    open_port(&set);
    expect(&set, first, "two, which is longer");
    expect(&set, other, "another");
    set.port.forget(set.port.self, first);
    expect(&set, first, "");
    expect(&set, other, "another");
    close_folder(&set);
}
END_TEST

/* Whatever fails, what was there before stays as it was, and nothing is left beside it. */
START_TEST(a_failed_write_leaves_what_was_there)
{
    static const struct {
        int *left;
        int at;
    } failures[] = {{&writes_left, 0},
                    {&writes_left, 2},
                    {&syncs_left, 0},
                    {&renames_left, 0},
                    {&writes_left, 1}};
    struct stage_set set = open_folder();

    open_port(&set);
    put(&set, first, "as it was");
    for (size_t i = 0; i < COUNT_OF(failures); i++) {
        *failures[i].left = failures[i].at;
        put(&set, first, "never to be seen");
        ck_assert_int_eq(*failures[i].left, -1);
        expect(&set, first, "as it was");
    }
    put(&set, first, "new again");
    expect(&set, first, "new again");
    close_folder(&set);
}
END_TEST

static void make_file(const struct stage_set *set, const char *name, time_t age)
{
    char path[128];
    const struct timespec times[2] = {{time(NULL) - age, 0}, {time(NULL) - age, 0}};

    snprintf(path, sizeof path, "%s/%s", set->path, name);
    const int file = open(path, O_CREAT | O_WRONLY, 0600);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(write(file, "left", 4), 4);
    ck_assert_int_eq(futimens(file, times), 0);
    close(file);
}

/* What an earlier life left half written, and what is older than its log may be kept, is
 * deleted. */
START_TEST(leftovers_and_old_ones_are_deleted)
{
    struct stage_set set = open_folder();

    make_file(&set, "seinpost.matches.3.snapshot.new", 0);
    make_file(&set, "seinpost.matches.4.snapshot", 2 * 3600);
    make_file(&set, "seinpost.matches.0.snapshot", 0);
    open_port(&set);
    expect(&set, first, "left");
    close_folder(&set); /* the folder is empty then */
}
END_TEST

/* One that is larger than a snapshot may be is not read. */
START_TEST(what_is_too_large_is_no_snapshot)
{
    struct stage_set set = open_folder();

    open_port(&set);
    put(&set, first, "larger than ten");
    set.port.free(set.port.self);
    set.options.size_max = 10;
    ck_assert(snapshot_folder_open(&set.options, &set.port));
    expect(&set, first, "");
    close_folder(&set);
}
END_TEST

/* Only we may read them; a folder that is not there is made, one that cannot be is told. */
START_TEST(the_folder_is_ours_alone)
{
    struct stage_set set = open_folder();
    char path[128];
    struct stat about;
    const struct snapshot_folder_options nowhere = {"/nowhere/at/all", HOUR_MS, 10, NULL};

    ck_assert_int_eq(rmdir(set.path), 0);
    open_port(&set);
    put(&set, first, "secret");
    snprintf(path, sizeof path, "%s/seinpost.matches.0.snapshot", set.path);
    ck_assert_int_eq(stat(path, &about), 0);
    ck_assert_uint_eq(about.st_mode & 0777, 0600);
    ck_assert_int_eq(stat(set.path, &about), 0);
    ck_assert_uint_eq(about.st_mode & 0777, 0700);
    ck_assert(!snapshot_folder_open(&nowhere, &set.port));
    close_folder(&set);
}
END_TEST

Suite *snapshot_folder_suite(void)
{
    const TTest *const tests[] = {the_newest_of_each_partition_is_kept,
                                  a_failed_write_leaves_what_was_there,
                                  leftovers_and_old_ones_are_deleted,
                                  what_is_too_large_is_no_snapshot,
                                  the_folder_is_ours_alone,
                                  NULL};

    return unit_suite("snapshot_folder", tests);
}
