/* alert_line: reads an alert back from a line of JSON, as alert_json.h writes it.
 *
 * Owns:    nothing; texts live in the arena.
 * Thread:  any.
 * Fails:   by its result: the line is no alert.
 */
#ifndef SEINPOST_CLI_ALERT_LINE_H
#define SEINPOST_CLI_ALERT_LINE_H

#include "seinpost/alert/alert.h"

bool alert_line_read(struct arena *arena, struct slice line, struct alert *alert);

#endif
