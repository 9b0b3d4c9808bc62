#include "seinpost/correlate/decay.h"

#include "correlate.h"

/* By 2 to the power of -age/half-life with 60 decimal digits, rounded down. */
static const struct {
    int64_t weight;
    int64_t age;
    int64_t half_life;
    int64_t left;
} cases[] = {
    {INT64_C(30000), INT64_C(3628800000), INT64_C(1209600000), INT64_C(3750)},
    {INT64_C(30000), INT64_C(1), INT64_C(1209600000), INT64_C(29999)},
    {INT64_C(30000), INT64_C(0), INT64_C(1), INT64_C(30000)},
    {INT64_C(1), INT64_C(0), INT64_C(1), INT64_C(1)},
    {INT64_C(1), INT64_C(1), INT64_C(1), INT64_C(0)},
    {INT64_C(1000000000000), INT64_C(1), INT64_C(86400000), INT64_C(999999991977)},
    {INT64_C(1000000000000), INT64_C(259212345), INT64_C(604800000), INT64_C(742986632483)},
    {INT64_C(25000), INT64_C(59), INT64_C(1), INT64_C(0)},
    {INT64_C(1000000000000), INT64_C(39), INT64_C(1), INT64_C(1)},
    {INT64_C(1000000000000), INT64_C(40), INT64_C(1), INT64_C(0)},
    {INT64_C(668835602), INT64_C(9687062585), INT64_C(384974576), INT64_C(17)},
    {INT64_C(853832590), INT64_C(2276503845), INT64_C(902316928), INT64_C(148555242)},
    {INT64_C(499958519), INT64_C(9659607606), INT64_C(55677007), INT64_C(0)},
    {INT64_C(967334543), INT64_C(673671309), INT64_C(399210080), INT64_C(300320748)},
    {INT64_C(503659049), INT64_C(3729944832), INT64_C(408835700), INT64_C(903107)},
    {INT64_C(583858779), INT64_C(9027911303), INT64_C(267716823), INT64_C(0)},
    {INT64_C(14081255), INT64_C(3140410144), INT64_C(438248860), INT64_C(98065)},
    {INT64_C(300091912), INT64_C(1672620529), INT64_C(818111198), INT64_C(72744697)},
    {INT64_C(855930070), INT64_C(308944456), INT64_C(663493192), INT64_C(619824480)},
    {INT64_C(662984595), INT64_C(1910554750), INT64_C(141992543), INT64_C(59026)},
    {INT64_C(1905741), INT64_C(22819762), INT64_C(830639915), INT64_C(1869794)},
    {INT64_C(231371143), INT64_C(5010012684), INT64_C(336780591), INT64_C(7693)},
    {INT64_C(213555787), INT64_C(879521323), INT64_C(741571142), INT64_C(93860417)},
    {INT64_C(211397263), INT64_C(8133558578), INT64_C(320822141), INT64_C(4)},
};

/* What is left is the exact power, rounded down to a thousandth. */
START_TEST(what_is_left_is_the_power_rounded_down)
{
    ck_assert_int_eq(decay_left(cases[_i].weight, cases[_i].age, cases[_i].half_life),
                     cases[_i].left);
}
END_TEST

/* After whole half-lives just that many halves are left, however long one is. */
START_TEST(whole_half_lives_are_exact)
{
    struct unit_draw draw = unit_draw(1);

    for (int i = 0; i < 5000; i++) {
        const int64_t weight = (int64_t)unit_below(&draw, 1000000000);
        const int64_t half_life = 1 + (int64_t)unit_below(&draw, 1000000000000);
        const int64_t halves = (int64_t)unit_below(&draw, 70);
        const int64_t expected = halves > 62 ? 0 : weight >> halves;
        ck_assert_int_eq(decay_left(weight, halves * half_life, half_life), expected);
    }
}
END_TEST

/* More time never leaves more, and no time leaves all: also not by the rounding of the table.
 */
START_TEST(time_never_adds)
{
    struct unit_draw draw = unit_draw(2);

    for (int i = 0; i < 5000; i++) {
        const int64_t weight = (int64_t)unit_below(&draw, 1000000000000);
        const int64_t half_life = 1 + (int64_t)unit_below(&draw, 100000000000);
        const int64_t age = (int64_t)unit_below(&draw, 5 * (size_t)half_life);
        ck_assert_int_le(decay_left(weight, age + 1, half_life),
                         decay_left(weight, age, half_life));
        ck_assert_int_eq(decay_left(weight, 0, half_life), weight);
        ck_assert_int_eq(decay_left(weight, -age, half_life), weight);
    }
}
END_TEST

Suite *decay_suite(void)
{
    const TTest *const tests[] = {whole_half_lives_are_exact, time_never_adds, NULL};
    Suite *const suite = unit_suite("decay", tests);

    unit_loop(suite, what_is_left_is_the_power_rounded_down, COUNT_OF(cases));
    return suite;
}
