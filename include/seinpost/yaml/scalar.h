/* scalar: words as YAML writes them, so that they are read back as the same words and can be
 * nothing else: no key, no comment, no end of the document.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_YAML_SCALAR_H
#define SEINPOST_YAML_SCALAR_H

#include "seinpost/base/slice.h"

struct text;

/* Appends words in one line: as they are when `plain` asks for it and nothing in them needs
 * quotes, else in quotes. Plain and empty is `null`. */
void scalar_write(struct text *text, struct slice words, bool plain);

#endif
