#include "seinpost/cli/finding.h"

#include "seinpost/base/counter.h"
#include "seinpost/base/log.h"
#include "seinpost/base/text.h"

#include <string.h>

static const char name[] = "seinpost_topic_finding";

static const struct {
    const char *code;
    bool grave;
} codes[FINDING_COUNT] = {
    [FINDING_MISSING] = {"T101", true},  [FINDING_PARTITIONS] = {"T102", true},
    [FINDING_SETTING] = {"T103", false}, [FINDING_RETENTION] = {"T104", true},
    [FINDING_CLAIMED] = {"T105", false}, [FINDING_DELETED] = {"T106", true},
    [FINDING_SILENT] = {"T107", false},
};

void finding_set(enum finding_code code, const char *topic, const char *what, bool is,
                 const char *words)
{
    struct text labels = {0};

    text_format(&labels, "code=\"%s\",topic=\"%s\",what=\"%s\"", codes[code].code, topic, what);
    text_add_byte(&labels, '\0');
    struct counter *counter =
        counter_get(COUNTER_GAUGE, name, labels.data,
                    "1: a topic is not as it should be (README, \"When topics change\").");
    text_free(&labels);
    const bool was = counter_value(counter) != 0;
    counter_set(counter, is ? 1 : 0);
    if (is && !was && codes[code].grave) {
        log_error("%s %s: %s", codes[code].code, topic, words);
    } else if (is && !was) {
        log_warning("%s %s: %s", codes[code].code, topic, words);
    } else if (was && !is) {
        log_info("%s %s: %s: is over", codes[code].code, topic, what);
    }
}

static void judge(void *context, const char *labels, struct counter *counter)
{
    bool *grave = context;

    for (int i = 0; i < FINDING_COUNT && counter_value(counter) != 0; i++) {
        *grave = *grave || (codes[i].grave && strstr(labels, codes[i].code) != NULL);
    }
}

bool finding_is_grave(void)
{
    bool grave = false;

    counter_visit(name, judge, &grave);
    return grave;
}

static void print(void *context, const char *labels, struct counter *counter)
{
    if (counter_value(counter) != 0) {
        text_format(context, "topic: %s\n", labels);
    }
}

void finding_print(struct text *text)
{
    counter_visit(name, print, text);
}
