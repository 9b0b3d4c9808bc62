#include "seinpost/cli/retrial.h"

#include "seinpost/alert/alert_avro.h"
#include "seinpost/alert/alert_json.h"
#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/table.h"
#include "seinpost/base/text.h"
#include "seinpost/cli/unlike.h"
#include "seinpost/correlate/store.h"
#include "seinpost/rule/succession.h"
#include "seinpost/signal/frame.h"
#include "seinpost/signal/pack.h"

enum {
    BATCH_MAX = 256 * 1024 * 1024
};

struct retrial {
    struct retrial_options options;
    struct arena *arena; /* the dossier's */
    struct arena *batch;
    struct store *store;
    struct table *wanted; /* the last record's evidence, by source and id */
    struct slice key;     /* value of the key in the alert's group */
    bool has_key;
    int64_t offset;            /* of the running record */
    size_t next;               /* record of the dossier that is to be found next */
    VECTOR(struct alert) told; /* what the rule says of the alert and nobody published */
    struct retrial_record *records;
    struct retrial_evidence *evidence;
    struct retrial_result result;
};

static const struct dossier_record *record_at(const struct retrial *retrial, size_t index)
{
    return &retrial->options.dossier->records.items[index];
}

static size_t records_count(const struct retrial *retrial)
{
    return retrial->options.dossier->records.count;
}

/* As it would have been published. */
static bool reads_as(const struct retrial *retrial, const struct alert *alert,
                     const struct dossier_record *record)
{
    struct text text = {0};

    if (retrial->options.dossier->json) {
        alert_json(alert, slice_contains(record->bytes, SLICE("\"shadow\":true")), &text);
    } else {
        alert_avro_put(alert, &text);
    }
    const bool same = slice_equal(text_slice(&text), record->bytes);
    text_free(&text);
    return same;
}

static bool is_of_model(const struct retrial *retrial, const struct alert *published)
{
    const struct model *model = retrial->options.basis.model;

    return model != NULL && slice_equal(published->standing.model, model->head.model) &&
           published->standing.model_version == model->head.version;
}

/* What tells of delivery is taken over. */
static struct alert delivered_as(const struct retrial *retrial, const struct alert *alert,
                                 const struct alert *published)
{
    struct alert copy = *alert;

    copy.partition = published->partition;
    copy.sequence = published->sequence;
    if (!is_of_model(retrial, published)) { /* a later model rewrites nothing */
        copy.standing = published->standing;
    }
    if (retrial->options.takes_places && alert->evidence_count == published->evidence_count) {
        struct alert_evidence *evidence = arena_copy(retrial->arena, alert->evidence,
                                                     alert->evidence_count * sizeof *evidence);
        for (size_t i = 0; i < alert->evidence_count; i++) {
            evidence[i].is.place = published->evidence[i].is.place;
        }
        copy.evidence = evidence;
    }
    return copy;
}

/* A record that ends an alert for its rule's sake repeats the one before it; the reason before
 * the explanation names the rules of that time, which nobody knows any more. */
static void judge_superseded(struct retrial *retrial, size_t index)
{
    const struct dossier_record *record = record_at(retrial, index);
    struct alert expected = record->alert;

    retrial->records[index].sameness = RETRIAL_DIFFERS;
    if (index > 0) {
        const struct alert *before = &record_at(retrial, index - 1)->alert;
        expected = *before;
        expected.state = record->alert.state;
        expected.at = before->opened_at;
        expected.late = false;
        expected.sequence = record->alert.sequence;
        expected.explain = record->alert.explain;
        if (slice_ends_with(record->alert.explain, before->explain) &&
            reads_as(retrial, &expected, record)) {
            retrial->records[index].sameness = RETRIAL_SUPERSEDED;
            return;
        }
    }
    retrial->records[index].difference =
        unlike_first(retrial->arena, &record->alert, &expected);
}

static void pass_superseded(struct retrial *retrial)
{
    while (retrial->next < records_count(retrial) &&
           slice_is(record_at(retrial, retrial->next)->alert.state, "superseded")) {
        judge_superseded(retrial, retrial->next++);
    }
}

/* Nothing was published of the alert yet, under these rules. */
static bool is_beginning(const struct retrial *retrial)
{
    return retrial->next == 0 ||
           slice_is(record_at(retrial, retrial->next - 1)->alert.state, "superseded");
}

/* Compares what the rule says with what was published next. */
static void judge(struct retrial *retrial, const struct alert *alert)
{
    pass_superseded(retrial);
    if (retrial->next == records_count(retrial)) {
        return; /* it goes on: more is in the log than was published when it was read */
    }
    const struct dossier_record *record = record_at(retrial, retrial->next);
    struct retrial_record *found = &retrial->records[retrial->next];
    struct alert copy = delivered_as(retrial, alert, &record->alert);
    if (reads_as(retrial, &copy, record)) {
        found->sameness = RETRIAL_SAME;
        retrial->next++;
        pass_superseded(retrial);
        return;
    }
    if (is_beginning(retrial) && slice_is(copy.state, "updated")) {
        copy.state = SLICE("opened");
        if (reads_as(retrial, &copy, record)) {
            found->sameness = RETRIAL_OPENED_NOW;
            retrial->next++;
            pass_superseded(retrial);
            return;
        }
    }
    retrial->result.unpublished += is_beginning(retrial) ? 0U : 1U;
    VECTOR_PUSH(&retrial->told, *alert);
}

static bool on_change(void *context, const struct change *change)
{
    struct retrial *retrial = context;
    char id[DIGEST_TEXT_SIZE];

    if (slice_is(retrial->options.dossier->id, digest_format(change->episode->id, id))) {
        struct alert alert = alert_build(retrial->arena, change, 0, 0);
        (void)standing_set(retrial->arena, &retrial->options.basis, &alert);
        judge(retrial, &alert);
    }
    return true;
}

static void on_late(void *context, const struct rule *rule, const struct match *match)
{
    (void)context;
    (void)rule;
    (void)match;
}

static void on_risen(void *context, const struct rule *rule, struct instant watermark)
{
    (void)context;
    (void)rule;
    (void)watermark;
}

static void on_capped(void *context, const struct rule *rule)
{
    (void)context;
    (void)rule;
}

static struct slice name_of(struct arena *arena, const struct event_reference *is)
{
    struct text text = {0};

    digest_field(&text, is->source);
    digest_field(&text, is->id);
    const struct slice name = slice_copy(arena, text_slice(&text));
    text_free(&text);
    return name;
}

/* As which of the rule's events its steps mean the match. */
static uint64_t entries_of(const struct retrial *retrial, const struct match *match)
{
    uint64_t entries = 0;

    if (!slice_equal(match->kind, rule_key_name(retrial->options.rule)) ||
        (retrial->has_key && !slice_equal(match->value, retrial->key))) {
        return 0;
    }
    for (size_t i = 0; i < match->steps_count; i++) {
        const struct use_list uses = program_uses(retrial->options.program, match->steps[i]);
        for (size_t j = 0; j < uses.count; j++) {
            if (uses.items[j].rule == retrial->options.rule) {
                entries |= UINT64_C(1) << uses.items[j].entry;
            }
        }
    }
    return entries;
}

static void look(struct retrial *retrial, const struct event_reference *is, uint64_t entries)
{
    struct retrial_evidence *found = table_get(retrial->wanted, name_of(retrial->batch, is));

    if (found == NULL) {
        return;
    }
    if (entries != 0 && !found->found) {
        found->offset = retrial->offset;
        found->found = true;
    } else if (!found->seen) {
        found->offset = retrial->offset;
    }
    found->seen = true;
    found->entries |= entries;
}

static void on_match(void *context, const struct match *match)
{
    struct retrial *retrial = context;
    const uint64_t entries = entries_of(retrial, match);

    if (instant_before(match->is.time, retrial->result.oldest)) {
        retrial->result.oldest = match->is.time;
    }
    look(retrial, &match->is, entries);
    for (size_t i = 0; i < match->made_of_count; i++) {
        look(retrial, &match->made_of[i], entries);
    }
    store_match(retrial->store, match);
}

static void on_watermark(void *context, const struct watermark *watermark)
{
    const struct retrial *retrial = context;

    store_watermark(retrial->store, watermark);
}

static struct store *new_store(struct retrial *retrial)
{
    const struct retrial_options *options = &retrial->options;
    const size_t count = options->program->rules_count;
    int *kept = calloc(count + 1, sizeof *kept);

    ENSURE_MEMORY(kept != NULL);
    kept[options->rule->index] = SUCCESSION_NONE;
    struct store *store = store_new_beside(
        options->program, kept,
        (struct store_listener){retrial, on_change, on_late, on_risen, on_capped});
    free(kept);
    return store;
}

/* The value of the rule's key in the alert's group. */
static void find_key(struct retrial *retrial, const struct alert *alert)
{
    const struct rule *rule = retrial->options.rule;

    for (size_t i = 0;
         rule->key != RULE_NONE && rule->class != RULE_SINGLE && i < alert->group.count; i++) {
        if (slice_equal(alert->group.items[i].name, rule->group[rule->key].name)) {
            retrial->key = alert->group.items[i].value;
            retrial->has_key = true;
        }
    }
}

struct retrial *retrial_new(const struct retrial_options *options)
{
    struct retrial *retrial = calloc(1, sizeof *retrial);
    const struct dossier_record *last = dossier_last(options->dossier);

    ENSURE_MEMORY(retrial != NULL);
    ENSURE(last != NULL);
    retrial->options = *options;
    retrial->arena = options->dossier->arena;
    retrial->batch = arena_new(BATCH_MAX);
    retrial->store = new_store(retrial);
    retrial->wanted = table_new();
    retrial->records =
        arena_alloc(retrial->arena, records_count(retrial) * sizeof *retrial->records);
    retrial->evidence =
        arena_alloc(retrial->arena, last->alert.evidence_count * sizeof *retrial->evidence);
    for (size_t i = 0; i < last->alert.evidence_count; i++) {
        table_put(retrial->wanted, name_of(retrial->arena, &last->alert.evidence[i].is),
                  &retrial->evidence[i]);
    }
    find_key(retrial, &last->alert);
    retrial->result.first_offset = -1;
    retrial->result.oldest = INSTANT_MAX;
    return retrial;
}

void retrial_free(struct retrial *retrial)
{
    if (retrial == NULL) {
        return;
    }
    store_free(retrial->store);
    table_free(retrial->wanted);
    VECTOR_FREE(&retrial->told);
    arena_free(retrial->batch);
    free(retrial);
}

bool retrial_take(struct retrial *retrial, struct slice value, int64_t offset)
{
    const struct pack_visitor visitor = {retrial, on_match, on_watermark};
    struct frame frame;

    if (retrial->result.first_offset < 0) {
        retrial->result.first_offset = offset;
    }
    retrial->offset = offset;
    const bool good = frame_read(SOURCE_SINGLE_OBJECT, value, &frame) == VERDICT_GOOD &&
                      frame.schema == retrial->options.formats->match.fingerprint &&
                      pack_read(retrial->batch, frame.body, &visitor);
    arena_reset(retrial->batch);
    retrial->result.broken = retrial->result.broken || !good;
    pass_superseded(retrial);
    return good && retrial->next < records_count(retrial);
}

/* Of what the rule says, the record that comes next to the published one. */
static const struct alert *nearest_to(const struct retrial *retrial,
                                      const struct alert *published)
{
    const struct alert *nearest = NULL;

    for (size_t i = 0; i < retrial->told.count; i++) {
        const struct alert *alert = &retrial->told.items[i];
        const bool alike = slice_equal(alert->state, published->state);
        if (alike && instant_compare(alert->at, published->at) == 0) {
            return alert;
        }
        nearest = alike || nearest == NULL ? alert : nearest;
    }
    return nearest;
}

static void judge_rest(struct retrial *retrial)
{
    for (size_t i = retrial->next; i < records_count(retrial); i++) {
        const struct alert *published = &record_at(retrial, i)->alert;
        const struct alert *nearest = nearest_to(retrial, published);
        if (nearest == NULL) {
            continue;
        }
        const struct alert copy = delivered_as(retrial, nearest, published);
        retrial->records[i].sameness = RETRIAL_DIFFERS;
        retrial->records[i].difference = unlike_first(retrial->arena, published, &copy);
    }
}

struct retrial_result retrial_end(struct retrial *retrial)
{
    const struct dossier_record *last = dossier_last(retrial->options.dossier);
    struct retrial_result *result = &retrial->result;

    judge_rest(retrial);
    for (size_t i = 0; i < records_count(retrial); i++) {
        result->same += retrial->records[i].sameness >= RETRIAL_SAME ? 1U : 0U;
    }
    for (size_t i = 0; i < last->alert.evidence_count; i++) {
        result->evidence_missing += retrial->evidence[i].found ? 0U : 1U;
    }
    result->records = retrial->records;
    result->evidence = retrial->evidence;
    return *result;
}
