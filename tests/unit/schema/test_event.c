#include "seinpost/schema/event.h"

#include "schema.h"

/* In content order: time, then source, then id. */
static const struct event_reference rising[] = {
    {.time = {1}, .source = {"b", 1}, .id = {"z", 1}},
    {.time = {2}, .source = {"a", 1}, .id = {"b", 1}},
    {.time = {2}, .source = {"b", 1}, .id = {"a", 1}},
    {.time = {2}, .source = {"b", 1}, .id = {"a1", 2}},
    {.time = {2}, .source = {"b", 1}, .id = {"b", 1}},
    {.time = {3}, .source = {"a", 1}, .id = {"a", 1}},
};

/* Events are in the order of time, source and id, whatever else they have. */
START_TEST(order_is_of_content)
{
    for (size_t i = 0; i < COUNT_OF(rising); i++) {
        for (size_t j = 0; j < COUNT_OF(rising); j++) {
            struct event_reference a = rising[i], b = rising[j];
            a.place = (struct event_place){SLICE("t"), 9, (int64_t)(99 - i)};
            b.type = SLICE("x");
            const int order = event_compare(&a, &b);
            ck_assert_int_eq((order > 0) - (order < 0), (i > j) - (i < j));
        }
    }
}
END_TEST

/* One event told twice has the same source and id, though its time may differ. */
START_TEST(source_and_id_make_an_event)
{
    const struct event_reference event = {.time = {1}, .source = SLICE("a"), .id = SLICE("b")};
    const struct event_reference again = {.time = {2}, .source = SLICE("a"), .id = SLICE("b")};
    const struct event_reference source = {.time = {1}, .source = SLICE("x"), .id = SLICE("b")};
    const struct event_reference id = {.time = {1}, .source = SLICE("a"), .id = SLICE("x")};
    const struct event_reference moved = {.time = {1}, .source = SLICE("ab"), .id = SLICE("")};

    ck_assert(event_same(&event, &again));
    ck_assert(!event_same(&event, &source));
    ck_assert(!event_same(&event, &id));
    ck_assert(!event_same(&event, &moved));
}
END_TEST

Suite *event_suite(void)
{
    const TTest *const tests[] = {order_is_of_content, source_and_id_make_an_event, NULL};

    return unit_suite("event", tests);
}
