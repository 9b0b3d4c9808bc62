/* asked_alert: answers `seinpost explain ALERT-ID`: from the live topics, or from files of
 * alerts and events.
 *
 * Owns:    nothing.
 * Thread:  the main one.
 * Fails:   by the verb's exit code.
 */
#ifndef SEINPOST_CLI_ASKED_ALERT_H
#define SEINPOST_CLI_ASKED_ALERT_H

#include "seinpost/cli/inquiry.h"

/* Tells whether a word is an alert's id: 32 hex digits. */
bool asked_alert_is_id(struct slice word);

/* Against the topics of the configuration. */
int asked_alert_live(const struct inquiry *inquiry);

/* Against a file of alerts, and the file of events that they were made of. */
int asked_alert_file(const struct inquiry *inquiry);

#endif
