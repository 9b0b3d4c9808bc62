#include "seinpost/model/combination.h"

#include <limits.h>

enum {
    ACCURACIES = 4,
    HANDLING_STRICTEST = 3, /* H3 */
    TLP_STRICTEST = 4,      /* RED */
    UNKNOWN = 3,            /* X of a source, 4 of what it says */
};

static int larger(int a, int b)
{
    return a > b ? a : b;
}

struct combination combination_free(void)
{
    return (struct combination){.retention_ms = INT64_MAX, .purposes = UINT_MAX};
}

struct combination combination_strictest(void)
{
    struct combination combination = combination_free();

    combination.handling = HANDLING_STRICTEST;
    combination.tlp = TLP_STRICTEST;
    combination.reliability = combination.accuracy = UNKNOWN;
    return combination;
}

struct combination combination_of(const struct source *source)
{
    return (struct combination){
        .handling = source->handling,
        .tlp = source->tlp,
        .reliability = source->eval / ACCURACIES,
        .accuracy = source->eval % ACCURACIES,
        .retention_ms = source->retention_ms > 0 ? source->retention_ms : INT64_MAX,
        .purposes = source->purposes,
        .legal_bases = source->legal_bases,
    };
}

struct combination combination_join(struct combination a, struct combination b)
{
    return (struct combination){
        .handling = larger(a.handling, b.handling),
        .tlp = larger(a.tlp, b.tlp),
        .reliability = larger(a.reliability, b.reliability),
        .accuracy = larger(a.accuracy, b.accuracy),
        .retention_ms = a.retention_ms < b.retention_ms ? a.retention_ms : b.retention_ms,
        .purposes = a.purposes & b.purposes,
        .legal_bases = a.legal_bases | b.legal_bases,
    };
}

bool combination_is_lawful(const struct combination *combination)
{
    return combination->purposes != 0;
}

bool combination_is_stricter(const struct combination *a, const struct combination *b)
{
    return a->handling >= b->handling && a->tlp >= b->tlp && a->reliability >= b->reliability &&
           a->accuracy >= b->accuracy && a->retention_ms <= b->retention_ms &&
           (a->purposes & ~b->purposes) == 0;
}

int combination_eval(const struct combination *combination)
{
    return combination->reliability * ACCURACIES + combination->accuracy;
}
