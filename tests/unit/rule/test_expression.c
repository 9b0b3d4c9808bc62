#include "seinpost/rule/expression.h"

#include "lab.h"

enum {
    SEARCHES = 4,
    TRUTHS = 1 << SEARCHES
};

static const struct slice names[SEARCHES] = {{"a", 1}, {"b", 1}, {"c_1", 3}, {"c_2", 3}};

static bool read_condition(struct kit *kit, const char *text, struct expression *expression)
{
    struct text yaml = {0};
    const struct compile compile = lab_compile(kit);

    text_format(&yaml, "condition: '%s'\n", text);
    text_add_byte(&yaml, '\0');
    const struct tree *const tree = lab_tree(kit, yaml.data);
    text_free(&yaml);
    return expression_read(&compile, tree_get(tree, "condition"), names, SEARCHES, expression);
}

/* Bit t: whether the condition is true where the searches are as the bits of t. */
static unsigned truths_of(struct kit *kit, const char *text)
{
    struct expression expression;
    unsigned truths = 0;

    ck_assert_msg(read_condition(kit, text, &expression), "'%s': %s", text, kit_faults(kit));
    for (unsigned t = 0; t < TRUTHS; t++) {
        truths |= (unsigned)expression_true(&expression, t) << t;
    }
    return truths;
}

#define A      0xAAAAU
#define B      0xCCCCU
#define C      0xF0F0U
#define D      0xFF00U
#define NOT(x) (~(x)&0xFFFFU)

static const struct {
    const char *text;
    unsigned truths;
} conditions[] = {
    {"a", A},
    {"not a", NOT(A)},
    {"not not a", A},
    {"a and b", A &B},
    {"a or b", A | B},
    {"a or b and c_1", A | (B & C)},
    {"a and b or c_1", (A & B) | C},
    {"not a and b", NOT(A) & B},
    {"not a or b", NOT(A) | B},
    {"a and not b or c_1 and not c_2", (A & NOT(B)) | (C & NOT(D))},
    {"(a or b) and c_1", (A | B) & C},
    {"not (a or b)", NOT(A | B)},
    {"((a))", A},
    {"1 of c_*", C | D},
    {"any of c_*", C | D},
    {"all of c_*", C &D},
    {"2 of c_*", C &D},
    {"not 1 of c_*", NOT(C | D)},
    {"not all of c_*", NOT(C &D)},
    {"1 of them", A | B | C | D},
    {"any of them", A | B | C | D},
    {"all of them", A &B &C &D},
    {"2 of them", (A & B) | (A & C) | (A & D) | (B & C) | (B & D) | (C & D)},
    {"3 of them", (A & B & C) | (A & B & D) | (A & C & D) | (B & C & D)},
    {"1 of a*", A},
    {"a and 1 of c_* or b", (A & (C | D)) | B},
    {"all of ?", A &B},
};

/* Conditions mean what Sigma's do: not before and, and before or, counts of globs. */
START_TEST(conditions_mean_what_they_say)
{
    struct kit kit = lab_begin();

    ck_assert_uint_eq(truths_of(&kit, conditions[_i].text), conditions[_i].truths);
    kit_end(&kit);
}
END_TEST

/* Writes a flat run of searches joined by and, or and not; returns its truths as split by `or`,
 * then by `and`. */
static unsigned drawn_run(struct unit_draw *draw, struct text *text)
{
    static const unsigned tables[SEARCHES] = {A, B, C, D};
    unsigned any = 0, all = 0xFFFFU;

    for (size_t left = unit_below(draw, 8) + 1; left > 0; left--) {
        const size_t search = unit_below(draw, SEARCHES);
        const bool negated = unit_below(draw, 2) == 1,
                   ends = left == 1 || unit_below(draw, 2) == 1;
        text_format(text, "%s%.*s%s", negated ? "not " : "", SLICE_ARGS(names[search]),
                    left == 1 ? ""
                    : ends    ? " or "
                              : " and ");
        all &= negated ? NOT(tables[search]) : tables[search];
        any |= ends ? all : 0;
        all = ends ? 0xFFFFU : all;
    }
    text_add_byte(text, '\0');
    return any;
}

/* `not` binds before `and`, and `and` before `or`, in runs of any length. */
START_TEST(precedence_is_that_of_the_grammar)
{
    struct kit kit = lab_begin();
    struct unit_draw draw = unit_draw(50);

    for (int i = 0; i < 300; i++) {
        struct text text = {0};
        const unsigned truths = drawn_run(&draw, &text);
        ck_assert_msg(truths_of(&kit, text.data) == truths, "%s", text.data);
        text_free(&text);
    }
    kit_end(&kit);
}
END_TEST

static const char *const faulty[] = {
    "",          "and",       "a and",    "a b",        "(a",       "a)",        "()",
    "d",         "not",       "1 of",     "of them",    "1 of d_*", "a or or b", "a not b",
    "0 of them", "5 of them", "3 of c_*", "-1 of them", "1 of (a)", "a & b",     "AND",
};

/* What is no condition over the searches is a fault. */
START_TEST(what_is_no_condition_is_a_fault)
{
    struct kit kit = lab_begin();
    struct expression expression;

    ck_assert(!read_condition(&kit, faulty[_i], &expression));
    ck_assert_uint_ge(diag_errors(kit.diag), 1);
    kit_end(&kit);
}
END_TEST

static void parenthesise(struct text *text, size_t depth)
{
    for (size_t i = 0; i < depth; i++) {
        text_add(text, SLICE("a and ("));
    }
    text_add_byte(text, 'b');
    for (size_t i = 0; i < depth; i++) {
        text_add_byte(text, ')');
    }
    text_add_byte(text, '\0');
}

/* Depth beyond the bound is a fault, however deep; within it, it is none. */
START_TEST(depth_is_bounded)
{
    static const size_t depths[] = {8, EXPRESSION_DEPTH_MAX + 1, 20000};

    for (size_t i = 0; i < COUNT_OF(depths); i++) {
        struct kit kit = lab_begin();
        struct expression expression;
        struct text text = {0};
        parenthesise(&text, depths[i]);
        ck_assert_int_eq(read_condition(&kit, text.data, &expression), i == 0);
        text_free(&text);
        kit_end(&kit);
    }
}
END_TEST

/* A search that a condition is said to need is true wherever the condition is; those joined by
 * `and` at its top are needed. */
START_TEST(what_is_needed_is_true_wherever_it_holds)
{
    struct kit kit = lab_begin();

    for (size_t i = 0; i < COUNT_OF(conditions); i++) {
        struct expression expression;
        ck_assert(read_condition(&kit, conditions[i].text, &expression));
        for (unsigned t = 0; t < TRUTHS; t++) {
            for (size_t search = 0; search < SEARCHES; search++) {
                ck_assert_msg(!expression_needs(&expression, search) ||
                                  (conditions[i].truths >> t & 1) == 0 ||
                                  (t >> search & 1) == 1,
                              "'%s' without %zu", conditions[i].text, search);
            }
        }
    }
    kit_end(&kit);
}
END_TEST

/* The searches joined by `and` at the top are needed, those below `or` and `not` are not. */
START_TEST(joined_by_and_is_needed)
{
    struct kit kit = lab_begin();
    struct expression expression;

    ck_assert(read_condition(&kit, "a and (b or c_1) and c_2", &expression));
    ck_assert(expression_needs(&expression, 0) && expression_needs(&expression, 3));
    ck_assert(!expression_needs(&expression, 1) && !expression_needs(&expression, 2));
    ck_assert_uint_eq(expression_names(&expression), 0xF);
    ck_assert(read_condition(&kit, "1 of c_*", &expression));
    ck_assert_uint_eq(expression_names(&expression), 0xC);
    kit_end(&kit);
}
END_TEST

Suite *expression_suite(void)
{
    const TTest *const tests[] = {precedence_is_that_of_the_grammar, depth_is_bounded,
                                  what_is_needed_is_true_wherever_it_holds,
                                  joined_by_and_is_needed, NULL};
    Suite *const suite = unit_suite("expression", tests);

    unit_loop(suite, conditions_mean_what_they_say, COUNT_OF(conditions));
    unit_loop(suite, what_is_no_condition_is_a_fault, COUNT_OF(faulty));
    return suite;
}
