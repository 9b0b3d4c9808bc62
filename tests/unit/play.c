#include "play.h"

#include "seinpost/base/duration.h"
#include "seinpost/rule/ruletest.h"

enum {
    VALUES_MAX = 16
};

struct play play_begin_with(struct kit kit, const char *rules)
{
    struct play play = {.kit = kit};

    play.program = kit_program(&play.kit, rules);
    return play;
}

struct play play_begin(const char *rules)
{
    return play_begin_with(kit_begin(), rules);
}

void play_end(struct play *play)
{
    store_free(play->store);
    text_free(&play->told);
    kit_end(&play->kit);
}

static struct instant instant_of(struct slice text)
{
    int64_t ms = 0;

    if (!slice_is(text, "0")) {
        ck_assert_msg(duration_parse(text, &ms) == DURATION_OK, "'%.*s' is no time",
                      SLICE_ARGS(text));
    }
    return instant_add(RULETEST_START, ms);
}

static void put_instant(struct text *text, struct instant at)
{
    char buffer[DURATION_TEXT_SIZE];
    const int64_t ms = instant_distance(at, RULETEST_START);

    text_format(text, " %s", ms == 0 ? "0" : duration_format(ms, buffer));
}

static void put_measures(struct text *text, const struct rule *rule,
                         const struct measure *measures)
{
    for (size_t i = 0; i < rule->metrics_count; i++) {
        text_format(text, " %.*s=%lld", SLICE_ARGS(rule->metrics[i].name),
                    (long long)measures[i].number);
        if (measures[i].divisor != 1) {
            text_format(text, "/%lld", (long long)measures[i].divisor);
        }
    }
}

static bool change(void *context, const struct change *change)
{
    static const char *const states[] = {"opened", "updated", "closed", "retracted",
                                         "superseded"};
    struct play *const play = context;
    const struct episode *const episode = change->episode;

    text_format(&play->told, "%s", states[change->state]);
    put_instant(&play->told, change->at);
    for (size_t i = 0; i < change->rule->group_count; i++) {
        text_add_byte(&play->told, ' ');
        value_format(&play->told, &change->group[i]);
    }
    text_add(&play->told, SLICE(" ["));
    for (size_t i = 0; i < episode->evidence.count; i++) {
        text_format(&play->told, "%s%.*s", i > 0 ? " " : "",
                    SLICE_ARGS(episode->evidence.items[i]->is.id));
    }
    text_add_byte(&play->told, ']');
    if (play->shows_metrics) {
        put_measures(&play->told, change->rule, episode->measures);
    }
    if (play->program->rules_count > 1) {
        text_format(&play->told, " of %.*s", SLICE_ARGS(change->rule->name));
    }
    text_add(&play->told, change->late ? SLICE(" late\n") : SLICE("\n"));
    return !play->muted;
}

static void late(void *context, const struct rule *rule, const struct match *match)
{
    struct play *const play = context;

    text_format(&play->told, "too late %.*s for %.*s\n", SLICE_ARGS(match->is.id),
                SLICE_ARGS(rule->name));
}

static void risen(void *context, const struct rule *rule, struct instant watermark)
{
    struct play *const play = context;

    text_format(&play->told, "risen %.*s", SLICE_ARGS(rule->name));
    put_instant(&play->told, watermark);
    text_add_byte(&play->told, '\n');
}

static void capped(void *context, const struct rule *rule)
{
    struct play *const play = context;

    text_format(&play->told, "capped %.*s\n", SLICE_ARGS(rule->name));
}

struct store_listener play_listener(struct play *play)
{
    return (struct store_listener){play, change, late, risen, capped};
}

/* What the script says of an event. */
struct script_event {
    struct slice entries; /* `a+b` */
    struct match match;
    struct match_value values[VALUES_MAX];
    uint64_t steps[VALUES_MAX];
};

static struct value typed(const struct rule *rule, struct slice name, struct slice text)
{
    char copy[64] = "";
    long long number = 0;
    struct money money = {0, ""};

    for (size_t i = 0; i < text.size && i < sizeof copy - 1; i++) {
        copy[i] = text.data[i] == '_' ? ' ' : text.data[i];
    }
    for (size_t i = 0; i < rule->operands_count; i++) {
        const enum field_type type = rule->operands[i].type;
        if (slice_equal(rule->operands[i].name, name) && type == FIELD_MONEY &&
            money_parse(slice_of(copy), &money)) {
            return value_of_money(money.minor, slice_of(money.currency));
        }
        if (slice_equal(rule->operands[i].name, name) && type == FIELD_INT &&
            slice_number(text, &number)) {
            return value_of_number(number);
        }
    }
    return value_of_text(text);
}

static void add_steps(struct script_event *event, const struct rule *rule)
{
    for (struct slice rest = event->entries; rest.data != NULL && rest.size > 0;) {
        const struct slice name = slice_cut(&rest, '+');
        for (size_t i = 0; i < rule->entries_count; i++) {
            if (slice_equal(rule->entries[i].name, name)) {
                event->steps[event->match.steps_count++] = rule->entries[i].step;
                event->match.is.type = rule->entries[i].types[0]->name;
            }
        }
    }
}

static void add_word(struct script_event *event, const struct rule *rule, struct slice word)
{
    struct slice value = word;
    const struct slice name = slice_cut(&value, '=');

    if (slice_is(name, "id")) {
        event->match.is.id = value;
    } else if (slice_is(name, "src")) {
        event->match.is.source = value;
    } else {
        event->values[event->match.values_count++] =
            (struct match_value){name, typed(rule, name, value)};
    }
}

static void play_event(struct play *play, struct slice time, struct slice rest)
{
    const struct rule *const rule = play->program->rules[0];
    struct script_event event = {.match = {.is = {.source = SLICE("s")}}};
    char id[16];

    snprintf(id, sizeof id, "e%u", ++play->events);
    event.match.is.id = slice_of(id);
    event.match.is.time = instant_of(time);
    event.entries = slice_cut(&rest, ' ');
    event.match.withdrawn = event.entries.data[0] == '!';
    if (event.match.withdrawn) {
        event.entries = (struct slice){event.entries.data + 1, event.entries.size - 1};
    }
    event.match.kind = rule_key_name(rule);
    event.match.value = slice_cut(&rest, ' ');
    while (rest.data != NULL && rest.size > 0) {
        add_word(&event, rule, slice_cut(&rest, ' '));
    }
    for (size_t i = 0; i < play->program->rules_count; i++) {
        add_steps(&event, play->program->rules[i]);
    }
    event.match.steps = event.steps;
    event.match.values = event.values;
    store_match(play->store, &event.match);
}

void play_act(struct play *play, struct slice act)
{
    struct slice rest = slice_trim(act);
    const struct slice first = slice_cut(&rest, ' ');

    if (play->store == NULL) {
        play->store = store_new(play->program, play_listener(play));
    }
    if (slice_is(first, "W")) {
        const struct watermark watermark = {PROGRAM_FILE_SOURCE, 0,    1,
                                            instant_of(rest),    true, false};
        store_watermark(play->store, &watermark);
    } else if (first.size > 0) {
        play_event(play, first, rest);
    }
}

const char *play_acts(struct play *play, const char *script)
{
    for (struct slice rest = slice_of(script); rest.data != NULL && rest.size > 0;) {
        play_act(play, slice_cut(&rest, ';'));
    }
    text_add_byte(&play->told, '\0');
    play->told.size--;
    return play->told.data;
}
