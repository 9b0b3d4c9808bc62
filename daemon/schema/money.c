#include "seinpost/schema/money.h"

#include "seinpost/base/text.h"

#include <string.h>

/* ISO 4217 currencies whose minor unit is not a hundredth. */
int money_exponent(struct slice currency)
{
    static const char *const none[] = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY",
                                       "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
                                       "VND", "VUV", "XAF", "XOF", "XPF"};
    static const char *const three[] = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
    static const char *const four[] = {"CLF", "UYW"};

    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        if (slice_is(currency, none[i])) {
            return 0;
        }
    }
    for (size_t i = 0; i < sizeof three / sizeof three[0]; i++) {
        if (slice_is(currency, three[i])) {
            return 3;
        }
    }
    for (size_t i = 0; i < sizeof four / sizeof four[0]; i++) {
        if (slice_is(currency, four[i])) {
            return 4;
        }
    }
    return 2;
}

static bool is_currency(struct slice text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < 'A' || text.data[i] > 'Z') {
            return false;
        }
    }
    return text.size == 3;
}

bool money_parse(struct slice text, struct money *money)
{
    struct slice rest = text;
    struct slice amount = slice_cut(&rest, ' ');
    long long whole = 0;
    long long fraction = 0;

    if (!is_currency(rest)) {
        return false;
    }
    const size_t exponent = (size_t)money_exponent(rest);
    const bool negative = amount.size > 0 && amount.data[0] == '-';
    const struct slice units = slice_cut(&amount, '.');
    if (amount.size != exponent || (exponent == 0 && amount.data != NULL) ||
        !slice_number(units, &whole) ||
        (exponent > 0 && (amount.data[0] == '-' || !slice_number(amount, &fraction)))) {
        return false;
    }
    int64_t minor = whole;
    for (size_t i = 0; i < exponent; i++) {
        if (__builtin_mul_overflow(minor, 10, &minor)) {
            return false;
        }
    }
    if (__builtin_add_overflow(minor, negative ? -fraction : fraction, &minor)) {
        return false;
    }
    *money = (struct money){.minor = minor};
    memcpy(money->currency, rest.data, rest.size);
    return true;
}

void money_format(struct text *text, const struct money *money)
{
    const int exponent = money_exponent(slice_of(money->currency));
    const bool negative = money->minor < 0;
    const uint64_t minor = negative ? -(uint64_t)money->minor : (uint64_t)money->minor;
    uint64_t unit = 1;

    for (int i = 0; i < exponent; i++) {
        unit *= 10;
    }
    text_format(text, "%s%llu", negative ? "-" : "", (unsigned long long)(minor / unit));
    if (exponent > 0) {
        text_format(text, ".%0*llu", exponent, (unsigned long long)(minor % unit));
    }
    text_format(text, " %s", money->currency);
}
