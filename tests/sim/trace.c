#include "trace.h"

#include <stdarg.h>
#include <stdio.h>

static bool is_on;

void trace_set(bool on)
{
    is_on = on;
}

bool trace_is_on(void)
{
    return is_on;
}

void trace_say(const char *format, ...)
{
    va_list arguments;

    if (!is_on) {
        return;
    }
    va_start(arguments, format);
    (void)vprintf(format, arguments);
    va_end(arguments);
    (void)putchar('\n');
    (void)fflush(stdout); /* whatever happens next */
}
