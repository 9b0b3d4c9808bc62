/* diag: what is wrong with a file that a person wrote, and where.
 *
 * A diag gathers faults, it does not stop at the first: a loader adds, goes on, and in the
 * end asks diag_errors(). Rules, configuration and schemas all report through here.
 *
 * Owns:    a copy of every message, in the arena given to diag_new().
 * Thread:  the thread that loads.
 * Fails:   never; after DIAG_MAX faults it counts on but keeps no more text.
 */
#ifndef SEINPOST_BASE_DIAG_H
#define SEINPOST_BASE_DIAG_H

#include "seinpost/base/slice.h"

#include <stdarg.h>
#include <stdio.h>

struct arena;
struct diag;

#define DIAG_MAX  1000
#define DIAG_LONG 100 /* nobody reads so many before mending the first */

struct diag_place {
    const char *file; /* as the operator named it */
    unsigned line;    /* from 1; 0 when the whole file is meant */
    unsigned column;  /* in characters, from 1 */
    unsigned length;  /* characters to underline; 0 and 1 give one caret */
};

/* One fault as it was kept. */
struct diag_fault {
    struct diag_place place;
    const char *code;
    const char *message;
    const char *hint;    /* NULL: none */
    const char *context; /* NULL: none */
};

/* A warning that is not told in some lines of a file. */
struct diag_silence {
    struct diag_place place; /* of what silences it */
    struct slice code;
    unsigned first_line;
    unsigned last_line;
    bool used;
};

enum diag_format {
    DIAG_TEXT,
    DIAG_JSON, /* one object a line */
};

/* Returns an empty diag that lives as long as `arena`. */
struct diag *diag_new(struct arena *arena);

/* Makes a file's text known, so that its lines can be shown. Both must outlive the diag. */
void diag_source(struct diag *diag, const char *file, struct slice text);

/* Adds one fault. `code` is stable: a letter (E error, W warning) and three digits. Returns
 * whether it was kept: not when it was told before, nor when there are too many. */
bool diag_add(struct diag *diag, struct diag_place place, const char *code, const char *format,
              ...) __attribute__((format(printf, 4, 5)));

bool diag_add_list(struct diag *diag, struct diag_place place, const char *code,
                   const char *format, va_list args) __attribute__((format(printf, 4, 0)));

/* From now on does not keep or count warnings of this code in these lines. Its texts must
 * outlive the diag. */
void diag_silence(struct diag *diag, const struct diag_silence *silence);

/* What was silenced, in that order. */
size_t diag_silences(const struct diag *diag);
const struct diag_silence *diag_silence_at(const struct diag *diag, size_t index);

/* Tells whether there are so many faults that a search among all rules for a hint is idle. */
bool diag_is_long(const struct diag *diag);

/* Tells whether further faults are counted only, so that a search for a hint is idle. */
bool diag_is_full(const struct diag *diag);

/* Tells whether the last fault was kept: else a hint or context for it is idle. */
bool diag_was_kept(const struct diag *diag);

/* Says beside the caret of the last fault how it may be mended. */
void diag_hint(struct diag *diag, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Says below the last fault what it is a part of. */
void diag_context(struct diag *diag, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

size_t diag_errors(const struct diag *diag);
size_t diag_warnings(const struct diag *diag);

/* Returns the faults that were kept, by file (in the order of diag_source()), line and column;
 * they live as long as the diag. */
const struct diag_fault *diag_faults(const struct diag *diag, size_t *count);

/* Returns "error" or "warning". */
const char *diag_severity(const struct diag_fault *fault);

/* The files that diag_source() told: how many, and their names. */
size_t diag_files(const struct diag *diag);
const char *diag_file(const struct diag *diag, size_t index);

/* Returns the text of a file; data NULL when diag_source() did not tell it. */
struct slice diag_text(const struct diag *diag, const char *file);

/* Prints all faults by file (in the order of diag_source()), line and column. */
void diag_print(const struct diag *diag, FILE *out, enum diag_format format);

#endif
