#include "seinpost/base/text.h"
#include "seinpost/yaml/tree.h"

#include "yaml.h"

/* Maps, lists and scalars are nodes in their order, with their keys. */
START_TEST(nodes_are_in_their_order)
{
    struct desk desk = desk_read("a: 1\nb: [x, 'y']\nc: {d: }\n");
    const struct tree *const list = tree_get(desk.tree, "b");

    ck_assert_uint_eq(diag_errors(desk.diag), 0);
    ck_assert_int_eq(desk.tree->kind, TREE_MAP);
    ck_assert_uint_eq(desk.tree->count, 3);
    ck_assert_slice_eq(desk.tree->first->key, "a");
    ck_assert_slice_eq(desk.tree->first->text, "1");
    ck_assert_int_eq(list->kind, TREE_LIST);
    ck_assert_uint_eq(list->count, 2);
    ck_assert_slice_eq(list->first->next->text, "y");
    ck_assert(list->first->plain && !list->first->next->plain);
    ck_assert_ptr_eq(list->first->parent, list);
    ck_assert_ptr_null(list->first->key.data);
    ck_assert_int_eq(tree_get(desk.tree, "c")->kind, TREE_MAP);
    desk_end(&desk);
}
END_TEST

/* A scalar is the text that stands there: nothing is typed. */
START_TEST(scalars_are_never_typed)
{
    static const char *const texts[] = {"NO",    "012", "1e3", "true", "0x1F",    "2026-01-01",
                                        "1_000", "-1",  ".5",  "~x",   "12:30:45"};

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        char yaml[64] = "k: ";
        struct desk desk = desk_read(strncat(yaml, texts[i], 40));
        ck_assert_slice_eq(tree_get(desk.tree, "k")->text, texts[i]);
        desk_end(&desk);
    }
}
END_TEST

/* Every node knows the line and column of its value, and of its key. */
START_TEST(places_are_those_of_the_file)
{
    struct desk desk = desk_read("# c\na:\n  caf\xC3\xA9: {x: 12}\n");
    const struct tree *const x =
        tree_get(tree_get(tree_get(desk.tree, "a"), "caf\xC3\xA9"), "x");

    ck_assert_uint_eq(x->place.line, 3);
    ck_assert_uint_eq(x->place.column, 13);
    ck_assert_uint_eq(x->place.length, 2);
    ck_assert_uint_eq(x->key_place.column, 10);
    ck_assert_uint_eq(x->key_place.length, 1);
    ck_assert_str_eq(x->place.file, "a.yaml");
    desk_end(&desk);
}
END_TEST

/* The documents of a file follow each other. */
START_TEST(documents_follow_each_other)
{
    struct desk desk = desk_read("a: 1\n---\nb: 2\n---\nc: 3\n");

    ck_assert_ptr_nonnull(tree_get(desk.tree, "a"));
    ck_assert_ptr_nonnull(tree_get(desk.tree->next, "b"));
    ck_assert_ptr_nonnull(tree_get(desk.tree->next->next, "c"));
    ck_assert_ptr_null(desk.tree->next->next->next);
    desk_end(&desk);
}
END_TEST

static const struct {
    const char *text;
    const char *fault; /* how the first fault begins */
} refused[] = {
    {"a: 1\na: 2\n", "a.yaml:2:1: error[E1"},
    {"a: &x 1\n", "a.yaml:1:4: error[E1"},
    {"a: 1\nb: *x\n", "a.yaml:2:4: error[E1"},
    {"a: {<<: {b: 1}}\n", "a.yaml:1:5: error[E1"},
    {"a: !!str 1\n", "a.yaml:1:4: error[E1"},
    {"a: !x 1\n", "a.yaml:1:4: error[E1"},
    {"a:\n\t- 1\n", "a.yaml:2:1: error[E1"},
    {"a: \xFF\n", "a.yaml:1:4: error[E1"},
    {"a: [1, 2\n", "a.yaml:"},
    {"a: 1\n b: 2\n", "a.yaml:"},
    {"{a: 1", "a.yaml:"},
    {"a: 'x\n", "a.yaml:"},
    {"a: \"\\q\"\n", "a.yaml:1:"},
    {"a: @x\n", "a.yaml:1:4"},
    {"? [1]\n: 2\n", "a.yaml:1:"},
};

/* What the rule language refuses of YAML is a fault of E1xx at its place. */
START_TEST(what_is_refused_has_a_place)
{
    struct desk desk = desk_read(refused[_i].text);
    const char *const faults = desk_faults(&desk);

    ck_assert_uint_ge(diag_errors(desk.diag), 1);
    ck_assert_msg(strncmp(faults, refused[_i].fault, strlen(refused[_i].fault)) == 0, "%s",
                  faults);
    ck_assert_ptr_nonnull(strstr(faults, "error[E1"));
    desk_end(&desk);
}
END_TEST

/* A duplicate key shows both places. */
START_TEST(a_duplicate_key_shows_both_places)
{
    struct desk desk = desk_read("a: 1\nb: 2\na: 3\n");
    FILE *const stream = unit_stream();

    diag_print(desk.diag, stream, DIAG_TEXT);
    char *const text = unit_read(stream);
    ck_assert_ptr_nonnull(strstr(text, "a.yaml:3:1: error[E1"));
    ck_assert_ptr_nonnull(strstr(text, "1:1"));
    free(text);
    desk_end(&desk);
}
END_TEST

/* Several faults of one file are all told. */
START_TEST(all_faults_are_told)
{
    struct desk desk = desk_read("a: 1\na: 2\nb: &x 1\nc: !!str 2\n");

    ck_assert_uint_eq(diag_errors(desk.diag), 3);
    desk_end(&desk);
}
END_TEST

/* A syntax error ends its document, not the file: what follows `---` is read, and what stood
 * before the error is marked as cut. */
START_TEST(a_syntax_error_ends_its_document_only)
{
    struct desk desk = desk_read("a: 1\n---\nb: [1\n---\nc: 3\n");
    size_t whole = 0;

    for (const struct tree *tree = desk.tree; tree != NULL; tree = tree->next) {
        whole += !tree->cut;
    }
    ck_assert_uint_eq(diag_errors(desk.diag), 1);
    ck_assert_uint_eq(whole, 2);
    ck_assert_ptr_nonnull(tree_get(desk.tree, "a"));
    ck_assert_ptr_null(strstr(desk_faults(&desk), "a.yaml:5"));
    desk_end(&desk);
}
END_TEST

static char *nested(char *text, size_t depth)
{
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    text[2 * depth] = '\0';
    return text;
}

/* As deep as TREE_DEPTH_MAX is read; deeper is a fault, however deep. */
START_TEST(depth_is_bounded)
{
    static char text[200001];
    struct desk good = desk_read(nested(text, TREE_DEPTH_MAX));
    struct desk deeper = desk_read(nested(text, TREE_DEPTH_MAX + 1));
    struct desk deepest = desk_read(nested(text, 100000));

    ck_assert_uint_eq(diag_errors(good.diag), 0);
    ck_assert_uint_ge(diag_errors(deeper.diag), 1);
    ck_assert_uint_ge(diag_errors(deepest.diag), 1);
    desk_end(&good);
    desk_end(&deeper);
    desk_end(&deepest);
}
END_TEST

/* A file beyond 1 MiB is a fault of the whole file. */
START_TEST(size_is_bounded)
{
    char *const text = malloc(TREE_FILE_MAX + 1);

    memset(text, '#', TREE_FILE_MAX + 1);
    struct desk good = desk_read_slice((struct slice){text, TREE_FILE_MAX});
    struct desk larger = desk_read_slice((struct slice){text, TREE_FILE_MAX + 1});
    ck_assert_uint_eq(diag_errors(good.diag), 0);
    ck_assert_uint_eq(diag_errors(larger.diag), 1);
    ck_assert_ptr_null(larger.tree);
    desk_end(&good);
    desk_end(&larger);
    free(text);
}
END_TEST

/* A text without documents gives none, and no fault. */
START_TEST(nothing_is_no_document)
{
    struct desk empty = desk_read("");
    struct desk comment = desk_read("# nothing\n");

    ck_assert_ptr_null(empty.tree);
    ck_assert_ptr_null(comment.tree);
    ck_assert_uint_eq(diag_errors(empty.diag) + diag_errors(comment.diag), 0);
    desk_end(&empty);
    desk_end(&comment);
}
END_TEST

/* Only a scalar without quotes that is empty, `null` or `~` means nothing. */
START_TEST(null_is_plain_and_empty)
{
    struct desk desk = desk_read("a:\nb: null\nc: ~\nd: ''\ne: 'null'\nf: nul\ng: []\n");

    for (const struct tree *node = desk.tree->first; node != NULL; node = node->next) {
        ck_assert_msg(tree_is_null(node) == (node->key.data[0] <= 'c'), "%c",
                      node->key.data[0]);
    }
    desk_end(&desk);
}
END_TEST

/* A fault at a part of a text underlines that part. */
START_TEST(a_part_of_a_text_has_a_place)
{
    struct desk desk = desk_read("a: one two three\n");
    const struct tree *const a = tree_get(desk.tree, "a");
    FILE *const stream = unit_stream();

    tree_part_fault(desk.diag, a, (struct slice){a->text.data + 4, 3}, "E201", "part");
    diag_print(desk.diag, stream, DIAG_TEXT);
    char *const text = unit_read(stream);
    ck_assert_ptr_nonnull(strstr(text, "a.yaml:1:8: error[E201]: part\n"));
    ck_assert_ptr_nonnull(strstr(text, "      |        ^^^"));
    free(text);
    desk_end(&desk);
}
END_TEST

/* What is asked of no map is not there. */
START_TEST(only_a_map_has_keys)
{
    struct desk desk = desk_read("a: x\nb: [1]\n");

    ck_assert_ptr_null(tree_get(desk.tree, "c"));
    ck_assert_ptr_null(tree_get(tree_get(desk.tree, "a"), "x"));
    ck_assert_ptr_null(tree_get(tree_get(desk.tree, "b"), "1"));
    ck_assert_ptr_null(tree_get(NULL, "a"));
    ck_assert_str_eq(tree_kind_name(desk.tree), "a map");
    ck_assert_str_eq(tree_kind_name(tree_get(desk.tree, "a")), "text");
    ck_assert_str_eq(tree_kind_name(tree_get(desk.tree, "b")), "a list");
    desk_end(&desk);
}
END_TEST

/* A fault at a node or its key has the place, and the chain of what it is a part of. */
START_TEST(a_fault_has_a_place_and_a_chain)
{
    struct desk desk = desk_read("a:\n  b: {c: 12}\n");
    const struct tree *const c = tree_get(tree_get(tree_get(desk.tree, "a"), "b"), "c");
    FILE *const stream = unit_stream();

    tree_fault(desk.diag, c, "E201", "value %d", 1);
    tree_key_fault(desk.diag, c, "E202", "key");
    diag_print(desk.diag, stream, DIAG_TEXT);
    char *const text = unit_read(stream);
    ck_assert_ptr_nonnull(strstr(text, "a.yaml:2:10: error[E201]: value 1\n"));
    ck_assert_ptr_nonnull(strstr(text, "a.yaml:2:7: error[E202]: key\n"));
    ck_assert_ptr_nonnull(strstr(text, "a.b"));
    free(text);
    desk_end(&desk);
}
END_TEST

static bool same_digest(const char *a, const char *b)
{
    struct desk desks[] = {desk_read(a), desk_read(b)};
    struct text texts[2] = {{0}, {0}};

    for (size_t i = 0; i < 2; i++) {
        ck_assert_uint_eq(diag_errors(desks[i].diag), 0);
        tree_digest(&texts[i], desks[i].tree);
        desk_end(&desks[i]);
    }
    const bool same = slice_equal(text_slice(&texts[0]), text_slice(&texts[1]));
    text_free(&texts[0]);
    text_free(&texts[1]);
    return same;
}

/* A digest depends on content alone: layout, style and comments do not matter. */
START_TEST(digest_is_of_the_content)
{
    ck_assert(same_digest("a: [1, x]\nb: {c: d}\n", "# c\na:\n  - 1\n  - x\n\nb:\n  c: d\n"));
    ck_assert(same_digest("a: x\n", "a:   x   # why\n"));
    ck_assert(!same_digest("a: x\n", "a: y\n"));
    ck_assert(!same_digest("a: x\n", "b: x\n"));
    ck_assert(!same_digest("a: x\n", "a: [x]\n"));
    ck_assert(!same_digest("[a, b]\n", "[b, a]\n"));
    ck_assert(!same_digest("[ab, c]\n", "[a, bc]\n"));
    ck_assert(!same_digest("[[a], b]\n", "[[a, b]]\n"));
    ck_assert(!same_digest("[[], a]\n", "[[a]]\n"));
    ck_assert(!same_digest("{a: {b: c}}\n", "{a: b, c: }\n"));
    ck_assert(!same_digest("[a]\n", "{a: }\n"));
}
END_TEST

/* What means nothing is not the text that it is written with. */
START_TEST(digest_tells_null_from_text)
{
    ck_assert(!same_digest("a: null\n", "a: 'null'\n"));
    ck_assert(!same_digest("a: ~\n", "a: '~'\n"));
    ck_assert(!same_digest("a:\n", "a: ''\n"));
    ck_assert(same_digest("a: null\n", "a: ~\n"));
    ck_assert(same_digest("a: x\n", "a: 'x'\n"));
}
END_TEST

/* Any bytes end in faults or a tree, never in a crash. */
START_TEST(any_bytes_are_survived)
{
    static const char bytes[] = "ab: ,[]{}'\"&*!|>-?#%@~\\\n\n  \t\x01\x80\xC3\xA9";
    struct unit_draw draw = unit_draw(20);

    for (int i = 0; i < 3000; i++) {
        char text[40];
        const size_t size = unit_below(&draw, sizeof text);
        for (size_t j = 0; j < size; j++) {
            text[j] = bytes[unit_below(&draw, sizeof bytes - 1)];
        }
        struct desk desk = desk_read_slice((struct slice){text, size});
        struct text digest = {0};
        for (const struct tree *tree = desk.tree; tree != NULL; tree = tree->next) {
            tree_digest(&digest, tree);
        }
        text_free(&digest);
        desk_end(&desk);
    }
}
END_TEST

Suite *tree_suite(void)
{
    const TTest *const tests[] = {nodes_are_in_their_order,
                                  scalars_are_never_typed,
                                  places_are_those_of_the_file,
                                  documents_follow_each_other,
                                  a_duplicate_key_shows_both_places,
                                  all_faults_are_told,
                                  a_syntax_error_ends_its_document_only,
                                  depth_is_bounded,
                                  size_is_bounded,
                                  nothing_is_no_document,
                                  null_is_plain_and_empty,
                                  only_a_map_has_keys,
                                  a_fault_has_a_place_and_a_chain,
                                  a_part_of_a_text_has_a_place,
                                  digest_is_of_the_content,
                                  digest_tells_null_from_text,
                                  any_bytes_are_survived,
                                  NULL};
    Suite *const suite = unit_suite("tree", tests);

    unit_loop(suite, what_is_refused_has_a_place, COUNT_OF(refused));
    return suite;
}
