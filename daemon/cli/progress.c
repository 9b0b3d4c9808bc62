#include "seinpost/cli/progress.h"

#include "seinpost/base/ensure.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
    STEPS_PER_LOOK = 256, /* the clock is not read for each step */
    REDRAW_MS = 200,
    LINE_MS = 5000,
    BAR_WIDTH = 20,
};

struct progress {
    const char *what;
    size_t all;
    size_t looked;
    int64_t start_ms;
    int64_t drawn_ms;
    size_t done;
    bool drawn; /* on a terminal */
    bool lines; /* elsewhere */
    bool coloured;
    bool shown; /* there is a line to clear */
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
    progress->drawn = isatty(STDERR_FILENO) != 0;
    const char *no_colour = getenv("NO_COLOR");
    progress->coloured = no_colour == NULL || no_colour[0] == '\0';
    progress->start_ms = now_ms();
    progress->drawn_ms = progress->start_ms - (progress->drawn ? REDRAW_MS : 0); /* at once */
    return progress;
}

void progress_keeps_lines(struct progress *progress)
{
    progress->lines = !progress->drawn;
}

static void say(const struct progress *progress, int64_t now)
{
    const int64_t passed_ms = now - progress->start_ms + 1;
    const size_t rate = progress->done * 1000 / (size_t)passed_ms;

    if (progress->all == 0) {
        (void)fprintf(stderr, "%zu %s, %zu/s", progress->done, progress->what, rate);
        return;
    }
    const size_t left = rate == 0 ? 0 : (progress->all - progress->done) / rate;
    (void)fprintf(stderr, "%zu of %zu %s (%zu %%), %zu/s, %zu s left", progress->done,
                  progress->all, progress->what, progress->done * 100 / progress->all, rate,
                  left);
}

static void draw_bar(const struct progress *progress)
{
    const size_t full = progress->done * BAR_WIDTH / progress->all;

    (void)fprintf(stderr, "[%s", progress->coloured ? "\033[32m" : "");
    for (size_t i = 0; i < BAR_WIDTH; i++) {
        (void)fputc(i < full ? '#' : '.', stderr);
    }
    (void)fprintf(stderr, "%s] ", progress->coloured ? "\033[0m" : "");
}

static void draw(const struct progress *progress, int64_t now)
{
    if (progress->drawn) {
        (void)fputc('\r', stderr);
        if (progress->all > 0) {
            draw_bar(progress);
        }
        say(progress, now);
        (void)fputs(" \033[K", stderr);
    } else {
        say(progress, now);
        (void)fputc('\n', stderr);
    }
}

void progress_step(struct progress *progress, size_t done)
{
    progress->done = done;
    if ((!progress->drawn && !progress->lines) || done - progress->looked < STEPS_PER_LOOK) {
        return;
    }
    const int64_t now = now_ms();
    progress->looked = done;
    if (now - progress->drawn_ms >= (progress->drawn ? REDRAW_MS : LINE_MS)) {
        progress->drawn_ms = now;
        progress->shown = true;
        draw(progress, now);
    }
}

void progress_free(struct progress *progress)
{
    if (progress->drawn && progress->shown) {
        (void)fputs("\r\033[K", stderr);
    } else if (progress->lines) {
        draw(progress, now_ms());
    }
    free(progress);
}
