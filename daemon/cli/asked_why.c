#include "seinpost/cli/asked_why.h"

#include "seinpost/base/file.h"
#include "seinpost/base/text.h"
#include "seinpost/cli/nearmiss.h"
#include "seinpost/cli/rehearsal.h"
#include "seinpost/cli/sightings.h"
#include "seinpost/cli/verb.h"
#include "seinpost/signal/frame.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct why {
    const struct inquiry *inquiry;
    const struct workbench *workbench;
    struct gathering *gathering;
    struct sightings *sightings;
    size_t rejects;
    size_t told; /* rules */
    struct text text;
};

static void on_alert(void *context, const struct alert *alert, bool shadow)
{
    const struct why *why = context;

    (void)shadow;
    gathering_alert(why->gathering, alert);
}

static void on_reject(void *context, struct slice reason, struct slice detail,
                      const struct event_place *place)
{
    struct why *why = context;

    (void)fprintf(stderr, "%s: event %lld rejected: %.*s%s%.*s\n", why->inquiry->events,
                  (long long)place->offset + 1, SLICE_ARGS(reason), detail.size > 0 ? ": " : "",
                  SLICE_ARGS(detail));
    why->rejects++;
}

static void on_pack(void *context, struct slice value, int64_t offset)
{
    struct why *why = context;
    struct frame frame;

    (void)offset;
    if (frame_read(SOURCE_SINGLE_OBJECT, value, &frame) == VERDICT_GOOD) {
        gathering_take(why->gathering, frame.body);
    }
}

static bool read_events(struct why *why)
{
    const struct inquiry *inquiry = why->inquiry;
    struct slice events = {0};

    if (!file_read(why->workbench->arena, inquiry->events, &events)) {
        (void)fprintf(stderr, "seinpost: %s: %s\n", inquiry->events, strerror(errno));
        return false;
    }
    struct rehearsal *rehearsal =
        rehearsal_new(&(struct rehearsal_options){.program = why->workbench->program,
                                                  .formats = &why->workbench->formats,
                                                  .shows_helpers = true},
                      (struct rehearsal_listener){why, on_alert, on_reject, on_pack});
    while (events.data != NULL) {
        const struct slice line = slice_trim(slice_cut(&events, '\n'));
        if (line.size > 0) {
            rehearsal_event(rehearsal, line);
            sightings_event(why->sightings, line);
        }
    }
    if (inquiry->has_until) {
        rehearsal_watermark(rehearsal, inquiry->until);
    }
    rehearsal_free(rehearsal);
    return true;
}

/* The watermark follows the newest event; with --until it has passed that. */
static struct instant watermark_of(const struct why *why)
{
    const struct inquiry *inquiry = why->inquiry;
    const int64_t lateness_ms = inquiry->lateness_ms < 0 ? 0 : inquiry->lateness_ms;
    const struct instant newest = sightings_newest(why->sightings);
    const struct instant own =
        newest.ms == INSTANT_MIN.ms ? newest : instant_add(newest, -lateness_ms - 1);

    return inquiry->has_until ? instant_latest(own, inquiry->until) : own;
}

static const char *mark_of(enum nearmiss_state state)
{
    switch (state) {
    case NEARMISS_MET:
        return "yes";
    case NEARMISS_UNMET:
        return "no";
    case NEARMISS_WAITING:
        return "wait";
    case NEARMISS_FRAME:
        break;
    }
    return "";
}

static void tell_lines(struct text *text, const struct nearmiss *nearmiss)
{
    for (size_t i = 0; i < nearmiss->count; i++) {
        const struct nearmiss_line *line = &nearmiss->lines[i];
        text_format(text, "  %-4s %.*s\n", mark_of(line->state), SLICE_ARGS(line->wanted));
        if (line->seen.size > 0) {
            text_format(text, "         seen: %.*s\n", SLICE_ARGS(line->seen));
        }
    }
}

static void tell_entry(struct text *text, const struct rule *rule, int entry,
                       const struct sightings_entry *seen)
{
    if (seen == NULL) {
        return;
    }
    text_format(text, "  '%.*s': met by %zu of %zu events of the group\n",
                SLICE_ARGS(rule->entries[entry].name), seen->met,
                seen->met + seen->failed + seen->exonerated);
    if (seen->exonerated > 0) {
        text_format(text, "         left out: %zu, as %.*s\n", seen->exonerated,
                    SLICE_ARGS(seen->plea));
    }
    if (seen->failed > 0) {
        text_format(text, "         nearest that did not meet it: %.*s\n",
                    SLICE_ARGS(seen->nearest));
    }
}

static void tell_group(struct why *why, const struct gathering_group *group,
                       const struct nearmiss *nearmiss)
{
    const struct rule *rule = group->rule;
    struct text *text = &why->text;

    text_format(text, "%.*s (%.*s), %.*s: ", SLICE_ARGS(rule->id), SLICE_ARGS(rule->name),
                SLICE_ARGS(group->name));
    if (group->opened > 0) {
        text_format(text, "%zu alert%s, the last is %.*s\n", group->opened,
                    group->opened == 1 ? "" : "s", SLICE_ARGS(group->alert));
    } else {
        text_add(text, SLICE("no alert\n"));
    }
    tell_lines(text, nearmiss);
    for (size_t i = 0; i < rule->entries_count; i++) {
        tell_entry(text, rule, (int)i, sightings_of(why->sightings, rule, (int)i));
    }
    text_add_byte(text, '\n');
}

static void json_entry(struct text *text, const struct rule *rule, int entry,
                       const struct sightings_entry *seen)
{
    if (seen == NULL) {
        return;
    }
    text_add(text,
             text->data[text->size - 1] == '[' ? SLICE("{\"event\":") : SLICE(",{\"event\":"));
    text_add_json(text, rule->entries[entry].name);
    text_format(text, ",\"met\":%zu,\"failed\":%zu,\"exonerated\":%zu", seen->met, seen->failed,
                seen->exonerated);
    if (seen->failed > 0) {
        text_add(text, SLICE(",\"nearest\":"));
        text_add_json(text, seen->nearest);
    }
    if (seen->exonerated > 0) {
        text_add(text, SLICE(",\"left_out\":"));
        text_add_json(text, seen->plea);
    }
    text_add_byte(text, '}');
}

static void json_group(struct why *why, const struct gathering_group *group,
                       const struct nearmiss *nearmiss)
{
    const struct rule *rule = group->rule;
    struct text *text = &why->text;

    text_add(text, SLICE("{\"rule\":"));
    text_add_json(text, rule->name);
    text_add(text, SLICE(",\"id\":"));
    text_add_json(text, rule->id);
    text_add(text, SLICE(",\"group\":"));
    text_add_json(text, group->name);
    text_format(text, ",\"alerts\":%zu,\"clauses\":[", group->opened);
    for (size_t i = 0; i < nearmiss->count; i++) {
        const struct nearmiss_line *line = &nearmiss->lines[i];
        text_add(text, i > 0 ? SLICE(",{\"wanted\":") : SLICE("{\"wanted\":"));
        text_add_json(text, line->wanted);
        text_add(text, SLICE(",\"seen\":"));
        text_add_json(text, line->seen);
        text_format(text, ",\"met\":\"%s\"}", mark_of(line->state));
    }
    text_add(text, SLICE("],\"events\":["));
    for (size_t i = 0; i < rule->entries_count; i++) {
        json_entry(text, rule, (int)i, sightings_of(why->sightings, rule, (int)i));
    }
    text_add(text, SLICE("]}\n"));
}

static bool is_asked(const struct why *why, const struct rule *rule)
{
    const char *subject = why->inquiry->subject;

    return subject == NULL || slice_is(rule->name, subject) || slice_is(rule->id, subject);
}

static void tell(struct why *why, const struct gathering_group *group)
{
    const struct nearmiss_asked asked = {why->workbench->arena, why->inquiry->language,
                                         watermark_of(why)};
    const struct nearmiss nearmiss = nearmiss_find(&asked, group);

    if (why->inquiry->json) {
        json_group(why, group, &nearmiss);
    } else {
        tell_group(why, group, &nearmiss);
    }
    why->told++;
}

/* A rule that holds no event of the group, though it was asked: what its events failed. */
static void tell_unmet(struct why *why, const struct rule *rule, const char *group)
{
    const struct gathering_group empty = {.rule = rule, .name = slice_of(group)};
    bool seen = false;

    for (size_t i = 0; i < rule->entries_count; i++) {
        seen = seen || sightings_of(why->sightings, rule, (int)i) != NULL;
    }
    if (seen) {
        tell(why, &empty);
    }
}

static void tell_rule(struct why *why, const struct rule *rule)
{
    size_t groups = 0;

    for (size_t i = 0; i < gathering_count(why->gathering); i++) {
        const struct gathering_group *group = gathering_get(why->gathering, i);
        if (group->rule == rule) {
            tell(why, group);
            groups++;
        }
    }
    if (groups == 0) {
        tell_unmet(why, rule, why->inquiry->group);
    }
}

static int answer(struct why *why)
{
    const struct program *program = why->workbench->program;
    size_t asked = 0;

    for (size_t i = 0; i < program->rules_count; i++) {
        if (is_asked(why, program->rules[i]) && program_runs(program->rules[i])) {
            tell_rule(why, program->rules[i]);
            asked++;
        }
    }
    if (asked == 0) {
        (void)fprintf(stderr, "seinpost: no rule '%s' that runs\n", why->inquiry->subject);
        return VERB_USAGE;
    }
    if (!why->inquiry->json) {
        text_format(&why->text,
                    "%zu events of %s; %zu of %zu rules look at them; %zu events rejected\n",
                    sightings_count(why->sightings), why->inquiry->group, why->told, asked,
                    why->rejects);
    }
    if (why->text.size > 0) {
        (void)fwrite(why->text.data, 1, why->text.size, stdout);
    }
    return fflush(stdout) == 0 ? VERB_GOOD : VERB_USAGE;
}

int asked_why(const struct inquiry *inquiry, const struct workbench *workbench)
{
    struct slice value = slice_of(inquiry->group);
    const struct slice kind = slice_cut(&value, '=');
    struct why why = {.inquiry = inquiry, .workbench = workbench};

    why.gathering = gathering_new(workbench->arena,
                                  &(struct gathering_wanted){workbench->program, kind, value});
    why.sightings = sightings_new(
        workbench->arena,
        &(struct sightings_wanted){workbench->program, inquiry->language, kind, value});
    const int code = read_events(&why) ? answer(&why) : VERB_USAGE;
    gathering_free(why.gathering);
    sightings_free(why.sightings);
    text_free(&why.text);
    return code;
}
