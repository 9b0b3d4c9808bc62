#include "seinpost/base/utf8.h"

#include <stdint.h>
#include <string.h>

static unsigned char byte_at(struct slice slice, size_t index)
{
    return index < slice.size ? (unsigned char)slice.data[index] : 0;
}

static size_t length_from_head(unsigned char head)
{
    if (head < 0x80) {
        return 1;
    }
    if (head >= 0xc2 && head <= 0xdf) {
        return 2;
    }
    if ((head & 0xf0) == 0xe0) {
        return 3;
    }
    return head >= 0xf0 && head <= 0xf4 ? 4 : 0;
}

size_t utf8_length(struct slice slice, size_t index)
{
    const unsigned char head = byte_at(slice, index);
    const size_t length = length_from_head(head);

    for (size_t i = 1; i < length; i++) {
        if ((byte_at(slice, index + i) & 0xc0) != 0x80) {
            return 0;
        }
    }
    const unsigned char second = byte_at(slice, index + 1);
    const bool overlong = (head == 0xe0 && second < 0xa0) || (head == 0xf0 && second < 0x90);
    const bool surrogate = head == 0xed && second > 0x9f;
    const bool beyond = head == 0xf4 && second > 0x8f;
    return overlong || surrogate || beyond ? 0 : length;
}

unsigned utf8_code_point(struct slice slice, size_t index, size_t length)
{
    static const unsigned char heads[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    unsigned code_point = byte_at(slice, index) & heads[length];

    for (size_t i = 1; i < length; i++) {
        code_point = code_point << 6 | (byte_at(slice, index + i) & 0x3f);
    }
    return code_point;
}

bool utf8_is_control(unsigned code_point)
{
    return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0) ||
           code_point == 0x200e || code_point == 0x200f ||
           (code_point >= 0x2028 && code_point <= 0x202e) ||
           (code_point >= 0x2066 && code_point <= 0x2069) || code_point == 0xfeff ||
           code_point == 0xfffe || code_point == 0xffff;
}

/* Returns how many bytes of ASCII there are from `i` on, in whole words: most text is. */
static size_t ascii_words(struct slice slice, size_t i)
{
    const size_t start = i;
    uint64_t word = 0;

    for (; slice.size - i >= sizeof word; i += sizeof word) {
        memcpy(&word, slice.data + i, sizeof word);
        if ((word & UINT64_C(0x8080808080808080)) != 0) {
            break;
        }
    }
    return i - start;
}

size_t utf8_valid_size(struct slice slice)
{
    size_t i = ascii_words(slice, 0);

    while (i < slice.size) {
        if ((unsigned char)slice.data[i] < 0x80) {
            i++;
            continue;
        }
        const size_t length = utf8_length(slice, i);
        if (length == 0) {
            return i;
        }
        i += length;
    }
    return i;
}

size_t utf8_count(struct slice slice)
{
    size_t count = 0;

    for (size_t i = 0; i < slice.size; count++) {
        if ((unsigned char)slice.data[i] < 0x80) { /* most are */
            i++;
            continue;
        }
        const size_t length = utf8_length(slice, i);
        i += length == 0 ? 1 : length;
    }
    return count;
}
