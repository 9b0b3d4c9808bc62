#include "seinpost/base/diag.h"
#include "seinpost/base/text.h"
#include "seinpost/base/utf8.h"

#include <string.h>

enum {
    SHOWN_MAX = 160, /* characters of a line that are shown */
    LEAD_MAX = 60,   /* of a longer line: characters before the place */
};

/* Where printing has come in a file: faults come in the order of their lines. */
struct page {
    const char *file;
    bool known;           /* its text was told to the diag */
    unsigned line_number; /* 0: at the start */
    struct slice line;
    struct slice rest;
};

/* Turns to the line that a fault is in, without its end; data NULL when there is none. */
static struct slice line_of(const struct diag *diag, const struct diag_fault *fault,
                            struct page *page)
{
    if (page->file == NULL || strcmp(page->file, fault->place.file) != 0) {
        *page = (struct page){.file = fault->place.file,
                              .rest = diag_text(diag, fault->place.file)};
        page->known = page->rest.data != NULL;
    }
    if (!page->known || fault->place.line == 0) {
        return (struct slice){NULL, 0};
    }
    while (page->line_number < fault->place.line) {
        page->line = slice_cut(&page->rest, '\n');
        page->line_number++;
    }
    struct slice line = page->line;
    if (line.size > 0 && line.data[line.size - 1] == '\r') {
        line.size--;
    }
    return line;
}

/* Prints the characters of a line from `first` (from 1) on, as many as are shown. */
static void print_line(struct slice line, unsigned first, FILE *out)
{
    unsigned at = 1;

    for (size_t i = 0; i < line.size && at < first + SHOWN_MAX; at++) {
        const size_t length = utf8_length(line, i);
        const bool plain = length > 0 && !utf8_is_control(utf8_code_point(line, i, length));
        if (at >= first && plain) {
            (void)fwrite(line.data + i, 1, length, out);
        } else if (at >= first) {
            (void)fputs(line.data[i] == '\t' ? "→" : "?", out);
        }
        i += length == 0 ? 1 : length;
    }
}

static void print_excerpt(const struct diag *diag, const struct diag_fault *fault,
                          struct page *page, FILE *out)
{
    const struct slice line = line_of(diag, fault, page);
    const unsigned column = fault->place.column > 0 ? fault->place.column : 1;
    const unsigned end = column + fault->place.length;
    const unsigned first = end > SHOWN_MAX && column > LEAD_MAX ? column - LEAD_MAX : 1;

    if (line.data == NULL) {
        if (fault->hint != NULL) {
            (void)fprintf(out, "      = %s\n", fault->hint);
        }
        return;
    }
    (void)fprintf(out, "%5u | %s", fault->place.line, first > 1 ? "..." : "");
    print_line(line, first, out);
    (void)fprintf(out, "\n      | %*s", (int)(column - first + (first > 1 ? 3 : 0)), "");
    unsigned carets = 0;
    do {
        (void)fputc('^', out);
        carets++;
    } while (carets < fault->place.length && column + carets < first + SHOWN_MAX);
    (void)fprintf(out, "%s%s\n", fault->hint == NULL ? "" : " ",
                  fault->hint == NULL ? "" : fault->hint);
}

static void print_text(const struct diag *diag, const struct diag_fault *fault,
                       struct page *page, FILE *out)
{
    (void)fprintf(out, "%s:", fault->place.file);
    if (fault->place.line > 0) {
        (void)fprintf(out, "%u:%u:", fault->place.line, fault->place.column);
    }
    (void)fprintf(out, " %s[%s]: %s\n", diag_severity(fault), fault->code, fault->message);
    print_excerpt(diag, fault, page, out);
    if (fault->context != NULL) {
        (void)fprintf(out, "      = %s\n", fault->context);
    }
}

static void print_json(const struct diag_fault *fault, FILE *out)
{
    struct text text = {0};

    text_add(&text, SLICE("{\"file\":"));
    text_add_json(&text, slice_of(fault->place.file));
    text_format(&text, ",\"line\":%u,\"column\":%u,\"length\":%u,\"severity\":\"%s\",",
                fault->place.line, fault->place.column, fault->place.length,
                diag_severity(fault));
    text_format(&text, "\"code\":\"%s\",\"message\":", fault->code);
    text_add_json(&text, slice_of(fault->message));
    if (fault->hint != NULL) {
        text_add(&text, SLICE(",\"hint\":"));
        text_add_json(&text, slice_of(fault->hint));
    }
    if (fault->context != NULL) {
        text_add(&text, SLICE(",\"context\":"));
        text_add_json(&text, slice_of(fault->context));
    }
    text_add(&text, SLICE("}\n"));
    (void)fwrite(text.data, 1, text.size, out);
    text_free(&text);
}

void diag_print(const struct diag *diag, FILE *out, enum diag_format format)
{
    size_t count = 0;
    const struct diag_fault *faults = diag_faults(diag, &count);
    const size_t all = diag_errors(diag) + diag_warnings(diag);
    struct page page = {0};

    for (size_t i = 0; i < count; i++) {
        if (format == DIAG_JSON) {
            print_json(&faults[i], out);
        } else {
            print_text(diag, &faults[i], &page, out);
        }
    }
    if (all > count && format == DIAG_TEXT) {
        (void)fprintf(out, "... and %zu more\n", all - count);
    }
}
