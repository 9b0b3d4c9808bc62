/* docket: what desks were told of a range: the alerts of the live topics, and those of rules
 * under test, whose evidence all lies in it.
 *
 * Owns:    nothing.
 * Thread:  one.
 * Fails:   by its result, with the reason on stderr.
 */
#ifndef SEINPOST_CLI_DOCKET_H
#define SEINPOST_CLI_DOCKET_H

#include "seinpost/cli/ledger.h"
#include "seinpost/cli/range.h"

struct docket_options {
    const struct config_data *config;
    const char *const *topics; /* of alerts */
    size_t topics_count;
    const struct formats *formats;
    const struct range *range;
};

/* Reads the topics to their ends. Appends the alerts to the ledger; of those that rest on an
 * event outside of the range it returns how many there are. */
bool docket_read(const struct docket_options *options, struct ledger *ledger, size_t *outside);

#endif
