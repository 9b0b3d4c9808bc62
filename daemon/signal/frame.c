#include "seinpost/signal/frame.h"

#include "seinpost/base/text.h"

static uint64_t big_endian(struct slice bytes)
{
    uint64_t number = 0;

    for (size_t i = 0; i < bytes.size; i++) {
        number = number << 8 | (unsigned char)bytes.data[i];
    }
    return number;
}

static uint64_t little_endian(struct slice bytes)
{
    uint64_t number = 0;

    for (size_t i = bytes.size; i > 0; i--) {
        number = number << 8 | (unsigned char)bytes.data[i - 1];
    }
    return number;
}

enum verdict frame_read(enum source_wire wire, struct slice record, struct frame *frame)
{
    const bool confluent = wire == SOURCE_CONFLUENT;
    const struct slice magic = confluent ? SLICE("\x00") : SLICE("\xc3\x01");
    const size_t head = confluent ? FRAME_CONFLUENT_SIZE : FRAME_SINGLE_OBJECT_SIZE;

    if (record.size > 0 &&
        !slice_starts_with(record,
                           record.size < magic.size ? (struct slice){magic.data, 1} : magic)) {
        return VERDICT_FRAME_MAGIC;
    }
    if (record.size < head) {
        return VERDICT_FRAME_SHORT;
    }
    const struct slice id = {record.data + magic.size, head - magic.size};
    frame->wire = wire;
    frame->schema = confluent ? big_endian(id) : little_endian(id);
    frame->body = (struct slice){record.data + head, record.size - head};
    return VERDICT_GOOD;
}

void frame_put(struct text *text, enum source_wire wire, uint64_t schema)
{
    if (wire == SOURCE_CONFLUENT) {
        text_add_byte(text, 0);
        for (int shift = 24; shift >= 0; shift -= 8) {
            text_add_byte(text, (char)(unsigned char)(schema >> shift));
        }
        return;
    }
    text_add(text, SLICE("\xc3\x01"));
    for (int shift = 0; shift < 64; shift += 8) {
        text_add_byte(text, (char)(unsigned char)(schema >> shift));
    }
}
