/* decay: what is left of a weight after some time, when half of it goes with each half-life.
 *
 * left = weight * 2^-(age / half-life), rounded down to a whole thousandth. The number of
 * half-lives is taken to 48 binary digits, rounded down; the power is a product of table
 * entries in 1/2^63, one for each digit that is 1. No float decides anything: before the
 * rounding to thousandths the result is exact to 14 digits, and after whole half-lives
 * altogether.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_CORRELATE_DECAY_H
#define SEINPOST_CORRELATE_DECAY_H

#include <stdint.h>

/* Returns the thousandths that are left of a weight in thousandths, neither below 0. An age
 * below 0 is one of 0. */
int64_t decay_left(int64_t weight_milli, int64_t age_ms, int64_t half_life_ms);

#endif
