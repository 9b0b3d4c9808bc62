/* nearmiss: how near a group has come to what its rule asks: clause by clause, at the moment at
 * which most of them held. It asks the functions that correlate itself asks.
 *
 * Owns:    nothing; lines live in the arena given.
 * Thread:  one.
 * Fails:   never.
 */
#ifndef SEINPOST_CLI_NEARMISS_H
#define SEINPOST_CLI_NEARMISS_H

#include "seinpost/cli/gathering.h"
#include "seinpost/plain/phrase.h"

enum nearmiss_state {
    NEARMISS_MET,
    NEARMISS_UNMET,
    NEARMISS_WAITING, /* time may still decide it */
    NEARMISS_FRAME,   /* says how the others hold together */
};

struct nearmiss_line {
    enum nearmiss_state state;
    struct slice wanted;
    struct slice seen; /* empty: nothing to say */
};

struct nearmiss {
    struct nearmiss_line *lines;
    size_t count;
};

struct nearmiss_asked {
    struct arena *arena;
    enum language language;
    struct instant watermark;
};

struct nearmiss nearmiss_find(const struct nearmiss_asked *asked,
                              const struct gathering_group *group);

#endif
