#include "seinpost/correlate/episode_image.h"

#include "seinpost/base/ensure.h"

static void save_evidence(struct evidence *const *items, size_t count, struct image *image)
{
    binary_put_long(image->to, (int64_t)count);
    for (size_t i = 0; i < count; i++) {
        image_put_reference(image, &items[i]->is);
        binary_put_text(image->to, items[i]->shown);
    }
}

static void save_told(const struct episode *episode, struct image *image)
{
    binary_put_bool(image->to, episode->said);
    binary_put_bool(image->to, episode->told);
    if (episode->told) {
        binary_put_bool(image->to, episode->told_closed);
        binary_put_long(image->to, episode->told_closes_at.ms);
        binary_put_long(image->to, episode->told_updates);
        binary_put_long(image->to, episode->told_sectors);
        binary_put_long(image->to, episode->told_stages);
        image_put_digest(image, episode->told_opening);
        image_put_digest(image, episode->told_content);
    }
    binary_put_bool(image->to, episode->changed);
}

void episode_image_save(const struct episode *episode, const struct rule *rule,
                        struct image *image)
{
    image_put_digest(image, episode->id);
    binary_put_long(image->to, (int64_t)episode->group);
    binary_put_long(image->to, episode->opened_at.ms);
    binary_put_long(image->to, episode->at.ms);
    binary_put_long(image->to, episode->closes_at.ms);
    binary_put_long(image->to, episode->updates);
    save_evidence(episode->evidence.items, episode->evidence.count, image);
    binary_put_long(image->to, (int64_t)episode->evidence_count);
    save_evidence(&episode->newest, episode->newest == NULL ? 0 : 1, image);
    for (size_t i = 0; i < rule->metrics_count; i++) {
        binary_put_long(image->to, episode->measures[i].number);
        binary_put_long(image->to, episode->measures[i].divisor);
    }
    binary_put_long(image->to, episode->sectors);
    binary_put_long(image->to, episode->stages);
    binary_put_bool(image->to, episode->capped);
    if (rule->class == RULE_LINK) {
        binary_put_text(image->to, episode->remark);
    }
    image_put_digest(image, episode->opening);
    binary_put_long(image->to, episode->opening_sectors);
    save_evidence(episode->made_of.items, episode->made_of.count, image);
    binary_put_long(image->to, (int64_t)episode->carried.count);
    for (size_t i = 0; i < episode->carried.count; i++) {
        binary_put_long(image->to, episode->carried.items[i].carry);
        image_put_value(image, &episode->carried.items[i].value);
    }
    save_told(episode, image);
}

static unsigned get_unsigned(struct image_reader *reader)
{
    return (unsigned)image_get_index(reader, (size_t)UINT32_MAX + 1);
}

static struct instant get_instant(struct image_reader *reader)
{
    return (struct instant){binary_get_long(&reader->bytes)};
}

static struct evidence *load_evidence(struct image_reader *reader)
{
    const struct event_reference is = image_get_reference(reader);

    return episode_evidence(&is, binary_get_text(&reader->bytes));
}

static void load_measures(struct episode *episode, const struct rule *rule,
                          struct image_reader *reader)
{
    for (size_t i = 0; i < rule->metrics_count; i++) {
        episode->measures[i].number = binary_get_long(&reader->bytes);
        episode->measures[i].divisor = binary_get_long(&reader->bytes);
        if (episode->measures[i].divisor < 0) {
            image_spoil(reader);
        }
    }
}

static void load_opening(struct episode *episode, const struct rule *rule,
                         struct image_reader *reader)
{
    episode->opening = image_get_digest(reader);
    episode->opening_sectors = get_unsigned(reader);
    for (size_t count = image_get_index(reader, EPISODE_EVIDENCE_MAX + 1); count > 0; count--) {
        VECTOR_PUSH(&episode->made_of, load_evidence(reader));
    }
    const size_t count = image_get_index(reader, rule->carries_count * EPISODE_CARRIED_MAX + 1);
    for (size_t i = 0; i < count && image_is_good(reader); i++) {
        const int carry = (int)image_get_index(reader, rule->carries_count);
        const struct value value = image_get_value(reader);
        if (value.type == VALUE_LIST) { /* each of its items is carried by itself */
            image_spoil(reader);
            return;
        }
        VECTOR_PUSH(&episode->carried, (struct carried){carry, episode_value(&value)});
    }
}

static void load_told(struct episode *episode, struct image_reader *reader)
{
    episode->said = binary_get_bool(&reader->bytes);
    episode->told = binary_get_bool(&reader->bytes);
    if (episode->told) {
        episode->told_closed = binary_get_bool(&reader->bytes);
        episode->told_closes_at = get_instant(reader);
        episode->told_updates = get_unsigned(reader);
        episode->told_sectors = get_unsigned(reader);
        episode->told_stages = get_unsigned(reader);
        episode->told_opening = image_get_digest(reader);
        episode->told_content = image_get_digest(reader);
    }
    episode->changed = binary_get_bool(&reader->bytes);
}

struct episode *episode_image_load(const struct rule *rule, size_t groups,
                                   struct image_reader *reader)
{
    struct episode *episode = calloc(1, sizeof *episode);

    ENSURE_MEMORY(episode != NULL);
    episode->id = image_get_digest(reader);
    episode->group = image_get_index(reader, groups);
    episode->opened_at = get_instant(reader);
    episode->at = get_instant(reader);
    episode->closes_at = get_instant(reader);
    episode->updates = get_unsigned(reader);
    for (size_t count = image_get_index(reader, EPISODE_EVIDENCE_MAX + 1); count > 0; count--) {
        VECTOR_PUSH(&episode->evidence, load_evidence(reader));
    }
    episode->evidence_count = image_get_index(reader, SIZE_MAX);
    episode->newest = image_get_index(reader, 2) == 0 ? NULL : load_evidence(reader);
    load_measures(episode, rule, reader);
    episode->sectors = get_unsigned(reader);
    episode->stages = get_unsigned(reader);
    episode->capped = binary_get_bool(&reader->bytes);
    if (rule->class == RULE_LINK) {
        episode_remark(episode, binary_get_text(&reader->bytes));
    }
    load_opening(episode, rule, reader);
    load_told(episode, reader);
    if (episode->evidence.count == 0 || episode->evidence_count < episode->evidence.count) {
        image_spoil(reader);
    }
    return episode;
}
