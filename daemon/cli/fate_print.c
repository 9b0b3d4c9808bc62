#include "seinpost/cli/fate_print.h"

#include "seinpost/base/text.h"
#include "seinpost/cli/verdict_hint.h"

#include <stdio.h>

/* Keys of a line that can be no field's name may be anything, an identity too. */
static struct slice shown(struct slice name)
{
    return offer_is_name(name) ? name : SLICE("(no name of a field)");
}

/* An event type that is not in the catalogue may be anything as well. */
static struct slice detail_of(const struct fate_print *print, const struct fate_record *record)
{
    const struct intake_result *result = &record->result;

    if (!record->is->encoded && result->verdict == VERDICT_TYPE_NOT_ALLOWED &&
        catalogue_find(print->catalogue, result->detail) == NULL) {
        return SLICE("no such event type");
    }
    if (!record->is->encoded && result->verdict == VERDICT_DECODE && result->detail.size == 0) {
        return SLICE("the schema of its type cannot hold it");
    }
    return result->detail;
}

static void print_out(struct text *text)
{
    (void)fwrite(text->data, 1, text->size, stdout);
    text_free(text);
}

static void add_counts(const struct fate_record *record, struct text *text)
{
    size_t counts[FATES_COUNT] = {0};
    const char *separator = "; fields: ";

    for (size_t i = 0; i < record->fields_count; i++) {
        counts[record->fields[i].fate]++;
    }
    for (int i = 0; i < FATES_COUNT; i++) {
        if (counts[i] > 0) {
            text_format(text, "%s%zu %s", separator, counts[i], fate_name((enum fate)i));
            separator = ", ";
        }
    }
}

static void add_rules(const struct fate_record *record, struct text *text)
{
    text_add(text, record->rules_count > 0 ? SLICE("serves ")
                                           : SLICE("serves no rule: counted and forgotten"));
    for (size_t i = 0; i < record->rules_count; i++) {
        text_format(text, "%s%.*s", i > 0 ? ", " : "", SLICE_ARGS(record->rules[i]->name));
    }
    add_counts(record, text);
}

static void print_text(const struct fate_print *print, const struct fate_record *record)
{
    const struct intake_result *result = &record->result;
    struct text text = {0};
    struct text hint = {0};

    text_format(&text, "%s:%u: ", record->is->file, record->is->number);
    if (result->type != NULL) {
        text_format(&text, "%.*s: ", SLICE_ARGS(result->type->name));
    }
    if (result->verdict == VERDICT_GOOD) {
        add_rules(record, &text);
    } else {
        const struct slice detail = detail_of(print, record);
        text_format(&text, "refused: %s%s%.*s", verdict_name(result->verdict),
                    detail.size > 0 ? ": " : "", SLICE_ARGS(detail));
        verdict_hint(print->source, result->verdict, &hint);
        text_format(&text, "%s%.*s%s", hint.size > 0 ? " (" : "", SLICE_ARGS(text_slice(&hint)),
                    hint.size > 0 ? ")" : "");
    }
    text_add_byte(&text, '\n');
    text_free(&hint);
    print_out(&text);
}

static void add_member(struct text *text, const char *name, struct slice value)
{
    text_format(text, ",\"%s\":", name);
    text_add_json(text, value);
}

static void print_json(const struct fate_print *print, const struct fate_record *record)
{
    const struct intake_result *result = &record->result;
    struct text text = {0};

    text_add(&text, SLICE("{\"file\":"));
    text_add_json(&text, slice_of(record->is->file));
    text_format(&text, ",\"record\":%u", record->is->number);
    if (result->type != NULL) {
        add_member(&text, "type", result->type->name);
    }
    add_member(&text, "verdict", slice_of(verdict_name(result->verdict)));
    if (result->verdict != VERDICT_GOOD) {
        add_member(&text, "detail", detail_of(print, record));
    }
    text_add(&text, SLICE(",\"rules\":["));
    for (size_t i = 0; i < record->rules_count; i++) {
        text_add(&text, i > 0 ? SLICE(",") : SLICE(""));
        text_add_json(&text, record->rules[i]->name);
    }
    text_add(&text, SLICE("],\"fields\":{"));
    for (size_t i = 0; i < record->fields_count; i++) {
        text_add(&text, i > 0 ? SLICE(",") : SLICE(""));
        text_add_json(&text, shown(record->fields[i].name));
        text_format(&text, ":\"%s\"", fate_name(record->fields[i].fate));
    }
    text_add(&text, SLICE("}}\n"));
    print_out(&text);
}

void fate_print_record(void *context, const struct fate_record *record)
{
    const struct fate_print *print = context;

    if (print->json) {
        print_json(print, record);
    } else {
        print_text(print, record);
    }
}

/* Which rules keep a field when they meet its event, or which only compare it. */
static size_t add_askers(const struct fates *fates, const struct fate_field *field, bool json,
                         bool keeping, struct text *text)
{
    const struct program *program = fates->options.edition.program;
    size_t count = 0;

    for (size_t i = 0; i < program->rules_count; i++) {
        bool keeps = false;
        if (!fate_rule_asks(fates, field, program->rules[i], &keeps) || keeps != keeping) {
            continue;
        }
        text_add(text, count == 0 ? SLICE("") : json ? SLICE(",") : SLICE(", "));
        if (json) {
            text_add_json(text, program->rules[i]->name);
        } else {
            text_add(text, program->rules[i]->name);
        }
        count++;
    }
    return count;
}

static void add_text_askers(const struct fates *fates, const struct fate_field *field,
                            struct text *text)
{
    struct text kept = {0};
    struct text compared = {0};
    const size_t keepers = add_askers(fates, field, false, true, &kept);
    const size_t comparers = add_askers(fates, field, false, false, &compared);

    if (field->field == NULL) {
        text_add(text, SLICE("the catalogue has no such field"));
    } else if (keepers + comparers == 0) {
        text_add(text, SLICE("no rule asks for it: it need not be sent"));
    }
    if (keepers > 0) {
        text_format(text, "kept by %.*s", SLICE_ARGS(text_slice(&kept)));
    }
    if (comparers > 0) {
        text_format(text, "%scompared by %.*s", keepers > 0 ? "; " : "",
                    SLICE_ARGS(text_slice(&compared)));
    }
    text_free(&kept);
    text_free(&compared);
}

static void print_field_text(const struct fates *fates, const struct fate_field *field)
{
    const struct slice name = shown(field->name);
    struct text text = {0};

    text_format(&text, "  %.*s: ", SLICE_ARGS(name));
    const char *separator = "";
    for (int i = 0; i < FATES_COUNT; i++) {
        if (field->counts[i] > 0) {
            text_format(&text, "%s%zu %s", separator, field->counts[i],
                        fate_name((enum fate)i));
            separator = ", ";
        }
    }
    text_add(&text, separator[0] == '\0' ? SLICE("always empty; ") : SLICE("; "));
    add_text_askers(fates, field, &text);
    text_add_byte(&text, '\n');
    print_out(&text);
}

static void print_field_json(const struct fates *fates, const struct fate_field *field)
{
    struct text text = {0};

    text_add(&text, SLICE("{\"field\":"));
    text_add_json(&text, shown(field->name));
    if (field->type != NULL) {
        add_member(&text, "type", field->type->name);
    }
    text_format(&text, ",\"known\":%s,\"personal\":%s", field->field != NULL ? "true" : "false",
                field->field != NULL && field->field->personal ? "true" : "false");
    for (int i = 0; i < FATES_COUNT; i++) {
        text_format(&text, ",\"%s\":%zu", fate_name((enum fate)i), field->counts[i]);
    }
    text_add(&text, SLICE(",\"kept_by\":["));
    (void)add_askers(fates, field, true, true, &text);
    text_add(&text, SLICE("],\"compared_by\":["));
    (void)add_askers(fates, field, true, false, &text);
    text_add(&text, SLICE("]}\n"));
    print_out(&text);
}

static void print_total(const struct fate_print *print, const struct fates *fates)
{
    const size_t good = fates->verdicts[VERDICT_GOOD];
    const char *separator = print->json ? "" : "; refused: ";
    struct text text = {0};

    if (print->json) {
        text_format(&text, "{\"records\":%zu,\"good\":%zu,\"unasked\":%zu,\"refused\":{",
                    fates->records, good, fates->unasked);
    } else {
        text_format(&text, "%zu records: %zu good (%zu of them serve no rule)", fates->records,
                    good, fates->unasked);
    }
    for (int i = VERDICT_GOOD + 1; i < VERDICTS_COUNT; i++) {
        if (fates->verdicts[i] > 0) {
            const char *quote = print->json ? "\"" : "";
            text_format(&text, "%s%s%s%s%s%zu", separator, quote, verdict_name((enum verdict)i),
                        quote, print->json ? ":" : " ", fates->verdicts[i]);
            separator = print->json ? "," : ", ";
        }
    }
    text_add(&text, print->json ? SLICE("}}\n") : SLICE("\n"));
    print_out(&text);
}

/* The fields of the event type that the one at `first` is of. */
static void print_type(const struct fate_print *print, const struct fates *fates, size_t first)
{
    const struct event_type *type = fates->fields.items[first].type;

    for (size_t i = 0; i < first; i++) {
        if (fates->fields.items[i].type == type) {
            return; /* they have been printed with that one */
        }
    }
    if (type == NULL && !print->json) {
        return; /* each record said it */
    }
    if (!print->json) {
        (void)printf("\n%.*s\n", SLICE_ARGS(type->name));
    }
    for (size_t i = first; i < fates->fields.count; i++) {
        const struct fate_field *field = &fates->fields.items[i];
        if (field->type == type && print->json) {
            print_field_json(fates, field);
        } else if (field->type == type) {
            print_field_text(fates, field);
        }
    }
}

void fate_print_sums(const struct fate_print *print, const struct fates *fates)
{
    for (size_t i = 0; i < fates->fields.count; i++) {
        print_type(print, fates, i);
    }
    (void)printf("%s", print->json ? "" : "\n");
    print_total(print, fates);
}
