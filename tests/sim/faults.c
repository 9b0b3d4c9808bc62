#include "faults.h"

#define KIND(kind) (1U << FAULTS_##kind)

/* What can go wrong with each call. */
static const unsigned possible[FAULTS_CALLS_COUNT] = {
    [FAULTS_POLL] = KIND(STOP) | KIND(CRASH) | KIND(SLEEP),
    [FAULTS_FIND] = KIND(RETRY) | KIND(STOP) | KIND(CRASH) | KIND(SLEEP),
    [FAULTS_BEGIN] = KIND(RETRY) | KIND(VOID) | KIND(STOP) | KIND(CRASH) | KIND(SLEEP),
    [FAULTS_SEND] = KIND(VOID) | KIND(STOP) | KIND(CRASH) | KIND(SLEEP),
    [FAULTS_OFFSETS] = KIND(VOID) | KIND(STOP) | KIND(CRASH) | KIND(SLEEP),
    [FAULTS_END] = KIND(VOID) | KIND(STOP) | KIND(CRASH) | KIND(SLEEP) | KIND(LOST),
    [FAULTS_ENDED] = KIND(STOP) | KIND(CRASH) | KIND(SLEEP),
    [FAULTS_ABORT] = KIND(STOP) | KIND(CRASH) | KIND(SLEEP),
    [FAULTS_KEEP] = KIND(CRASH) | KIND(SLEEP),
};

static bool strikes(struct faults *faults)
{
    const int64_t call = faults->calls++;

    if (faults->left <= 0) {
        return false;
    }
    return dice_hits(&faults->dice, faults->per_mille) || call == faults->only_call;
}

enum faults_kind faults_draw(struct faults *faults, enum faults_call call)
{
    const unsigned kinds = possible[call] & faults->kinds;

    if (!strikes(faults) || kinds == 0) {
        return FAULTS_NONE;
    }
    int64_t kind = dice_below(&faults->dice, FAULTS_KINDS_COUNT);
    while ((kinds >> kind & 1) == 0) {
        kind = (kind + 1) % FAULTS_KINDS_COUNT;
    }
    faults->left--;
    faults->struck++;
    return (enum faults_kind)kind;
}

const char *faults_call_name(enum faults_call call)
{
    static const char *const names[FAULTS_CALLS_COUNT] = {
        "poll", "find schema", "begin", "send", "offsets", "end", "ended", "abort", "keep"};

    return names[call];
}

const char *faults_kind_name(enum faults_kind kind)
{
    static const char *const names[FAULTS_KINDS_COUNT] = {"none",  "retry", "void", "stop",
                                                          "crash", "sleep", "lost"};

    return names[kind];
}
