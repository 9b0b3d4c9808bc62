#include "seinpost/file/snapshot_folder.h"

#include "seinpost/base/counter.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    MODE_FOLDER = 0700,
    MODE_FILE = 0600,
    PATH_SIZE = 4096,
};

static const struct slice ending = {".snapshot", 9};
static const struct slice ending_new = {".snapshot.new", 13};

struct snapshot_folder {
    struct snapshot_folder_options options;
    struct counter *failed;
};

static const struct snapshot_folder_calls system_calls = {write, fsync, rename};

static void path_of(const struct snapshot_folder *folder, struct record_partition partition,
                    struct slice end, char path[PATH_SIZE])
{
    const int size = snprintf(path, PATH_SIZE, "%s/%s.%d%.*s", folder->options.path,
                              partition.topic, partition.partition, SLICE_ARGS(end));

    ENSURE(size > 0 && size < PATH_SIZE);
}

static bool write_all(const struct snapshot_folder *folder, int file, struct slice bytes)
{
    while (bytes.size > 0) {
        const ssize_t size = folder->options.calls->write(file, bytes.data, bytes.size);
        if (size < 0 && errno == EINTR) {
            continue;
        }
        if (size <= 0) {
            errno = size == 0 ? ENOSPC : errno;
            return false;
        }
        bytes.data += size;
        bytes.size -= (size_t)size;
    }
    return true;
}

static bool write_file(const struct snapshot_folder *folder, const char *path,
                       struct slice bytes)
{
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, MODE_FILE);

    if (file < 0) {
        return false;
    }
    const bool good = write_all(folder, file, bytes) && folder->options.calls->sync(file) == 0;
    const int error = errno;
    const bool closed = close(file) == 0;
    errno = good ? errno : error;
    return good && closed;
}

/* The new name is on the disk only when the folder is. */
static bool sync_folder(const struct snapshot_folder *folder)
{
    const int file = open(folder->options.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (file < 0) {
        return false;
    }
    const bool good = folder->options.calls->sync(file) == 0;
    const bool closed = close(file) == 0;
    return good && closed;
}

static bool is_old(const struct snapshot_folder *folder, const char *path)
{
    struct stat about;
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return stat(path, &about) == 0 &&
           (int64_t)(now.tv_sec - about.st_mtim.tv_sec) > folder->options.keep_ms / 1000;
}

/* Deletes what is too old; and `leftovers`, when nobody writes. */
static void sweep(const struct snapshot_folder *folder, bool leftovers)
{
    DIR *dir = opendir(folder->options.path);
    char path[PATH_SIZE];

    if (dir == NULL) {
        return;
    }
    for (const struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        const struct slice name = slice_of(entry->d_name);
        const bool left = leftovers && slice_ends_with(name, ending_new);
        const int size =
            snprintf(path, sizeof path, "%s/%s", folder->options.path, entry->d_name);
        if (size < PATH_SIZE &&
            (left || (slice_ends_with(name, ending) && is_old(folder, path)))) {
            (void)unlink(path);
        }
    }
    (void)closedir(dir);
}

static bool ready(void *self)
{
    (void)self;
    return true;
}

static bool store(void *self, struct record_partition partition, struct text *bytes)
{
    const struct snapshot_folder *folder = self;
    char path[PATH_SIZE];
    char path_new[PATH_SIZE];

    path_of(folder, partition, ending, path);
    path_of(folder, partition, ending_new, path_new);
    if (!write_file(folder, path_new, text_slice(bytes)) ||
        folder->options.calls->rename(path_new, path) != 0 || !sync_folder(folder)) {
        counter_add(folder->failed, 1);
        log_warning("%s: no snapshot can be written: %s", path, strerror(errno));
        (void)unlink(path_new);
    }
    text_free(bytes);
    sweep(folder, false);
    return true;
}

static bool read_all(int file, size_t size, struct text *bytes)
{
    struct text all = {malloc(size + 1), 0, size + 1};

    ENSURE_MEMORY(all.data != NULL);
    while (all.size < size) {
        const ssize_t got = read(file, all.data + all.size, size - all.size);
        if (got <= 0 && !(got < 0 && errno == EINTR)) {
            text_free(&all);
            return false;
        }
        all.size += got < 0 ? 0 : (size_t)got;
    }
    text_free(bytes);
    *bytes = all;
    return true;
}

static void find(void *self, struct record_partition partition, struct text *bytes)
{
    const struct snapshot_folder *folder = self;
    char path[PATH_SIZE];
    struct stat about;

    path_of(folder, partition, ending, path);
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        if (errno != ENOENT) {
            log_warning("%s cannot be read: %s", path, strerror(errno));
        }
        return;
    }
    if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode) ||
        (size_t)about.st_size > folder->options.size_max) {
        log_warning("%s is no snapshot", path);
    } else if (!is_old(folder, path) && !read_all(file, (size_t)about.st_size, bytes)) {
        log_warning("%s cannot be read: %s", path, strerror(errno));
    }
    (void)close(file);
}

static void forget(void *self, struct record_partition partition)
{
    char path[PATH_SIZE];

    path_of(self, partition, ending, path);
    (void)unlink(path);
}

static void finish(void *self, int64_t timeout_ms)
{
    (void)self;
    (void)timeout_ms;
}

bool snapshot_folder_open(const struct snapshot_folder_options *options, struct snapshot *port)
{
    if (mkdir(options->path, MODE_FOLDER) != 0 && errno != EEXIST) {
        return false;
    }
    if (access(options->path, R_OK | W_OK | X_OK) != 0) {
        return false;
    }
    struct snapshot_folder *folder = calloc(1, sizeof *folder);
    ENSURE_MEMORY(folder != NULL);
    folder->options = *options;
    if (folder->options.calls == NULL) {
        folder->options.calls = &system_calls;
    }
    folder->failed = counter_get(COUNTER_TOTAL, "seinpost_snapshots_failed_total", "",
                                 "Snapshots that could not be written.");
    sweep(folder, true);
    *port = (struct snapshot){folder, ready, store, find, forget, finish, free};
    return true;
}
