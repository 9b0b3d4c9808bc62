#include "seinpost/base/counter.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct counter {
    enum counter_kind kind;
    const char *name;
    const char *labels;
    const char *help;
    _Atomic int64_t value;
};

static struct counter counters[COUNTERS_MAX];
static size_t counters_count;
static pthread_mutex_t counters_lock = PTHREAD_MUTEX_INITIALIZER;

static void lock(void)
{
    const int failed = pthread_mutex_lock(&counters_lock);
    ENSURE(failed == 0);
}

static void unlock(void)
{
    const int failed = pthread_mutex_unlock(&counters_lock);
    ENSURE(failed == 0);
}

static const char *copy(const char *text)
{
    char *kept = strdup(text);

    ENSURE_MEMORY(kept != NULL);
    return kept;
}

struct counter *counter_get(enum counter_kind kind, const char *name, const char *labels,
                            const char *help)
{
    size_t i = 0;

    lock();
    while (i < counters_count &&
           (strcmp(counters[i].name, name) != 0 || strcmp(counters[i].labels, labels) != 0)) {
        i++;
    }
    ENSURE(i < COUNTERS_MAX);
    if (i == counters_count) {
        counters[i].kind = kind;
        counters[i].name = copy(name);
        counters[i].labels = copy(labels);
        counters[i].help = copy(help);
        counters_count++;
    }
    unlock();
    return &counters[i];
}

void counter_add(struct counter *counter, int64_t number)
{
    (void)atomic_fetch_add_explicit(&counter->value, number, memory_order_relaxed);
}

void counter_set(struct counter *counter, int64_t number)
{
    atomic_store_explicit(&counter->value, number, memory_order_relaxed);
}

int64_t counter_value(const struct counter *counter)
{
    return atomic_load_explicit(&counter->value, memory_order_relaxed);
}

static bool named_before(size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (strcmp(counters[i].name, counters[index].name) == 0) {
            return true;
        }
    }
    return false;
}

static void print_family(struct text *text, size_t first)
{
    const char *name = counters[first].name;

    text_format(text, "# HELP %s %s\n# TYPE %s %s\n", name, counters[first].help, name,
                counters[first].kind == COUNTER_TOTAL ? "counter" : "gauge");
    for (size_t i = first; i < counters_count; i++) {
        if (strcmp(counters[i].name, name) != 0) {
            continue;
        }
        const char *labels = counters[i].labels;
        text_format(text, labels[0] == '\0' ? "%s%s %lld\n" : "%s{%s} %lld\n", name, labels,
                    (long long)counter_value(&counters[i]));
    }
}

void counter_print(struct text *text)
{
    lock();
    for (size_t i = 0; i < counters_count; i++) {
        if (!named_before(i)) {
            print_family(text, i);
        }
    }
    unlock();
}
