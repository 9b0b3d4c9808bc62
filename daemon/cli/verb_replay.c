#include "seinpost/base/duration.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/vector.h"
#include "seinpost/cli/progress.h"
#include "seinpost/cli/rehearsal.h"
#include "seinpost/cli/rerun.h"
#include "seinpost/cli/verb.h"
#include "seinpost/cli/workbench.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static const struct usage_option option_table[] = {
    {"events", 'e', "FILE", "events, one JSON object a line (- for standard input)"},
    {"config", 'c', "FILE",
     "the partners' topics of a configuration (see deploy/seinpost.yaml), instead of a file"},
    {"rules", 'r', "PATH",
     "rule file or folder; may be given more than once, with --config only once (default: the "
     "configuration's)"},
    {"schemas", 's', "DIR", "event catalogue (default: the one that came with the program)"},
    {"brokers", 'b', "LIST", "host:port,... instead of the configuration's bootstrap.servers"},
    {"from", 'F', "BOUND", "where the range begins (default: at the oldest record)"},
    {"to", 'T', "BOUND", "where it ends, before that record (default: where topics end now)"},
    {"source", 'S', "NAME", "this source of the configuration; may be given more than once"},
    {"against", 'a', "WHAT",
     "print which alerts would vanish, appear or change: against `live`, what desks and the "
     "shadow topic were told of the range, or against other rules"},
    {"lateness", 'l', "DUR",
     "of a file: how far behind the newest event one may come; later ones are rejected as late "
     "(default: nothing is too late, and the watermark follows the newest)"},
    {"until", 'u', "TIME",
     "no event dated then or before will come any more: concludes absences"},
    {"drafts", 'd', NULL, "load rules of status draft too"},
    {"format", 'f', "FORM",
     "text (default), ndjson: one alert a line, or avro: an object container file, without "
     "alerts that no desk gets"},
    {"output", 'o', "FILE", "write alerts there; avro needs it"},
    {NULL, 0, NULL, NULL},
};

const struct usage verb_replay_usage = {
    .verb = "replay",
    .summary = "run rules over events of the past: of a file, or of topics",
    .arguments = "(--events FILE --rules PATH | --config FILE) [OPTION]...",
    .says =
        "Runs rules over a file of events and prints the alerts; no broker is needed. The "
        "order of the file is the order of arrival."
        "\n\nWith --config, over a range of the partners' topics, as far as they are still "
        "retained, by the daemon's own stages. Nothing is written to any topic, no group is "
        "joined. Records are taken in the order of the times that they bear; the same range "
        "gives the same bytes. What came before the range is not known to it."
        "\n\nBOUND is a time of the brokers, when a record was appended "
        "(2026-03-01T12:00:00Z, 2026-03-01), a duration back from now (7d), an offset of "
        "every partition, or TOPIC:PARTITION:OFFSET, more than once if need be. With --to "
        "at a time, partitions that were silent until then count as quiet, as for the "
        "daemon."
        "\n\nWhat the world refuses is told under a code: R101 there is no such topic, R102 "
        "there is no such offset, R103 brokers do not answer, R104 too many sources at "
        "once, R105 the schema registry does not answer, R106 records of the range are gone "
        "meanwhile. A record that cannot be used is rejected, with place and reason, as by "
        "the daemon.",
    .options = option_table,
    .exits = {"done; with --against, nothing changes",
              "the rules have errors; with --against, something changes",
              "usage, configuration or an unreadable file",
              "brokers, topics or the registry, or the output could not be written"},
};

enum {
    RULE_PATHS_MAX = 64
};

struct options {
    const char *events;
    const char *rules[RULE_PATHS_MAX];
    size_t rules_count;
    int64_t lateness_ms;        /* -1: nothing is too late */
    struct rerun_options rerun; /* and what both have */
};

static bool take_form(struct options *options, char letter, const char *text)
{
    struct rerun_options *rerun = &options->rerun;

    switch (letter) {
    case 'l':
        return strcmp(text, "0") == 0
                   ? (options->lateness_ms = 0, true)
                   : duration_parse(slice_of(text), &options->lateness_ms) == DURATION_OK;
    case 'u':
        rerun->has_until = instant_parse(slice_of(text), &rerun->until);
        return rerun->has_until;
    case 'd':
        rerun->drafts = true;
        return true;
    case 'f':
        return alertfile_form(text, &rerun->form);
    case 'o':
        rerun->output = text;
        return true;
    default:
        return false;
    }
}

static bool take_range(struct range_ask *ask, char letter, const char *text)
{
    if (letter == 'F' || letter == 'T') {
        return range_add(letter == 'F' ? &ask->from : &ask->to, text);
    }
    if (ask->sources_count == RANGE_WORDS_MAX) {
        return false;
    }
    ask->sources[ask->sources_count++] = text;
    return true;
}

static bool add_rules(struct options *options, const char *path)
{
    if (options->rules_count == RULE_PATHS_MAX) {
        return false;
    }
    options->rules[options->rules_count++] = path;
    return true;
}

static bool take_option(void *context, char letter, const char *text)
{
    struct options *options = context;

    switch (letter) {
    case 'e':
        options->events = text;
        return true;
    case 'c':
        options->rerun.config = text;
        return true;
    case 'r':
        return add_rules(options, text);
    case 's':
        options->rerun.schemas = text;
        return true;
    case 'b':
        options->rerun.brokers = text;
        return true;
    case 'a':
        options->rerun.against = text;
        return true;
    case 'F':
    case 'T':
    case 'S':
        return take_range(&options->rerun.ask, letter, text);
    default:
        return take_form(options, letter, text);
    }
}

/* Does what was asked go together? */
static bool is_complete(const struct options *options)
{
    const struct rerun_options *rerun = &options->rerun;
    const struct range_ask *ask = &rerun->ask;
    const bool ranged = ask->from.count + ask->to.count + ask->sources_count > 0;

    if (rerun->form == ALERTFILE_AVRO && rerun->output == NULL) {
        return false;
    }
    if (rerun->config == NULL) {
        return options->events != NULL && options->rules_count > 0 && !ranged &&
               rerun->against == NULL && rerun->brokers == NULL;
    }
    return options->events == NULL && options->rules_count <= 1 && options->lateness_ms < 0 &&
           (rerun->against == NULL || (rerun->form == ALERTFILE_TEXT && rerun->output == NULL));
}

/* Returns -1 to go on, else the exit code. */
static int read_options(int argc, char **argv, struct options *options)
{
    const int code = usage_read(&verb_replay_usage, argc, argv, take_option, options);

    if (code >= 0) {
        return code;
    }
    return optind == argc && is_complete(options) ? -1 : usage_help(&verb_replay_usage, false);
}

struct run {
    const struct options *options;
    struct alertfile *file;
    size_t alerts;
    size_t rejects;
    VECTOR(unsigned) lines; /* of the file, by event */
};

static void on_alert(void *context, const struct alert *alert, bool shadow)
{
    struct run *run = context;

    alertfile_add(run->file, alert, shadow);
    run->alerts++;
}

static void on_reject(void *context, struct slice reason, struct slice detail,
                      const struct event_place *place)
{
    struct run *run = context;

    ENSURE(place->offset >= 0 && (size_t)place->offset < run->lines.count);
    (void)fprintf(stderr, "%s:%u: rejected: %.*s%s%.*s\n", run->options->events,
                  run->lines.items[place->offset], SLICE_ARGS(reason),
                  detail.size > 0 ? ": " : "", SLICE_ARGS(detail));
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
    run.file = alertfile_open(options->rerun.output, options->rerun.form, &workbench->formats);
    if (run.file == NULL) {
        return VERB_USAGE;
    }
    const struct rehearsal_options rehearse = {.program = workbench->program,
                                               .formats = &workbench->formats};
    struct rehearsal *rehearsal =
        rehearsal_new(&rehearse, (struct rehearsal_listener){&run, on_alert, on_reject, NULL});
    const size_t events = replay_lines(file, rehearsal, &run);
    if (options->rerun.has_until) {
        rehearsal_watermark(rehearsal, options->rerun.until);
    }
    rehearsal_free(rehearsal);
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
    return alertfile_close(run.file) ? VERB_GOOD : VERB_USAGE;
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
    if (options.rerun.config != NULL) {
        options.rerun.rules = options.rules_count > 0 ? options.rules[0] : NULL;
        return rerun(&options.rerun);
    }
    struct workbench workbench;
    workbench_open(&workbench, options.rerun.schemas, options.rules, options.rules_count,
                   &(struct load_options){
                       .today = INSTANT_MIN, /* what expired yesterday may be replayed */
                       .lateness_ms = options.lateness_ms < 0 ? 0 : options.lateness_ms,
                       .never_late = options.lateness_ms < 0,
                       .drafts = options.rerun.drafts,
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
