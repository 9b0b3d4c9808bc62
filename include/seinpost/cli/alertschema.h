/* alertschema: by which id the schemas of alerts are known where they are written.
 *
 * Owns:    nothing.
 * Thread:  the main one.
 * Fails:   by its result; what is wrong is printed.
 */
#ifndef SEINPOST_CLI_ALERTSCHEMA_H
#define SEINPOST_CLI_ALERTSCHEMA_H

#include "seinpost/config/config.h"
#include "seinpost/schema/formats.h"

/* Fingerprints, or the registry's ids. */
struct alertschema {
    uint64_t now;
    uint64_t earlier; /* of alerts without a standing */
};

/* Alerts in Confluent framing need ids: the daemon is their schemas' writer. */
bool alertschema_find(const struct config_data *config, const char *topic,
                      const struct formats *formats, struct alertschema *schema, FILE *out);

#endif
