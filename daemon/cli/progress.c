#include "seinpost/cli/progress.h"

#include "seinpost/base/ensure.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
    STEPS_PER_LOOK = 256, /* the clock is not read for each step */
    REDRAW_MS = 200,
};

struct progress {
    const char *what;
    size_t all;
    size_t looked;
    int64_t start_ms;
    int64_t drawn_ms;
    int visible;
};

static int64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct progress *progress_new(const char *what, size_t all)
{
    struct progress *progress = calloc(1, sizeof *progress);

    ENSURE_MEMORY(progress != NULL);
    progress->what = what;
    progress->all = all;
    progress->visible = isatty(STDERR_FILENO);
    progress->start_ms = progress->drawn_ms = now_ms();
    return progress;
}

static void draw(const struct progress *progress, size_t done, int64_t now)
{
    const int64_t passed_ms = now - progress->start_ms + 1;
    const size_t rate = done * 1000 / (size_t)passed_ms;

    if (progress->all == 0) {
        (void)fprintf(stderr, "\r%zu %s, %zu/s \033[K", done, progress->what, rate);
        return;
    }
    const size_t left = rate == 0 ? 0 : (progress->all - done) / rate;
    (void)fprintf(stderr, "\r%zu of %zu %s (%zu %%), %zu/s, %zu s left \033[K", done,
                  progress->all, progress->what, done * 100 / progress->all, rate, left);
}

void progress_step(struct progress *progress, size_t done)
{
    if (progress->visible == 0 || done - progress->looked < STEPS_PER_LOOK) {
        return;
    }
    const int64_t now = now_ms();
    progress->looked = done;
    if (now - progress->drawn_ms >= REDRAW_MS) {
        progress->drawn_ms = now;
        draw(progress, done, now);
    }
}

void progress_free(struct progress *progress)
{
    if (progress->visible != 0 && progress->drawn_ms != progress->start_ms) {
        (void)fputs("\r\033[K", stderr);
    }
    free(progress);
}
