/* frame: the head of a record on the wire, which names its writer's schema.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   by a verdict.
 */
#ifndef SEINPOST_SIGNAL_FRAME_H
#define SEINPOST_SIGNAL_FRAME_H

#include "seinpost/base/slice.h"
#include "seinpost/schema/source.h"
#include "seinpost/signal/verdict.h"

struct text;

enum {
    FRAME_CONFLUENT_SIZE = 5,      /* 0, schema id */
    FRAME_SINGLE_OBJECT_SIZE = 10, /* C3 01, fingerprint */
};

struct frame {
    enum source_wire wire;
    uint64_t schema; /* the registry's id, or CRC-64-AVRO of the canonical form */
    struct slice body;
};

enum verdict frame_read(enum source_wire wire, struct slice record, struct frame *frame);

/* Appends the head. */
void frame_put(struct text *text, enum source_wire wire, uint64_t schema);

#endif
