/* log: what operators read of a running daemon, on stderr, a line each.
 *
 * Never a log line for each event, and never a value of one: events are counted.
 *
 * Owns:    nothing.
 * Thread:  any; a line is written whole.
 * Fails:   never; what stderr does not take is lost.
 */
#ifndef SEINPOST_BASE_LOG_H
#define SEINPOST_BASE_LOG_H

enum log_level {
    LOG_DEBUG,
    LOG_INFO,
    LOG_WARNING,
    LOG_ERROR,
};

/* Sets the least level that is written; LOG_INFO at start. Call before there are threads. */
void log_set_level(enum log_level level);

void log_write(enum log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#define log_debug(...)   log_write(LOG_DEBUG, __VA_ARGS__)
#define log_info(...)    log_write(LOG_INFO, __VA_ARGS__)
#define log_warning(...) log_write(LOG_WARNING, __VA_ARGS__)
#define log_error(...)   log_write(LOG_ERROR, __VA_ARGS__)

#endif
