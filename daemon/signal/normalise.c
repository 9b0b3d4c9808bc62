#include "seinpost/signal/normalise.h"

#include "seinpost/base/utf8.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Letters (upper case) and digits; blanks, dots, dashes and slashes between them are dropped.
 */
static size_t keep_alnum(struct slice text, char *out)
{
    size_t size = 0;

    for (size_t i = 0; i < text.size; i++) {
        const char c = upper(text.data[i]);
        if (is_digit(c) || is_upper(c)) {
            out[size++] = c;
        } else if (strchr(" .-/", c) == NULL || c == '\0') {
            return 0;
        }
    }
    return size;
}

static size_t keep_digits(struct slice text, size_t wanted, char *out)
{
    const size_t size = keep_alnum(text, out);

    for (size_t i = 0; i < size; i++) {
        if (!is_digit(out[i])) {
            return 0;
        }
    }
    return size == wanted ? size : 0;
}

/* E.164 with `+`; `00` is an international prefix, `(0)` a national one that is not dialled,
 * and a number without country is Dutch. */
static size_t phone(struct slice text, char *out)
{
    size_t size = 0;

    out[size++] = '+';
    for (size_t i = 0; i < text.size; i++) {
        const char c = text.data[i];
        if (slice_starts_with((struct slice){text.data + i, text.size - i}, SLICE("(0)"))) {
            i += 2;
        } else if (is_digit(c)) {
            out[size++] = c;
        } else if (!(c == '+' && size == 1) && (c == '\0' || strchr(" .-/()", c) == NULL)) {
            return 0;
        }
    }
    const bool plus = slice_contains(text, SLICE("+"));
    if (!plus && size > 3 && out[1] == '0' && out[2] == '0') {
        memmove(out + 1, out + 3, size - 3);
        size -= 2;
    } else if (!plus && size > 2 && out[1] == '0') {
        memmove(out + 3, out + 2, size - 2);
        out[1] = '3';
        out[2] = '1';
        size += 1;
    }
    return size >= 8 && size <= 16 && out[1] != '0' ? size : 0;
}

/* ISO 13616: mod-97 of the rearranged number is 1. */
static size_t iban(struct slice text, char *out)
{
    const size_t size = keep_alnum(text, out);
    unsigned rest = 0;

    if (size < 15 || size > 34 || !is_upper(out[0]) || !is_upper(out[1]) || !is_digit(out[2]) ||
        !is_digit(out[3])) {
        return 0;
    }
    for (size_t i = 0; i < size; i++) {
        const char c = out[(i + 4) % size];
        rest = is_digit(c) ? (rest * 10 + (unsigned)(c - '0')) % 97
                           : (rest * 100 + (unsigned)(c - 'A') + 10) % 97;
    }
    return rest == 1 ? size : 0;
}

/* Trimmed, lower case; plus and dots are part of it. Beyond ASCII it must come in NFC. */
static size_t email(struct slice text, char *out)
{
    const struct slice trimmed = slice_trim(text);
    size_t ats = 0;

    for (size_t i = 0; i < trimmed.size; i++) {
        out[i] = lower(trimmed.data[i]);
        ats += out[i] == '@' ? 1U : 0U;
        if (out[i] == ' ' || (unsigned char)out[i] < 0x20) {
            return 0;
        }
    }
    const bool good = ats == 1 && trimmed.size > 2 && out[0] != '@' &&
                      out[trimmed.size - 1] != '@' && utf8_valid_size(trimmed) == trimmed.size;
    return good ? trimmed.size : 0;
}

static size_t at_least(size_t least, size_t size)
{
    return size >= least ? size : 0;
}

/* Upper-case letters and digits with `:`, `-` or `/` between the parts kept as one `:`. */
static size_t parts(struct slice text, char *out)
{
    const struct slice trimmed = slice_trim(text);
    size_t size = 0;

    for (size_t i = 0; i < trimmed.size; i++) {
        const char c = upper(trimmed.data[i]);
        if (is_digit(c) || is_upper(c)) {
            out[size++] = c;
        } else if (c != '\0' && strchr(":-/ ", c) != NULL) {
            if (size > 0 && out[size - 1] != ':') {
                out[size++] = ':';
            }
        } else {
            return 0;
        }
    }
    return size > 0 && out[size - 1] == ':' ? size - 1 : size;
}

size_t normalise_identity(enum kind kind, struct slice text, char out[NORMALISE_MAX])
{
    if (text.size == 0 || text.size > NORMALISE_MAX - 8) {
        return 0;
    }
    switch (kind) {
    case KIND_PHONE:
        return phone(text, out);
    case KIND_ACCOUNT:
        return iban(text, out);
    case KIND_EMAIL:
        return email(text, out);
    case KIND_COMPANY: /* Chamber of Commerce: 8 digits */
        return keep_digits(text, 8, out);
    case KIND_ADDRESS: /* BAG: 16 digits */
        return keep_digits(text, 16, out);
    case KIND_DOCUMENT: /* issuer, type, number (ICAO 9303) */
    case KIND_VEHICLE:  /* country, plate */
        return at_least(4, keep_alnum(text, out));
    case KIND_CARD: /* payment account reference or the issuer's token */
        return at_least(8, keep_alnum(text, out));
    case KIND_BOOKING: /* carrier, locator, creation date */
    case KIND_PERSON:
    case KIND_AGENCY:
        return at_least(2, parts(text, out));
    case KIND_NONE:
        break;
    }
    return 0;
}
