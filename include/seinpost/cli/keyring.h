/* keyring: the key of pseudonyms that a configuration names, read from its file.
 *
 * Owns:    nothing; the key's text is wiped as soon as it is read.
 * Thread:  the thread that starts the daemon.
 * Fails:   by a line on `out`.
 */
#ifndef SEINPOST_CLI_KEYRING_H
#define SEINPOST_CLI_KEYRING_H

#include "seinpost/config/config.h"
#include "seinpost/signal/pseudonym.h"

#include <stdbool.h>
#include <stdio.h>

/* Returns false if there is a key that cannot be read. `key` stays NULL if none is named; else
 * it is the caller's. */
bool keyring_read(const struct config_data *config, struct pseudonym_key **key, FILE *out);

#endif
