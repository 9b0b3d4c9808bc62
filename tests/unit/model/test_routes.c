#include "models.h"

#define ROUTES(tree) MODELS_HEAD("routes") "route:\n" tree

/* Which desks a tree leads to, by their place among models_desks: a admin, c crime, d crime2,
 * s support, i immigration. */
static void leads(const char *routes, const char *words, const char *told)
{
    struct models *const models = models_make(NULL, models_desks, routes);
    const struct routes_values values = models_values(models, words);
    const uint64_t mask = routes_find(&models->model.routes, &values);
    char names[8] = "";
    size_t count = 0;

    for (size_t i = 0; i < 5; i++) {
        if ((mask >> i & 1) != 0) {
            names[count++] = "acdsi"[i];
        }
    }
    ck_assert_str_eq(names, told);
    models_end(models);
}

#define FIRST                                                                                  \
    ROUTES("  receiver: admin\n  routes:\n"                                                    \
           "    - {match: {stage: work}, receiver: crime}\n"                                   \
           "    - {match: {stage: 'w*'}, receiver: crime2}\n")

/* The first son that matches takes the alert; its parent is told where none does. */
START_TEST(the_first_that_matches_takes_it)
{
    leads(FIRST, "stage=work", "c");
    leads(FIRST, "stage=wild", "d");
    leads(FIRST, "stage=entry", "a");
}
END_TEST

#define ON                                                                                     \
    ROUTES("  receiver: admin\n  routes:\n"                                                    \
           "    - {match: {stage: work}, receiver: crime, continue: true}\n"                   \
           "    - {match: {level: high}, receiver: crime2}\n"                                  \
           "    - {match: {stage: work}, receiver: support}\n")

/* With `continue` the ones behind are asked as well, until one without takes it. */
START_TEST(continue_asks_the_next)
{
    leads(ON, "stage=work", "cs");
    leads(ON, "stage=work,level=high", "cd");
}
END_TEST

#define DEEP                                                                                   \
    ROUTES("  receiver: admin\n  routes:\n"                                                    \
           "    - match: {stage: work}\n      receiver: crime\n      continue: true\n"         \
           "      routes:\n        - {match: {level: high}, receiver: crime2}\n"               \
           "        - {match: {level: 'h*'}, receiver: support}\n"                             \
           "    - {match: {track: admin}, receiver: alien}\n")

/* A node whose son took the alert is not told itself; its brothers are asked as it says. */
START_TEST(a_son_takes_it_from_its_parent)
{
    leads(DEEP, "stage=work", "c");
    leads(DEEP, "stage=work,level=high", "d");
    leads(DEEP, "stage=work,level=huge,track=admin", "si");
    leads(DEEP, "track=admin", "i");
    leads(DEEP, "track=none", "a");
}
END_TEST

/* A route without a receiver has its parent's; a match needs each label, by any value. */
START_TEST(receivers_are_inherited)
{
    const char routes[] = ROUTES("  receiver: [admin, crime]\n  routes:\n"
                                 "    - match: {sector: [air, rail], stage: work}\n");

    leads(routes, "sector=bank,sector=rail,stage=work", "ac");
    leads(routes, "sector=bank", "ac");
}
END_TEST

/* A tree as deep as may be is gone through and left again. */
START_TEST(a_deep_tree_is_left_again)
{
    char routes[2000] = ROUTES("  receiver: admin\n");
    size_t size = strlen(routes);

    for (int i = 1; i < 6; i++) {
        size += (size_t)snprintf(routes + size, sizeof routes - size,
                                 "%*sroutes:\n%*s- match: {stage: work}\n%*sreceiver: crime\n",
                                 4 * i - 2, "", 4 * i, "", 4 * i + 2, "");
    }
    leads(routes, "stage=work", "c");
    leads(routes, "stage=entry", "a");
}
END_TEST

Suite *routes_suite(void)
{
    const TTest *const tests[] = {the_first_that_matches_takes_it, continue_asks_the_next,
                                  a_son_takes_it_from_its_parent,  receivers_are_inherited,
                                  a_deep_tree_is_left_again,       NULL};

    return unit_suite("routes", tests);
}
