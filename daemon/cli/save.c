#include "seinpost/cli/save.h"

#include "seinpost/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    RIGHTS = 0644,
    RIGHTS_SECRET = 0600,
    RIGHTS_ALL = 07777,
};

static bool write_all(int file, struct slice text)
{
    while (text.size > 0) {
        const ssize_t written = write(file, text.data, text.size);
        if (written < 0 && errno != EINTR) {
            return false;
        }
        const size_t size = written < 0 ? 0 : (size_t)written;
        text.data += size;
        text.size -= size;
    }
    return true;
}

/* Keeps the first error. */
static bool finish(int file, bool good)
{
    const int why = errno;
    const bool synced = good && fsync(file) == 0;
    const int why_synced = errno;
    const bool closed = close(file) == 0;

    if (!good || !synced) {
        errno = good ? why_synced : why;
        return false;
    }
    return closed;
}

bool save_file(const char *path, struct slice text)
{
    struct text beside = {0};
    struct stat about;

    text_format(&beside, "%s.new", path);
    text_add_byte(&beside, '\0');
    const mode_t rights = stat(path, &about) == 0 ? about.st_mode & RIGHTS_ALL : (mode_t)RIGHTS;
    const int file =
        open(beside.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, rights);
    const bool good =
        file >= 0 && finish(file, write_all(file, text)) && rename(beside.data, path) == 0;
    if (!good && file >= 0) {
        const int why = errno;
        (void)unlink(beside.data);
        errno = why;
    }
    text_free(&beside);
    return good;
}

bool save_secret(const char *path, struct slice text)
{
    const int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, RIGHTS_SECRET);

    return file >= 0 && finish(file, write_all(file, text));
}
