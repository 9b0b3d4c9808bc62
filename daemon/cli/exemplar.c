#include "seinpost/cli/exemplar.h"

#include "seinpost/base/digest.h"
#include "seinpost/base/text.h"
#include "seinpost/cli/sector.h"

enum {
    AMOUNT_MINOR = 125000
};

#define TIME "2026-03-04T09:00:00Z"

/* One of each kind, so that the examples of a sector tell of the same nobody. */
static void add_pseudonym(enum kind kind, struct text *text)
{
    const struct slice name = kind_name(kind);
    const struct slice prefix = kind_prefix(kind);
    char hex[DIGEST_TEXT_SIZE];

    text_format(text, "\"%.*s:e1:%s\"", SLICE_ARGS(prefix),
                digest_format(digest_of(name), hex));
}

static void add_text(const struct field *field, const struct sector *sector, struct text *text)
{
    if (field->kind != KIND_NONE && field->personal) {
        add_pseudonym(field->kind, text);
    } else if (field->symbols_count > 0) {
        text_add_json(text, field->symbols[0]);
    } else if (slice_is(field->name, "currency")) {
        text_add(text, SLICE("\"EUR\""));
    } else if (field->type == FIELD_PLACE) {
        text_add_json(text, slice_of(sector->place));
    } else {
        text_add(text, SLICE("\"X1\""));
    }
}

static void add_value(const struct field *field, const struct sector *sector, struct text *text)
{
    text_add(text, field->many ? SLICE("[") : SLICE(""));
    switch (field->type) {
    case FIELD_BOOL:
        text_add(text, SLICE("true"));
        break;
    case FIELD_INT:
        text_format(text, "%d",
                    slice_ends_with(field->name, SLICE("_minor")) ? AMOUNT_MINOR : 1);
        break;
    case FIELD_TIME:
        text_add(text, SLICE("\"" TIME "\""));
        break;
    case FIELD_CODE:
    case FIELD_TOKEN:
    case FIELD_TEXT:
    case FIELD_PLACE:
    case FIELD_MONEY:
        add_text(field, sector, text);
        break;
    }
    text_add(text, field->many ? SLICE("]") : SLICE(""));
}

static void add_first(const char *words, struct text *text)
{
    struct slice rest = slice_of(words);

    text_add_json(text, slice_cut(&rest, ','));
}

void exemplar_add(const struct event_type *type, const struct sector *sector,
                  struct slice source, struct text *text)
{
    text_format(text,
                "{\"id\": \"example-1\", \"type\": \"%.*s\", \"source\": \"%.*s\", "
                "\"time\": \"" TIME "\", \"schema\": 1, \"purpose\": [",
                SLICE_ARGS(type->name), SLICE_ARGS(source));
    add_first(sector->purposes, text);
    text_add(text, SLICE("], \"legal_basis\": "));
    add_first(sector->legal_bases, text);
    text_add(text, SLICE(", \"eval\": \"B2\", \"handling\": \"H1\", \"tlp\": \"AMBER\", "
                         "\"pseudo_key\": \"e1\", \"data\": {"));
    for (size_t i = 0; i < type->data_count; i++) {
        text_add(text, i > 0 ? SLICE(", ") : SLICE(""));
        text_add_json(text, type->fields[i].name);
        text_add(text, SLICE(": "));
        add_value(&type->fields[i], sector, text);
    }
    text_add(text, SLICE("}}"));
}
