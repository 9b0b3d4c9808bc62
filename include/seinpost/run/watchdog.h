/* watchdog: ends the process rather than let it hang: librdkafka's calls of transactions do not
 * always come back in time (its issues 5456 and 5511). A process that ends so loses nothing:
 * its open transaction is void, and the next start reads the log.
 *
 * Owns:    a thread, and the watches.
 * Thread:  one starts and stops it; each watch belongs to one thread.
 * Fails:   never; it is the last resort.
 */
#ifndef SEINPOST_RUN_WATCHDOG_H
#define SEINPOST_RUN_WATCHDOG_H

#include <stdint.h>

struct watchdog;
struct watch;

enum {
    WATCHDOG_EXIT_HANGS = 75 /* EX_TEMPFAIL: start it again */
};

struct watchdog *watchdog_start(void);
void watchdog_stop(struct watchdog *watchdog);

/* Makes a watch over the calls of one thread; none may take longer than `limit_ms`,
 * if that is above 0. */
struct watch *watchdog_watch(struct watchdog *watchdog, const char *who, int64_t limit_ms);

/* The process was asked to end: after `limit_ms` it does, with exit code 0, whatever its
 * threads wait for. */
void watchdog_end_within(struct watchdog *watchdog, int64_t limit_ms);

/* A call begins; `what` lives as long as the process. */
void watchdog_enter(struct watch *watch, const char *what);
void watchdog_leave(struct watch *watch);

#endif
