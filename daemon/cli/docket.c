#include "seinpost/cli/docket.h"

#include "seinpost/cli/desk.h"

#include <stdio.h>

enum {
    WAIT_MS = 500,
    QUIET_MAX = 60, /* so many times in a row nothing came: the brokers are away */
};

struct docket {
    const struct docket_options *options;
    struct ledger *ledger;
    size_t outside;
    size_t told;
};

static bool is_inside(const struct range *range, const struct alert *alert)
{
    for (size_t i = 0; i < alert->evidence_count; i++) {
        if (!range_has(range, &alert->evidence[i].is.place)) {
            return false;
        }
    }
    return true;
}

/* What an alert became by later events is not what the range says. */
static void on_alert(void *context, const struct alert *alert)
{
    struct docket *docket = context;

    docket->told++;
    if (is_inside(docket->options->range, alert)) {
        ledger_take(docket->ledger, alert);
    } else if (slice_is(alert->state, "opened")) {
        docket->outside++;
    }
}

static bool read_topic(struct docket *docket, const char *topic)
{
    const struct docket_options *options = docket->options;
    struct desk *desk = desk_new(&(struct desk_options){
        .brokers = options->config->brokers,
        .consumer = options->config->consumer,
        .topic = topic,
        .registry = options->config->registry,
        .formats = options->formats,
        .oldest = true,
    });
    bool good = desk != NULL;

    for (size_t quiet = 0; good && !desk_is_at_end(desk); quiet++) {
        const size_t before = docket->told;
        good = quiet < QUIET_MAX && desk_read(desk, WAIT_MS, on_alert, docket);
        quiet = docket->told > before ? 0 : quiet;
    }
    if (!good) {
        (void)fprintf(stderr, "seinpost: R103 %s cannot be read\n", topic);
    } else if (desk_unreadable(desk) > 0) {
        (void)fprintf(stderr, "%s: %zu records are no alerts of this version\n", topic,
                      desk_unreadable(desk));
    }
    desk_free(desk);
    return good;
}

bool docket_read(const struct docket_options *options, struct ledger *ledger, size_t *outside)
{
    struct docket docket = {.options = options, .ledger = ledger};
    bool good = true;

    for (size_t i = 0; i < options->topics_count && good; i++) {
        good = read_topic(&docket, options->topics[i]);
    }
    *outside = docket.outside;
    return good;
}
