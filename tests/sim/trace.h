/* trace: what happens in a run, line by line, when asked for.
 *
 * Owns:    the one switch.
 * Thread:  the one there is.
 * Fails:   never.
 */
#ifndef SIM_TRACE_H
#define SIM_TRACE_H

#include <stdbool.h>

void trace_set(bool on);
bool trace_is_on(void);

/* Writes a line to stdout when the switch is on. */
void trace_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
