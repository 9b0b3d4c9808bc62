#include "seinpost/cli/ledger.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/digest.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/table.h"
#include "seinpost/base/text.h"
#include "seinpost/base/vector.h"
#include "seinpost/cli/rehearsal.h"

#include <stdlib.h>

enum {
    ARENA_MAX = 2000 * 1000 * 1000
};

struct entry {
    struct slice name;  /* rule, group and opening: the same under other rules */
    struct slice words; /* what it says: level, metrics, how much evidence */
    struct digest evidence;
    bool retracted;
};

struct ledger {
    struct arena *arena;
    struct table *by_id;   /* of the alert */
    struct table *by_name; /* once all is known */
    VECTOR(struct entry *) entries;
};

static void add_pairs(struct text *text, const struct alert_pairs *pairs)
{
    for (size_t i = 0; i < pairs->count; i++) {
        text_format(text, "%s%.*s=%.*s", i > 0 ? " " : "", SLICE_ARGS(pairs->items[i].name),
                    SLICE_ARGS(pairs->items[i].value));
    }
}

static struct slice keep(struct ledger *ledger, struct text *text)
{
    const struct slice kept = slice_copy(ledger->arena, text_slice(text));

    text_free(text);
    return kept;
}

static struct slice name_of(struct ledger *ledger, const struct alert *alert)
{
    char at[INSTANT_TEXT_SIZE];
    struct text text = {0};

    text_format(&text, "%.*s %s ", SLICE_ARGS(alert->rule),
                instant_format(alert->opened_at, at));
    add_pairs(&text, &alert->group);
    return keep(ledger, &text);
}

static struct slice words_of(struct ledger *ledger, const struct alert *alert)
{
    struct text text = {0};

    text_format(&text, "level %.*s, %d events, ", SLICE_ARGS(alert->level),
                alert->evidence_all);
    add_pairs(&text, &alert->metrics);
    return keep(ledger, &text);
}

/* Events have no order here: two that were put in place in another order are the same. */
static struct digest evidence_of(const struct alert *alert)
{
    struct digest sum = {{0}};

    for (size_t i = 0; i < alert->evidence_count; i++) {
        struct text fields = {0};
        digest_field(&fields, alert->evidence[i].is.source);
        digest_field(&fields, alert->evidence[i].is.id);
        const struct digest one = digest_finish(&fields);
        for (size_t j = 0; j < DIGEST_SIZE; j++) {
            sum.bytes[j] ^= one.bytes[j];
        }
    }
    return sum;
}

void ledger_take(struct ledger *ledger, const struct alert *alert)
{
    struct entry *entry = table_get(ledger->by_id, alert->id);

    if (entry == NULL) {
        entry = arena_alloc(ledger->arena, sizeof *entry);
        table_put(ledger->by_id, slice_copy(ledger->arena, alert->id), entry);
        VECTOR_PUSH(&ledger->entries, entry);
    }
    *entry = (struct entry){name_of(ledger, alert), words_of(ledger, alert), evidence_of(alert),
                            slice_is(alert->state, "retracted")};
}

static void on_alert(void *context, const struct alert *alert, bool shadow)
{
    (void)shadow;
    ledger_take(context, alert);
}

static void on_reject(void *context, struct slice reason, struct slice detail,
                      const struct event_place *place)
{
    (void)context;
    (void)reason;
    (void)detail;
    (void)place;
}

static void read_lines(FILE *file, struct rehearsal *rehearsal)
{
    char *line = NULL;
    size_t room = 0;

    for (ssize_t size = getline(&line, &room, file); size >= 0;
         size = getline(&line, &room, file)) {
        const struct slice words = slice_trim((struct slice){line, (size_t)size});
        if (words.size > 0 && words.data[0] != '\n') {
            rehearsal_event(rehearsal, (struct slice){line, (size_t)size});
        }
    }
    free(line);
}

struct ledger *ledger_new(void)
{
    struct ledger *ledger = calloc(1, sizeof *ledger);

    ENSURE_MEMORY(ledger != NULL);
    ledger->arena = arena_new(ARENA_MAX);
    ledger->by_id = table_new();
    ledger->by_name = table_new();
    return ledger;
}

void ledger_end(struct ledger *ledger)
{
    for (size_t i = 0; i < ledger->entries.count; i++) {
        struct entry *entry = ledger->entries.items[i];
        if (!entry->retracted) {
            table_put(ledger->by_name, entry->name, entry);
        }
    }
}

struct ledger *ledger_of(const struct workbench *workbench, const char *events)
{
    FILE *file = fopen(events, "rbe");

    if (file == NULL) {
        return NULL;
    }
    struct ledger *ledger = ledger_new();
    const struct rehearsal_options options = {.program = workbench->program,
                                              .formats = &workbench->formats};
    struct rehearsal *rehearsal = rehearsal_new(
        &options,
        (struct rehearsal_listener){.context = ledger, .alert = on_alert, .reject = on_reject});
    read_lines(file, rehearsal);
    rehearsal_free(rehearsal);
    (void)fclose(file);
    ledger_end(ledger);
    return ledger;
}

void ledger_free(struct ledger *ledger)
{
    if (ledger != NULL) {
        VECTOR_FREE(&ledger->entries);
        table_free(ledger->by_id);
        table_free(ledger->by_name);
        arena_free(ledger->arena);
        free(ledger);
    }
}

size_t ledger_count(const struct ledger *ledger)
{
    return table_count(ledger->by_name);
}

/* Of alerts of one name the last one counts. */
static bool counts(const struct ledger *ledger, const struct entry *entry)
{
    return table_get(ledger->by_name, entry->name) == entry;
}

static bool compare_entry(const struct entry *entry, const struct entry *other,
                          struct text *text)
{
    if (other == NULL) {
        text_format(text, "  - %.*s: %.*s\n", SLICE_ARGS(entry->name),
                    SLICE_ARGS(entry->words));
    } else if (!slice_equal(entry->words, other->words)) {
        text_format(text, "  ~ %.*s: %.*s; was %.*s\n", SLICE_ARGS(entry->name),
                    SLICE_ARGS(other->words), SLICE_ARGS(entry->words));
    } else if (!digest_equal(entry->evidence, other->evidence)) {
        text_format(text, "  ~ %.*s: %.*s; of other events\n", SLICE_ARGS(entry->name),
                    SLICE_ARGS(other->words));
    } else {
        return false;
    }
    return true;
}

size_t ledger_compare(const struct ledger *before, const struct ledger *now, struct text *text)
{
    size_t lines = 0;

    for (size_t i = 0; i < before->entries.count; i++) {
        const struct entry *entry = before->entries.items[i];
        if (counts(before, entry) &&
            compare_entry(entry, table_get(now->by_name, entry->name), text)) {
            lines++;
        }
    }
    for (size_t i = 0; i < now->entries.count; i++) {
        const struct entry *entry = now->entries.items[i];
        if (counts(now, entry) && table_get(before->by_name, entry->name) == NULL) {
            text_format(text, "  + %.*s: %.*s\n", SLICE_ARGS(entry->name),
                        SLICE_ARGS(entry->words));
            lines++;
        }
    }
    return lines;
}
