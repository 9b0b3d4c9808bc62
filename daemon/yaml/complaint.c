#include "seinpost/yaml/complaint.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *problem;
    const char *context; /* NULL: any */
    struct complaint complaint;
} known[] = {
    {"found unexpected end of stream",
     "while scanning a quoted scalar",
     {.message = "the quote is never closed",
      .hint = "an apostrophe inside '...' is written twice",
      .at_opening = true}},
    {"found unexpected document indicator",
     "while scanning a quoted scalar",
     {.message = "the quote is not closed before the document ends",
      .hint = "an apostrophe inside '...' is written twice",
      .at_opening = true}},
    {"mapping values are not allowed in this context",
     NULL,
     {.message = "a second ': ' in one value",
      .hint = "quote a value that holds ': '; or is this line indented too far?"}},
    {"did not find expected key",
     "while parsing a block mapping",
     {.message = "no 'key: value' here",
      .hint = "the keys of one map begin in one column: the map begins at",
      .opening = true}},
    {"did not find expected '-' indicator",
     "while parsing a block collection",
     {.message = "no '- item' here",
      .hint = "the items of one list begin in one column: the list begins at",
      .opening = true}},
    {"did not find expected ',' or ']'",
     "while parsing a flow sequence",
     {.message = "',' or ']' expected", .hint = "the list begins at", .opening = true}},
    {"did not find expected ',' or '}'",
     "while parsing a flow mapping",
     {.message = "',' or '}' expected", .hint = "the map begins at", .opening = true}},
    {"did not find expected node content",
     NULL,
     {.message = "a value expected", .hint = "is there a ',' or a bracket too many?"}},
    {"could not find expected ':'",
     "while scanning a simple key",
     {.message = "':' expected behind this key",
      .hint = "a line inside a map reads 'key: value'",
      .at_opening = true}},
    {"found character that cannot start any token",
     NULL,
     {.message = "no value begins with this character", .hint = "quote the value"}},
    {"block sequence entries are not allowed in this context",
     NULL,
     {.message = "no '- item' can stand here",
      .hint = "begin the list on the next line, or quote the text"}},
    {"mapping keys are not allowed in this context",
     NULL,
     {.message = "no '? key' can stand here", .hint = "quote a text that begins with '?'"}},
    {"did not find expected <document start>",
     NULL,
     {.message = "the document ended above", .hint = "documents are parted by a line '---'"}},
    {"found undefined tag handle",
     NULL,
     {.message = "explicit tag",
      .hint = "take it out: the event schema types values",
      .is_tag = true}},
    {"found unknown escape character",
     NULL,
     {.message = "no such escape in \"...\"",
      .hint = "write '\\\\' for a backslash, or put the text between apostrophes"}},
    {"did not find expected alphabetic or numeric character",
     "while scanning an alias",
     {.message = "a bare '*'", .hint = "quote it: '*'", .at_opening = true}},
    {"did not find expected alphabetic or numeric character",
     "while scanning an anchor",
     {.message = "a bare '&'", .hint = "quote it: '&'", .at_opening = true}},
    {"found unexpected ':'",
     NULL,
     {.message = "a ':' inside a value", .hint = "quote the value"}},
    {"did not find expected comment or line break",
     "while scanning a block scalar",
     {.message = "the text begins on the next line",
      .hint = "or quote a value that begins with '|' or '>'"}},
};

static bool same(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* `'A client's cash'`: the text ended at its second apostrophe. */
static bool follows_quote(const char *problem, struct slice before)
{
    const bool expected = same(problem, "did not find expected key") ||
                          same(problem, "did not find expected <document start>");
    const char last = before.size == 0 ? ' ' : before.data[before.size - 1];

    return expected && (last == '\'' || last == '"');
}

/* A key that is indented into the value above it. */
static bool continues_value(const char *problem, struct slice before)
{
    return same(problem, "mapping values are not allowed in this context") &&
           slice_starts_with(before, SLICE(" ")) && !slice_contains(before, SLICE(": "));
}

struct complaint complaint_of(const char *problem, const char *context, struct slice before)
{
    if (follows_quote(problem, before)) {
        return (struct complaint){
            .message = "the quoted text ended before this",
            .hint = "an apostrophe inside '...' is written twice",
        };
    }
    if (continues_value(problem, before)) {
        return (struct complaint){
            .message = "this line goes on with the value above",
            .hint = "is it indented too far? else quote the value",
            .at_start = true,
        };
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (same(known[i].problem, problem) &&
            (known[i].context == NULL || same(known[i].context, context))) {
            return known[i].complaint;
        }
    }
    return (struct complaint){.message = problem == NULL ? "unreadable" : problem,
                              .hint = context};
}
