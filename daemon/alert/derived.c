#include "seinpost/alert/derived.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/table.h"
#include "seinpost/rule/alerting.h"
#include "seinpost/schema/binary.h"
#include "seinpost/schema/vocabulary.h"

#include <stdlib.h>
#include <string.h>

enum {
    DERIVED_VERSION = 1
};

static void put_texts(struct text *text, const struct alert_texts *texts)
{
    binary_put_count(text, texts->count);
    for (size_t i = 0; i < texts->count; i++) {
        binary_put_text(text, texts->items[i]);
    }
    binary_put_end(text);
}

static void put_reference(struct text *text, const struct event_reference *is)
{
    binary_put_long(text, is->time.ms);
    binary_put_text(text, is->source);
    binary_put_text(text, is->id);
    binary_put_text(text, is->type);
    binary_put_text(text, is->place.topic);
    binary_put_long(text, is->place.partition);
    binary_put_long(text, is->place.offset);
}

void derived_add(struct derived *derived, const struct derived_alert *alert)
{
    struct text *text = &derived->alerts;

    binary_put_text(text, alert->id);
    binary_put_text(text, alert->rule);
    binary_put_bool(text, alert->withdrawn);
    binary_put_long(text, alert->time.ms);
    binary_put_text(text, alert->stage);
    binary_put_text(text, alert->level);
    put_texts(text, &alert->sectors);
    put_texts(text, &alert->purposes);
    binary_put_count(text, alert->values_count);
    for (size_t i = 0; i < alert->values_count; i++) {
        binary_put_text(text, alert->values[i].name);
        binary_put_value(text, &alert->values[i].value);
    }
    binary_put_end(text);
    binary_put_count(text, alert->made_of_count);
    for (size_t i = 0; i < alert->made_of_count; i++) {
        put_reference(text, &alert->made_of[i]);
    }
    binary_put_end(text);
    derived->alerts_count++;
}

/* The group's elements by their names, then carried fields by theirs. */
static const struct match_value *values_of(struct arena *arena, const struct change *change,
                                           const struct episode *episode, size_t *count)
{
    const struct rule *rule = change->rule;
    struct match_value *values =
        arena_alloc(arena, (rule->group_count + episode->carried.count) * sizeof *values);

    *count = 0;
    for (size_t i = 0; i < rule->group_count; i++) {
        values[(*count)++] = (struct match_value){rule->group[i].name, change->group[i]};
    }
    for (size_t i = 0; i < episode->carried.count; i++) {
        const struct carried *carried = &episode->carried.items[i];
        const int operand = rule->carries[carried->carry].operand;
        values[(*count)++] = (struct match_value){rule->operands[operand].name, carried->value};
    }
    return values;
}

struct derived_alert derived_of(struct arena *arena, const struct change *change,
                                const struct episode *episode, bool withdrawn)
{
    const struct rule *rule = change->rule;
    struct event_reference *made_of =
        arena_alloc(arena, episode->made_of.count * sizeof *made_of);
    char id[DIGEST_TEXT_SIZE];
    struct derived_alert alert = {
        .id = slice_copy(arena, slice_of(digest_format(episode->id, id))),
        .rule = rule->name,
        .withdrawn = withdrawn,
        .time = episode->opened_at,
        .stage = slice_of(vocabulary_stages[rule->stage]),
        .level = slice_of(vocabulary_levels[rule->level]),
        .sectors = alert_words(arena, vocabulary_sectors, episode->opening_sectors),
        .purposes = alert_words(arena, vocabulary_purposes, rule->purposes),
        .made_of = made_of,
        .made_of_count = episode->made_of.count,
    };

    for (size_t i = 0; i < episode->made_of.count; i++) {
        made_of[i] = episode->made_of.items[i]->is;
    }
    alert.values = values_of(arena, change, episode, &alert.values_count);
    return alert;
}

void derived_add_watermark(struct derived *derived, const struct rule *rule,
                           struct instant watermark)
{
    if (derived->risen_of == NULL) {
        derived->risen_of = table_new();
    }
    struct derived_risen *risen = table_get(derived->risen_of, rule->name);
    if (risen == NULL) {
        risen = malloc(sizeof *risen);
        ENSURE_MEMORY(risen != NULL);
        risen->rule = rule->name;
        VECTOR_PUSH(&derived->risen, risen);
        table_put(derived->risen_of, rule->name, risen);
    }
    risen->watermark = watermark;
}

bool derived_is_empty(const struct derived *derived)
{
    return derived->alerts_count == 0 && derived->risen.count == 0;
}

bool derived_is_full(const struct derived *derived)
{
    return derived->alerts.size >= DERIVED_BYTES_MAX;
}

static void forget_risen(struct derived *derived)
{
    for (size_t i = 0; i < derived->risen.count; i++) {
        free(derived->risen.items[i]);
    }
    VECTOR_FREE(&derived->risen);
    table_free(derived->risen_of);
    derived->risen_of = NULL;
    derived->risen_written = 0;
}

/* Writes as many watermarks as have room beside `used` bytes. Returns how many. */
static size_t put_risen(struct derived *derived, size_t used, struct text *text)
{
    const size_t before = derived->risen_written;

    while (derived->risen_written < derived->risen.count &&
           used + text->size < DERIVED_BYTES_MAX) {
        const struct derived_risen *risen = derived->risen.items[derived->risen_written++];
        binary_put_text(text, risen->rule);
        binary_put_long(text, risen->watermark.ms);
    }
    return derived->risen_written - before;
}

void derived_finish(struct derived *derived, int32_t partition, int32_t partitions,
                    struct text *text)
{
    struct text watermarks = {0};
    const size_t watermarks_count = put_risen(derived, derived->alerts.size, &watermarks);

    binary_put_long(text, DERIVED_VERSION);
    binary_put_long(text, partition);
    binary_put_long(text, partitions);
    binary_put_count(text, derived->alerts_count);
    text_add(text, text_slice(&derived->alerts));
    binary_put_end(text);
    binary_put_count(text, watermarks_count);
    text_add(text, text_slice(&watermarks));
    binary_put_end(text);
    text_free(&watermarks);
    text_clear(&derived->alerts);
    derived->alerts_count = 0;
    if (derived->risen_written == derived->risen.count) {
        forget_risen(derived);
    }
}

void derived_free(struct derived *derived)
{
    text_free(&derived->alerts);
    forget_risen(derived);
}

struct reader {
    struct arena *arena;
    const struct program *program;
    struct binary bytes;
    const struct derived_visitor *visitor;
    bool tells; /* the second pass: the first only checks */
};

/* Puts one more value into a field: alone, or at the end of its list. */
static void add_value(struct arena *arena, struct value *field, struct value value)
{
    const size_t count = value_count(field);

    if (count == 0) {
        *field = value;
        return;
    }
    struct value *items = arena_alloc(arena, (count + 1) * sizeof *items);
    for (size_t i = 0; i < count; i++) {
        items[i] = *value_item(field, i);
    }
    items[count] = value;
    field->type = VALUE_LIST;
    field->as.list.items = items;
    field->as.list.count = count + 1;
}

static void set_field(struct reader *reader, const struct event_type *type,
                      struct value *values, struct slice name, struct value value)
{
    for (size_t i = 0; type != NULL && i < type->fields_count; i++) {
        const struct field *field = &type->fields[i];
        if (slice_equal(field->name, name)) {
            const bool time = field->type == FIELD_TIME && value.type == VALUE_NUMBER;
            add_value(reader->arena, &values[i],
                      time ? value_of_time((struct instant){value.as.number}) : value);
            return;
        }
    }
}

static void get_sectors(struct reader *reader, struct value *field)
{
    for (size_t more = binary_get_block(&reader->bytes); more > 0;
         more = binary_get_block(&reader->bytes)) {
        for (size_t i = 0; i < more; i++) {
            const struct value value = value_of_text(binary_get_text(&reader->bytes));
            if (field != NULL) {
                add_value(reader->arena, field, value);
            }
        }
    }
}

static unsigned get_purposes(struct reader *reader)
{
    unsigned mask = 0;

    for (size_t more = binary_get_block(&reader->bytes); more > 0;
         more = binary_get_block(&reader->bytes)) {
        for (size_t i = 0; i < more; i++) {
            const int index =
                vocabulary_find(vocabulary_purposes, binary_get_text(&reader->bytes));
            mask |= index < 0 ? 0 : 1U << (unsigned)index;
        }
    }
    return mask;
}

static void get_values(struct reader *reader, const struct event_type *type,
                       struct value *values)
{
    for (size_t more = binary_get_block(&reader->bytes); more > 0;
         more = binary_get_block(&reader->bytes)) {
        for (size_t i = 0; i < more; i++) {
            const struct slice name = binary_get_text(&reader->bytes);
            set_field(reader, type, values, name, binary_get_value(&reader->bytes));
        }
    }
}

static void get_made_of(struct reader *reader, struct event *event)
{
    for (size_t more = binary_get_block(&reader->bytes); more > 0;
         more = binary_get_block(&reader->bytes)) {
        struct event_reference *list =
            arena_alloc(reader->arena, (event->made_of_count + more) * sizeof *list);
        for (size_t i = 0; i < event->made_of_count; i++) {
            list[i] = event->made_of[i];
        }
        for (size_t i = 0; i < more; i++) {
            struct event_reference *is = &list[event->made_of_count++];
            is->time.ms = binary_get_long(&reader->bytes);
            is->source = binary_get_text(&reader->bytes);
            is->id = binary_get_text(&reader->bytes);
            is->type = binary_get_text(&reader->bytes);
            is->place.topic = binary_get_text(&reader->bytes);
            is->place.partition = binary_get_int(&reader->bytes);
            is->place.offset = binary_get_long(&reader->bytes);
        }
        event->made_of = list;
    }
}

static void get_alert(struct reader *reader)
{
    struct event event = {.is = {.source = EVENT_SOURCE_OF_ALERTS, .type = SLICE("alert")}};

    event.is.id = binary_get_text(&reader->bytes);
    const struct slice name = binary_get_text(&reader->bytes);
    const struct rule *rule = program_find(reader->program, name);
    event.type = rule == NULL ? NULL : rule->alerts;
    struct value *values = arena_alloc(
        reader->arena,
        (event.type == NULL ? ALERTING_GROUP : event.type->fields_count) * sizeof *values);
    event.values = values;
    event.withdrawn = binary_get_bool(&reader->bytes);
    event.is.time.ms = binary_get_long(&reader->bytes);
    values[ALERTING_RULE] = value_of_text(name);
    values[ALERTING_STAGE] = value_of_text(binary_get_text(&reader->bytes));
    values[ALERTING_LEVEL] = value_of_text(binary_get_text(&reader->bytes));
    get_sectors(reader, &values[ALERTING_SECTOR]);
    event.purposes = get_purposes(reader);
    get_values(reader, event.type, values);
    get_made_of(reader, &event);
    if (reader->tells && event.type != NULL) {
        reader->visitor->event(reader->visitor->context, rule, &event);
    }
}

static void get_watermark(struct reader *reader, int32_t partition, int32_t partitions)
{
    struct text source = {0};

    text_add(&source, SLICE("rule:"));
    text_add(&source, binary_get_text(&reader->bytes));
    const struct watermark watermark = {
        .source = text_slice(&source),
        .partition = partition,
        .partitions = partitions,
        .high = {binary_get_long(&reader->bytes)},
        .exact = true,
    };
    if (reader->tells) {
        reader->visitor->watermark(reader->visitor->context, &watermark);
    }
    text_free(&source);
}

static bool read_all(struct reader *reader)
{
    const bool known = binary_get_int(&reader->bytes) == DERIVED_VERSION;
    const int32_t partition = binary_get_int(&reader->bytes);
    const int32_t partitions = binary_get_int(&reader->bytes);

    if (!known) {
        return false;
    }
    for (size_t more = binary_get_block(&reader->bytes); more > 0;
         more = binary_get_block(&reader->bytes)) {
        for (size_t i = 0; i < more && !reader->bytes.bad; i++) {
            get_alert(reader);
        }
    }
    for (size_t more = binary_get_block(&reader->bytes); more > 0;
         more = binary_get_block(&reader->bytes)) {
        for (size_t i = 0; i < more && !reader->bytes.bad; i++) {
            get_watermark(reader, partition, partitions);
        }
    }
    return binary_good(&reader->bytes);
}

bool derived_read(struct arena *arena, const struct program *program, struct slice value,
                  const struct derived_visitor *visitor)
{
    struct reader check = {arena, program, binary_of(value), visitor, false};
    struct reader reader = {arena, program, binary_of(value), visitor, true};

    return read_all(&check) && read_all(&reader);
}
