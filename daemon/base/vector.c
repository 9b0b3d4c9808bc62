#include "seinpost/base/vector.h"

#include "seinpost/base/ensure.h"

#include <stdint.h>

void *vector_grow(void *items, size_t count, size_t *room, size_t item_size)
{
    ENSURE(count <= *room);
    ENSURE(item_size > 0);

    if (count < *room) {
        return items;
    }
    const size_t wanted = *room == 0 ? 4 : *room * 2;
    ENSURE_MEMORY(wanted <= SIZE_MAX / item_size);
    void *grown = realloc(items, wanted * item_size);
    ENSURE_MEMORY(grown != NULL);
    *room = wanted;
    return grown;
}
