#include "seinpost/correlate/episode.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"

#include <string.h>

static char *copy_text(char *to, struct slice *text)
{
    if (text->size > 0) {
        memcpy(to, text->data, text->size);
    }
    text->data = to;
    return to + text->size;
}

struct evidence *episode_evidence(const struct event_reference *is, struct slice shown)
{
    const size_t size =
        is->source.size + is->id.size + is->type.size + is->place.topic.size + shown.size;
    struct evidence *evidence = malloc(sizeof *evidence + size);

    ENSURE_MEMORY(evidence != NULL);
    *evidence = (struct evidence){*is, shown};
    char *at = (char *)(evidence + 1);
    at = copy_text(at, &evidence->is.source);
    at = copy_text(at, &evidence->is.id);
    at = copy_text(at, &evidence->is.type);
    at = copy_text(at, &evidence->is.place.topic);
    (void)copy_text(at, &evidence->shown);
    return evidence;
}

static void free_values(struct episode *episode)
{
    for (size_t i = 0; i < episode->carried.count; i++) {
        if (episode->carried.items[i].value.type == VALUE_TEXT) {
            free((void *)(uintptr_t)episode->carried.items[i].value.as.text.data);
        }
    }
}

void episode_remark(struct episode *episode, struct slice remark)
{
    char *copy = malloc(remark.size + 1);

    ENSURE_MEMORY(copy != NULL);
    free((void *)(uintptr_t)episode->remark.data);
    episode->remark = remark;
    (void)copy_text(copy, &episode->remark);
}

void episode_free(struct episode *episode)
{
    if (episode == NULL) {
        return;
    }
    for (size_t i = 0; i < episode->evidence.count; i++) {
        free(episode->evidence.items[i]);
    }
    for (size_t i = 0; i < episode->made_of.count; i++) {
        free(episode->made_of.items[i]);
    }
    free(episode->newest);
    free_values(episode);
    free((void *)(uintptr_t)episode->remark.data);
    VECTOR_FREE(&episode->evidence);
    VECTOR_FREE(&episode->made_of);
    VECTOR_FREE(&episode->carried);
    free(episode);
}

struct value episode_value(const struct value *value)
{
    struct value copy = *value;

    if (value->type == VALUE_TEXT) {
        char *text = malloc(value->as.text.size + 1);
        ENSURE_MEMORY(text != NULL);
        (void)copy_text(text, &copy.as.text);
    }
    return copy;
}

struct episode *episode_copy(const struct episode *from)
{
    struct episode *copy = malloc(sizeof *copy);

    ENSURE_MEMORY(copy != NULL);
    *copy = *from;
    memset(&copy->evidence, 0, sizeof copy->evidence);
    memset(&copy->made_of, 0, sizeof copy->made_of);
    memset(&copy->carried, 0, sizeof copy->carried);
    copy->remark = (struct slice){0};
    episode_remark(copy, from->remark);
    copy->newest =
        from->newest == NULL ? NULL : episode_evidence(&from->newest->is, from->newest->shown);
    for (size_t i = 0; i < from->evidence.count; i++) {
        const struct evidence *evidence = from->evidence.items[i];
        VECTOR_PUSH(&copy->evidence, episode_evidence(&evidence->is, evidence->shown));
    }
    for (size_t i = 0; i < from->made_of.count; i++) {
        const struct evidence *evidence = from->made_of.items[i];
        VECTOR_PUSH(&copy->made_of, episode_evidence(&evidence->is, evidence->shown));
    }
    for (size_t i = 0; i < from->carried.count; i++) {
        const struct carried *carried = &from->carried.items[i];
        VECTOR_PUSH(&copy->carried,
                    (struct carried){carried->carry, episode_value(&carried->value)});
    }
    return copy;
}

/* Where a reference stands, or belongs, in the episode's evidence. */
static size_t evidence_index(const struct episode *episode, const struct event_reference *is,
                             bool *there)
{
    size_t low = 0;
    size_t high = episode->evidence.count;

    *there = false;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = event_compare(&episode->evidence.items[middle]->is, is);
        if (order == 0) {
            *there = true;
            return middle;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Takes over what is not named any more. */
static void note_newest(struct episode *episode, struct evidence *evidence)
{
    struct evidence *newest = episode->newest;

    if (newest == NULL || event_compare(&newest->is, &evidence->is) < 0) {
        episode->newest = evidence;
        evidence = newest;
    }
    free(evidence);
}

/* Beyond the events that are named, only newer ones are sure not to have been counted. */
static void count_unnamed(struct episode *episode, const struct event_reference *is)
{
    const struct evidence *newest = episode->newest == NULL
                                        ? episode->evidence.items[episode->evidence.count - 1]
                                        : episode->newest;

    if (event_compare(&newest->is, is) < 0) {
        episode->evidence_count++;
        note_newest(episode, episode_evidence(is, SLICE("")));
    }
}

static void add_reference(struct episode *episode, const struct event_reference *is,
                          struct slice shown)
{
    bool there = false;
    const size_t index = evidence_index(episode, is, &there);

    if (there) {
        return;
    }
    if (index == EPISODE_EVIDENCE_MAX) {
        count_unnamed(episode, is);
        return;
    }
    episode->evidence_count++;
    VECTOR_INSERT(&episode->evidence, index, episode_evidence(is, shown));
    if (episode->evidence.count > EPISODE_EVIDENCE_MAX) {
        note_newest(episode, episode->evidence.items[--episode->evidence.count]);
    }
}

static void render_shown(const struct rule *rule, const struct held *event, struct text *text)
{
    for (size_t i = 0; i < rule->operands_count; i++) {
        if ((rule->shown >> i & 1) == 0 || event->values[i].type == VALUE_NONE) {
            continue;
        }
        text_format(text, "%.*s=", SLICE_ARGS(rule->operands[i].name));
        value_format(text, &event->values[i]);
        text_add_byte(text, '\n');
    }
}

/* An alert as evidence stands for the events that it was made of. */
static void add_event(struct episode *episode, const struct rule *rule,
                      const struct held *event)
{
    struct text shown = {0};

    render_shown(rule, event, &shown);
    text_bound(&shown, EPISODE_SHOWN_MAX, SLICE("...\n"));
    if (event->made_of_count == 0) {
        add_reference(episode, &event->is, text_slice(&shown));
    }
    for (size_t i = 0; i < event->made_of_count; i++) {
        add_reference(episode, &event->made_of[i], SLICE(""));
    }
    episode->sectors |= event->sectors;
    episode->stages |= event->stages;
    text_free(&shown);
}

void episode_add(struct episode *episode, const struct rule *rule,
                 const struct finding *finding, size_t known)
{
    for (size_t i = known; i < finding->evidence_count; i++) {
        add_event(episode, rule, finding->evidence[i]);
    }
    episode->at = finding->at;
    episode->changed = true;
    episode->capped = episode->capped || finding->capped;
    if (rule->class == RULE_LINK) {
        episode_remark(episode, finding->remark);
    }
    if (finding->measures != NULL) {
        memcpy(episode->measures, finding->measures,
               rule->metrics_count * sizeof episode->measures[0]);
    }
}

void episode_digest(struct text *text, const struct event_reference *is)
{
    text_add_decimal(text, is->time.ms);
    text_add_byte(text, ';');
    digest_field(text, is->source);
    digest_field(text, is->id);
}

static struct digest opening_of(const struct episode *episode)
{
    struct text text = {0};

    text_format(&text, "%lld;%zu;", (long long)episode->opened_at.ms, episode->evidence_count);
    for (size_t i = 0; i < episode->evidence.count; i++) {
        episode_digest(&text, &episode->evidence.items[i]->is);
    }
    return digest_finish(&text);
}

static bool is_carried(const struct episode *episode, int carry, const struct value *value)
{
    for (size_t i = 0; i < episode->carried.count; i++) {
        if (episode->carried.items[i].carry == carry &&
            value_equal(&episode->carried.items[i].value, value)) {
            return true;
        }
    }
    return false;
}

static size_t count_carried(const struct episode *episode, int carry)
{
    size_t count = 0;

    for (size_t i = 0; i < episode->carried.count; i++) {
        count += episode->carried.items[i].carry == carry ? 1U : 0U;
    }
    return count;
}

static size_t text_size(const struct value *value)
{
    return value->type == VALUE_TEXT ? value->as.text.size : 0;
}

static size_t carried_bytes(const struct episode *episode)
{
    size_t bytes = 0;

    for (size_t i = 0; i < episode->carried.count; i++) {
        bytes += text_size(&episode->carried.items[i].value);
    }
    return bytes;
}

static bool has_room(const struct episode *episode, int carry, const struct value *value)
{
    return count_carried(episode, carry) < EPISODE_CARRIED_MAX &&
           carried_bytes(episode) + text_size(value) <= EPISODE_CARRIED_BYTES_MAX;
}

static void carry_values(struct episode *episode, const struct rule *rule,
                         const struct held *event, int carry)
{
    const struct rule_carry *what = &rule->carries[carry];

    if ((event->entries & what->entries) == 0) {
        return;
    }
    const struct value *value = &event->values[what->operand];
    for (size_t i = 0; i < value_count(value); i++) {
        const struct value *item = value_item(value, i);
        if (is_carried(episode, carry, item)) {
            continue;
        }
        if (!has_room(episode, carry, item)) {
            episode->capped = true;
            return;
        }
        VECTOR_PUSH(&episode->carried, (struct carried){carry, episode_value(item)});
    }
}

/* What higher rules see of the alert is what was known when it opened. */
void episode_keep_opening(struct episode *episode, const struct rule *rule,
                          const struct finding *finding)
{
    episode->opening = opening_of(episode);
    episode->opening_sectors = episode->sectors;
    if (!rule->is_read) {
        return;
    }
    for (size_t i = 0; i < episode->evidence.count; i++) {
        VECTOR_PUSH(&episode->made_of,
                    episode_evidence(&episode->evidence.items[i]->is, SLICE("")));
    }
    for (size_t i = 0; i < rule->carries_count; i++) {
        for (size_t j = 0; j < finding->evidence_count; j++) {
            carry_values(episode, rule, finding->evidence[j], (int)i);
        }
    }
}

/* 0 to 10, then one more at 20, 40, 80 ... */
static unsigned telling(unsigned updates)
{
    unsigned level = updates < EPISODE_UPDATES_AT_ONCE ? updates : EPISODE_UPDATES_AT_ONCE;

    for (unsigned next = 2 * EPISODE_UPDATES_AT_ONCE; next <= updates && next != 0; next *= 2) {
        level++;
    }
    return level;
}

static void add_number(struct text *text, int64_t number)
{
    text_add(text, (struct slice){(const char *)&number, sizeof number});
}

static void add_text(struct text *text, struct slice added)
{
    add_number(text, (int64_t)added.size);
    text_add(text, added);
}

/* What subscribers see of it, but for how often it was updated. It is compared with itself
 * only, and for every change. */
static struct digest content_of(const struct episode *episode)
{
    struct text text = {0};

    add_number(&text, (int64_t)episode->evidence_count);
    for (size_t i = 0; i < RULE_METRICS_MAX; i++) {
        if (episode->measures[i].divisor != 0) {
            add_number(&text, (int64_t)i);
            add_number(&text, episode->measures[i].number);
            add_number(&text, episode->measures[i].divisor);
        }
    }
    for (size_t i = 0; i < episode->evidence.count; i++) {
        const struct event_reference *is = &episode->evidence.items[i]->is;
        add_number(&text, is->time.ms);
        add_text(&text, is->source);
        add_text(&text, is->id);
    }
    return digest_finish(&text);
}

static bool is_changed(const struct episode *episode)
{
    return episode->updates != episode->told_updates ||
           !digest_equal(content_of(episode), episode->told_content);
}

bool episode_is_news(const struct episode *episode)
{
    if (!episode->changed) {
        return false;
    }
    if (episode->sectors != episode->told_sectors || episode->stages != episode->told_stages ||
        !digest_equal(episode->opening, episode->told_opening)) {
        return true;
    }
    return episode->updates <= EPISODE_UPDATES_AT_ONCE || episode->told_closed
               ? is_changed(episode)
               : telling(episode->updates) > telling(episode->told_updates);
}

void episode_note_told(struct episode *episode)
{
    episode->told = true;
    episode->told_updates = episode->updates;
    episode->told_sectors = episode->sectors;
    episode->told_stages = episode->stages;
    episode->told_opening = episode->opening;
    episode->told_content = content_of(episode);
    episode->changed = false;
}

void episode_take_over(struct episode *episode, const struct episode *before)
{
    episode->said = before->said;
    episode->told = before->told;
    episode->told_closed = before->told_closed;
    episode->told_closes_at = before->told_closes_at;
    episode->told_updates = before->told_updates;
    episode->told_sectors = before->told_sectors;
    episode->told_stages = before->told_stages;
    episode->told_opening = before->told_opening;
    episode->told_content = before->told_content;
    episode->changed = true;
}
