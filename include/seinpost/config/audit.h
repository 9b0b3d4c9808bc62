/* audit: does a configuration that could be read make sense? What would stop the daemon at its
 * start, or make it wait for ever, is found here, at its place in the file.
 *
 * Owns:    nothing.
 * Thread:  the thread that loads.
 * Fails:   by faults E202, E204, E205, E303 and E308.
 */
#ifndef SEINPOST_CONFIG_AUDIT_H
#define SEINPOST_CONFIG_AUDIT_H

#include "seinpost/config/config.h"
#include "seinpost/yaml/tree.h"

/* Holds what was read against the file that it was read from. */
void audit_config(struct diag *diag, const struct tree *root, const struct config_data *data);

/* Tells which `types` of sources mean no event type. */
void audit_types(struct diag *diag, const struct tree *root, const struct catalogue *catalogue);

#endif
