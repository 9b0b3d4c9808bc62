#include "seinpost/stage/dials.h"

#include "seinpost/base/counter.h"
#include "seinpost/base/text.h"

struct dials dials_of(struct slice source, int32_t partition)
{
    struct text labels = {0};

    text_format(&labels, "source=\"%.*s\",partition=\"%d\"", SLICE_ARGS(source), partition);
    text_add_byte(&labels, '\0');
    const struct dials dials = {
        .signals = counter_get(COUNTER_TOTAL, "seinpost_source_signals_total", labels.data,
                               "Records read of a source's partition."),
        .time = counter_get(COUNTER_GAUGE, "seinpost_source_event_time_seconds", labels.data,
                            "Newest event time that was read of it, in Unix time; 0: none."),
        .quiet = counter_get(COUNTER_GAUGE, "seinpost_source_quiet", labels.data,
                             "1: nothing came for the source's `idle`."),
    };
    text_free(&labels);
    return dials;
}

void dials_signal(const struct dials *dials)
{
    counter_add(dials->signals, 1);
}

void dials_tell(const struct dials *dials, struct instant high, bool quiet)
{
    counter_set(dials->time, high.ms == INSTANT_MIN.ms ? 0 : high.ms);
    counter_set(dials->quiet, quiet ? 1 : 0);
}

void dials_clear(const struct dials *dials)
{
    dials_tell(dials, INSTANT_MIN, false);
}
