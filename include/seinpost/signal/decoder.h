/* decoder: a writer's schema as a flat list of steps, made by compiler.h, and the machine that
 * runs it over a record. One walk checks every byte, passes over what nobody asks for and takes
 * the wanted values. Nothing is copied; only the items of lists need room.
 *
 * It refuses what no honest writer makes and a reader could stumble over: lengths beyond the
 * bytes or the limits, branches and symbols that do not exist, texts that are not UTF-8, blocks
 * whose size is not the one they tell, bytes behind the end.
 *
 * Owns:    its steps and symbols, and the items of the lists of the record that it read last.
 * Thread:  the worker's.
 * Fails:   by the fault that decoder_run() returns, as a word for a reject's detail.
 * Bounded: DECODER_ITEMS_MAX items of arrays and maps and DECODER_DATA_MAX data a record; texts
 *          as each step says; arrays AVRO_DEPTH_MAX deep, which is the schema's bound.
 */
#ifndef SEINPOST_SIGNAL_DECODER_H
#define SEINPOST_SIGNAL_DECODER_H

#include "seinpost/base/vector.h"
#include "seinpost/schema/value.h"

enum {
    DECODER_ITEMS_MAX = 10000,
    DECODER_DATA_MAX = 20 * DECODER_ITEMS_MAX,
};

enum decoder_op {
    DECODER_BOOLEAN,
    DECODER_INT,
    DECODER_LONG,
    DECODER_FIXED,  /* `argument` bytes */
    DECODER_STRING, /* of `limit` bytes at most; so too the next */
    DECODER_BYTES,
    DECODER_ENUM,  /* `argument` symbols, from symbol `first` on */
    DECODER_UNION, /* `argument` branches: so many DECODER_GOTO follow */
    DECODER_GOTO,  /* step `argument` */
    DECODER_ARRAY, /* step `argument` is the one behind it */
    DECODER_MAP,   /* likewise */
    DECODER_NEXT,  /* the next item of the array or map at step `argument` */
    DECODER_WRONG, /* what is here cannot be taken for what the slot wants */
    DECODER_END,
};

/* What a step's value is taken for. */
enum decoder_take {
    DECODER_PASS,
    DECODER_BOOL,
    DECODER_NUMBER,
    DECODER_TEXT,
    DECODER_TIME,
    DECODER_ITEM, /* of the slot's list */
    DECODER_LIST, /* the array whose items are taken */
};

struct decoder_step {
    unsigned char op;
    unsigned char take;
    unsigned char unit; /* enum logical, of a number that is a time */
    unsigned data;      /* how many data of the schema begin with it */
    unsigned slot;
    unsigned argument;
    unsigned first;
    unsigned limit;
};

/* What was found for one thing that is wanted. */
struct decoder_slot {
    struct value value; /* VALUE_NONE: missing, null or wrong; times that are no moment too */
    size_t first;       /* of a list's items, among the decoder's */
    bool wrong;
};

struct decoder {
    VECTOR(struct decoder_step) steps;
    VECTOR(struct slice) symbols; /* the schema's own */
    VECTOR(struct value) items;
    VECTOR(struct decoder_slot) slots;
};

/* Reads a record's body. Fills the slots; what they point to is the body's, the schema's or the
 * decoder's until the next record. Returns NULL or what is wrong with the bytes: truncated,
 * length, items, int, union, enum, boolean, utf8, trailing. */
const char *decoder_run(struct decoder *decoder, struct slice body);

/* Walks likewise over the first of the records that `bytes` begin with, and tells its size. */
const char *decoder_measure(struct decoder *decoder, struct slice bytes, size_t *size);

void decoder_fini(struct decoder *decoder);

#endif
