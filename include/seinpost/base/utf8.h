/* utf8: is this text, and where does its next character end?
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never; bad bytes are told by the results.
 */
#ifndef SEINPOST_BASE_UTF8_H
#define SEINPOST_BASE_UTF8_H

#include "seinpost/base/slice.h"

/* Returns the length in bytes (1 to 4) of the character at `index`, 0 when the bytes there are
 * none: overlong forms and surrogates are none either (RFC 3629). */
size_t utf8_length(struct slice slice, size_t index);

/* Returns the code point of the character at `index`, of `length` bytes. */
unsigned utf8_code_point(struct slice slice, size_t index, size_t length);

/* Tells whether a code point is no text: it moves the cursor, ends a line, or turns the
 * direction of what stands around it. */
bool utf8_is_control(unsigned code_point);

/* Returns the index of the first byte that is not part of a character, or the size. */
size_t utf8_valid_size(struct slice slice);

/* Returns how many characters the slice has; a bad byte counts as one. */
size_t utf8_count(struct slice slice);

#endif
