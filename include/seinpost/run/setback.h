/* setback: ends the process when the wall clock is set back: librdkafka's threads wait by it
 * (where the C library has C11's threads), and would stand still, heartbeats and all, until it
 * has come again to where it was.
 *
 * Owns:    a thread, for as long as the process lives.
 * Thread:  the main one starts it, once, before it makes librdkafka's clients.
 * Fails:   never; the process is to be started again (WATCHDOG_EXIT_HANGS), and loses nothing.
 */
#ifndef SEINPOST_RUN_SETBACK_H
#define SEINPOST_RUN_SETBACK_H

#include <stdint.h>

/* `wall_ms` tells the wall clock; NULL: the machine's. */
void setback_start(int64_t (*wall_ms)(void));

#endif
