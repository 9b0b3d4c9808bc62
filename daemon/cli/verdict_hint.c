#include "seinpost/cli/verdict_hint.h"

#include "seinpost/base/duration.h"
#include "seinpost/base/text.h"
#include "seinpost/schema/vocabulary.h"

void verdict_hint_words(const char *const *vocabulary, unsigned mask, struct text *text)
{
    const char *separator = "";

    for (size_t i = 0; vocabulary[i] != NULL; i++) {
        if ((mask >> i & 1) != 0) {
            text_format(text, "%s%s", separator, vocabulary[i]);
            separator = ", ";
        }
    }
}

static void tell_types(const struct source *source, struct text *text)
{
    text_add(text, SLICE("this source may send"));
    for (size_t i = 0; i < source->types_count; i++) {
        text_format(text, "%s %.*s", i == 0 ? "" : ",", SLICE_ARGS(source->types[i]));
    }
}

static const char *plain_hint(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_FRAME_SHORT:
        return "a record begins with a head that names its schema";
    case VERDICT_SCHEMA_UNKNOWN:
        return "the schema is not registered, nor in the folder `writers`; --schema FILE gives "
               "one";
    case VERDICT_SCHEMA_MISMATCH:
        return "each field must have a type that resolves to the catalogue's";
    case VERDICT_TOO_LARGE:
        return "a signal has at most 256 KiB, and a text 8 KiB";
    case VERDICT_ID_MISSING:
        return "`id` has 1 to 64 bytes and is used once";
    case VERDICT_TIME_RANGE:
        return "`time` is RFC 3339 or an Avro timestamp, from 1990 to 2199";
    case VERDICT_IDENTITY_CLEAR:
        return "this source delivers pseudonyms: prefix, key epoch and 32 hex digits";
    case VERDICT_IDENTITY_MALFORMED:
        return "it has no normal form of its kind";
    case VERDICT_LATE:
        return "older than these rules wait for";
    default:
        return "";
    }
}

void verdict_hint(const struct source *source, enum verdict verdict, struct text *text)
{
    char duration[DURATION_TEXT_SIZE];

    switch (verdict) {
    case VERDICT_FRAME_MAGIC:
        text_format(text, "this source is wire: %s",
                    source->wire == SOURCE_CONFLUENT ? "confluent" : "single-object");
        break;
    case VERDICT_TYPE_NOT_ALLOWED:
        tell_types(source, text);
        break;
    case VERDICT_SOURCE_MISMATCH:
        text_format(text, "`source` must be %.*s", SLICE_ARGS(source->name));
        break;
    case VERDICT_PURPOSE_NOT_ALLOWED:
        text_add(text, SLICE("`purpose` may have "));
        verdict_hint_words(vocabulary_purposes, source->purposes, text);
        break;
    case VERDICT_BASIS_NOT_ALLOWED:
        text_add(text, SLICE("`legal_basis` may be "));
        verdict_hint_words(vocabulary_legal_bases, source->legal_bases, text);
        break;
    case VERDICT_TIME_FUTURE:
        text_format(text, "`time` may be %s ahead of now",
                    duration_format(source->max_skew_ms, duration));
        break;
    default:
        text_add(text, slice_of(plain_hint(verdict)));
        break;
    }
}
