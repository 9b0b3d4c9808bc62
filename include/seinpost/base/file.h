/* file: files and folders as a loader sees them: found in one order, read whole.
 *
 * Owns:    nothing; paths and texts are made in the arena.
 * Thread:  any.
 * Fails:   by its results; errno says why.
 * Bounded: FILES_MAX files below a folder, folders FOLDER_DEPTH_MAX deep, FILE_SIZE_MAX bytes.
 */
#ifndef SEINPOST_BASE_FILE_H
#define SEINPOST_BASE_FILE_H

#include "seinpost/base/slice.h"

struct arena;

enum {
    FILES_MAX = 100000,
    FOLDER_DEPTH_MAX = 16,
    FILE_SIZE_MAX = 64 * 1024 * 1024,
};

struct file_list {
    const char **paths; /* zero-terminated, ordered by bytes */
    size_t count;
};

/* Finds all files below `path` whose name ends in `ending`, or `path` itself when it is a file.
 * Names that begin with a dot are left out. Returns false when `path` cannot be read. */
bool file_find(struct arena *arena, const char *path, struct slice ending,
               struct file_list *list);

/* Reads a whole file. A zero stands behind it that the size does not count. */
bool file_read(struct arena *arena, const char *path, struct slice *text);

/* Returns `path` as seen from the folder of the file `from`; an absolute one as it is. */
const char *file_beside(struct arena *arena, const char *from, struct slice path);

bool file_exists(const char *path);

/* Tells whether nobody but its owner may read or write the file; true when it is not there. */
bool file_is_private(const char *path);

struct text;

/* Appends what changes when the file does: its size, its time, and which file it is. Nothing
 * when it is not there. */
void file_stamp(const char *path, struct text *text);

#endif
