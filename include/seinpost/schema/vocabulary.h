/* vocabulary: the closed lists of words that events, sources and rules share.
 *
 * Each list ends with NULL; a word's index is its number, and bit `index` stands for it in a
 * mask. Words are codes: they are never renamed, only added at the end.
 *
 * Owns:    nothing; the lists are constants.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_SCHEMA_VOCABULARY_H
#define SEINPOST_SCHEMA_VOCABULARY_H

#include "seinpost/base/slice.h"

extern const char *const vocabulary_purposes[];
extern const char *const vocabulary_legal_bases[];
extern const char *const vocabulary_stages[]; /* of the barrier model */
extern const char *const vocabulary_levels[]; /* rising */
extern const char *const vocabulary_tracks[];
extern const char *const vocabulary_handlings[]; /* of Europol, rising */
extern const char *const vocabulary_tlps[];      /* TLP 2.0, rising */
extern const char
    *const vocabulary_evals[]; /* 4x4: four of A, then of B, C and X; the best first */
extern const char *const vocabulary_sectors[]; /* an event type begins with one */

/* Returns the index of `word`, or -1. */
int vocabulary_find(const char *const *list, struct slice word);

#endif
