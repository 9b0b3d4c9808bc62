/* progress: a line on stderr that tells how far long work has come, how fast it goes and how
 * long it will take. Where a person watches, on a terminal, it is drawn anew in its place, with
 * a bar, in colour unless NO_COLOR is set (no-color.org).
 *
 * Owns:    its line.
 * Thread:  one.
 * Fails:   never.
 */
#ifndef SEINPOST_CLI_PROGRESS_H
#define SEINPOST_CLI_PROGRESS_H

#include <stddef.h>

struct progress;

/* `all` is how many there will be; 0: nobody knows. `what` must outlive it. */
struct progress *progress_new(const char *what, size_t all);

/* Elsewhere a plain line comes from time to time. */
void progress_keeps_lines(struct progress *progress);

/* So many are done. */
void progress_step(struct progress *progress, size_t done);

/* Clears the line, or says where it ended. */
void progress_free(struct progress *progress);

#endif
