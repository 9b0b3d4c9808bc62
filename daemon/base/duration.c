#include "seinpost/base/duration.h"

#include "seinpost/base/ensure.h"

#include <stdio.h>

enum {
    DAY_MS = 24 * 60 * 60 * 1000
};

static const struct {
    const char *name;
    int64_t ms;
} units[] = {
    /* longest first, as duration_format() needs it */
    {"w", 7LL * DAY_MS}, {"d", DAY_MS}, {"h", 60LL * 60 * 1000},
    {"m", 60LL * 1000},  {"s", 1000},   {"ms", 1},
};

enum {
    UNITS_COUNT = sizeof units / sizeof units[0]
};

static struct slice take_while(struct slice *text, bool digits)
{
    struct slice taken = {text->data, 0};

    while (text->size > 0 && (text->data[0] >= '0' && text->data[0] <= '9') == digits) {
        text->data++;
        text->size--;
        taken.size++;
    }
    return taken;
}

enum duration_fault duration_parse(struct slice text, int64_t *ms)
{
    int64_t sum = 0;

    if (text.size == 0) {
        return DURATION_MALFORMED;
    }
    while (text.size > 0) {
        long long number = 0;
        const struct slice digits = take_while(&text, true);
        const struct slice name = take_while(&text, false);
        if (digits.size == 0 || name.size == 0) {
            return DURATION_MALFORMED;
        }
        size_t i = 0;
        while (i < UNITS_COUNT && !slice_is(name, units[i].name)) {
            i++;
        }
        if (i == UNITS_COUNT) {
            return DURATION_UNIT;
        }
        int64_t part = 0;
        if (!slice_number(digits, &number) ||
            __builtin_mul_overflow((int64_t)number, units[i].ms, &part) ||
            __builtin_add_overflow(sum, part, &sum)) {
            return DURATION_RANGE;
        }
    }
    *ms = sum;
    return DURATION_OK;
}

const char *duration_format(int64_t ms, char buffer[DURATION_TEXT_SIZE])
{
    size_t used = 0;
    int64_t rest = ms;

    ENSURE(ms >= 0);
    buffer[0] = '\0';
    for (size_t i = 1; i < UNITS_COUNT; i++) { /* from days down: nobody reads 2w6d gladly */
        const int64_t number = rest / units[i].ms;
        if (number > 0 && used < DURATION_TEXT_SIZE) {
            const int length = snprintf(buffer + used, DURATION_TEXT_SIZE - used, "%lld%s",
                                        (long long)number, units[i].name);
            ENSURE(length > 0);
            used += (size_t)length;
        }
        rest %= units[i].ms;
    }
    if (used == 0) {
        (void)snprintf(buffer, DURATION_TEXT_SIZE, "0s");
    }
    return buffer;
}
