/* held: a match as one rule holds it: which of its entries the event meets, and the operands
 * that the rule asked for. One block of memory each.
 *
 * Owns:    its strings and values, until held_free().
 * Thread:  the worker that owns the partition.
 * Fails:   never.
 */
#ifndef SEINPOST_CORRELATE_HELD_H
#define SEINPOST_CORRELATE_HELD_H

#include "seinpost/rule/program.h"
#include "seinpost/schema/match.h"

struct image;
struct image_reader;

struct held {
    struct event_reference is;
    uint64_t entries; /* mask */
    uint32_t hash;    /* of its id: the cell's roster keeps it here */
    uint32_t group; /* the one that it is in: the index in the cell; or how many, if `groups` */
    uint32_t *groups;           /* NULL: one, as usual */
    const struct value *values; /* one for each operand of the rule */
    const struct event_reference *made_of;
    size_t made_of_count;
    unsigned sectors; /* mask over vocabulary_sectors */
    unsigned stages;  /* of an alert: mask over vocabulary_stages */
};

/* Makes one from a match for the rule's entries in the mask. */
struct held *held_new(const struct rule *rule, uint64_t entries, const struct match *match);
void held_free(struct held *held);

/* Writes one into an image, and makes one from there; NULL: what stands there cannot be. */
void held_save(const struct held *held, const struct rule *rule, struct image *image);
struct held *held_load(const struct rule *rule, struct image_reader *reader);
/* Says once in which groups of its cell the event is: at least one. */
void held_join(struct held *held, const uint32_t *groups, size_t count);

/* Returns how many they are, and them. */
size_t held_groups(const struct held *held, const uint32_t **groups);

/* Tells whether the event meets the entry. */
bool held_meets(const struct held *held, int entry);

#endif
