/* valve: whether records are to be taken in at all for now. Who reads asks it, and leaves what
 * there is where it is while it is closed: nothing is lost, no member leaves its group.
 *
 * Owns:    nothing.
 * Thread:  the worker's.
 * Fails:   never.
 */
#ifndef SEINPOST_PORT_VALVE_H
#define SEINPOST_PORT_VALVE_H

#include <stdbool.h>
#include <stddef.h>

struct valve {
    void *self;
    bool (*closed)(void *self); /* NULL: it is always open */
};

static inline bool valve_is_closed(struct valve valve)
{
    return valve.closed != NULL && valve.closed(valve.self);
}

#endif
