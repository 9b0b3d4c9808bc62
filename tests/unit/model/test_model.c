#include "seinpost/schema/vocabulary.h"

#include "models.h"

/* The deployed model has no fault, labels for every stage in both languages, and all measures
 * and desks of the domain. */
START_TEST(the_deployed_model_is_whole)
{
    struct models *const models = models_deployed();

    for (size_t i = 0; vocabulary_stages[i] != NULL; i++) {
        ck_assert_slice_eq(models->model.stages[i].code, vocabulary_stages[i]);
        ck_assert(models->model.stages[i].nl.size > 0 && models->model.stages[i].en.size > 0);
    }
    ck_assert_uint_eq(models->model.menu.count, 49);
    ck_assert_uint_eq(models->model.desks.count, 16);
    models_end(models);
}
END_TEST

/* F13: no deployed desk stands on both sides of the wall between supervision and
 * investigation. */
START_TEST(no_deployed_desk_is_on_two_tracks)
{
    struct models *const models = models_deployed();

    for (size_t i = 0; i < models->model.desks.count; i++) {
        ck_assert_int_le(__builtin_popcount(models->model.desks.items[i].tracks), 1);
    }
    models_end(models);
}
END_TEST

/* F13: nothing crosses beforehand: each transition is somebody's decision. */
START_TEST(no_transition_is_deployed)
{
    struct models *const models = models_deployed();

    ck_assert_uint_eq(models->model.routes.transitions_count, 0);
    models_end(models);
}
END_TEST

/* F12: no deployed desk has what may not be passed on without the provider's release. */
START_TEST(no_deployed_desk_has_h2)
{
    struct models *const models = models_deployed();

    for (size_t i = 0; i < models->model.desks.count; i++) {
        ck_assert_int_lt(models->model.desks.items[i].handling_max, 2);
    }
    models_end(models);
}
END_TEST

Suite *model_suite(void)
{
    const TTest *const tests[] = {the_deployed_model_is_whole,
                                  no_deployed_desk_is_on_two_tracks, no_transition_is_deployed,
                                  no_deployed_desk_has_h2, NULL};

    return unit_suite("model", tests);
}
