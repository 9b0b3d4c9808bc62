#include "seinpost/base/log.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/instant.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

static enum log_level level_least = LOG_INFO;

void log_set_level(enum log_level level)
{
    level_least = level;
}

void log_write(enum log_level level, const char *format, ...)
{
    static const char *const names[] = {"debug", "info", "warning", "error"};
    char message[2048];
    char when[INSTANT_TEXT_SIZE];
    struct timespec now;

    if (level < level_least) {
        return;
    }
    va_list args;
    va_start(args, format);
    const int length = vsnprintf(message, sizeof message, format, args);
    va_end(args);
    ENSURE(length >= 0);
    (void)clock_gettime(CLOCK_REALTIME, &now);
    const struct instant at = {now.tv_sec * 1000LL + now.tv_nsec / 1000000};
    (void)fprintf(stderr, "%s %s: %s\n", instant_format(at, when), names[level], message);
}
