#include "seinpost/schema/source.h"

bool source_may_send(const struct source *source, struct slice type)
{
    for (size_t i = 0; i < source->types_count; i++) {
        if (slice_glob(source->types[i], type)) {
            return true;
        }
    }
    return false;
}
