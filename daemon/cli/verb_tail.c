#include "seinpost/alert/alert_json.h"
#include "seinpost/base/arena.h"
#include "seinpost/base/text.h"
#include "seinpost/cli/card.h"
#include "seinpost/cli/desk.h"
#include "seinpost/cli/plan.h"
#include "seinpost/cli/verb.h"
#include "seinpost/cli/workbench.h"

#include <getopt.h>
#include <string.h>

static const struct usage_option option_table[] = {
    {"config", 'c', "FILE", "configuration (see deploy/seinpost.yaml)"},
    {"topic", 't', "NAME", "topic of alerts (default: PREFIX.alerts)"},
    {"brokers", 'b', "LIST", "host:port,... instead of the configuration's bootstrap.servers"},
    {"new", 'n', NULL, "only what comes from now on"},
    {"end", 'e', NULL, "end where the topic ends now, instead of waiting for more"},
    {"format", 'f', "FORM", "text (default), line (one a line) or ndjson"},
    {NULL, 0, NULL, NULL},
};

const struct usage verb_tail_usage = {
    .verb = "tail",
    .summary = "show the alerts of a topic",
    .arguments = "--config FILE [OPTION]...",
    .says = "Shows the alerts of a topic: those that are there, then those that come.",
    .options = option_table,
    .exits = {"done", "a record was no alert of this version", "usage or configuration",
              "the brokers do not answer"},
};

enum {
    WAIT_MS = 500,
    TAIL_ARENA_MAX = 64 * 1024 * 1024,
};

enum form {
    FORM_TEXT,
    FORM_LINE,
    FORM_NDJSON,
};

struct options {
    const char *config;
    const char *topic;
    const char *brokers;
    bool only_new;
    bool ends;
    enum form form;
    struct text text;
};

static bool set_form(const char *text, struct options *options)
{
    static const char *const names[] = {"text", "line", "ndjson"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(text, names[i]) == 0) {
            options->form = (enum form)i;
            return true;
        }
    }
    return false;
}

static bool take_option(void *context, char letter, const char *text)
{
    struct options *options = context;

    switch (letter) {
    case 'c':
        options->config = text;
        return true;
    case 't':
        options->topic = text;
        return true;
    case 'b':
        options->brokers = text;
        return true;
    case 'n':
        options->only_new = true;
        return true;
    case 'e':
        options->ends = true;
        return true;
    case 'f':
        return set_form(text, options);
    default:
        return false;
    }
}

/* Returns -1 to go on, else the exit code. */
static int read_options(int argc, char **argv, struct options *options)
{
    const int code = usage_read(&verb_tail_usage, argc, argv, take_option, options);

    if (code >= 0) {
        return code;
    }
    return options->config != NULL && optind == argc ? -1 : usage_help(&verb_tail_usage, false);
}

static void show(void *context, const struct alert *alert)
{
    struct options *options = context;
    struct text *text = &options->text;

    text_clear(text);
    switch (options->form) {
    case FORM_TEXT:
        card_alert(alert, false, text);
        break;
    case FORM_LINE:
        card_line(alert, false, text);
        break;
    case FORM_NDJSON:
        alert_json(alert, false, text);
        text_add_byte(text, '\n');
        break;
    }
    (void)fwrite(text->data, 1, text->size, stdout);
    (void)fflush(stdout);
}

static int follow(struct options *options, struct desk *desk)
{
    while (!options->ends || !desk_is_at_end(desk)) {
        if (!desk_read(desk, WAIT_MS, show, options)) {
            return VERB_WORLD;
        }
    }
    return desk_unreadable(desk) == 0 ? VERB_GOOD : VERB_NO;
}

static int run(struct options *options, const struct config_data *config)
{
    struct arena *arena = arena_new(TAIL_ARENA_MAX);
    struct diag *diag = diag_new(arena);
    struct formats formats;
    struct plan plan;
    int code = VERB_WORLD;

    plan_make(arena, config, &plan);
    formats_load(arena, diag,
                 config->schemas != NULL ? config->schemas : workbench_schemas(arena),
                 &formats);
    if (diag_errors(diag) > 0) {
        diag_print(diag, stderr, DIAG_TEXT);
        arena_free(arena);
        return VERB_USAGE;
    }
    struct desk *desk = desk_new(&(struct desk_options){
        .brokers = plan_brokers(arena, config, options->brokers),
        .consumer = config->consumer,
        .topic = options->topic != NULL ? options->topic : plan.names[OUTBOX_ALERTS],
        .registry = config->registry,
        .formats = &formats,
        .oldest = !options->only_new,
    });
    if (desk != NULL) {
        code = follow(options, desk);
    }
    desk_free(desk);
    arena_free(arena);
    return code;
}

int verb_tail(int argc, char **argv)
{
    struct options options = {0};
    const int code = read_options(argc, argv, &options);

    if (code >= 0) {
        return code;
    }
    struct config *config = config_open(options.config, stderr);
    if (config == NULL) {
        return VERB_USAGE;
    }
    const int ended = run(&options, config_get(config));
    config_close(config);
    text_free(&options.text);
    return ended;
}
