#include "seinpost/rule/silence.h"

#include "seinpost/base/utf8.h"
#include "seinpost/yaml/remark.h"

#include <limits.h>

#define MARK "seinpost:"
#define FORM "# seinpost:disable CODE until DATE reason"

struct reading {
    struct diag *diag;
    const char *file;
    struct slice text;
    const struct tree *documents;
    struct instant today;
};

static struct slice next_word(struct slice *rest)
{
    *rest = slice_trim(*rest);
    return rest->size == 0 ? *rest : slice_cut(rest, ' ');
}

static bool is_code(struct slice word)
{
    bool good = word.size == 4 && (word.data[0] == 'E' || word.data[0] == 'W');

    for (size_t i = 1; good && i < word.size; i++) {
        good = word.data[i] >= '0' && word.data[i] <= '9';
    }
    return good;
}

/* Approval and the silences themselves are not for the author of a rule to silence. */
static bool may_be_silenced(struct slice code)
{
    return code.data[0] == 'W' && code.data[1] != '8' && !slice_is(code, "W711") &&
           !slice_is(code, "W712");
}

static void refuse(const struct reading *reading, struct diag_place place, struct slice code)
{
    const char *why = code.data[0] == 'W'   ? "it is not about the rule alone"
                      : code.data[1] == '4' ? "it is what the law asks"
                                            : "it is an error";

    diag_add(reading->diag, place, "E411", "%.*s cannot be silenced: %s", SLICE_ARGS(code),
             why);
    diag_hint(reading->diag, "warnings of the rule can (W5xx to W7xx)");
}

/* The first line below `line` that has something in it. */
static unsigned line_below(const struct reading *reading, unsigned line)
{
    struct slice rest = reading->text;
    unsigned number = 0;

    while (rest.data != NULL) {
        const struct slice words = slice_trim(slice_cut(&rest, '\n'));
        number++;
        if (number > line && words.size > 0 && words.data[0] != '#' && words.data[0] != '\r' &&
            !slice_is(words, "---")) {
            return number;
        }
    }
    return number;
}

static struct diag_silence lines_of(const struct reading *reading, const struct remark *remark)
{
    struct diag_silence silence = {.first_line = remark->line, .last_line = remark->line};

    if (!remark->alone) {
        return silence;
    }
    silence.first_line = silence.last_line = line_below(reading, remark->line);
    for (const struct tree *node = reading->documents; node != NULL; node = node->next) {
        if (node->place.line == silence.first_line) {
            silence.last_line = node->next == NULL ? UINT_MAX : node->next->place.line - 1;
        }
    }
    return silence;
}

static void read_remark(const struct reading *reading, const struct remark *remark)
{
    const struct diag_place place = {reading->file, remark->line, remark->column,
                                     (unsigned)utf8_count(remark->text)};
    struct slice rest =
        slice_trim((struct slice){remark->text.data + 1, remark->text.size - 1});
    struct instant until = INSTANT_MIN;

    if (!slice_starts_with(rest, SLICE(MARK))) {
        return;
    }
    const bool known = slice_is(next_word(&rest), MARK "disable");
    const struct slice code = next_word(&rest);
    const bool has_until = slice_is(next_word(&rest), "until");
    const bool has_date = instant_parse(next_word(&rest), &until);
    if (!known || !is_code(code) || !has_until || !has_date || slice_trim(rest).size == 0) {
        diag_add(reading->diag, place, "E219", "a comment to the checker that it cannot read");
        diag_hint(reading->diag, "as %s", FORM);
    } else if (!may_be_silenced(code)) {
        refuse(reading, place, code);
    } else if (reading->today.ms != INSTANT_MIN.ms && !instant_before(reading->today, until)) {
        diag_add(reading->diag, place, "W711", "expired: %.*s is told again", SLICE_ARGS(code));
    } else {
        struct diag_silence silence = lines_of(reading, remark);
        silence.place = place;
        silence.code = code;
        diag_silence(reading->diag, &silence);
    }
}

void silence_read(struct diag *diag, struct arena *arena, struct slice text,
                  const struct tree *documents, struct instant today)
{
    if (documents == NULL || !slice_contains(text, SLICE(MARK))) {
        return;
    }
    const struct reading reading = {diag, documents->place.file, text, documents, today};
    const struct remark_list remarks = remark_find(arena, text);
    for (size_t i = 0; i < remarks.count; i++) {
        read_remark(&reading, &remarks.items[i]);
    }
}

void silence_report(struct diag *diag)
{
    for (size_t i = 0; i < diag_silences(diag); i++) {
        const struct diag_silence *silence = diag_silence_at(diag, i);
        if (!silence->used) {
            diag_add(diag, silence->place, "W712",
                     "%.*s is not told here: this silences nothing", SLICE_ARGS(silence->code));
            diag_hint(diag, "take it out");
        }
    }
}
