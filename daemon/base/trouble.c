#include "seinpost/base/trouble.h"

#include "seinpost/base/counter.h"
#include "seinpost/base/text.h"

#include <string.h>

static const char name[] = "seinpost_partition_blocked";

/* What all labels of a topic, or of one of its partitions, begin with. */
static void add_topic(struct text *text, const char *topic)
{
    text_format(text, "topic=\"%s\",partition=\"", topic);
}

static void add_partition(struct text *text, const char *topic, int32_t partition)
{
    add_topic(text, topic);
    text_format(text, "%d\",", partition);
}

bool trouble_begin(const char *topic, int32_t partition, const char *reason)
{
    struct text labels = {0};

    add_partition(&labels, topic, partition);
    text_format(&labels, "reason=\"%s\"", reason);
    text_add_byte(&labels, '\0');
    struct counter *counter = counter_get(COUNTER_GAUGE, name, labels.data,
                                          "1: the partition cannot be read, for this reason.");
    text_free(&labels);
    const bool is_new = counter_value(counter) == 0;
    counter_set(counter, 1);
    return is_new;
}

static bool begins(const char *labels, const struct text *prefix)
{
    return strncmp(labels, prefix->data, prefix->size) == 0;
}

static void end(void *context, const char *labels, struct counter *counter)
{
    if (begins(labels, context)) {
        counter_set(counter, 0);
    }
}

void trouble_end(const char *topic, int32_t partition)
{
    struct text prefix = {0};

    add_partition(&prefix, topic, partition);
    counter_visit(name, end, &prefix);
    text_free(&prefix);
}

struct search {
    struct text prefix;
    bool found;
};

static void find(void *context, const char *labels, struct counter *counter)
{
    struct search *search = context;

    if (counter_value(counter) != 0 && begins(labels, &search->prefix)) {
        search->found = true;
    }
}

bool trouble_has(const char *topic)
{
    struct search search = {0};

    add_topic(&search.prefix, topic);
    counter_visit(name, find, &search);
    text_free(&search.prefix);
    return search.found;
}

static void print(void *context, const char *labels, struct counter *counter)
{
    if (counter_value(counter) != 0) {
        text_format(context, "blocked: %s\n", labels);
    }
}

void trouble_print(struct text *text)
{
    counter_visit(name, print, text);
}
