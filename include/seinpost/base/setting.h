/* setting: a name and a value that are passed on as they are, to who knows what they mean.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_BASE_SETTING_H
#define SEINPOST_BASE_SETTING_H

#include <stddef.h>

struct setting {
    const char *name;
    const char *value;
};

struct settings {
    const struct setting *items;
    size_t count;
};

#endif
