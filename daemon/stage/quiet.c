#include "seinpost/stage/quiet.h"

struct quiet quiet_begin(void)
{
    return (struct quiet){.moved_ms = -1, .due_ms = -1, .known_ms = -1};
}

void quiet_move(struct quiet *quiet)
{
    quiet->moved = true;
}

void quiet_end(struct quiet *quiet)
{
    if (quiet->asked) {
        quiet->known_ms = quiet->due_ms;
        quiet->asked = false;
    }
}

bool quiet_asks(struct quiet *quiet)
{
    const bool due = quiet->due;

    quiet->asked = quiet->asked || due;
    quiet->due = false;
    return due;
}

bool quiet_judge(struct quiet *quiet, int64_t now_ms, int64_t idle_ms)
{
    if (quiet->moved || quiet->moved_ms < 0) {
        *quiet = quiet_begin();
        quiet->moved_ms = now_ms;
    }
    if (idle_ms <= 0 || now_ms - quiet->moved_ms < idle_ms) {
        return false;
    }
    if (quiet->due_ms < 0 || now_ms - quiet->due_ms >= idle_ms / 2) {
        quiet->due_ms = now_ms;
        quiet->due = true;
        quiet->asked = false; /* what was asked before does not answer this */
    }
    return quiet->known_ms >= 0 && now_ms - quiet->known_ms < idle_ms;
}
