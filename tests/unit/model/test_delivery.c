#include "models.h"

enum {
    ADMIN,
    CRIMINAL,
    SUPPORT
};

#define ALL        MODELS_HEAD("routes") "route: {receiver: [alien, crime, crime2, admin, support]}\n"
#define CRIME_ONLY MODELS_HEAD("routes") "route: {receiver: [alien, crime]}\n"
#define TRANSITION(from, to, ends)                                                             \
    "transitions:\n  - {id: t1, from: " from ", to: " to                                       \
    ", match: {id: A1}, ground: Sv 126nd, "                                                    \
    "decided-by: a, approved-by: b, date: 1969-01-01, expires: " ends "}\n"

static void expect(const char *routes, const struct delivery_question *like, const char *told)
{
    struct models *const models = models_make(NULL, models_desks, routes);
    struct delivery_question question = *like;

    question.values = models_values(models, "id=A1");
    ck_assert_str_eq(models_decide(models, &question), told);
    models_end(models);
}

static struct delivery_question about(int track, bool victim)
{
    return (struct delivery_question){.track = track, .victim = victim, .law = {.purposes = 1}};
}

/* F13: an alert stays on its track: another track's desks get a stub or nothing, each as its
 * configuration says. */
START_TEST(tracks_are_kept_apart)
{
    const struct delivery_question admin = about(ADMIN, false);
    const struct delivery_question criminal = about(CRIMINAL, false);

    expect(ALL, &admin, "support=stub admin=told crime=stub crime2=stub alien=told");
    expect(ALL, &criminal, "support=stub admin=nothing crime=told crime2=told alien=told");
}
END_TEST

/* F13: only a record lets it cross, in the direction that it names. */
START_TEST(a_transition_lets_it_cross)
{
    const struct delivery_question admin = about(ADMIN, false);
    const struct delivery_question criminal = about(CRIMINAL, false);

    expect(ALL TRANSITION("admin", "criminal", "2027-01-01"), &admin,
           "support=stub admin=told crime=told:t1 crime2=told:t1 alien=told");
    expect(ALL TRANSITION("admin", "criminal", "2027-01-01"), &criminal,
           "support=stub admin=nothing crime=told crime2=told alien=told");
}
END_TEST

/* F13: a record that has ended by the time of the alert lets nothing cross. */
START_TEST(a_transition_ends)
{
    const struct delivery_question admin = about(ADMIN, false); /* of 1970 */

    expect(ALL TRANSITION("admin", "criminal", "1969-12-31"), &admin,
           "support=stub admin=told crime=stub crime2=stub alien=told");
}
END_TEST

/* F21: what may be of a victim is told to support, first, though no route leads there. */
START_TEST(support_is_told_first)
{
    const struct delivery_question victim = about(CRIMINAL, true);

    expect(CRIME_ONLY, &victim, "support=told crime=stub alien=nothing");
}
END_TEST

/* F21: investigators are told of it only once a record lets it leave the track of support. */
START_TEST(a_victim_crosses_by_a_record_only)
{
    const struct delivery_question victim = about(CRIMINAL, true);

    expect(CRIME_ONLY TRANSITION("support", "criminal", "2027-01-01"), &victim,
           "support=told crime=told:t1 alien=nothing");
}
END_TEST

/* F21: an immigration desk is told nothing of a victim, not even that there is an alert, and no
 * record changes that. */
START_TEST(immigration_is_never_told_of_a_victim)
{
    const struct delivery_question victim = about(ADMIN, true);

    expect(ALL TRANSITION("support", "admin", "2027-01-01"), &victim,
           "support=told admin=told:t1 crime=stub crime2=stub alien=nothing");
}
END_TEST

/* F12: a desk has an alert only within its handling and its TLP. */
START_TEST(handling_and_tlp_are_bounds)
{
    struct delivery_question question = about(CRIMINAL, false);

    question.law.handling = 2;
    expect(CRIME_ONLY, &question, "crime=stub alien=stub");
    question.law.handling = 1;
    question.law.tlp = 2;
    expect(CRIME_ONLY, &question, "crime=told alien=told");
    question.law.tlp = 3;
    expect(CRIME_ONLY, &question, "crime=stub alien=stub");
}
END_TEST

/* F1: a desk has an alert only for a purpose of its own. */
START_TEST(a_purpose_must_be_the_desks)
{
    struct delivery_question question = about(CRIMINAL, false);

    question.law.purposes = 2; /* illegal employment */
    expect(CRIME_ONLY, &question, "crime=stub alien=stub");
}
END_TEST

/* An alert without a track is told whole to nobody. */
START_TEST(no_track_is_no_desk)
{
    const struct delivery_question question = about(-1, false);

    expect(CRIME_ONLY, &question, "crime=stub alien=stub");
}
END_TEST

Suite *delivery_suite(void)
{
    const TTest *const tests[] = {tracks_are_kept_apart,
                                  a_transition_lets_it_cross,
                                  a_transition_ends,
                                  support_is_told_first,
                                  a_victim_crosses_by_a_record_only,
                                  immigration_is_never_told_of_a_victim,
                                  handling_and_tlp_are_bounds,
                                  a_purpose_must_be_the_desks,
                                  no_track_is_no_desk,
                                  NULL};

    return unit_suite("delivery", tests);
}
