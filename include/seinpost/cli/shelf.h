/* shelf: the port `library` of a daemon: each source's writers' schemas from where its wire
 * format has them, a registry or a folder.
 *
 * Owns:    its clients.
 * Thread:  one worker's.
 * Fails:   by enum outcome.
 */
#ifndef SEINPOST_CLI_SHELF_H
#define SEINPOST_CLI_SHELF_H

#include "seinpost/config/config.h"
#include "seinpost/port/library.h"

struct shelf;

struct shelf *shelf_new(const struct config_data *config);
void shelf_free(struct shelf *shelf);

struct library shelf_library(struct shelf *shelf);

#endif
