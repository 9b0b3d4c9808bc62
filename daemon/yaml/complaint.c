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
     {"the quote is never closed", "an apostrophe inside '...' is written twice", true, false,
      false}},
    {"found unexpected document indicator",
     "while scanning a quoted scalar",
     {"the quote is not closed before the document ends",
      "an apostrophe inside '...' is written twice", true, false, false}},
    {"mapping values are not allowed in this context",
     NULL,
     {"a second ': ' in one value",
      "quote a value that holds ': '; or is this line indented too far?", false, false, false}},
    {"did not find expected key",
     "while parsing a block mapping",
     {"no 'key: value' here", "the keys of one map begin in one column: the map begins at",
      false, true, false}},
    {"did not find expected '-' indicator",
     "while parsing a block collection",
     {"no '- item' here", "the items of one list begin in one column: the list begins at",
      false, true, false}},
    {"did not find expected ',' or ']'",
     "while parsing a flow sequence",
     {"',' or ']' expected", "the list begins at", false, true, false}},
    {"did not find expected ',' or '}'",
     "while parsing a flow mapping",
     {"',' or '}' expected", "the map begins at", false, true, false}},
    {"did not find expected node content",
     NULL,
     {"a value expected", "is there a ',' or a bracket too many?", false, false, false}},
    {"could not find expected ':'",
     "while scanning a simple key",
     {"':' expected behind this key", "a line inside a map reads 'key: value'", true, false,
      false}},
    {"found character that cannot start any token",
     NULL,
     {"no value begins with this character", "quote the value", false, false, false}},
    {"block sequence entries are not allowed in this context",
     NULL,
     {"no '- item' can stand here", "begin the list on the next line, or quote the text", false,
      false, false}},
    {"mapping keys are not allowed in this context",
     NULL,
     {"no '? key' can stand here", "quote a text that begins with '?'", false, false, false}},
    {"did not find expected <document start>",
     NULL,
     {"the document ended above", "documents are parted by a line '---'", false, false, false}},
    {"found undefined tag handle",
     NULL,
     {"a tag", "the event schema types values", true, false, false}},
    {"found unknown escape character",
     NULL,
     {"no such escape in \"...\"",
      "write '\\\\' for a backslash, or put the text between apostrophes", false, false,
      false}},
    {"did not find expected alphabetic or numeric character",
     "while scanning an alias",
     {"a bare '*'", "quote it: '*'", true, false, false}},
    {"did not find expected alphabetic or numeric character",
     "while scanning an anchor",
     {"a bare '&'", "quote it: '&'", true, false, false}},
    {"found unexpected ':'",
     NULL,
     {"a ':' inside a value", "quote the value", false, false, false}},
    {"did not find expected comment or line break",
     "while scanning a block scalar",
     {"the text begins on the next line", "or quote a value that begins with '|' or '>'", false,
      false, false}},
};

static bool same(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

struct complaint complaint_of(const char *problem, const char *context)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (same(known[i].problem, problem) &&
            (known[i].context == NULL || same(known[i].context, context))) {
            return known[i].complaint;
        }
    }
    return (struct complaint){problem == NULL ? "unreadable" : problem, context, false, false,
                              false};
}
