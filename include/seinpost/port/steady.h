/* steady: a clock that only goes forward, for how long something took or was quiet. It never
 * tells what time it is: that comes from events.
 *
 * Owns:    nothing.
 * Thread:  the worker's.
 * Fails:   never.
 */
#ifndef SEINPOST_PORT_STEADY_H
#define SEINPOST_PORT_STEADY_H

#include <stdint.h>

struct steady {
    void *self;
    int64_t (*now_ms)(void *self);
};

#endif
