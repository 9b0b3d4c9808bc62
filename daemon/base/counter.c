#include "seinpost/base/counter.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/table.h"
#include "seinpost/base/text.h"
#include "seinpost/base/vector.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct counter {
    const char *labels;
    _Atomic int64_t value;
};

/* Counters of one name, which Prometheus wants together. */
struct family {
    enum counter_kind kind;
    const char *name;
    const char *help;
    VECTOR(struct counter *) counters;
};

/* All is guarded by the lock, but for the values. */
static pthread_mutex_t counters_lock = PTHREAD_MUTEX_INITIALIZER;
static struct table *counters;     /* by name and labels */
static struct table *family_names; /* by name */
static VECTOR(struct family *) families;
static struct counter spill; /* what too many are */

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

static struct family *family_of(enum counter_kind kind, const char *name, const char *help)
{
    struct family *family = table_get(family_names, slice_of(name));

    if (family == NULL) {
        family = calloc(1, sizeof *family);
        ENSURE_MEMORY(family != NULL);
        *family = (struct family){.kind = kind, .name = copy(name), .help = copy(help)};
        table_put(family_names, slice_of(family->name), family);
        VECTOR_PUSH(&families, family);
    }
    return family;
}

/* `key` is kept. */
static struct counter *make(struct family *family, const char *labels, struct slice key)
{
    struct counter *counter = calloc(1, sizeof *counter);

    ENSURE_MEMORY(counter != NULL);
    counter->labels = copy(labels);
    VECTOR_PUSH(&family->counters, counter);
    table_put(counters, key, counter);
    return counter;
}

static struct counter *get(enum counter_kind kind, const char *name, const char *labels,
                           const char *help)
{
    struct text key = {0};

    text_format(&key, "%s\n%s", name, labels);
    struct counter *counter = table_get(counters, text_slice(&key));
    if (counter == NULL && table_count(counters) < COUNTERS_MAX) {
        return make(family_of(kind, name, help), labels, text_slice(&key)); /* and its key */
    }
    text_free(&key);
    return counter;
}

struct counter *counter_get(enum counter_kind kind, const char *name, const char *labels,
                            const char *help)
{
    static struct counter *refused;

    lock();
    if (counters == NULL) {
        counters = table_new();
        family_names = table_new();
    }
    struct counter *counter = get(kind, name, labels, help);
    if (counter == NULL) {
        if (refused == NULL) {
            refused = make(family_of(COUNTER_TOTAL, "seinpost_counters_refused_total",
                                     "Counts that were lost, because there are too many."),
                           "", SLICE("seinpost_counters_refused_total\n"));
        }
        counter_add(refused, 1);
        counter = &spill;
    }
    unlock();
    return counter;
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

void counter_visit(const char *name,
                   void (*visit)(void *context, const char *labels, struct counter *counter),
                   void *context)
{
    lock();
    const struct family *family =
        counters == NULL ? NULL : table_get(family_names, slice_of(name));
    for (size_t i = 0; family != NULL && i < family->counters.count; i++) {
        visit(context, family->counters.items[i]->labels, family->counters.items[i]);
    }
    unlock();
}

static bool is_time(const char *name)
{
    return slice_ends_with(slice_of(name), SLICE("_seconds")) ||
           slice_ends_with(slice_of(name), SLICE("_seconds_total"));
}

static void print_value(struct text *text, int64_t value, bool time)
{
    if (!time || value % 1000 == 0) {
        text_format(text, "%lld\n", (long long)(time ? value / 1000 : value));
    } else {
        text_format(text, "%s%lld.%03lld\n", value < 0 ? "-" : "", llabs(value / 1000),
                    llabs(value % 1000));
    }
}

static void print_family(struct text *text, const struct family *family)
{
    text_format(text, "# HELP %s %s\n# TYPE %s %s\n", family->name, family->help, family->name,
                family->kind == COUNTER_TOTAL ? "counter" : "gauge");
    for (size_t i = 0; i < family->counters.count; i++) {
        const struct counter *counter = family->counters.items[i];
        text_format(text, counter->labels[0] == '\0' ? "%s%s " : "%s{%s} ", family->name,
                    counter->labels);
        print_value(text, counter_value(counter), is_time(family->name));
    }
}

void counter_print(struct text *text)
{
    lock();
    for (size_t i = 0; i < families.count; i++) {
        print_family(text, families.items[i]);
    }
    unlock();
}
