#include "seinpost/base/nearest.h"

enum {
    NAME_MAX_SIZE = 64, /* longer names are not compared */
    BEGINNING_MIN = 4,  /* letters of a name that a longer one begins with */
};

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static char folded(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Optimal string alignment distance: insert, delete, replace, swap neighbours. */
static unsigned distance_of(struct slice a, struct slice b, unsigned most)
{
    unsigned rows[3][NAME_MAX_SIZE + 1];

    for (size_t j = 0; j <= b.size; j++) {
        rows[0][j] = (unsigned)j;
    }
    for (size_t i = 1; i <= a.size; i++) {
        unsigned *row = rows[i % 3];
        const unsigned *above = rows[(i - 1) % 3];
        const unsigned *two_above = rows[(i + 1) % 3];
        row[0] = (unsigned)i;
        unsigned lowest = row[0];
        for (size_t j = 1; j <= b.size; j++) {
            const unsigned cost = folded(a.data[i - 1]) == folded(b.data[j - 1]) ? 0 : 1;
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + cost);
            if (i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] &&
                a.data[i - 2] == b.data[j - 1]) {
                row[j] = least(row[j], two_above[j - 2] + 1);
            }
            lowest = least(lowest, row[j]);
        }
        if (lowest > most) { /* no row below has less */
            return lowest;
        }
    }
    return rows[a.size % 3][b.size];
}

/* Is one the beginning of the other, as `phone` of `phone_ref`? */
static bool begins_other(struct slice a, struct slice b)
{
    return (a.size >= BEGINNING_MIN && slice_starts_with(b, a)) ||
           (b.size >= BEGINNING_MIN && slice_starts_with(a, b));
}

void nearest_try(struct nearest *nearest, struct slice name, struct slice candidate)
{
    if (name.size > NAME_MAX_SIZE || candidate.size > NAME_MAX_SIZE || candidate.size == 0) {
        return;
    }
    const unsigned shorter = least((unsigned)candidate.size, (unsigned)name.size);
    const unsigned longer = (unsigned)(candidate.size + name.size) - shorter;
    const unsigned most = (shorter + 2) / 3;
    unsigned distance = most + 1;
    if (longer - shorter <= most) {
        distance = distance_of(name, candidate, most);
    }
    if (distance == 0 && !slice_equal(name, candidate)) {
        distance = 1; /* another case */
    }
    if (distance > most) {
        if (!begins_other(name, candidate)) {
            return;
        }
        distance = NAME_MAX_SIZE; /* any other that is near is nearer */
    }
    if (nearest->best.size == 0 || distance < nearest->distance) {
        nearest->best = candidate;
        nearest->distance = distance;
    }
}

bool nearest_found(const struct nearest *nearest)
{
    return nearest->best.size > 0;
}
