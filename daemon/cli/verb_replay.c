#include "seinpost/alert/alert_json.h"
#include "seinpost/base/duration.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/base/vector.h"
#include "seinpost/cli/card.h"
#include "seinpost/cli/progress.h"
#include "seinpost/cli/rehearsal.h"
#include "seinpost/cli/verb.h"
#include "seinpost/cli/workbench.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static const struct usage_option option_table[] = {
    {"events", 'e', "FILE", "events, one JSON object a line (- for standard input)"},
    {"rules", 'r', "PATH", "rule file or folder; may be given more than once"},
    {"schemas", 's', "DIR", "event catalogue (default: the one that came with the program)"},
    {"lateness", 'l', "DUR",
     "how far behind the newest event one may come; later ones are rejected as late (default: "
     "nothing is too late, and the watermark follows the newest)"},
    {"until", 'u', "TIME",
     "no event dated then or before will come any more: concludes absences"},
    {"drafts", 'd', NULL, "load rules of status draft too"},
    {"format", 'f', "FORM", "text (default) or ndjson: one alert a line"},
    {NULL, 0, NULL, NULL},
};

const struct usage verb_replay_usage = {
    .verb = "replay",
    .summary = "run rules over a file of events, without a broker",
    .arguments = "--events FILE --rules PATH [OPTION]...",
    .says = "Runs rules over a file of events and prints the alerts; no broker is needed. The "
            "order of the file is the order of arrival.",
    .options = option_table,
    .exits = {"done", "the rules have errors", "usage or an unreadable file", NULL},
};

enum {
    RULE_PATHS_MAX = 64
};

struct options {
    const char *events;
    const char *rules[RULE_PATHS_MAX];
    size_t rules_count;
    const char *schemas;
    int64_t lateness_ms; /* -1: nothing is too late */
    bool has_until;
    struct instant until;
    bool drafts;
    bool ndjson;
};

static bool take_option(void *context, char letter, const char *text)
{
    struct options *options = context;

    switch (letter) {
    case 'e':
        options->events = text;
        return true;
    case 'r':
        if (options->rules_count == RULE_PATHS_MAX) {
            return false;
        }
        options->rules[options->rules_count++] = text;
        return true;
    case 's':
        options->schemas = text;
        return true;
    case 'l':
        return strcmp(text, "0") == 0
                   ? (options->lateness_ms = 0, true)
                   : duration_parse(slice_of(text), &options->lateness_ms) == DURATION_OK;
    case 'u':
        options->has_until = instant_parse(slice_of(text), &options->until);
        return options->has_until;
    case 'd':
        options->drafts = true;
        return true;
    case 'f':
        options->ndjson = strcmp(text, "ndjson") == 0;
        return options->ndjson || strcmp(text, "text") == 0;
    default:
        return false;
    }
}

/* Returns -1 to go on, else the exit code. */
static int read_options(int argc, char **argv, struct options *options)
{
    const int code = usage_read(&verb_replay_usage, argc, argv, take_option, options);

    if (code >= 0) {
        return code;
    }
    const bool complete = options->events != NULL && options->rules_count > 0 && optind == argc;
    return complete ? -1 : usage_help(&verb_replay_usage, false);
}

struct run {
    const struct options *options;
    struct text text;
    size_t alerts;
    size_t rejects;
    VECTOR(unsigned) lines; /* of the file, by event */
};

static void on_alert(void *context, const struct alert *alert, bool shadow)
{
    struct run *run = context;

    text_clear(&run->text);
    if (run->options->ndjson) {
        alert_json(alert, shadow, &run->text);
        text_add_byte(&run->text, '\n');
    } else {
        card_alert(alert, shadow, &run->text);
    }
    (void)fwrite(run->text.data, 1, run->text.size, stdout);
    run->alerts++;
}

static void on_reject(void *context, struct slice reason, struct slice detail, int64_t event)
{
    struct run *run = context;

    ENSURE(event >= 0 && (size_t)event < run->lines.count);
    (void)fprintf(stderr, "%s:%u: rejected: %.*s%s%.*s\n", run->options->events,
                  run->lines.items[event], SLICE_ARGS(reason), detail.size > 0 ? ": " : "",
                  SLICE_ARGS(detail));
    run->rejects++;
}

static bool is_blank(const char *line, ssize_t size)
{
    for (ssize_t i = 0; i < size; i++) {
        if (line[i] != ' ' && line[i] != '\n' && line[i] != '\r') {
            return false;
        }
    }
    return true;
}

static size_t replay_lines(FILE *file, struct rehearsal *rehearsal, struct run *run)
{
    struct progress *progress = progress_new("events", 0);
    char *line = NULL;
    size_t room = 0;
    size_t count = 0;
    unsigned number = 0;

    for (ssize_t size = getline(&line, &room, file); size >= 0;
         size = getline(&line, &room, file)) {
        number++;
        if (!is_blank(line, size)) {
            VECTOR_PUSH(&run->lines, number);
            rehearsal_event(rehearsal, (struct slice){line, (size_t)size});
            progress_step(progress, ++count);
        }
    }
    progress_free(progress);
    free(line);
    return count;
}

static int replay_file(const struct options *options, const struct workbench *workbench)
{
    struct run run = {.options = options};
    const bool standard = strcmp(options->events, "-") == 0;
    FILE *file = standard ? stdin : fopen(options->events, "rbe");

    if (file == NULL) {
        (void)fprintf(stderr, "seinpost: %s: %s\n", options->events, strerror(errno));
        return VERB_USAGE;
    }
    const struct rehearsal_options rehearse = {.program = workbench->program,
                                               .formats = &workbench->formats};
    struct rehearsal *rehearsal =
        rehearsal_new(&rehearse, (struct rehearsal_listener){&run, on_alert, on_reject, NULL});
    const size_t events = replay_lines(file, rehearsal, &run);
    if (options->has_until) {
        rehearsal_watermark(rehearsal, options->until);
    }
    rehearsal_free(rehearsal);
    text_free(&run.text);
    VECTOR_FREE(&run.lines);
    if (!standard) {
        (void)fclose(file);
    }
    (void)fprintf(stderr, "%zu events, %zu alert records, %zu rejected\n", events, run.alerts,
                  run.rejects);
    if (run.rejects > 0 && !standard) {
        (void)fprintf(stderr, "(seinpost check %s shows what is wrong with an event)\n",
                      options->events);
    }
    return fflush(stdout) == 0 ? VERB_GOOD : VERB_USAGE;
}

static void tell_drafts(const struct program *program)
{
    size_t drafts = 0;

    for (size_t i = 0; i < program->rules_count; i++) {
        drafts += program->rules[i]->status == RULE_DRAFT ? 1U : 0U;
    }
    if (drafts > 0) {
        (void)fprintf(
            stderr, "%zu rules of status draft are not loaded (--drafts loads them)\n", drafts);
    }
}

int verb_replay(int argc, char **argv)
{
    struct options options = {.lateness_ms = -1};
    int code = read_options(argc, argv, &options);

    if (code >= 0) {
        return code;
    }
    struct workbench workbench;
    workbench_open(&workbench, options.schemas, options.rules, options.rules_count,
                   &(struct load_options){
                       .today = INSTANT_MIN, /* what expired yesterday may be replayed */
                       .lateness_ms = options.lateness_ms < 0 ? 0 : options.lateness_ms,
                       .never_late = options.lateness_ms < 0,
                       .drafts = options.drafts,
                   });
    if (diag_errors(workbench.diag) > 0) {
        (void)workbench_report(&workbench, stderr, DIAG_TEXT);
        code = VERB_NO;
    } else {
        tell_drafts(workbench.program);
        code = replay_file(&options, &workbench);
    }
    workbench_close(&workbench);
    return code;
}
