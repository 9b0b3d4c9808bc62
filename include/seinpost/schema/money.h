/* money: an amount in minor units of a currency.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   by its result.
 */
#ifndef SEINPOST_SCHEMA_MONEY_H
#define SEINPOST_SCHEMA_MONEY_H

#include "seinpost/base/slice.h"

#include <stdint.h>

struct text;

struct money {
    int64_t minor;
    char currency[4]; /* ISO 4217, with its zero */
};

/* Returns how many minor units a currency's unit has, as a power of ten (ISO 4217): EUR 2. */
int money_exponent(struct slice currency);

/* Reads `2500.00 EUR`; false when it is none, or has not just the decimals of its currency. */
bool money_parse(struct slice text, struct money *money);

/* Appends `2500.00 EUR`. */
void money_format(struct text *text, const struct money *money);

#endif
