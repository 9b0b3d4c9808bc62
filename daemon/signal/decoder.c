#include "seinpost/signal/decoder.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/utf8.h"
#include "seinpost/schema/avro.h"
#include "seinpost/schema/binary.h"
#include "seinpost/schema/logical.h"

/* An array or map that is being read. */
struct nest {
    int64_t left;               /* items of the block */
    int64_t size;               /* of the block, as it says; below 0: it does not */
    const unsigned char *start; /* of its items */
    size_t first;               /* where among the decoder's items its own begin */
};

struct machine {
    struct binary bytes;
    struct decoder *decoder;
    const char *fault;
    size_t data;
    size_t items;
    size_t depth;
    struct nest nests[AVRO_DEPTH_MAX + 1];
};

void decoder_fini(struct decoder *decoder)
{
    VECTOR_FREE(&decoder->steps);
    VECTOR_FREE(&decoder->symbols);
    VECTOR_FREE(&decoder->items);
    VECTOR_FREE(&decoder->slots);
}

static bool fail(struct machine *machine, const char *what)
{
    machine->fault = what;
    return false;
}

static inline bool get_long(struct machine *machine, int64_t *number)
{
    struct binary *bytes = &machine->bytes;

    if (bytes->at < bytes->end && *bytes->at < 0x80) { /* most are of one byte */
        const unsigned zigzag = *bytes->at++;
        *number = (int64_t)(zigzag >> 1) ^ -(int64_t)(zigzag & 1);
        return true;
    }
    *number = binary_get_long(bytes);
    return !bytes->bad || fail(machine, "truncated");
}

static bool get_sized(struct machine *machine, unsigned limit, struct slice *sized)
{
    struct binary *bytes = &machine->bytes;
    int64_t size = 0;

    if (!get_long(machine, &size)) {
        return false;
    }
    if (size < 0 || size > (int64_t)limit) {
        return fail(machine, "length");
    }
    if (size > bytes->end - bytes->at) {
        return fail(machine, "truncated");
    }
    *sized = (struct slice){(const char *)bytes->at, (size_t)size};
    bytes->at += size;
    return true;
}

static struct decoder_slot *slot_of(struct machine *machine, const struct decoder_step *step)
{
    return &machine->decoder->slots.items[step->slot];
}

/* Members one by one: a whole struct that is put together and then copied stalls the processor
 * for longer than all else takes. */
static inline void take_text(struct machine *machine, const struct decoder_step *step,
                             struct slice text)
{
    struct decoder_slot *slot = slot_of(machine, step);
    struct instant at;

    if (step->take == DECODER_TEXT) {
        slot->value.type = VALUE_TEXT;
        slot->value.as.text.data = text.data;
        slot->value.as.text.size = text.size;
    } else if (step->take == DECODER_ITEM) {
        VECTOR_PUSH(&machine->decoder->items, value_of_text(text));
    } else if (instant_parse(text, &at)) {
        slot->value.type = VALUE_TIME;
        slot->value.as.time = at;
    } else {
        slot->wrong = true;
    }
}

static bool run_text(struct machine *machine, const struct decoder_step *step)
{
    struct slice text = {0};

    if (!get_sized(machine, step->limit, &text)) {
        return false;
    }
    if (step->op == DECODER_BYTES && step->take == DECODER_PASS) {
        return true;
    }
    if (utf8_valid_size(text) != text.size) {
        if (step->op == DECODER_STRING) {
            return fail(machine, "utf8");
        }
        slot_of(machine, step)->wrong = true;
    } else if (step->take != DECODER_PASS) {
        take_text(machine, step, text);
    }
    return true;
}

static bool run_enum(struct machine *machine, const struct decoder_step *step)
{
    int64_t symbol = 0;

    if (!get_long(machine, &symbol)) {
        return false;
    }
    if (symbol < 0 || symbol >= (int64_t)step->argument) {
        return fail(machine, "enum");
    }
    if (step->take != DECODER_PASS) {
        take_text(machine, step, machine->decoder->symbols.items[step->first + (size_t)symbol]);
    }
    return true;
}

static bool run_number(struct machine *machine, const struct decoder_step *step)
{
    int64_t number = 0;
    struct instant at = {0};

    if (!get_long(machine, &number)) {
        return false;
    }
    if (step->op == DECODER_INT && (number < INT32_MIN || number > INT32_MAX)) {
        return fail(machine, "int");
    }
    struct decoder_slot *slot = slot_of(machine, step);
    if (step->take == DECODER_NUMBER) {
        slot->value.type = VALUE_NUMBER;
        slot->value.as.number = number;
    } else if (step->take == DECODER_TIME) {
        slot->wrong = !logical_to_ms((enum logical)step->unit, number, &at.ms);
        slot->value.type = slot->wrong ? VALUE_NONE : VALUE_TIME;
        slot->value.as.time = at;
    }
    return true;
}

static bool run_boolean(struct machine *machine, const struct decoder_step *step)
{
    struct binary *bytes = &machine->bytes;

    if (bytes->at == bytes->end) {
        return fail(machine, "truncated");
    }
    if (*bytes->at > 1) {
        return fail(machine, "boolean");
    }
    if (step->take == DECODER_BOOL) {
        slot_of(machine, step)->value = value_of_bool(*bytes->at == 1);
    }
    bytes->at++;
    return true;
}

static bool run_fixed(struct machine *machine, const struct decoder_step *step)
{
    if ((int64_t)step->argument > machine->bytes.end - machine->bytes.at) {
        return fail(machine, "truncated");
    }
    machine->bytes.at += step->argument;
    return true;
}

/* Goes on at the GOTO of the branch. */
static bool run_union(struct machine *machine, const struct decoder_step *step, size_t *next)
{
    int64_t branch = 0;

    if (!get_long(machine, &branch)) {
        return false;
    }
    if (branch < 0 || branch >= (int64_t)step->argument) {
        return fail(machine, "union");
    }
    *next += (size_t)branch;
    return true;
}

/* Reads the head of a block; where its count is negative, the block's size in bytes follows. */
static bool get_block(struct machine *machine, struct nest *nest)
{
    nest->size = -1;
    if (!get_long(machine, &nest->left)) {
        return false;
    }
    if (nest->left < -DECODER_ITEMS_MAX || nest->left > DECODER_ITEMS_MAX) {
        return fail(machine, "items");
    }
    if (nest->left < 0) {
        nest->left = -nest->left;
        if (!get_long(machine, &nest->size)) {
            return false;
        }
        if (nest->size < 0) {
            return fail(machine, "length");
        }
    }
    nest->start = machine->bytes.at;
    return true;
}

static void end_list(struct machine *machine, const struct decoder_step *head, size_t first)
{
    const size_t count = machine->decoder->items.count;

    if (head->take == DECODER_LIST && count > first) {
        struct decoder_slot *slot = slot_of(machine, head);
        slot->value = (struct value){.type = VALUE_LIST, .as.list.count = count - first};
        slot->first = first;
    }
}

/* The items may have moved while there came more of them. */
static void point_lists(struct decoder *decoder)
{
    for (size_t i = 0; decoder->items.count > 0 && i < decoder->slots.count; i++) {
        struct decoder_slot *slot = &decoder->slots.items[i];
        if (slot->value.type == VALUE_LIST) {
            slot->value.as.list.items = &decoder->items.items[slot->first];
        }
    }
}

/* Goes to the next item of the innermost array or map, whose step is `at`, or behind it. A
 * size that a block tells must be its own: a reader that skips by it would else go on at
 * another place than one that reads. */
static bool run_next(struct machine *machine, size_t at, size_t *next)
{
    const struct decoder_step *head = &machine->decoder->steps.items[at];
    struct nest *nest = &machine->nests[machine->depth - 1];

    if (nest->left == 0) {
        if (nest->size >= 0 && nest->size != machine->bytes.at - nest->start) {
            return fail(machine, "length");
        }
        if (!get_block(machine, nest)) {
            return false;
        }
    }
    if (nest->left == 0) {
        machine->depth--;
        end_list(machine, head, nest->first);
        *next = head->argument;
        return true;
    }
    if (++machine->items > DECODER_ITEMS_MAX) {
        return fail(machine, "items");
    }
    nest->left--;
    *next = at + 1;
    return true;
}

static bool run_nest(struct machine *machine, size_t at, size_t *next)
{
    ENSURE(machine->depth <= AVRO_DEPTH_MAX);
    machine->nests[machine->depth++] =
        (struct nest){.size = -1, .first = machine->decoder->items.count};
    return run_next(machine, at, next);
}

/* Runs the step at `at`; the one at `next` follows it. Returns false at the end. */
static inline bool run_step(struct machine *machine, size_t at, size_t *next)
{
    const struct decoder_step *step = &machine->decoder->steps.items[at];

    machine->data += step->data;
    if (machine->data > DECODER_DATA_MAX) {
        return fail(machine, "items");
    }
    switch ((enum decoder_op)step->op) {
    case DECODER_BOOLEAN:
        return run_boolean(machine, step);
    case DECODER_INT:
    case DECODER_LONG:
        return run_number(machine, step);
    case DECODER_FIXED:
        return run_fixed(machine, step);
    case DECODER_STRING:
    case DECODER_BYTES:
        return run_text(machine, step);
    case DECODER_ENUM:
        return run_enum(machine, step);
    case DECODER_UNION:
        return run_union(machine, step, next);
    case DECODER_GOTO:
        *next = step->argument;
        return true;
    case DECODER_ARRAY:
    case DECODER_MAP:
        return run_nest(machine, at, next);
    case DECODER_NEXT:
        return run_next(machine, step->argument, next);
    case DECODER_WRONG:
        slot_of(machine, step)->wrong = true;
        return true;
    case DECODER_END:
        break;
    }
    return false;
}

/* Walks over one record. Returns how many bytes it has. */
static size_t walk(struct decoder *decoder, struct slice body, const char **fault)
{
    struct machine machine;

    machine.bytes = binary_of(body);
    machine.decoder = decoder;
    machine.fault = NULL;
    machine.data = machine.items = machine.depth = 0; /* the nests are set when they begin */
    decoder->items.count = 0;
    for (size_t i = 0; i < decoder->slots.count; i++) {
        decoder->slots.items[i].value.type = VALUE_NONE;
        decoder->slots.items[i].wrong = false;
    }
    for (size_t at = 0, next = 1; run_step(&machine, at, &next); at = next, next = at + 1) {
    }
    *fault = machine.fault;
    return body.size - (size_t)(machine.bytes.end - machine.bytes.at);
}

const char *decoder_run(struct decoder *decoder, struct slice body)
{
    const char *fault = NULL;

    if (walk(decoder, body, &fault) != body.size && fault == NULL) {
        fault = "trailing";
    }
    point_lists(decoder);
    return fault;
}

const char *decoder_measure(struct decoder *decoder, struct slice bytes, size_t *size)
{
    const char *fault = NULL;

    *size = walk(decoder, bytes, &fault);
    return fault;
}
