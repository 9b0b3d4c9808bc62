#include "seinpost/base/arena.h"

#include <stdint.h>

#include "base.h"

static void expect_all(const unsigned char *bytes, size_t size, unsigned char byte)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != byte) {
            ck_abort_msg("byte %zu of %zu is %d, not %d", i, size, bytes[i], byte);
        }
    }
}

/* Bytes are zeroed, aligned for any type, and apart from each other, of whatever sizes. */
START_TEST(blocks_are_zeroed_aligned_and_apart)
{
    struct arena *const arena = arena_new(64 << 20);
    unsigned char *blocks[300];
    size_t sizes[300];
    struct unit_draw draw = unit_draw(8);

    for (int round = 0; round < 3; round++, arena_reset(arena)) {
        for (size_t i = 0; i < COUNT_OF(blocks); i++) {
            sizes[i] = unit_below(&draw, i % 10 == 0 ? 20000 : 100);
            blocks[i] = arena_alloc(arena, sizes[i]);
            ck_assert_uint_eq((uintptr_t)blocks[i] % _Alignof(max_align_t), 0);
            expect_all(blocks[i], sizes[i], 0);
            memset(blocks[i], (int)i % 255 + 1, sizes[i]);
        }
        for (size_t i = 0; i < COUNT_OF(blocks); i++) {
            expect_all(blocks[i], sizes[i], (unsigned char)(i % 255 + 1));
        }
    }
    arena_free(arena);
}
END_TEST

/* A copy has the bytes and is aligned for any type. */
START_TEST(copies_bytes)
{
    struct arena *const arena = arena_new(1 << 16);
    const char bytes[] = "\0abc";

    arena_alloc(arena, 1);
    const char *const copy = arena_copy(arena, bytes, sizeof bytes);
    ck_assert_mem_eq(copy, bytes, sizeof bytes);
    ck_assert_uint_eq((uintptr_t)copy % _Alignof(max_align_t), 0);
    ck_assert_ptr_nonnull(arena_copy(arena, bytes, 0));
    arena_free(arena);
}
END_TEST

/* What is in use grows with each allocation, never beyond the limit, and is nothing after a
 * reset. */
START_TEST(use_is_counted_up_to_the_limit)
{
    struct arena *const arena = arena_new(100000);

    ck_assert_uint_eq(arena_bytes_used(arena), 0);
    for (size_t i = 1; i <= 9; i++) {
        arena_alloc(arena, 10000);
        ck_assert_uint_ge(arena_bytes_used(arena), i * 10000);
        ck_assert_uint_le(arena_bytes_used(arena), 100000);
    }
    arena_reset(arena);
    ck_assert_uint_eq(arena_bytes_used(arena), 0);
    for (size_t i = 0; i < 9; i++) {
        arena_alloc(arena, 10000);
    }
    arena_free(arena);
}
END_TEST

/* Going over the limit aborts, by one large block. */
START_TEST(one_block_over_the_limit_aborts)
{
    arena_alloc(arena_new(1000), 1001);
}
END_TEST

/* Going over the limit aborts, by many small blocks. */
START_TEST(many_blocks_over_the_limit_abort)
{
    struct arena *const arena = arena_new(100000);

    for (int i = 0; i < 10001; i++) {
        arena_alloc(arena, 10);
    }
}
END_TEST

/* A size that would wrap around aborts. */
START_TEST(a_size_that_wraps_aborts)
{
    struct arena *const arena = arena_new(1000);

    arena_alloc(arena, 10);
    arena_alloc(arena, SIZE_MAX - 4);
}
END_TEST

static char ended[8];

static void end(void *thing)
{
    strncat(ended, thing, 1);
}

/* What is to be unmade is so at a reset or at the end, once, the last first. */
START_TEST(ends_come_last_in_first_out)
{
    struct arena *const arena = arena_new(1 << 16);
    char a[] = "a", b[] = "b", c[] = "c";

    arena_at_end(arena, end, a);
    arena_at_end(arena, end, b);
    ck_assert_str_eq(ended, "");
    arena_reset(arena);
    ck_assert_str_eq(ended, "ba");
    arena_at_end(arena, end, c);
    arena_free(arena);
    ck_assert_str_eq(ended, "bac");
    arena_free(NULL);
}
END_TEST

Suite *arena_suite(void)
{
    const TTest *const tests[] = {blocks_are_zeroed_aligned_and_apart, copies_bytes,
                                  use_is_counted_up_to_the_limit, ends_come_last_in_first_out,
                                  NULL};
    Suite *const suite = unit_suite("arena", tests);

    unit_abort(suite, one_block_over_the_limit_aborts);
    unit_abort(suite, many_blocks_over_the_limit_abort);
    unit_abort(suite, a_size_that_wraps_aborts);
    return suite;
}
