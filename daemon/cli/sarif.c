#include "seinpost/cli/sarif.h"

#include "seinpost/base/text.h"

#include <string.h>

/* What the first digit of a code stands for (deploy/rules/LANGUAGE.md). */
static const char *about(const char *code)
{
    static const char *const groups[] = {"",
                                         "not YAML as it is read here",
                                         "keys, values and their types",
                                         "what refers to something else",
                                         "what the law asks of a rule",
                                         "time",
                                         "noise",
                                         "hygiene",
                                         "approval",
                                         ""};

    return groups[code[1] - '0'];
}

/* A path as a URI reference (RFC 3986): what may not stand in one is escaped. */
static void add_uri(struct text *text, const char *path)
{
    struct text uri = {0};

    if (path[0] == '/') {
        text_add(&uri, SLICE("file://"));
    }
    for (const char *at = path; *at != '\0'; at++) {
        const unsigned char c = (unsigned char)*at;
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || strchr("-._~/", c) != NULL;
        if (plain) {
            text_add_byte(&uri, *at);
        } else {
            text_format(&uri, "%%%02X", (unsigned)c);
        }
    }
    text_add_json(text, text_slice(&uri));
    text_free(&uri);
}

static bool is_new(const struct diag_fault *faults, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (strcmp(faults[i].code, faults[index].code) == 0) {
            return false;
        }
    }
    return true;
}

/* The index of a fault's code among the different ones. */
static size_t rule_index(const struct diag_fault *faults, size_t index)
{
    size_t rank = 0;

    for (size_t i = 0; strcmp(faults[i].code, faults[index].code) != 0; i++) {
        rank += is_new(faults, i) ? 1U : 0U;
    }
    return rank;
}

static void add_rules(struct text *text, const struct diag_fault *faults, size_t count)
{
    const char *separator = "";

    for (size_t i = 0; i < count; i++) {
        if (is_new(faults, i)) {
            text_format(text, "%s\n{\"id\":\"%s\",\"shortDescription\":{\"text\":", separator,
                        faults[i].code);
            text_add_json(text, slice_of(about(faults[i].code)));
            text_format(text, "},\"defaultConfiguration\":{\"level\":\"%s\"}}",
                        diag_severity(&faults[i]));
            separator = ",";
        }
    }
}

static void add_message(struct text *text, const struct diag_fault *fault)
{
    struct text message = {0};

    text_format(&message, "%s%s%s%s%s%s", fault->message, fault->hint == NULL ? "" : " (",
                fault->hint == NULL ? "" : fault->hint, fault->hint == NULL ? "" : ")",
                fault->context == NULL ? "" : "\n",
                fault->context == NULL ? "" : fault->context);
    text_add_json(text, text_slice(&message));
    text_free(&message);
}

static void add_result(struct text *text, const struct diag_fault *faults, size_t index)
{
    const struct diag_fault *fault = &faults[index];
    const struct diag_place *place = &fault->place;

    text_format(text, "\n{\"ruleId\":\"%s\",\"ruleIndex\":%zu,\"level\":\"%s\",", fault->code,
                rule_index(faults, index), diag_severity(fault));
    text_add(text, SLICE("\"message\":{\"text\":"));
    add_message(text, fault);
    text_add(text, SLICE("},\"locations\":[{\"physicalLocation\":{"
                         "\"artifactLocation\":{\"uri\":"));
    add_uri(text, place->file);
    text_add_byte(text, '}');
    if (place->line > 0) {
        const unsigned column = place->column > 0 ? place->column : 1;
        text_format(text, ",\"region\":{\"startLine\":%u,\"startColumn\":%u,\"endColumn\":%u}",
                    place->line, column, column + (place->length > 0 ? place->length : 1));
    }
    text_add(text, SLICE("}}]}"));
}

void sarif_print(const struct diag *diag, FILE *out)
{
    size_t count = 0;
    const struct diag_fault *faults = diag_faults(diag, &count);
    struct text text = {0};

    text_add(&text,
             SLICE("{\"$schema\":\"https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/"
                   "schemas/sarif-schema-2.1.0.json\",\n\"version\":\"2.1.0\","
                   "\"runs\":[{\"tool\":{\"driver\":{\"name\":\"seinpost\",\"rules\":["));
    add_rules(&text, faults, count);
    text_add(&text, SLICE("]}},\n\"columnKind\":\"unicodeCodePoints\",\"results\":["));
    for (size_t i = 0; i < count; i++) {
        text_add(&text, i > 0 ? SLICE(",") : SLICE(""));
        add_result(&text, faults, i);
    }
    text_add(&text, SLICE("]}]}\n"));
    (void)fwrite(text.data, 1, text.size, out);
    text_free(&text);
}
