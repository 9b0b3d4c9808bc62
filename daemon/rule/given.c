#include "seinpost/rule/given.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/duration.h"
#include "seinpost/base/nearest.h"
#include "seinpost/base/text.h"
#include "seinpost/base/vector.h"
#include "seinpost/rule/alerting.h"
#include "seinpost/rule/literal.h"
#include "seinpost/yaml/bind.h"

#include <stdio.h>
#include <string.h>

/* One event while it is read. */
struct event_reader {
    const struct given_context *context;
    const struct tree *node;
    const struct event_type *type;
    const struct rule *maker;
    struct ruletest_given *given;
    VECTOR(struct match_value) values; /* of an alert */
    struct text data;                  /* of a signal: the members of `data` */
    struct slice source;
    struct defaults *defaults;
};

/* Which keys of `with` were a field of some event. */
struct defaults {
    uint64_t met;
    const struct event_type *type; /* of the first event */
    const struct rule *maker;
};

/* The event's own key, or the default of `with`. */
static const struct tree *value_of(const struct given_context *context, const struct tree *node,
                                   const char *key)
{
    const struct tree *own = tree_get(node, key);

    return own != NULL ? own : tree_get(context->with, key);
}

static bool is_reserved(struct slice key)
{
    static const char *const keys[] = {"at", "late", "type", "event.id", "event.source"};

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (slice_is(key, keys[i])) {
            return true;
        }
    }
    return false;
}

static void add_member(struct event_reader *reader, struct slice name)
{
    text_add(&reader->data, reader->data.size > 0 ? SLICE(",") : SLICE(""));
    text_add_json(&reader->data, name);
    text_add_byte(&reader->data, ':');
}

static void add_money(struct event_reader *reader, const struct field *field,
                      const struct money *money)
{
    add_member(reader, reader->type->fields[field->minor_index].name);
    text_format(&reader->data, "%lld", (long long)money->minor);
    add_member(reader, SLICE("currency"));
    text_add_json(&reader->data, slice_of(money->currency));
}

static void add_value(struct event_reader *reader, const struct field *field,
                      const struct value *value)
{
    struct text shown = {0};

    if (value->type == VALUE_MONEY && field->type == FIELD_MONEY && reader->maker == NULL) {
        add_money(reader, field, &value->as.money);
        return;
    }
    if (reader->maker != NULL) {
        VECTOR_PUSH(&reader->values, (struct match_value){field->name, *value});
        return;
    }
    add_member(reader, field->name);
    value_format(&shown, value);
    if (value->type == VALUE_BOOL || value->type == VALUE_NUMBER) {
        text_add(&reader->data, text_slice(&shown));
    } else {
        text_add_json(&reader->data, text_slice(&shown));
    }
    text_free(&shown);
}

/* Times may be given as durations from the start, as `at` is. */
static bool read_value(struct event_reader *reader, const struct field *field,
                       const struct tree *node, struct value *value)
{
    int64_t ms = 0;

    if (field->type == FIELD_TIME && node->kind == TREE_SCALAR &&
        duration_parse(node->text, &ms) == DURATION_OK) {
        *value = value_of_time(instant_add(RULETEST_START, ms));
        return true;
    }
    if (!literal_read(reader->context->diag, node, operand_type_of(field->type), field,
                      value)) {
        return false;
    }
    if (value->type == VALUE_NUMBER) {
        if (value->as.number % VALUE_MILLI != 0) {
            tree_fault(reader->context->diag, node, "E205", "'%.*s' is no whole number",
                       SLICE_ARGS(node->text));
            return false;
        }
        value->as.number /= VALUE_MILLI;
    }
    return true;
}

static void read_many(struct event_reader *reader, const struct field *field,
                      const struct tree *node)
{
    struct bind_list list = {0};

    if (!bind_scalars(reader->context->diag, reader->context->arena, node, &list)) {
        return;
    }
    if (reader->maker == NULL) {
        add_member(reader, field->name);
        text_add_byte(&reader->data, '[');
    }
    for (size_t i = 0; i < list.count; i++) {
        if (reader->maker == NULL) {
            text_add(&reader->data, i > 0 ? SLICE(",") : SLICE(""));
            text_add_json(&reader->data, list.nodes[i]->text);
        } else {
            VECTOR_PUSH(&reader->values,
                        (struct match_value){field->name, value_of_text(list.nodes[i]->text)});
        }
    }
    if (reader->maker == NULL) {
        text_add_byte(&reader->data, ']');
    }
}

/* An event gives values to fields; the kind that a rule may say is carried by one of them. */
static void tell_unknown_field(const struct event_reader *reader, const struct tree *node)
{
    struct diag *diag = reader->context->diag;
    const enum kind kind = kind_find(node->key);
    struct nearest nearest = {0};

    tree_key_fault(diag, node, "E304", "unknown field '%.*s' in %.*s", SLICE_ARGS(node->key),
                   SLICE_ARGS(reader->type->name));
    for (size_t i = 0; i < reader->type->fields_count; i++) {
        if (kind != KIND_NONE && reader->type->fields[i].kind == kind) {
            diag_hint(diag, "the field is '%.*s'", SLICE_ARGS(reader->type->fields[i].name));
            return;
        }
        nearest_try(&nearest, node->key, reader->type->fields[i].name);
    }
    if (nearest_found(&nearest)) {
        diag_hint(diag, "did you mean '%.*s'?", SLICE_ARGS(nearest.best));
    }
}

/* An alert may be given an identity by the name that it has in partners' events. */
static const struct field *field_of(const struct given_context *context,
                                    const struct event_type *type, struct slice name)
{
    const struct field *field = catalogue_field(type, name);
    const struct catalogue *catalogue = context->program->catalogue;
    enum kind kind = KIND_NONE;

    if (field != NULL || catalogue_find(catalogue, type->name) != NULL) {
        return field;
    }
    for (size_t i = 0; kind == KIND_NONE && i < catalogue_count(catalogue); i++) {
        const struct field *known = catalogue_field(catalogue_type(catalogue, i), name);
        kind = known == NULL ? KIND_NONE : known->kind;
    }
    for (size_t i = 0; kind != KIND_NONE && field == NULL && i < type->fields_count; i++) {
        field = type->fields[i].kind == kind ? &type->fields[i] : NULL;
    }
    return field;
}

static void read_field(struct event_reader *reader, const struct tree *node)
{
    const struct field *field = field_of(reader->context, reader->type, node->key);
    struct value value;

    if (field == NULL) {
        tell_unknown_field(reader, node);
        return;
    }
    if (node->kind == TREE_SCALAR && tree_is_null(node)) {
        return;
    }
    if (field->many) {
        read_many(reader, field, node);
    } else if (read_value(reader, field, node, &value)) {
        add_value(reader, field, &value);
    }
}

static void read_fields(struct event_reader *reader)
{
    const struct tree *with = reader->context->with;

    for (const struct tree *node = reader->node->first; node != NULL; node = node->next) {
        if (!is_reserved(node->key)) {
            read_field(reader, node);
        }
    }
    if (reader->defaults->type == NULL) {
        reader->defaults->type = reader->type;
        reader->defaults->maker = reader->maker;
    }
    unsigned index = 0;
    for (const struct tree *node = with == NULL ? NULL : with->first; node != NULL;
         node = node->next, index++) {
        bool own = false;
        for (const struct tree *other = reader->node->first; other != NULL;
             other = other->next) {
            own = own || slice_equal(other->key, node->key);
        }
        /* what an event of another type than the default's lacks is not meant for it */
        if (is_reserved(node->key) ||
            field_of(reader->context, reader->type, node->key) != NULL) {
            reader->defaults->met |= UINT64_C(1) << index;
            if (!own && !is_reserved(node->key)) {
                read_field(reader, node);
            }
        }
    }
}

/* A default that no event has is a typing error. */
static void check_defaults(const struct given_context *context, struct defaults *defaults)
{
    const struct event_reader reader = {
        .context = context, .type = defaults->type, .maker = defaults->maker};
    unsigned index = 0;

    if (context->with == NULL || defaults->type == NULL) {
        return;
    }
    for (const struct tree *node = context->with->first; node != NULL;
         node = node->next, index++) {
        if ((defaults->met >> index & 1) == 0) {
            tell_unknown_field(&reader, node);
        }
    }
}

/* The type that all the rule's events have, when there is one. */
static const struct event_type *only_type(const struct rule *rule)
{
    const struct event_type *type = NULL;

    for (size_t i = 0; rule != NULL && i < rule->entries_count; i++) {
        for (size_t j = 0; j < rule->entries[i].types_count; j++) {
            if (type != NULL && type != rule->entries[i].types[j]) {
                return NULL;
            }
            type = rule->entries[i].types[j];
        }
    }
    return type;
}

/* A rule that could not be read or compiled was told. */
static void tell_no_maker(const struct given_context *context, const struct tree *name)
{
    const struct program *program = context->program;
    const struct rule *rule = program_find(program, name->text);
    struct nearest nearest = {0};

    if (program_is_unread(program, name->text) || (rule != NULL && rule->is_read)) {
        return;
    }
    tree_fault(context->diag, name, "E301",
               rule == NULL ? "no rule is named '%.*s'" : "no rule reads the alerts of '%.*s'",
               SLICE_ARGS(name->text));
    for (size_t i = 0; !diag_is_long(context->diag) && i < program->rules_count; i++) {
        nearest_try(&nearest, name->text, program->rules[i]->name);
    }
    if (rule == NULL && nearest_found(&nearest)) {
        diag_hint(context->diag, "did you mean '%.*s'?", SLICE_ARGS(nearest.best));
    }
}

static bool find_maker(struct event_reader *reader)
{
    const struct given_context *context = reader->context;
    const struct tree *name = value_of(context, reader->node, "rule");

    if (name == NULL || name->kind != TREE_SCALAR) {
        tree_fault(context->diag, reader->node, "E202", "an alert needs 'rule': whose is it?");
        return false;
    }
    reader->maker = program_find(context->program, name->text);
    if (reader->maker == NULL || reader->maker->alerts == NULL) {
        tell_no_maker(context, name);
        return false;
    }
    reader->type = reader->maker->alerts;
    return true;
}

static void tell_unknown_type(const struct given_context *context, const struct tree *type)
{
    const struct catalogue *catalogue = context->program->catalogue;
    struct nearest nearest = {0};

    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        nearest_try(&nearest, type->text, catalogue_type(catalogue, i)->name);
    }
    tree_fault(context->diag, type, "E303", "unknown event type '%.*s'",
               SLICE_ARGS(type->text));
    if (nearest_found(&nearest)) {
        diag_hint(context->diag, "did you mean '%.*s'?", SLICE_ARGS(nearest.best));
    }
}

static bool find_type(struct event_reader *reader)
{
    const struct given_context *context = reader->context;
    const struct tree *type = value_of(context, reader->node, "type");

    if (type == NULL) {
        reader->type = only_type(context->rule);
        if (reader->type == NULL) {
            tree_fault(context->diag, reader->node, "E202", "key 'type' is missing");
            diag_hint(context->diag, "the rule reads several event types");
        }
        return reader->type != NULL;
    }
    if (type->kind == TREE_SCALAR && slice_is(type->text, "alert")) {
        return find_maker(reader);
    }
    reader->type = type->kind == TREE_SCALAR
                       ? catalogue_find(context->program->catalogue, type->text)
                       : NULL;
    if (reader->type == NULL) {
        tell_unknown_type(context, type);
    }
    return reader->type != NULL;
}

static void write_line(struct event_reader *reader)
{
    char at[INSTANT_TEXT_SIZE];
    struct text line = {0};

    text_add(&line, SLICE("{\"id\":"));
    text_add_json(&line, reader->given->id);
    text_add(&line, SLICE(",\"type\":"));
    text_add_json(&line, reader->type->name);
    text_add(&line, SLICE(",\"source\":"));
    text_add_json(&line, reader->source);
    text_format(&line, ",\"time\":\"%s\",\"data\":{%.*s}}",
                instant_format(reader->given->at, at), SLICE_ARGS(text_slice(&reader->data)));
    reader->given->line = slice_copy(reader->context->arena, text_slice(&line));
    text_free(&line);
}

static void set_names(struct event_reader *reader, size_t position)
{
    const struct given_context *context = reader->context;
    const struct tree *id = value_of(context, reader->node, "event.id");
    const struct tree *source = value_of(context, reader->node, "event.source");
    char name[32];

    /* padded, so that of two events at one instant the one above comes first */
    (void)snprintf(name, sizeof name, "e%05zu", position);
    reader->given->id = id != NULL && id->kind == TREE_SCALAR
                            ? id->text
                            : slice_copy(context->arena, slice_of(name));
    reader->source =
        source != NULL && source->kind == TREE_SCALAR ? source->text : SLICE("test");
}

static bool read_at(struct event_reader *reader, struct instant *newest)
{
    static const char *const truths[] = {"false", "true", NULL};
    const struct given_context *context = reader->context;
    const struct tree *at = value_of(context, reader->node, "at");
    const struct tree *late = value_of(context, reader->node, "late");
    int64_t ms = 0;

    if (at == NULL) {
        tree_fault(context->diag, reader->node, "E202", "key 'at' is missing");
        return false;
    }
    if (!bind_duration(context->diag, at, &ms)) {
        return false;
    }
    reader->given->at = instant_add(RULETEST_START, ms);
    const bool is_late =
        late != NULL && bind_choice(context->diag, late, truths, "truth value") == 1;
    if (instant_before(reader->given->at, *newest) && !is_late) {
        tree_fault(context->diag, at, "E215", "before the event above it");
        diag_hint(context->diag, "late: true, if that is meant");
    }
    if (!is_late) {
        *newest = instant_latest(*newest, reader->given->at);
    }
    return true;
}

/* How far a list is read. */
struct progress {
    size_t position;
    struct instant newest;
    struct defaults defaults;
};

static void read_event(const struct given_context *context, const struct tree *node,
                       struct progress *progress, struct ruletest_given *given)
{
    struct event_reader reader = {
        .context = context, .node = node, .given = given, .defaults = &progress->defaults};

    progress->position++;
    *given = (struct ruletest_given){.node = node};
    if (node->kind != TREE_MAP) {
        tree_fault(context->diag, node, "E204", "a map expected, this is %s",
                   tree_kind_name(node));
        return;
    }
    if (!read_at(&reader, &progress->newest) || !find_type(&reader)) {
        return;
    }
    set_names(&reader, progress->position);
    read_fields(&reader);
    given->maker = reader.maker;
    if (reader.maker == NULL) {
        write_line(&reader);
    }
    given->values_count = reader.values.count;
    given->values = arena_copy(context->arena, reader.values.items,
                               reader.values.count * sizeof reader.values.items[0]);
    VECTOR_FREE(&reader.values);
    text_free(&reader.data);
}

const struct ruletest_given *given_read(const struct given_context *context,
                                        const struct tree *list, size_t *count)
{
    struct ruletest_given *given = arena_alloc(context->arena, list->count * sizeof given[0]);
    struct progress progress = {.newest = INSTANT_MIN};

    *count = 0;
    for (const struct tree *node = list->first; node != NULL; node = node->next) {
        read_event(context, node, &progress, &given[*count]);
        ++*count;
    }
    check_defaults(context, &progress.defaults);
    return given;
}
