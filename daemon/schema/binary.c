#include "seinpost/schema/binary.h"

#include "seinpost/base/ensure.h"

enum {
    BRANCH_BOOL, /* of the union that a value is */
    BRANCH_LONG,
    BRANCH_TEXT,
    BRANCH_MONEY,
};

void binary_put_long(struct text *text, int64_t number)
{
    uint64_t zigzag = ((uint64_t)number << 1) ^ (uint64_t)(number >> 63);

    while (zigzag >= 0x80) {
        text_add_byte(text, (char)(unsigned char)(zigzag | 0x80));
        zigzag >>= 7;
    }
    text_add_byte(text, (char)zigzag);
}

void binary_put_bool(struct text *text, bool truth)
{
    text_add_byte(text, truth ? 1 : 0);
}

void binary_put_text(struct text *text, struct slice slice)
{
    binary_put_long(text, (int64_t)slice.size);
    text_add(text, slice);
}

void binary_put_count(struct text *text, size_t count)
{
    if (count > 0) {
        binary_put_long(text, (int64_t)count);
    }
}

void binary_put_end(struct text *text)
{
    binary_put_long(text, 0);
}

void binary_put_value(struct text *text, const struct value *value)
{
    switch (value->type) {
    case VALUE_BOOL:
        binary_put_long(text, BRANCH_BOOL);
        binary_put_bool(text, value->as.truth);
        return;
    case VALUE_NUMBER:
        binary_put_long(text, BRANCH_LONG);
        binary_put_long(text, value->as.number);
        return;
    case VALUE_TIME:
        binary_put_long(text, BRANCH_LONG);
        binary_put_long(text, value->as.time.ms);
        return;
    case VALUE_TEXT:
        binary_put_long(text, BRANCH_TEXT);
        binary_put_text(text, value->as.text);
        return;
    case VALUE_MONEY:
        binary_put_long(text, BRANCH_MONEY);
        binary_put_long(text, value->as.money.minor);
        binary_put_text(text, slice_of(value->as.money.currency));
        return;
    case VALUE_NONE:
    case VALUE_LIST:
        break;
    }
    ENSURE(false);
}

struct binary binary_of(struct slice bytes)
{
    const unsigned char *at = (const unsigned char *)bytes.data;

    return (struct binary){at, at + bytes.size, false};
}

/* From here on there is nothing to read. */
static void spoil(struct binary *binary)
{
    binary->bad = true;
    binary->at = binary->end;
}

int64_t binary_get_long(struct binary *binary)
{
    uint64_t zigzag = 0;

    for (unsigned shift = 0; shift < 64 && binary->at < binary->end; shift += 7) {
        const unsigned char byte = *binary->at++;
        if (shift == 63 && byte > 1) {
            break;
        }
        zigzag |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            return (int64_t)(zigzag >> 1) ^ -(int64_t)(zigzag & 1);
        }
    }
    spoil(binary);
    return 0;
}

int32_t binary_get_int(struct binary *binary)
{
    const int64_t number = binary_get_long(binary);

    if (number < INT32_MIN || number > INT32_MAX) {
        spoil(binary);
        return 0;
    }
    return (int32_t)number;
}

bool binary_get_bool(struct binary *binary)
{
    if (binary->at == binary->end || *binary->at > 1) {
        spoil(binary);
        return false;
    }
    return *binary->at++ == 1;
}

struct slice binary_get_text(struct binary *binary)
{
    const int64_t size = binary_get_long(binary);

    if (size < 0 || size > binary->end - binary->at) {
        spoil(binary);
        return SLICE("");
    }
    const struct slice text = {(const char *)binary->at, (size_t)size};
    binary->at += size;
    return text;
}

size_t binary_get_block(struct binary *binary)
{
    int64_t count = binary_get_long(binary);

    if (count < 0 && count != INT64_MIN) {
        count = -count;
        (void)binary_get_long(binary); /* the block's size in bytes */
    }
    if (count < 0 || count > binary->end - binary->at) {
        spoil(binary);
        return 0;
    }
    return (size_t)count;
}

static struct value value_of_branch(struct binary *binary)
{
    int64_t minor = 0;
    struct slice currency = {0};

    switch (binary_get_long(binary)) {
    case BRANCH_BOOL:
        return value_of_bool(binary_get_bool(binary));
    case BRANCH_LONG:
        return value_of_number(binary_get_long(binary));
    case BRANCH_TEXT:
        return value_of_text(binary_get_text(binary));
    case BRANCH_MONEY:
        minor = binary_get_long(binary);
        currency = binary_get_text(binary);
        if (currency.size == 3) {
            return value_of_money(minor, currency);
        }
        break;
    default:
        break;
    }
    spoil(binary);
    return (struct value){.type = VALUE_NONE};
}

struct value binary_get_value(struct binary *binary)
{
    const struct value value = value_of_branch(binary);

    return binary->bad ? (struct value){.type = VALUE_NONE} : value;
}

bool binary_good(const struct binary *binary)
{
    return !binary->bad && binary->at == binary->end;
}
