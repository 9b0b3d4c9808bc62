#include "seinpost/signal/datum.h"

#include "seinpost/base/utf8.h"

bool datum_unwrap(avro_value_t *datum)
{
    avro_value_t branch;

    if (avro_value_get_type(datum) == AVRO_UNION) {
        if (avro_value_get_current_branch(datum, &branch) != 0) {
            return false;
        }
        *datum = branch;
    }
    return avro_value_get_type(datum) != AVRO_NULL;
}

bool datum_text(const avro_value_t *datum, struct slice *text)
{
    const void *bytes = NULL;
    const char *string = NULL;
    size_t size = 0;
    int symbol = 0;

    switch (avro_value_get_type(datum)) {
    case AVRO_STRING:
        if (avro_value_get_string(datum, &string, &size) != 0 || size == 0) {
            return false;
        }
        *text = (struct slice){string, size - 1};
        return true;
    case AVRO_BYTES:
        if (avro_value_get_bytes(datum, &bytes, &size) != 0) {
            return false;
        }
        *text = (struct slice){bytes, size};
        return utf8_valid_size(*text) == size;
    case AVRO_ENUM:
        if (avro_value_get_enum(datum, &symbol) != 0) {
            return false;
        }
        *text = slice_of(avro_schema_enum_get(avro_value_get_schema(datum), symbol));
        return text->data != NULL;
    default:
        break;
    }
    return false;
}

bool datum_int(const avro_value_t *datum, int64_t *number)
{
    int32_t small = 0;

    if (avro_value_get_type(datum) == AVRO_INT32) {
        const bool good = avro_value_get_int(datum, &small) == 0;
        *number = small;
        return good;
    }
    return avro_value_get_type(datum) == AVRO_INT64 && avro_value_get_long(datum, number) == 0;
}

bool datum_time(const avro_value_t *datum, struct logical_units units, struct instant *at)
{
    struct slice text = {0};
    int64_t number = 0;

    if (datum_text(datum, &text)) {
        return instant_parse(text, at);
    }
    const bool small = avro_value_get_type(datum) == AVRO_INT32;
    return datum_int(datum, &number) &&
           logical_to_ms(small ? units.of_int : units.of_long, number, &at->ms);
}
