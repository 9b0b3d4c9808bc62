#include "seinpost/alert/alert.h"

#include "seinpost/alert/explain.h"
#include "seinpost/base/arena.h"
#include "seinpost/base/text.h"
#include "seinpost/schema/vocabulary.h"

/* An alert fits in a record with room to spare: 100 events (episode.h), and this. */
enum {
    GROUP_BYTES_MAX = 1024,     /* of a group's value, as it is shown */
    WORDS_BYTES_MAX = 16 * 1024 /* of summary and explanation each */
};

static struct slice keep(struct arena *arena, struct text *text)
{
    const struct slice kept = slice_copy(arena, text_slice(text));

    text_clear(text);
    return kept;
}

static const char *state_name(enum change_state state)
{
    switch (state) {
    case CHANGE_OPENED:
        return "opened";
    case CHANGE_UPDATED:
        return "updated";
    case CHANGE_CLOSED:
        return "closed";
    case CHANGE_RETRACTED:
        return "retracted";
    case CHANGE_SUPERSEDED:
        break;
    }
    return "superseded";
}

static struct slice word(const char *const *list, int index)
{
    return index < 0 ? SLICE("") : slice_of(list[index]);
}

struct alert_texts alert_words(struct arena *arena, const char *const *list, unsigned mask)
{
    struct slice *items = arena_alloc(arena, (size_t)__builtin_popcount(mask) * sizeof *items);
    struct alert_texts texts = {.items = items};

    for (unsigned i = 0; list[i] != NULL; i++) {
        if ((mask >> i & 1) != 0) {
            items[texts.count++] = slice_of(list[i]);
        }
    }
    return texts;
}

static struct alert_pairs build_group(struct arena *arena, const struct change *change,
                                      struct text *text)
{
    const struct rule *rule = change->rule;
    struct alert_pair *pairs = arena_alloc(arena, (rule->group_count + 1) * sizeof *pairs);

    if (rule->class == RULE_SINGLE) {
        pairs[0] = (struct alert_pair){
            SLICE("event"), slice_copy(arena, change->episode->evidence.items[0]->is.id)};
        return (struct alert_pairs){pairs, 1};
    }
    for (size_t i = 0; i < rule->group_count; i++) {
        value_format(text, &change->group[i]);
        text_bound(text, GROUP_BYTES_MAX, SLICE("..."));
        pairs[i] = (struct alert_pair){rule->group[i].name, keep(arena, text)};
    }
    return (struct alert_pairs){pairs, rule->group_count};
}

static struct alert_pairs build_metrics(struct arena *arena, const struct change *change,
                                        struct text *text)
{
    const struct rule *rule = change->rule;
    struct alert_pair *pairs = arena_alloc(arena, rule->metrics_count * sizeof *pairs);

    for (size_t i = 0; i < rule->metrics_count; i++) {
        explain_measure(&rule->metrics[i], &change->episode->measures[i], text);
        pairs[i] = (struct alert_pair){rule->metrics[i].name, keep(arena, text)};
    }
    return (struct alert_pairs){pairs, rule->metrics_count};
}

/* `name=value` lines, as the course keeps them. */
static struct alert_pairs build_fields(struct arena *arena, struct slice shown)
{
    size_t lines = 0;

    for (size_t i = 0; i < shown.size; i++) {
        lines += shown.data[i] == '\n' ? 1U : 0U;
    }
    struct alert_pair *pairs = arena_alloc(arena, lines * sizeof *pairs);
    for (size_t i = 0; i < lines; i++) {
        struct slice value = slice_cut(&shown, '\n');
        const struct slice name = slice_cut(&value, '=');
        pairs[i] = (struct alert_pair){slice_copy(arena, name), slice_copy(arena, value)};
    }
    return (struct alert_pairs){pairs, lines};
}

static void build_evidence(struct arena *arena, const struct episode *episode,
                           struct alert *alert)
{
    struct alert_evidence *evidence =
        arena_alloc(arena, episode->evidence.count * sizeof *evidence);

    for (size_t i = 0; i < episode->evidence.count; i++) {
        const struct evidence *from = episode->evidence.items[i];
        evidence[i].is = from->is;
        evidence[i].is.source = slice_copy(arena, from->is.source);
        evidence[i].is.id = slice_copy(arena, from->is.id);
        evidence[i].is.type = slice_copy(arena, from->is.type);
        evidence[i].is.place.topic = slice_copy(arena, from->is.place.topic);
        evidence[i].fields = build_fields(arena, from->shown);
    }
    alert->evidence = evidence;
    alert->evidence_count = episode->evidence.count;
    alert->evidence_all = (int32_t)episode->evidence_count;
}

static struct slice hex(struct arena *arena, struct digest digest)
{
    char buffer[DIGEST_TEXT_SIZE];

    return slice_copy(arena, slice_of(digest_format(digest, buffer)));
}

struct alert alert_build(struct arena *arena, const struct change *change, int32_t partition,
                         int64_t sequence)
{
    const struct rule *rule = change->rule;
    const struct episode *episode = change->episode;
    struct text text = {0};
    struct alert alert = {
        .id = hex(arena, episode->id),
        .state = slice_of(state_name(change->state)),
        .rule = rule->name,
        .indicator = rule->id,
        .version = (int32_t)rule->version,
        .rule_hash = hex(arena, rule->hash),
        .title = rule->title,
        .level = word(vocabulary_levels, rule->level),
        .score = (int32_t)rule->score,
        .stage = word(vocabulary_stages, rule->stage),
        .track = word(vocabulary_tracks, rule->track),
        .purposes = alert_words(arena, vocabulary_purposes, rule->purposes),
        .legal_bases = alert_words(arena, vocabulary_legal_bases, rule->legal_bases),
        .owner = rule->owner,
        .at = change->at,
        .opened_at = episode->opened_at,
        .late = change->late,
        .capped =
            episode->capped || change->capped || episode->evidence_count > EPISODE_EVIDENCE_MAX,
        .sectors = alert_words(arena, vocabulary_sectors, episode->sectors),
        .measures = {rule->measures, rule->measures_count},
        .review = SLICE("required"),
        .partition = partition,
        .sequence = sequence,
    };

    alert.group = build_group(arena, change, &text);
    alert.metrics = build_metrics(arena, change, &text);
    build_evidence(arena, episode, &alert);
    explain_summary(rule, episode, change->group, &text);
    text_bound(&text, WORDS_BYTES_MAX, SLICE("..."));
    alert.summary = keep(arena, &text);
    explain_reason(rule, episode, &text);
    text_bound(&text, WORDS_BYTES_MAX, SLICE("..."));
    alert.explain = keep(arena, &text);
    text_free(&text);
    return alert;
}
