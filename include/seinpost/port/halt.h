/* halt: whether this process was asked to end. Whatever waits for the world asks it, so that
 * the end comes in time also when the world does not answer.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_PORT_HALT_H
#define SEINPOST_PORT_HALT_H

#include <stddef.h>
#include <stdint.h>

struct halt {
    void *self;
    int64_t (*asked_ms)(void *self); /* NULL: nobody ever asks */
};

/* Returns how long ago it was asked, in milliseconds; below 0: it was not. */
static inline int64_t halt_asked_ms(struct halt halt)
{
    return halt.asked_ms == NULL ? -1 : halt.asked_ms(halt.self);
}

#endif
