#include "seinpost/cli/junit.h"

#include "seinpost/base/utf8.h"

#include <string.h>

/* XML 1.0 has no place for most control characters, not even escaped. */
static void add_escaped(struct text *text, const struct slice from, size_t at, size_t length)
{
    const char c = from.data[at];

    if (length > 1) {
        text_add(text, (struct slice){from.data + at, length});
    } else if (c == '<') {
        text_add(text, SLICE("&lt;"));
    } else if (c == '>') {
        text_add(text, SLICE("&gt;"));
    } else if (c == '&') {
        text_add(text, SLICE("&amp;"));
    } else if (c == '"') {
        text_add(text, SLICE("&quot;"));
    } else if (c == '\n') {
        text_add(text, SLICE("&#10;"));
    } else {
        text_add_byte(text, (unsigned char)c < 0x20 || c == 0x7f ? '?' : c);
    }
}

static void add_xml(struct text *text, struct slice from)
{
    for (size_t i = 0; i < from.size;) {
        const size_t length = utf8_length(from, i);
        if (length == 0) {
            text_add_byte(text, '?');
        } else {
            add_escaped(text, from, i, length);
        }
        i += length == 0 ? 1 : length;
    }
}

static void end_suite(struct junit *junit)
{
    if (!junit->open) {
        return;
    }
    text_add(&junit->suites, SLICE(" <testsuite name=\""));
    add_xml(&junit->suites, junit->name);
    text_add(&junit->suites, SLICE("\" file=\""));
    add_xml(&junit->suites, junit->file);
    text_format(&junit->suites,
                "\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"0\">\n%.*s"
                " </testsuite>\n",
                junit->tests, junit->failures, SLICE_ARGS(text_slice(&junit->cases)));
    junit->all_tests += junit->tests;
    junit->all_failures += junit->failures;
    text_clear(&junit->cases);
    junit->tests = junit->failures = 0;
    junit->open = false;
}

void junit_suite(struct junit *junit, struct slice name, struct slice file)
{
    end_suite(junit);
    junit->name = name;
    junit->file = file;
    junit->open = true;
}

void junit_case(struct junit *junit, struct slice name, unsigned line, const char *failure,
                struct slice body)
{
    struct text *text = &junit->cases;

    junit->tests++;
    text_add(text, SLICE("  <testcase classname=\""));
    add_xml(text, junit->name);
    text_add(text, SLICE("\" name=\""));
    add_xml(text, name);
    text_add(text, SLICE("\" file=\""));
    add_xml(text, junit->file);
    text_format(text, "\" line=\"%u\"", line);
    if (failure != NULL) {
        junit->failures++;
        text_add(text, SLICE("><failure message=\""));
        add_xml(text, slice_of(failure));
        text_add(text, SLICE("\">"));
        add_xml(text, body);
        text_add(text, SLICE("</failure></testcase>\n"));
    } else if (body.size > 0) {
        text_add(text, SLICE("><system-out>"));
        add_xml(text, body);
        text_add(text, SLICE("</system-out></testcase>\n"));
    } else {
        text_add(text, SLICE("/>\n"));
    }
}

static void add_fault(struct junit *junit, const struct diag_fault *fault)
{
    struct text name = {0};
    struct text body = {0};
    const bool is_error = fault->code[0] == 'E';

    text_format(&name, "%s %s:%u:%u", fault->code, fault->place.file, fault->place.line,
                fault->place.column);
    text_format(&body, "%s%s%s%s%s", fault->message, fault->hint == NULL ? "" : "\n",
                fault->hint == NULL ? "" : fault->hint, fault->context == NULL ? "" : "\n",
                fault->context == NULL ? "" : fault->context);
    junit_case(junit, text_slice(&name), fault->place.line, is_error ? fault->message : NULL,
               text_slice(&body));
    text_free(&name);
    text_free(&body);
}

void junit_faults(struct junit *junit, const struct diag *diag)
{
    size_t count = 0;
    const struct diag_fault *faults = diag_faults(diag, &count);
    size_t at = 0;

    for (size_t i = 0; i < diag_files(diag); i++) {
        const char *file = diag_file(diag, i);
        const size_t first = at;
        if (at < count && strcmp(faults[at].place.file, file) == 0) {
            junit_suite(junit, slice_of(file), slice_of(file));
        }
        for (; at < count && strcmp(faults[at].place.file, file) == 0; at++) {
            add_fault(junit, &faults[at]);
        }
        if (at == first && slice_ends_with(slice_of(file), SLICE(".yaml"))) {
            junit_suite(junit, slice_of(file), slice_of(file));
            junit_case(junit, SLICE("no fault"), 1, NULL, SLICE(""));
        }
    }
    for (; at < count; at++) { /* files that could not be read */
        const struct slice file = slice_of(faults[at].place.file);
        junit_suite(junit, file, file);
        add_fault(junit, &faults[at]);
    }
}

void junit_finish(struct junit *junit, FILE *out)
{
    end_suite(junit);
    (void)fprintf(out,
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"seinpost\" "
                  "tests=\"%zu\" failures=\"%zu\" errors=\"0\">\n%.*s</testsuites>\n",
                  junit->all_tests, junit->all_failures,
                  SLICE_ARGS(text_slice(&junit->suites)));
    text_free(&junit->suites);
    text_free(&junit->cases);
}
