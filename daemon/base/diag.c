#include "seinpost/base/diag.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/utf8.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
    MESSAGE_MAX = 512,  /* bytes; longer ones are cut */
    SAME_MAX = 16,      /* different faults of one code at one place */
    HEADS_COUNT = 1024, /* a power of two */
};

struct fault {
    struct diag_place place;
    size_t file_rank;
    size_t rank;
    char code[8];
    const char *message;
    const char *hint;
    const char *context;
    const struct fault *same; /* an earlier one whose place and code have the same hash */
};

struct source {
    const char *file;
    struct slice text;
};

struct silence {
    struct diag_silence is;
    struct silence *next;
};

struct diag {
    struct arena *arena;
    size_t errors;
    size_t warnings;
    size_t faults_count;
    bool last_kept; /* the newest fault has its text: it can be given a hint */
    size_t sources_count;
    size_t sources_room;
    struct source *sources;
    struct silence *silences; /* the newest first */
    size_t silences_count;
    const struct fault *heads[HEADS_COUNT]; /* by hash of place and code */
    struct fault faults[DIAG_MAX];
};

struct diag *diag_new(struct arena *arena)
{
    struct diag *diag = arena_alloc(arena, sizeof *diag);

    diag->arena = arena;
    return diag;
}

void diag_source(struct diag *diag, const char *file, struct slice text)
{
    if (diag->sources_count == diag->sources_room) {
        const size_t room = diag->sources_room == 0 ? 16 : diag->sources_room * 2;
        struct source *sources = arena_alloc(diag->arena, room * sizeof *sources);
        if (diag->sources_count > 0) {
            memcpy(sources, diag->sources, diag->sources_count * sizeof *sources);
        }
        diag->sources = sources;
        diag->sources_room = room;
    }
    diag->sources[diag->sources_count++] = (struct source){file, text};
}

static size_t file_rank(const struct diag *diag, const char *file)
{
    size_t i = 0;

    while (i < diag->sources_count && strcmp(diag->sources[i].file, file) != 0) {
        i++;
    }
    return i;
}

static const char *keep(struct diag *diag, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static const char *keep(struct diag *diag, const char *format, va_list args)
{
    char text[MESSAGE_MAX];

    const int length = vsnprintf(text, sizeof text, format, args);
    ENSURE(length >= 0);
    const struct slice cut = {text, strlen(text)};
    for (size_t i = 0; i < cut.size; i++) { /* of a file; no terminal shall obey it */
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f) {
            text[i] = ' ';
        }
    }
    return slice_string(diag->arena, (struct slice){text, utf8_valid_size(cut)});
}

static size_t head_of(struct diag_place place, const char *code)
{
    const size_t number =
        (size_t)(code[1] - '0') * 100 + (size_t)(code[2] - '0') * 10 + (size_t)(code[3] - '0');

    return (place.line * 31U + place.column * 7U + number) & (HEADS_COUNT - 1);
}

static bool is_at(const struct fault *fault, struct diag_place place, const char *code)
{
    return fault->place.line == place.line && fault->place.column == place.column &&
           strcmp(fault->code, code) == 0 && strcmp(fault->place.file, place.file) == 0;
}

/* One part of a rule may be compiled for several event types; its fault is told once. With no
 * message: were there so many of this place and code that one more says nothing? */
static bool was_said(const struct diag *diag, struct diag_place place, const char *code,
                     const char *message)
{
    size_t here = 0;

    for (const struct fault *fault = diag->heads[head_of(place, code)]; fault != NULL;
         fault = fault->same) {
        if (!is_at(fault, place, code)) {
            continue;
        }
        here++;
        if (message != NULL && strcmp(fault->message, message) == 0) {
            return true;
        }
    }
    return place.line > 0 && here >= SAME_MAX;
}

void diag_silence(struct diag *diag, const struct diag_silence *silence)
{
    struct silence *added = arena_alloc(diag->arena, sizeof *added);

    *added = (struct silence){*silence, diag->silences};
    added->is.used = false;
    diag->silences = added;
    diag->silences_count++;
}

size_t diag_silences(const struct diag *diag)
{
    return diag->silences_count;
}

const struct diag_silence *diag_silence_at(const struct diag *diag, size_t index)
{
    const struct silence *silence = diag->silences;

    ENSURE(index < diag->silences_count);
    for (size_t i = diag->silences_count - 1; i > index; i--) {
        silence = silence->next;
    }
    return &silence->is;
}

/* Tells whether a warning is silenced at its place, and notes that it was. */
static bool is_silenced(struct diag *diag, struct diag_place place, const char *code)
{
    bool silenced = false;

    if (code[0] != 'W') {
        return false;
    }
    for (struct silence *at = diag->silences; at != NULL; at = at->next) {
        if (place.line >= at->is.first_line && place.line <= at->is.last_line &&
            slice_is(at->is.code, code) && strcmp(at->is.place.file, place.file) == 0) {
            at->is.used = silenced = true;
        }
    }
    return silenced;
}

static void count(struct diag *diag, const char *code)
{
    if (code[0] == 'W') {
        diag->warnings++;
    } else {
        diag->errors++;
    }
}

bool diag_add(struct diag *diag, struct diag_place place, const char *code, const char *format,
              ...)
{
    va_list args;

    va_start(args, format);
    const bool kept = diag_add_list(diag, place, code, format, args);
    va_end(args);
    return kept;
}

bool diag_add_list(struct diag *diag, struct diag_place place, const char *code,
                   const char *format, va_list args)
{
    ENSURE(place.file != NULL);
    ENSURE(strlen(code) == 4);

    diag->last_kept = false;
    if (is_silenced(diag, place, code)) {
        return false;
    }
    if (diag_is_full(diag)) {
        count(diag, code);
        return false;
    }
    if (was_said(diag, place, code, NULL)) {
        return false;
    }
    const char *message = keep(diag, format, args);
    if (was_said(diag, place, code, message)) {
        return false;
    }
    count(diag, code);
    struct fault *fault = &diag->faults[diag->faults_count];
    const struct fault **head = &diag->heads[head_of(place, code)];
    *fault = (struct fault){.place = place,
                            .same = *head,
                            .rank = diag->faults_count++,
                            .file_rank = file_rank(diag, place.file),
                            .message = message};
    memcpy(fault->code, code, 5);
    *head = fault;
    diag->last_kept = true;
    return true;
}

bool diag_is_full(const struct diag *diag)
{
    return diag->faults_count == DIAG_MAX;
}

bool diag_was_kept(const struct diag *diag)
{
    return diag->last_kept;
}

bool diag_is_long(const struct diag *diag)
{
    return diag->faults_count >= DIAG_LONG;
}

void diag_hint(struct diag *diag, const char *format, ...)
{
    if (!diag->last_kept) {
        return;
    }
    va_list args;
    va_start(args, format);
    diag->faults[diag->faults_count - 1].hint = keep(diag, format, args);
    va_end(args);
}

void diag_context(struct diag *diag, const char *format, ...)
{
    if (!diag->last_kept) {
        return;
    }
    va_list args;
    va_start(args, format);
    diag->faults[diag->faults_count - 1].context = keep(diag, format, args);
    va_end(args);
}

size_t diag_errors(const struct diag *diag)
{
    return diag->errors;
}

size_t diag_warnings(const struct diag *diag)
{
    return diag->warnings;
}

static int by_place(const void *left, const void *right)
{
    const struct fault *const *a = left;
    const struct fault *const *b = right;
    const struct fault *x = *a;
    const struct fault *y = *b;

    if (x->file_rank != y->file_rank) {
        return x->file_rank < y->file_rank ? -1 : 1;
    }
    if (x->place.line != y->place.line) {
        return x->place.line < y->place.line ? -1 : 1;
    }
    if (x->place.column != y->place.column) {
        return x->place.column < y->place.column ? -1 : 1;
    }
    return x->rank < y->rank ? -1 : 1;
}

const struct diag_fault *diag_faults(const struct diag *diag, size_t *count)
{
    const struct fault **sorted = calloc(DIAG_MAX, sizeof(const struct fault *));
    struct diag_fault *faults =
        arena_alloc(diag->arena, diag->faults_count * sizeof(struct diag_fault));

    ENSURE_MEMORY(sorted != NULL);
    for (size_t i = 0; i < diag->faults_count; i++) {
        sorted[i] = &diag->faults[i];
    }
    qsort(sorted, diag->faults_count, sizeof sorted[0], by_place);
    for (size_t i = 0; i < diag->faults_count; i++) {
        faults[i] = (struct diag_fault){.place = sorted[i]->place,
                                        .code = sorted[i]->code,
                                        .message = sorted[i]->message,
                                        .hint = sorted[i]->hint,
                                        .context = sorted[i]->context};
    }
    free(sorted);
    *count = diag->faults_count;
    return faults;
}

size_t diag_files(const struct diag *diag)
{
    return diag->sources_count;
}

const char *diag_file(const struct diag *diag, size_t index)
{
    ENSURE(index < diag->sources_count);

    return diag->sources[index].file;
}

struct slice diag_text(const struct diag *diag, const char *file)
{
    const size_t rank = file_rank(diag, file);

    return rank == diag->sources_count ? (struct slice){NULL, 0} : diag->sources[rank].text;
}

const char *diag_severity(const struct diag_fault *fault)
{
    return fault->code[0] == 'W' ? "warning" : "error";
}
