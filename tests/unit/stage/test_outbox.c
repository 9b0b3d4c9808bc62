#include "seinpost/stage/outbox.h"

#include "yard.h"

/* Records are kept as copies, in their order, until they are cleared. */
START_TEST(records_are_copied_in_order)
{
    struct outbox *const outbox = outbox_new();
    char key[] = "key", value[] = "value";

    outbox_add(outbox, &(struct outbox_record){OUTBOX_ALERTS, OUTBOX_BY_KEY, slice_of(key),
                                               slice_of(value), 7, 0});
    outbox_add(outbox,
               &(struct outbox_record){OUTBOX_MATCHES, 3, {NULL, 0}, SLICE("second"), 0, 0});
    key[0] = value[0] = 'x';
    ck_assert_uint_eq(outbox_count(outbox), 2);
    ck_assert_slice_eq(outbox_get(outbox, 0)->key, "key");
    ck_assert_slice_eq(outbox_get(outbox, 0)->value, "value");
    ck_assert_int_eq(outbox_get(outbox, 0)->topic, OUTBOX_ALERTS);
    ck_assert_int_eq(outbox_get(outbox, 0)->behind, 7);
    ck_assert(outbox_get(outbox, 1)->partition == 3 && outbox_get(outbox, 1)->key.size == 0);
    outbox_clear(outbox);
    ck_assert_uint_eq(outbox_count(outbox), 0);
    outbox_add(outbox,
               &(struct outbox_record){OUTBOX_REJECTS, 0, {NULL, 0}, SLICE("again"), 0, 0});
    ck_assert_slice_eq(outbox_get(outbox, 0)->value, "again");
    outbox_free(outbox);
    outbox_free(NULL);
}
END_TEST

/* It is full at some size, long before memory is, and empty again when it is cleared. */
START_TEST(it_is_full_at_some_size)
{
    static char bytes[100000];
    struct outbox *const outbox = outbox_new();
    size_t count = 0;

    ck_assert(!outbox_is_full(outbox));
    while (!outbox_is_full(outbox) && count < 10000) {
        outbox_add(outbox, &(struct outbox_record){
                               OUTBOX_MATCHES, 0, {NULL, 0}, {bytes, sizeof bytes}, 0, 0});
        count++;
    }
    ck_assert_uint_gt(count, 1);
    ck_assert_uint_lt(count, 10000);
    outbox_clear(outbox);
    ck_assert(!outbox_is_full(outbox));
    outbox_free(outbox);
}
END_TEST

Suite *outbox_suite(void)
{
    const TTest *const tests[] = {records_are_copied_in_order, it_is_full_at_some_size, NULL};

    return unit_suite("outbox", tests);
}
