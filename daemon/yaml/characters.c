#include "seinpost/yaml/characters.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/utf8.h"
#include "seinpost/yaml/tree.h"

#include <string.h>

enum problem {
    PROBLEM_TAB,
    PROBLEM_BYTE,
    PROBLEM_CONTROL,
    PROBLEM_DIRECTIVE,
    PROBLEMS_COUNT,
};

/* One sort of problem is told once, where it comes first. */
struct finding {
    struct diag_place place;
    size_t count; /* lines with tabs or directives; bytes; characters */
    unsigned last_line;
    unsigned code_point;
};

struct reader {
    const char *file;
    struct slice text;
    char *mended; /* NULL as long as nothing had to be */
    size_t size;
    unsigned line;
    unsigned column;
    struct finding findings[PROBLEMS_COUNT];
};

static void find(struct reader *reader, enum problem problem, unsigned code_point)
{
    struct finding *finding = &reader->findings[problem];
    const bool by_line = problem == PROBLEM_TAB || problem == PROBLEM_DIRECTIVE;

    if (finding->count == 0) {
        finding->place = (struct diag_place){reader->file, reader->line, reader->column, 1};
        finding->code_point = code_point;
    }
    if (!by_line || finding->last_line != reader->line) {
        finding->count++;
    }
    finding->last_line = reader->line;
}

static void put(struct reader *reader, char byte)
{
    if (reader->mended != NULL) {
        reader->mended[reader->size] = byte;
    }
    reader->size++;
}

/* The first byte that has to be another: from here on the text is copied. */
static void mend(struct reader *reader, struct arena *arena, char byte)
{
    if (reader->mended == NULL) {
        reader->mended = arena_alloc(arena, reader->text.size + 1);
        memcpy(reader->mended, reader->text.data, reader->size);
    }
    put(reader, byte);
}

static bool at_line_end(const struct reader *reader, size_t index)
{
    const struct slice text = reader->text;

    return text.data[index] == '\n' ||
           (text.data[index] == '\r' && index + 1 < text.size && text.data[index + 1] == '\n');
}

/* Takes in the character at `index`, which is not a plain one. Returns its length in bytes. */
static size_t take(struct reader *reader, struct arena *arena, size_t index)
{
    const char byte = reader->text.data[index];
    const size_t length = utf8_length(reader->text, index);

    if (at_line_end(reader, index)) {
        put(reader, byte);
        reader->line += byte == '\n' ? 1U : 0U;
        reader->column = byte == '\n' ? 0 : reader->column;
    } else if (byte == '\t') {
        find(reader, PROBLEM_TAB, 0);
        mend(reader, arena, ' ');
    } else if (length == 0) {
        find(reader, PROBLEM_BYTE, (unsigned char)byte);
        mend(reader, arena, '?');
        return 1;
    } else if (utf8_is_control(utf8_code_point(reader->text, index, length))) {
        find(reader, PROBLEM_CONTROL, utf8_code_point(reader->text, index, length));
        mend(reader, arena, '?');
    } else {
        for (size_t i = 0; i < length; i++) {
            put(reader, reader->text.data[index + i]);
        }
    }
    return length;
}

static void read_all(struct reader *reader, struct arena *arena)
{
    for (size_t i = 0; i < reader->text.size; reader->column++) {
        const char byte = reader->text.data[i];
        if (byte == '%' && reader->column == 1) {
            find(reader, PROBLEM_DIRECTIVE, 0);
            mend(reader, arena, '#');
            i++;
        } else if (byte >= 0x20 && byte < 0x7f) {
            put(reader, byte);
            i++;
        } else {
            i += take(reader, arena, i);
        }
    }
}

static void tell_more(struct diag *diag, const struct finding *finding, const char *hint)
{
    if (finding->count > 1) {
        diag_hint(diag, "%s (%zu more)", hint, finding->count - 1);
    } else {
        diag_hint(diag, "%s", hint);
    }
}

static void tell(struct diag *diag, const struct reader *reader)
{
    const struct finding *tab = &reader->findings[PROBLEM_TAB];
    const struct finding *byte = &reader->findings[PROBLEM_BYTE];
    const struct finding *control = &reader->findings[PROBLEM_CONTROL];
    const struct finding *directive = &reader->findings[PROBLEM_DIRECTIVE];

    if (tab->count > 0) {
        diag_add(diag, tab->place, "E107", "a tab");
        tell_more(diag, tab, "write spaces");
    }
    if (byte->count > 0) {
        diag_add(diag, byte->place, "E108", "not UTF-8: byte %02X", byte->code_point);
        tell_more(diag, byte, "save the file as UTF-8");
    }
    if (control->count > 0) {
        diag_add(diag, control->place, "E114", "control character U+%04X", control->code_point);
        tell_more(diag, control, "take it out");
    }
    if (directive->count > 0) {
        diag_add(diag, directive->place, "E113", "a directive: no line begins with '%%'");
        tell_more(diag, directive, "take the line out");
    }
}

static bool is_utf16(struct slice text)
{
    return slice_starts_with(text, SLICE("\xff\xfe")) ||
           slice_starts_with(text, SLICE("\xfe\xff"));
}

bool characters_read(struct diag *diag, struct arena *arena, const char *file,
                     struct slice text, struct characters *characters)
{
    const struct slice byte_order_mark = SLICE("\xef\xbb\xbf");

    if (slice_starts_with(text, byte_order_mark)) { /* as Windows editors write */
        text.data += byte_order_mark.size;
        text.size -= byte_order_mark.size;
    }
    struct reader reader = {.file = file, .text = text, .line = 1, .column = 1};
    if (text.size > TREE_FILE_MAX) {
        diag_source(diag, file, (struct slice){NULL, 0});
        diag_add(diag, (struct diag_place){.file = file}, "E110",
                 "a file of %zu bytes: %d are allowed", text.size, TREE_FILE_MAX);
        diag_hint(diag, "put its documents into several files");
        return false;
    }
    diag_source(diag, file, text);
    if (is_utf16(text)) {
        diag_add(diag, (struct diag_place){.file = file}, "E108", "not UTF-8 but UTF-16");
        diag_hint(diag, "save the file as UTF-8");
        return false;
    }
    read_all(&reader, arena);
    tell(diag, &reader);
    const char *data = reader.mended != NULL ? reader.mended : text.data;
    *characters = (struct characters){{data, reader.size},
                                      reader.findings[PROBLEM_TAB].count > 0 ||
                                          reader.findings[PROBLEM_CONTROL].count > 0};
    return true;
}
