/* snapshot_folder: the port `snapshot` as files in a folder, one for each partition, which only
 * we may read: pseudonyms stand in them.
 *
 * A file is written beside the one before it, synced, and put in its place: it is there whole,
 * old or new. Those that are older than what they were made from may be kept are deleted, as
 * are leftovers of a write that came to no end.
 *
 * Owns:    nothing but its files.
 * Thread:  any; one at a time for a partition.
 * Fails:   never; what cannot be written or read is told in the log and counted.
 * Bounded: one file a partition, each of `size_max` bytes.
 */
#ifndef SEINPOST_FILE_SNAPSHOT_FOLDER_H
#define SEINPOST_FILE_SNAPSHOT_FOLDER_H

#include "seinpost/port/snapshot.h"

#include <sys/types.h>

/* The system's, for tests to let them fail. */
struct snapshot_folder_calls {
    ssize_t (*write)(int file, const void *bytes, size_t size);
    int (*sync)(int file);
    int (*rename)(const char *from, const char *to);
};

struct snapshot_folder_options {
    const char *path;
    int64_t keep_ms; /* so old may a file be */
    size_t size_max;
    const struct snapshot_folder_calls *calls; /* NULL: the system's */
};

/* Opens the folder, and makes it when it is not there. Returns false, with errno, when nothing
 * can be written there. Free by its `free`. */
bool snapshot_folder_open(const struct snapshot_folder_options *options, struct snapshot *port);

#endif
