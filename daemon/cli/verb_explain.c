#include "seinpost/cli/asked_plan.h"
#include "seinpost/cli/asked_rule.h"
#include "seinpost/cli/verb.h"

#include <getopt.h>
#include <string.h>

static const struct usage_option option_table[] = {
    {"rules", 'r', "PATH", "rule file or folder; may be given more than once"},
    {"schemas", 's', "DIR", "event catalogue (default: the one that came with the program)"},
    {"lang", 'l', "LANG", "en (default) or nl"},
    {"plan", 'p', NULL, "the predicate index, for each event type"},
    {"format", 'f', "FORM", "text (default) or json: one object a line"},
    {NULL, 0, NULL, NULL},
};

const struct usage verb_explain_usage = {
    .verb = "explain",
    .summary = "tell a rule in plain language, or how events are asked",
    .arguments = "[OPTION]... RULE | --plan",
    .says = "With RULE, by name or id (* for all): the rule in plain language, made from what "
            "runs.\n\nWith --plan: how events of each type are asked: by hash, prefix or "
            "range, or one by one (lazy).",
    .options = option_table,
    .exits = {"answered", "the rules have errors", "usage, or there is no such rule", NULL},
};

static bool set_format(struct inquiry *inquiry, const char *text)
{
    inquiry->json = strcmp(text, "json") == 0;
    return inquiry->json || strcmp(text, "text") == 0;
}

static bool add_path(struct inquiry *inquiry, const char *path)
{
    if (inquiry->paths_count == INQUIRY_PATHS_MAX) {
        return false;
    }
    inquiry->paths[inquiry->paths_count++] = path;
    return true;
}

static bool take_option(void *context, char letter, const char *argument)
{
    struct inquiry *inquiry = context;

    switch (letter) {
    case 'r':
        return add_path(inquiry, argument);
    case 's':
        inquiry->schemas = argument;
        return true;
    case 'l':
        return phrase_language(slice_of(argument), &inquiry->language);
    case 'p':
        inquiry->plan = true;
        return true;
    default:
        return set_format(inquiry, argument);
    }
}

/* What stands behind the options. Returns -1 to go on, else the exit code. */
static int take_words(int argc, char **argv, struct inquiry *inquiry)
{
    bool good = true;

    while (good && inquiry->plan && optind < argc) { /* `--plan RULES` */
        good = add_path(inquiry, argv[optind++]);
    }
    if (optind < argc) {
        inquiry->subject = argv[optind++];
    }
    good = good && inquiry->paths_count > 0 && optind == argc &&
           (inquiry->plan || inquiry->subject != NULL);
    return good ? -1 : usage_help(&verb_explain_usage, false);
}

/* What needs rules and schemas, and no broker. */
static int answer_offline(const struct inquiry *inquiry)
{
    struct workbench workbench;
    int code = VERB_NO;

    workbench_open(&workbench, inquiry->schemas, inquiry->paths, inquiry->paths_count,
                   &(struct load_options){
                       .today = INSTANT_MIN, .never_late = true, .told = !inquiry->plan});
    if (diag_errors(workbench.diag) > 0) {
        (void)workbench_report(&workbench, stderr, DIAG_TEXT);
    } else if (inquiry->plan) {
        code = asked_plan(inquiry, &workbench);
    } else {
        code = asked_rule(inquiry, &workbench);
    }
    workbench_close(&workbench);
    return code;
}

int verb_explain(int argc, char **argv)
{
    struct inquiry inquiry = {.lateness_ms = -1};
    int code = usage_read(&verb_explain_usage, argc, argv, take_option, &inquiry);

    if (code < 0) {
        code = take_words(argc, argv, &inquiry);
    }
    return code >= 0 ? code : answer_offline(&inquiry);
}
