#include "seinpost/run/scribe.h"

#include <time.h>

#include "run.h"

/* A slow port that keeps one snapshot. */
struct slow {
    struct text kept;
    int stores;
};

static void doze(long ms)
{
    const struct timespec pause = {0, ms * 1000000};

    (void)nanosleep(&pause, NULL);
}

static bool store(void *self, struct record_partition partition, struct text *bytes)
{
    struct slow *slow = self;

    (void)partition;
    doze(100);
    text_free(&slow->kept);
    slow->kept = *bytes;
    *bytes = (struct text){0};
    slow->stores++;
    return true;
}

static void find(void *self, struct record_partition partition, struct text *bytes)
{
    const struct slow *slow = self;

    (void)partition;
    text_add(bytes, text_slice(&slow->kept));
}

static void forget(void *self, struct record_partition partition)
{
    struct slow *slow = self;

    (void)partition;
    text_clear(&slow->kept);
}

static const struct record_partition place = {"matches", 0};

static bool give(const struct snapshot *port, const char *content)
{
    struct text bytes = {0};

    text_add(&bytes, slice_of(content));
    const bool taken = port->store(port->self, place, &bytes);
    text_free(&bytes);
    return taken;
}

/* Nobody waits for a write but who asks for what is written; one at a time is taken, and an end
 * writes it. */
START_TEST(who_stores_does_not_wait)
{
    struct slow slow = {.stores = 0};
    const struct snapshot inner = {&slow, NULL, store, find, forget, NULL, NULL};
    struct scribe *scribe = scribe_start(&inner);
    const struct snapshot port = scribe_port(scribe);
    struct text bytes = {0};

    ck_assert(port.ready(port.self));
    ck_assert(give(&port, "one"));
    ck_assert(!port.ready(port.self));
    ck_assert(!give(&port, "too soon"));
    port.finish(port.self, 1);
    ck_assert(!port.ready(port.self)); /* time was up before */
    port.find(port.self, place, &bytes);
    ck_assert_slice_eq(text_slice(&bytes), "one");
    text_clear(&bytes);
    ck_assert(give(&port, "two"));
    port.forget(port.self, place);
    ck_assert_uint_eq(slow.kept.size, 0);
    ck_assert(give(&port, "three"));
    port.finish(port.self, 5000);
    ck_assert(port.ready(port.self));
    ck_assert(give(&port, "four"));
    scribe_stop(scribe);
    ck_assert_slice_eq(text_slice(&slow.kept), "four");
    ck_assert_int_eq(slow.stores, 4);
    text_free(&bytes);
    text_free(&slow.kept);
    scribe_stop(NULL);
}
END_TEST

Suite *scribe_suite(void)
{
    const TTest *const tests[] = {who_stores_does_not_wait, NULL};

    return unit_suite("scribe", tests);
}
