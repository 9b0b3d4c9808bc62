#include "seinpost/alert/explain.h"

#include "desk.h"

const char desk_rule[] =
    "schema: seinpost/rule/1\ntitle: A title\nname: r\nid: A1\nversion: 7\nstatus: "
    "test\nlevel: high\n"
    "score: 30\nstage: transport\ntrack: criminal\npurpose: [smuggling, trafficking]\n"
    "legal-basis: [pnr-6.2a, wwft-fiu]\nowner: desk-air\nmeasures: [verify, ask]\n"
    "unless: {business: {payer_kind: [agency]}, club: {group: true}}\n" PLAY_EVENTS
    "correlation:\n  group-by: [card]\n  type: aggregate\n  rules: [a, b]\n  timespan: 1d\n"
    "  metrics: {people: sum(pax_count), spent: sum(amount), mean: avg(pax_count), n: "
    "count_distinct(phone)}\n"
    "  condition: {people|gte: 3, spent|gte: 30.00 EUR, mean|gt: 1, n|gte: 2}\n"
    "alert: {summary: '{people} people, {spent}, {mean} each, of {card}', evidence: "
    "[pax_count]}\n";

static bool build(void *context, const struct change *change)
{
    struct desk *const desk = context;

    ck_assert_uint_lt(desk->count, DESK_ALERTS_MAX);
    desk->alerts[desk->count] =
        alert_build(desk->play.kit.arena, change, 3, (int64_t)desk->count + 1);
    desk->count++;
    text_clear(&desk->explain);
    text_clear(&desk->summary);
    explain_reason(change->rule, change->episode, &desk->explain);
    explain_summary(change->rule, change->episode, change->group, &desk->summary);
    return true;
}

struct desk *desk_play(const char *rules, const char *script)
{
    struct desk *const desk = calloc(1, sizeof *desk);

    ck_assert_ptr_nonnull(desk);
    desk->play = play_begin(rules);
    struct store_listener listener = play_listener(&desk->play);
    listener.context = desk;
    listener.change = build;
    desk->play.store = store_new(desk->play.program, listener);
    play_acts(&desk->play, script);
    return desk;
}

void desk_end(struct desk *desk)
{
    text_free(&desk->explain);
    text_free(&desk->summary);
    play_end(&desk->play);
    free(desk);
}

int main(void)
{
    Suite *const suites[] = {alert_suite(),
                             alert_avro_suite(),
                             alert_json_suite(),
                             derived_suite(),
                             explain_suite(),
                             standing_suite(),
                             NULL};

    return unit_run(suites);
}
