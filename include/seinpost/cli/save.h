/* save: writes files whole or not at all: beside, then in their place.
 *
 * Owns:    nothing.
 * Thread:  the main one.
 * Fails:   by its results; errno says why.
 */
#ifndef SEINPOST_CLI_SAVE_H
#define SEINPOST_CLI_SAVE_H

#include "seinpost/base/slice.h"

/* Writes a file, or replaces it; its rights stay. */
bool save_file(const char *path, struct slice text);

/* Writes a new file that its owner alone may read. False when there is one already. */
bool save_secret(const char *path, struct slice text);

#endif
