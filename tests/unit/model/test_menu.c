#include "seinpost/base/text.h"
#include "seinpost/schema/kind.h"
#include "seinpost/schema/vocabulary.h"

#include "models.h"

#define MEASURE(id, stages, track, on)                                                         \
    "  - {id: " id ", nl: n, en: e, authority: a, basis: b, stages: [" stages                  \
    "], type: admin, track: " track ", on: [" on "]}\n"

static const char measures[] = MODELS_HEAD("measures") "measures:\n" MEASURE("fine", "work",
                                                                             "admin", "company")
    MEASURE("close", "work, housing", "admin", "address, company")
        MEASURE("warn", "work", "admin", "") MEASURE("charge", "work", "criminal", "company")
            MEASURE("help", "work", "support", "") MEASURE("search", "housing", "admin", "");

/* The ranking in words; one that needs a transition has a `!`. */
static void expect(const char *stage, int track, unsigned kinds, const char *named,
                   const char *ranking)
{
    struct models *const models =
        models_make(measures, models_desks, MODELS_HEAD("routes") "route: {receiver: []}\n");
    struct slice rest = slice_of(named);
    struct slice names[4] = {{0}};
    struct menu_proposal proposals[MENU_PROPOSALS_MAX];
    struct menu_question question = {.stage =
                                         vocabulary_find(vocabulary_stages, slice_of(stage)),
                                     .track = track,
                                     .kinds = kinds,
                                     .named = names};
    struct text text = {0};

    while (rest.size > 0) {
        names[question.named_count++] = slice_cut(&rest, ' ');
    }
    const size_t count = menu_rank(&models->model.menu, &question, proposals);
    for (size_t i = 0; i < count; i++) {
        text_format(&text, "%s%.*s%s", i > 0 ? " " : "", SLICE_ARGS(proposals[i].measure->id),
                    proposals[i].transition ? "!" : "");
    }
    ck_assert_slice_eq(text_slice(&text), ranking);
    text_free(&text);
    models_end(models);
}

#define COMPANY (1U << KIND_COMPANY)
#define ADDRESS (1U << KIND_ADDRESS)

/* Of the alert's track and for its stage; what is aimed at more of the group's kinds first,
 * then in the menu's order. */
START_TEST(what_fits_the_group_comes_first)
{
    expect("work", 0, COMPANY, "", "fine close warn");
    expect("work", 0, COMPANY | ADDRESS, "", "close fine warn");
    expect("work", 0, 0, "", "warn");
    expect("housing", 0, 0, "", "search");
}
END_TEST

/* What the rule names comes before its equals, in the rule's order, and though it is for
 * another stage. */
START_TEST(what_the_rule_names_is_proposed)
{
    expect("work", 0, COMPANY, "search close", "close fine warn search");
}
END_TEST

/* F13: a measure of another track is proposed only where the rule names it, last, and says that
 * a transition comes first. */
START_TEST(another_track_needs_a_transition)
{
    expect("work", 1, COMPANY, "", "charge");
    expect("work", 0, COMPANY, "charge", "fine close warn charge!");
    expect("work", -1, COMPANY, "fine", "fine!");
}
END_TEST

/* F21: support that the rule names comes before all else. */
START_TEST(support_comes_first)
{
    expect("work", 1, COMPANY, "charge help", "help charge");
}
END_TEST

Suite *menu_suite(void)
{
    const TTest *const tests[] = {what_fits_the_group_comes_first,
                                  what_the_rule_names_is_proposed,
                                  another_track_needs_a_transition, support_comes_first, NULL};

    return unit_suite("menu", tests);
}
