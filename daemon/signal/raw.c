#include "seinpost/signal/raw.h"

#include "seinpost/base/arena.h"

#include <sodium.h>

struct raw_event *raw_new(struct arena *arena, const struct event_type *type)
{
    struct raw_event *raw = arena_alloc(arena, sizeof *raw);

    raw->type = type;
    raw->values = arena_alloc(arena, type->fields_count * sizeof *raw->values);
    raw->clear = arena_alloc(arena, type->fields_count * sizeof *raw->clear);
    return raw;
}

void raw_set_text(struct arena *arena, struct raw_event *raw, size_t field, struct slice text)
{
    if (text.size == 0) {
        return; /* empty is missing */
    }
    if (raw->type->fields[field].personal) {
        raw->clear[field] = (struct clear_text){slice_string(arena, text), text.size};
    } else {
        raw->values[field] = value_of_text(slice_copy(arena, text));
    }
}

void raw_complete_money(struct raw_event *raw)
{
    for (size_t i = raw->type->data_count; i < raw->type->fields_count; i++) {
        const struct field *field = &raw->type->fields[i];
        const struct value *minor = &raw->values[field->minor_index];
        const struct value *currency = &raw->values[field->currency_index];
        if (minor->type == VALUE_NUMBER && currency->type == VALUE_TEXT &&
            currency->as.text.size == 3) {
            raw->values[i] = value_of_money(minor->as.number, currency->as.text);
        }
    }
}

void raw_wipe(struct raw_event *raw)
{
    for (size_t i = 0; i < raw->type->fields_count; i++) {
        if (raw->clear[i].bytes != NULL) {
            sodium_memzero(raw->clear[i].bytes, raw->clear[i].size);
        }
    }
}
