/* inspect: what is wrong with an event that a person wrote, one JSON object a line, and where
 * in the line. The program itself answers such a line with a verdict; this is for its author.
 *
 * Owns:    nothing.
 * Thread:  the thread that loads.
 * Fails:   by faults E120, E202 to E205, E303, W701 and W710.
 */
#ifndef SEINPOST_SIGNAL_INSPECT_H
#define SEINPOST_SIGNAL_INSPECT_H

#include "seinpost/base/diag.h"

struct catalogue;

/* Inspects a file of events; `file` and `text` must outlive the diag. Returns how many lines
 * hold one. */
size_t inspect_file(struct diag *diag, const struct catalogue *catalogue, const char *file,
                    struct slice text);

#endif
