#include "dice.h"

#include "seinpost/base/ensure.h"

/* SplitMix64. */
uint64_t dice_next(struct dice *dice)
{
    uint64_t z = dice->state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

struct dice dice_of(uint64_t seed, uint64_t stream)
{
    struct dice dice = {seed * UINT64_C(0xD1342543DE82EF95) + stream};

    dice.state = dice_next(&dice) ^ stream << 32;
    return dice;
}

int64_t dice_below(struct dice *dice, int64_t count)
{
    ENSURE(count > 0);
    return (int64_t)(dice_next(dice) % (uint64_t)count);
}

int64_t dice_between(struct dice *dice, int64_t least, int64_t most)
{
    return least + dice_below(dice, most - least + 1);
}

bool dice_hits(struct dice *dice, int64_t per_mille)
{
    return dice_below(dice, 1000) < per_mille;
}
