/* notify: tells the service manager how the daemon is (sd_notify(3)'s protocol: a datagram to
 * the socket that $NOTIFY_SOCKET names). Without one nobody asked, and nothing is sent.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never; what cannot be sent is lost.
 */
#ifndef SEINPOST_OPS_NOTIFY_H
#define SEINPOST_OPS_NOTIFY_H

#include "seinpost/base/slice.h"

/* `status` is for people; it stands in `systemctl status`. */
void notify_ready(struct slice status);
void notify_reloading(void);
void notify_stopping(void);

/* The daemon is at work; only told if the unit has WatchdogSec= ($WATCHDOG_USEC). */
void notify_alive(void);

#endif
