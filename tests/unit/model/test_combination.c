#include <limits.h>

#include "models.h"

enum {
    DRAWS = 20000
};

static struct combination draw_one(struct unit_draw *draw)
{
    const struct source source = {
        .handling = (int)unit_below(draw, 4),
        .tlp = (int)unit_below(draw, 5),
        .eval = (int)unit_below(draw, 16),
        .retention_ms = (int64_t)unit_below(draw, 4), /* 0: no limit */
        .purposes = (unsigned)unit_below(draw, 8),
        .legal_bases = (unsigned)unit_below(draw, 1024),
    };

    return combination_of(&source);
}

static bool equal(const struct combination *a, const struct combination *b)
{
    return combination_is_stricter(a, b) && combination_is_stricter(b, a) &&
           a->legal_bases == b->legal_bases;
}

/* It does not matter which of two is joined to which. */
START_TEST(joining_is_commutative)
{
    struct unit_draw draw = unit_draw(1);

    for (int i = 0; i < DRAWS; i++) {
        const struct combination a = draw_one(&draw);
        const struct combination b = draw_one(&draw);
        const struct combination ab = combination_join(a, b);
        const struct combination ba = combination_join(b, a);
        ck_assert(equal(&ab, &ba));
    }
}
END_TEST

/* It does not matter in which order three are joined. */
START_TEST(joining_is_associative)
{
    struct unit_draw draw = unit_draw(2);

    for (int i = 0; i < DRAWS; i++) {
        const struct combination a = draw_one(&draw);
        const struct combination b = draw_one(&draw);
        const struct combination c = draw_one(&draw);
        const struct combination left = combination_join(combination_join(a, b), c);
        const struct combination right = combination_join(a, combination_join(b, c));
        ck_assert(equal(&left, &right));
    }
}
END_TEST

/* What is joined to itself, or to nothing, stays what it is. */
START_TEST(joining_is_idempotent)
{
    struct unit_draw draw = unit_draw(3);

    for (int i = 0; i < DRAWS; i++) {
        const struct combination a = draw_one(&draw);
        const struct combination twice = combination_join(a, a);
        const struct combination alone = combination_join(combination_free(), a);
        ck_assert(equal(&a, &twice));
        ck_assert(equal(&a, &alone));
    }
}
END_TEST

/* More evidence never frees: a join is nowhere freer than its parts, and joining the same to
 * both keeps their order. */
START_TEST(joining_is_monotone)
{
    struct unit_draw draw = unit_draw(4);

    for (int i = 0; i < DRAWS; i++) {
        const struct combination a = draw_one(&draw);
        const struct combination b = draw_one(&draw);
        const struct combination c = draw_one(&draw);
        const struct combination ab = combination_join(a, b);
        const struct combination abc = combination_join(ab, c);
        const struct combination ac = combination_join(a, c);
        ck_assert(combination_is_stricter(&ab, &a) && combination_is_stricter(&ab, &b));
        ck_assert(combination_is_stricter(&abc, &ac)); /* as ab is stricter than a */
        ck_assert(!combination_is_lawful(&ab) || combination_is_lawful(&a));
    }
}
END_TEST

/* Each part by its own law: the highest handling, the strictest TLP, the worst evaluation of
 * either half, the shortest retention, the purposes in common, all bases. */
START_TEST(each_part_has_its_law)
{
    const struct source a = {.handling = 0,
                             .tlp = 3,
                             .eval = 3 /* A4 */,
                             .retention_ms = 9,
                             .purposes = 3,
                             .legal_bases = 1};
    const struct source b = {.handling = 2,
                             .tlp = 1,
                             .eval = 8 /* C1 */,
                             .retention_ms = 7,
                             .purposes = 6,
                             .legal_bases = 4};
    const struct combination both = combination_join(combination_of(&a), combination_of(&b));

    ck_assert_int_eq(both.handling, 2);
    ck_assert_int_eq(both.tlp, 3);
    ck_assert_int_eq(combination_eval(&both), 11); /* C4 */
    ck_assert_int_eq(both.retention_ms, 7);
    ck_assert_uint_eq(both.purposes, 2);
    ck_assert_uint_eq(both.legal_bases, 5);
}
END_TEST

/* Events without a purpose in common may not be joined at all. */
START_TEST(no_common_purpose_is_no_join)
{
    const struct source a = {.purposes = 1};
    const struct source b = {.purposes = 6};
    const struct combination both = combination_join(combination_of(&a), combination_of(&b));
    const struct combination one = combination_of(&a);

    ck_assert(!combination_is_lawful(&both));
    ck_assert(combination_is_lawful(&one));
}
END_TEST

Suite *combination_suite(void)
{
    const TTest *const tests[] = {joining_is_commutative,
                                  joining_is_associative,
                                  joining_is_idempotent,
                                  joining_is_monotone,
                                  each_part_has_its_law,
                                  no_common_purpose_is_no_join,
                                  NULL};

    return unit_suite("combination", tests);
}
