/* duration: a stretch of time as rules and configuration write it: `1d12h`, whole milliseconds.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   by its result.
 */
#ifndef SEINPOST_BASE_DURATION_H
#define SEINPOST_BASE_DURATION_H

#include "seinpost/base/slice.h"

#include <stdint.h>

enum {
    DURATION_TEXT_SIZE = 32 /* room for any duration as text, with its zero */
};

enum duration_fault {
    DURATION_OK,
    DURATION_MALFORMED,
    DURATION_UNIT, /* an unknown unit; `M` and `y` are refused: a month is no duration */
    DURATION_RANGE,
};

/* Reads (INT ('ms'|'s'|'m'|'h'|'d'|'w'))+, as `1d12h`. */
enum duration_fault duration_parse(struct slice text, int64_t *ms);

/* Writes a duration in the form that duration_parse() reads. Returns `buffer`. */
const char *duration_format(int64_t ms, char buffer[DURATION_TEXT_SIZE]);

#endif
