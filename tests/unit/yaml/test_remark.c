#include "seinpost/yaml/remark.h"

#include "yaml.h"

static struct remark_list find(struct desk *desk, const char *text)
{
    *desk = desk_read("a: 1\n");
    return remark_find(desk->arena, slice_of(text));
}

/* A comment is told with its line, its column in characters and whether it is alone there. */
START_TEST(comments_have_their_places)
{
    struct desk desk;
    const struct remark_list list =
        find(&desk, "# one\na: caf\xC3\xA9 # two  \n  # three\nb: [1, # four\n 2]\n# five");
    static const struct {
        unsigned line;
        unsigned column;
        bool alone;
        const char *text;
    } wanted[] = {{1, 1, true, "# one"},
                  {2, 9, false, "# two"},
                  {3, 3, true, "# three"},
                  {4, 8, false, "# four"},
                  {6, 1, true, "# five"}};

    ck_assert_uint_eq(list.count, COUNT_OF(wanted));
    for (size_t i = 0; i < list.count; i++) {
        ck_assert_uint_eq(list.items[i].line, wanted[i].line);
        ck_assert_uint_eq(list.items[i].column, wanted[i].column);
        ck_assert_int_eq(list.items[i].alone, wanted[i].alone);
        ck_assert_slice_eq(list.items[i].text, wanted[i].text);
    }
    desk_end(&desk);
}
END_TEST

/* A `#` in quotes, in a block of text or inside a word begins no comment. */
START_TEST(a_number_sign_in_text_is_no_comment)
{
    struct desk desk;
    const struct remark_list list = find(&desk, "a: '# no'\nb: |\n  # no\n  no # no\nc: no#no\n"
                                                "d: \"x\n  # no\"\n# yes\n");

    ck_assert_uint_eq(list.count, 1);
    ck_assert_slice_eq(list.items[0].text, "# yes");
    ck_assert_uint_eq(list.items[0].line, 8);
    desk_end(&desk);
}
END_TEST

/* Comments behind a syntax error are left out; those before it are there. */
START_TEST(comments_end_at_a_syntax_error)
{
    struct desk desk;
    const struct remark_list list = find(&desk, "# one\na: 'x' @y\n# two\n");

    ck_assert_uint_ge(list.count, 1);
    ck_assert_slice_eq(list.items[0].text, "# one");
    desk_end(&desk);
}
END_TEST

Suite *remark_suite(void)
{
    const TTest *const tests[] = {comments_have_their_places,
                                  a_number_sign_in_text_is_no_comment,
                                  comments_end_at_a_syntax_error, NULL};

    return unit_suite("remark", tests);
}
