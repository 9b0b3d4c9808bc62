#include "seinpost/base/duration.h"
#include "seinpost/cli/asked_alert.h"
#include "seinpost/cli/asked_plan.h"
#include "seinpost/cli/asked_rule.h"
#include "seinpost/cli/asked_why.h"
#include "seinpost/cli/verb.h"

#include <getopt.h>
#include <string.h>

static const struct usage_option option_table[] = {
    {"rules", 'r', "PATH", "rule file or folder; may be given more than once"},
    {"schemas", 's', "DIR", "event catalogue (default: the one that came with the program)"},
    {"config", 'c', "FILE", "configuration (see deploy/seinpost.yaml)"},
    {"brokers", 'b', "LIST", "host:port,... instead of the configuration's bootstrap.servers"},
    {"alerts", 'a', "FILE",
     "alerts as lines of JSON, from replay or tail, instead of the topics"},
    {"events", 'e', "FILE", "events, one JSON object a line"},
    {"group", 'g', "KIND=VALUE", "why, or why not, of this group; VALUE is a pseudonym"},
    {"lateness", 't', "DUR", "as of replay"},
    {"until", 'u', "TIME", "as of replay"},
    {"drafts", 'd', NULL, "as of replay"},
    {"lang", 'l', "LANG", "en (default) or nl"},
    {"plan", 'p', NULL, "the predicate index, for each event type"},
    {"format", 'f', "FORM", "text (default) or json: one object a line"},
    {NULL, 0, NULL, NULL},
};

const struct usage verb_explain_usage = {
    .verb = "explain",
    .summary = "how an alert came about, or why there is none; a rule in plain language",
    .arguments = "[OPTION]... ALERT-ID | --group KIND=VALUE [RULE] | RULE | --plan",
    .says =
        "With ALERT-ID (32 hex digits): how the alert came about, clause by clause: what was "
        "wanted and seen, with the evidence and its places, and whether all its records "
        "follow again from the match log and the rule that fired, byte for byte. It reads "
        "the topics of --config and writes nothing; or --alerts and --events, with --rules."
        "\n\nWith --group and --events: for each rule, or RULE alone, how near the group came: "
        "what was met, what failed, what exonerated, what is still waited for.\n\nWith RULE, "
        "by name or id (* for all): the rule in plain language, made from what "
        "runs.\n\nWith --plan: how events of each type are asked: by hash, prefix or "
        "range, or one by one (lazy).",
    .options = option_table,
    .exits =
        {"answered; the alert is reproduced", "the alert is not; the rules have errors",
         "usage, or there is no such rule",
         "it cannot be told: the alert, its evidence or the rule that fired is not at hand; "
         "or the brokers do not answer"},
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

/* Options of where alerts and events are. */
static bool take_source(struct inquiry *inquiry, char letter, const char *argument)
{
    switch (letter) {
    case 'c':
        inquiry->config = argument;
        return true;
    case 'b':
        inquiry->brokers = argument;
        return true;
    case 'a':
        inquiry->alerts = argument;
        return true;
    case 'e':
        inquiry->events = argument;
        return true;
    case 'g':
        inquiry->group = argument;
        return strchr(argument, '=') != NULL;
    case 't':
        return strcmp(argument, "0") == 0
                   ? (inquiry->lateness_ms = 0, true)
                   : duration_parse(slice_of(argument), &inquiry->lateness_ms) == DURATION_OK;
    case 'u':
        inquiry->has_until = instant_parse(slice_of(argument), &inquiry->until);
        return inquiry->has_until;
    default:
        inquiry->drafts = true;
        return true;
    }
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
    case 'f':
        return set_format(inquiry, argument);
    default:
        return take_source(inquiry, letter, argument);
    }
}

static bool asks_alert(const struct inquiry *inquiry)
{
    return inquiry->subject != NULL && asked_alert_is_id(slice_of(inquiry->subject)) &&
           !inquiry->plan && inquiry->group == NULL;
}

static bool is_complete(const struct inquiry *inquiry)
{
    const bool files = inquiry->alerts != NULL && inquiry->events != NULL;

    if (asks_alert(inquiry)) {
        return files ? inquiry->paths_count > 0
                     : inquiry->config != NULL && inquiry->alerts == NULL;
    }
    if (inquiry->group != NULL) {
        return inquiry->paths_count > 0 && inquiry->events != NULL && !inquiry->plan;
    }
    return inquiry->paths_count > 0 && (inquiry->plan || inquiry->subject != NULL);
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
    good = good && optind == argc && is_complete(inquiry);
    return good ? -1 : usage_help(&verb_explain_usage, false);
}

/* What needs rules and schemas, and no broker. */
static int answer_offline(const struct inquiry *inquiry)
{
    struct workbench workbench;
    int code = VERB_NO;

    workbench_open(&workbench, inquiry->schemas, inquiry->paths, inquiry->paths_count,
                   &(struct load_options){
                       .today = INSTANT_MIN,
                       .never_late = inquiry->lateness_ms < 0,
                       .lateness_ms = inquiry->lateness_ms < 0 ? 0 : inquiry->lateness_ms,
                       .drafts = inquiry->drafts,
                       .told = !inquiry->plan && inquiry->group == NULL,
                   });
    if (diag_errors(workbench.diag) > 0) {
        (void)workbench_report(&workbench, stderr, DIAG_TEXT);
    } else if (inquiry->group != NULL) {
        code = asked_why(inquiry, &workbench);
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
    if (code >= 0 || !asks_alert(&inquiry)) {
        return code >= 0 ? code : answer_offline(&inquiry);
    }
    return inquiry.alerts != NULL ? asked_alert_file(&inquiry) : asked_alert_live(&inquiry);
}
