/* text: bytes that are written one after the other: a message, a JSON line, a packed record.
 *
 * Owns:    its bytes, until text_free().
 * Thread:  the owner's.
 * Fails:   never; aborts when memory runs out.
 */
#ifndef SEINPOST_BASE_TEXT_H
#define SEINPOST_BASE_TEXT_H

#include "seinpost/base/slice.h"

/* All zero is an empty text. */
struct text {
    char *data;
    size_t size;
    size_t room;
};

void text_add(struct text *text, struct slice slice);
void text_add_byte(struct text *text, char byte);

/* Appends the number as %lld does, only quicker. */
void text_add_decimal(struct text *text, long long number);

void text_format(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends the slice as a JSON string with its quotes. Bytes that are no UTF-8 become U+FFFD. */
void text_add_json(struct text *text, struct slice slice);

/* Returns all that was written; valid until the next write. */
struct slice text_slice(const struct text *text);

/* Forgets what was written and keeps the memory. */
void text_clear(struct text *text);

/* Cuts a text longer than `size_max` bytes between two characters and ends it by `mark`. */
void text_bound(struct text *text, size_t size_max, struct slice mark);

void text_free(struct text *text);

#endif
