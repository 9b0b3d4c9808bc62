#include "seinpost/base/arena.h"
#include "seinpost/base/diag.h"

#include <stdlib.h>

#include "base.h"

static struct arena *arena;
static struct diag *diag;

static void begin(void)
{
    arena = arena_new(8 << 20);
    diag = diag_new(arena);
}

static void expect(enum diag_format format, const char *text)
{
    FILE *const stream = unit_stream();

    diag_print(diag, stream, format);
    char *const printed = unit_read(stream);
    ck_assert_str_eq(printed, text);
    free(printed);
    arena_free(arena);
}

/* A fault is shown with its place, its line, carets under the place, a hint and the chain, as
 * the rule language shows it. */
START_TEST(a_fault_is_shown_as_the_language_has_it)
{
    begin();
    diag_source(diag, "a.yaml", SLICE("one\n  pax_cout|gte: 1\nthree"));
    diag_add(diag, (struct diag_place){"a.yaml", 2, 3, 8}, "E304", "unknown field '%s'",
             "pax_cout");
    diag_hint(diag, "did you mean '%s'? (int)", "pax_count");
    diag_context(diag, "in rule %s, events", "x");
    expect(DIAG_TEXT, "a.yaml:2:3: error[E304]: unknown field 'pax_cout'\n"
                      "    2 |   pax_cout|gte: 1\n"
                      "      |   ^^^^^^^^ did you mean 'pax_count'? (int)\n"
                      "      = in rule x, events\n");
}
END_TEST

/* Columns count characters, so a caret stands under its character behind letters of several
 * bytes. */
START_TEST(a_caret_counts_characters)
{
    begin();
    diag_source(diag, "a.yaml", SLICE("caf\xC3\xA9 \xE2\x82\xAC: x"));
    diag_add(diag, (struct diag_place){"a.yaml", 1, 6, 1}, "E101", "bad");
    expect(DIAG_TEXT, "a.yaml:1:6: error[E101]: bad\n"
                      "    1 | caf\xC3\xA9 \xE2\x82\xAC: x\n"
                      "      |      ^\n");
}
END_TEST

/* Lengths 0 and 1 give one caret, others as many. */
START_TEST(there_are_as_many_carets_as_characters)
{
    begin();
    diag_source(diag, "a.yaml", SLICE("ab\nlonger"));
    diag_add(diag, (struct diag_place){"a.yaml", 2, 1, 6}, "E103", "six");
    diag_add(diag, (struct diag_place){"a.yaml", 1, 1, 0}, "E101", "none");
    diag_add(diag, (struct diag_place){"a.yaml", 1, 2, 1}, "E102", "one");
    expect(DIAG_TEXT, "a.yaml:1:1: error[E101]: none\n"
                      "    1 | ab\n"
                      "      | ^\n"
                      "a.yaml:1:2: error[E102]: one\n"
                      "    1 | ab\n"
                      "      |  ^\n"
                      "a.yaml:2:1: error[E103]: six\n"
                      "    2 | longer\n"
                      "      | ^^^^^^\n");
}
END_TEST

/* Line 0 means the whole file: no place is told, and no line is shown. */
START_TEST(a_whole_file_shows_no_line)
{
    begin();
    diag_source(diag, "a.yaml", SLICE("text\n"));
    diag_add(diag, (struct diag_place){"a.yaml", 0, 0, 0}, "E101", "too large");
    expect(DIAG_TEXT, "a.yaml: error[E101]: too large\n");
}
END_TEST

/* Faults come by file, in the order in which the files were made known, then by line and
 * column, whatever the order in which they were found. */
START_TEST(faults_come_in_the_order_of_their_places)
{
    begin();
    diag_source(diag, "z.yaml", SLICE("ab\ncd\n"));
    diag_source(diag, "a.yaml", SLICE("ab\ncd\n"));
    diag_add(diag, (struct diag_place){"a.yaml", 1, 1, 1}, "E105", "five");
    diag_add(diag, (struct diag_place){"z.yaml", 2, 1, 1}, "E104", "four");
    diag_add(diag, (struct diag_place){"z.yaml", 1, 2, 1}, "W103", "three");
    diag_add(diag, (struct diag_place){"z.yaml", 1, 1, 1}, "E102", "two");
    diag_add(diag, (struct diag_place){"z.yaml", 0, 0, 0}, "E101", "one");
    expect(DIAG_TEXT, "z.yaml: error[E101]: one\n"
                      "z.yaml:1:1: error[E102]: two\n    1 | ab\n      | ^\n"
                      "z.yaml:1:2: warning[W103]: three\n    1 | ab\n      |  ^\n"
                      "z.yaml:2:1: error[E104]: four\n    2 | cd\n      | ^\n"
                      "a.yaml:1:1: error[E105]: five\n    1 | ab\n      | ^\n");
}
END_TEST

/* Errors and warnings are counted apart. */
START_TEST(counts_errors_and_warnings_apart)
{
    begin();
    diag_add(diag, (struct diag_place){"a.yaml", 0, 0, 0}, "E101", "x");
    diag_add(diag, (struct diag_place){"a.yaml", 0, 0, 0}, "W501", "x");
    diag_add(diag, (struct diag_place){"a.yaml", 0, 0, 0}, "W502", "x");
    ck_assert_uint_eq(diag_errors(diag), 1);
    ck_assert_uint_eq(diag_warnings(diag), 2);
    arena_free(arena);
}
END_TEST

/* A fault that was told before is not told again. */
START_TEST(a_fault_is_told_once)
{
    const struct diag_place place = {"a.yaml", 1, 1, 1};

    begin();
    ck_assert(diag_add(diag, place, "E101", "one %d", 1));
    ck_assert(!diag_add(diag, place, "E101", "one %d", 1));
    ck_assert(diag_add(diag, place, "E102", "two"));
    ck_assert_uint_eq(diag_errors(diag), 2);
    ck_assert(!diag_is_full(diag));
    arena_free(arena);
}
END_TEST

/* Beyond DIAG_MAX faults are counted, and their text is not kept. */
START_TEST(counts_on_when_it_is_full)
{
    begin();
    for (int i = 0; i < DIAG_MAX + 7; i++) {
        diag_add(diag, (struct diag_place){"a.yaml", 0, 0, 0}, "E101", "fault %d", i);
        diag_hint(diag, "hint");
        diag_context(diag, "context");
    }
    ck_assert_uint_eq(diag_errors(diag), DIAG_MAX + 7);
    FILE *const stream = unit_stream();
    diag_print(diag, stream, DIAG_TEXT);
    char *const printed = unit_read(stream);
    ck_assert_ptr_nonnull(strstr(printed, "fault 999\n"));
    ck_assert_ptr_null(strstr(printed, "fault 1000\n"));
    free(printed);
    arena_free(arena);
}
END_TEST

/* As JSON, each fault is one object on a line of its own. */
START_TEST(json_is_one_object_a_line)
{
    begin();
    diag_source(diag, "a.yaml", SLICE("a \"b\"\n"));
    diag_add(diag, (struct diag_place){"a.yaml", 1, 3, 3}, "W701", "a \"quoted\" word");
    diag_hint(diag, "hint");
    diag_context(diag, "context");
    FILE *const stream = unit_stream();
    diag_print(diag, stream, DIAG_JSON);
    char *const printed = unit_read(stream);
    ck_assert_int_eq(printed[0], '{');
    ck_assert_ptr_eq(strchr(printed, '\n'), printed + strlen(printed) - 1);
    ck_assert_ptr_nonnull(strstr(printed, "a \\\"quoted\\\" word"));
    ck_assert_ptr_nonnull(strstr(printed, "\"W701\""));
    ck_assert_ptr_nonnull(strstr(printed, "hint"));
    free(printed);
    arena_free(arena);
}
END_TEST

/* A place beyond the text is a fault without a line to show, not a crash. */
START_TEST(a_place_beyond_the_text_is_harmless)
{
    begin();
    diag_source(diag, "a.yaml", SLICE("ab"));
    diag_add(diag, (struct diag_place){"a.yaml", 9, 9, 9}, "E101", "x");
    diag_add(diag, (struct diag_place){"a.yaml", 1, 9, 9}, "E102", "y");
    diag_add(diag, (struct diag_place){"unknown.yaml", 1, 1, 1}, "E103", "z");
    FILE *const stream = unit_stream();
    diag_print(diag, stream, DIAG_TEXT);
    char *const printed = unit_read(stream);
    ck_assert_ptr_nonnull(strstr(printed, "a.yaml:9:9: error[E101]: x\n"));
    ck_assert_ptr_nonnull(strstr(printed, "unknown.yaml:1:1: error[E103]: z\n"));
    free(printed);
    arena_free(arena);
}
END_TEST

Suite *diag_suite(void)
{
    const TTest *const tests[] = {a_fault_is_shown_as_the_language_has_it,
                                  a_caret_counts_characters,
                                  there_are_as_many_carets_as_characters,
                                  a_whole_file_shows_no_line,
                                  faults_come_in_the_order_of_their_places,
                                  counts_errors_and_warnings_apart,
                                  a_fault_is_told_once,
                                  counts_on_when_it_is_full,
                                  json_is_one_object_a_line,
                                  a_place_beyond_the_text_is_harmless,
                                  NULL};

    return unit_suite("diag", tests);
}
