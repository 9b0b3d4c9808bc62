#include "seinpost/base/arena.h"
#include "seinpost/base/diag.h"
#include "seinpost/schema/place.h"

#include <unistd.h>

#include "schema.h"

enum {
    DEGREE = SPHERE_DEGREE
};

static int64_t distance(int64_t a_latitude, int64_t a_longitude, int64_t b_latitude,
                        int64_t b_longitude)
{
    const struct sphere_point a = sphere_point(a_latitude, a_longitude);
    const struct sphere_point b = sphere_point(b_latitude, b_longitude);

    ck_assert_int_eq(sphere_distance_m(&a, &b), sphere_distance_m(&b, &a));
    return sphere_distance_m(&a, &b);
}

static const struct {
    int64_t coordinates[4]; /* millionths of a degree */
    int64_t metres;         /* by the haversine formula with 60 digits, rounded */
} ways[] = {
    {{52310000, 4760000, 37940000, 23940000}, 2181497},
    {{52380000, 4900000, 52090000, 5110000}, 35275},
    {{40640000, -73780000, -33950000, 151180000}, 16013401},
    {{0, 0, 0, 180 * DEGREE}, 20015115},
    {{90 * DEGREE, 0, -90 * DEGREE, 0}, 20015115},
    {{0, 179990000, 0, -179990000}, 2224},
    {{90 * DEGREE, 10 * DEGREE, 90 * DEGREE, -120 * DEGREE}, 0},
    {{0, 0, 0, 10}, 1},
    {{52310000, 4760000, 52310000, 4760000}, 0},
};

/* Distances are those of the great circle, to the metre: near, far, opposite and over poles. */
START_TEST(distances_are_exact_to_the_metre)
{
    const int64_t *at = ways[_i].coordinates;

    ck_assert_int_eq(distance(at[0], at[1], at[2], at[3]), ways[_i].metres);
}
END_TEST

/* Along the equator and a meridian, a part of the circle is that part of its length. */
START_TEST(parts_of_a_circle_have_their_length)
{
    struct unit_draw draw = unit_draw(1);

    for (int i = 0; i < 2000; i++) {
        const int64_t part = (int64_t)unit_below(&draw, 90 * (size_t)DEGREE);
        const int64_t from = (int64_t)unit_below(&draw, 90 * (size_t)DEGREE);
        /* 2 pi R = 40,030,230.140709 m around; pi to 15 places is 3141592653589793 */
        const int64_t micro = (int64_t)((__extension__(unsigned __int128) 3141592653589793 *
                                         SPHERE_RADIUS_M * (uint64_t)part) /
                                        180000000000000000ULL);
        const int64_t expected = (micro + 500000) / 1000000;
        ck_assert_int_le(llabs(distance(0, from, 0, from + part) - expected), 1);
        ck_assert_int_le(llabs(distance(-part / 2, 7, part - part / 2, 7) - expected), 1);
    }
}
END_TEST

/* No way is longer than one with a stop, but for the rounding of three distances. */
START_TEST(a_stop_makes_no_way_shorter)
{
    struct unit_draw draw = unit_draw(2);

    for (int i = 0; i < 2000; i++) {
        struct sphere_point points[3];
        for (int j = 0; j < 3; j++) {
            points[j] = sphere_point(
                (int64_t)unit_below(&draw, 180 * (size_t)DEGREE) - 90 * (int64_t)DEGREE,
                (int64_t)unit_below(&draw, 360 * (size_t)DEGREE) - 180 * (int64_t)DEGREE);
        }
        ck_assert_int_le(sphere_distance_m(&points[0], &points[2]),
                         sphere_distance_m(&points[0], &points[1]) +
                             sphere_distance_m(&points[1], &points[2]) + 2);
    }
}
END_TEST

/* Reads one list of this text; returns how many faults there are. */
static size_t read_text(struct arena *arena, const char *text, struct place_lists *lists)
{
    char folder[] = "/tmp/seinpost-unit-XXXXXX", path[64];
    struct diag *const diag = diag_new(arena);

    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/ports.tsv", folder);
    FILE *const file = fopen(path, "w");
    fputs(text, file);
    fclose(file);
    *lists = place_load(arena, diag, folder);
    unlink(path);
    rmdir(folder);
    return diag_errors(diag);
}

/* A list is named as its file; its places are found by their codes, byte by byte. */
START_TEST(places_are_found_by_code)
{
    struct arena *const arena = arena_new(1 << 20);
    struct place_lists lists;

    ck_assert_uint_eq(
        read_text(arena, "# ports\n\nZZZ\t-1.5\t-0.25\tNL\tZed\nAAA\t0\t180\tDE\tA\n", &lists),
        0);
    const struct place_list *const list = place_list(&lists, SLICE("ports"));
    ck_assert_ptr_nonnull(list);
    ck_assert_ptr_null(place_list(&lists, SLICE("stations")));
    ck_assert_ptr_null(place_find(list, SLICE("zzz")));
    ck_assert_ptr_null(place_find(list, SLICE("")));
    const struct place *const place = place_find(list, SLICE("ZZZ"));
    const struct sphere_point there = sphere_point(-1500000, -250000);
    ck_assert_ptr_nonnull(place);
    ck_assert_slice_eq(place->country, "NL");
    ck_assert_int_eq(sphere_distance_m(&place->at, &there), 0);
    ck_assert_ptr_nonnull(place_find(list, SLICE("AAA")));
    arena_free(arena);
}
END_TEST

static const char *const bad[] = {
    "AAA\t91\t0\tNL\tA\n",
    "AAA\t90.000001\t0\tNL\tA\n",
    "AAA\t0\t180.000001\tNL\tA\n",
    "AAA\t0\t0\tNLD\tA\n",
    "AAA 0 0 NL A\n",
    "\t0\t0\tNL\tA\n",
    "AAA\t0.\t0\tNL\tA\n",
    "AAA\t0.1234567\t0\tNL\tA\n",
    "AAA\t0.-5\t0\tNL\tA\n",
    "AAA\tnorth\teast\tNL\tA\n",
    "AAA\t0\t0\tNL\tA\nAAA\t0\t0\tNL\tA\n",
};

/* A line that names no place, and a code that stands there twice, are faults. */
START_TEST(a_bad_line_is_a_fault)
{
    struct arena *const arena = arena_new(1 << 20);
    struct place_lists lists;

    ck_assert_uint_eq(read_text(arena, bad[_i], &lists), 1);
    arena_free(arena);
}
END_TEST

/* The shipped lists have no fault, and the places of the scenarios. */
START_TEST(shipped_places_are_read)
{
    struct arena *const arena = arena_new(1 << 20);
    struct diag *const diag = diag_new(arena);
    const struct place_lists lists = place_load(arena, diag, UNIT_SCHEMAS "/places");

    ck_assert_uint_eq(diag_errors(diag), 0);
    ck_assert_ptr_nonnull(place_find(place_list(&lists, SLICE("airports")), SLICE("AMS")));
    ck_assert_ptr_nonnull(place_find(place_list(&lists, SLICE("airports")), SLICE("PTY")));
    ck_assert_ptr_nonnull(
        place_find(place_list(&lists, SLICE("stations")), SLICE("urn:uic:stn:8400561")));
    arena_free(arena);
}
END_TEST

Suite *place_suite(void)
{
    const TTest *const tests[] = {parts_of_a_circle_have_their_length,
                                  a_stop_makes_no_way_shorter, places_are_found_by_code,
                                  shipped_places_are_read, NULL};
    Suite *const suite = unit_suite("place", tests);

    unit_loop(suite, distances_are_exact_to_the_metre, COUNT_OF(ways));
    unit_loop(suite, a_bad_line_is_a_fault, COUNT_OF(bad));
    return suite;
}
