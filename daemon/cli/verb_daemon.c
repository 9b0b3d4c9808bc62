#include "seinpost/cli/verb.h"

static const struct usage_option option_table[] = {
    {"config", 'c', "FILE", "configuration (see deploy/seinpost.yaml)"},
    {"instance", 'i', "NAME", "stable name of this daemon (default: the configuration's)"},
    {NULL, 0, NULL, NULL},
};

/* The daemon is a program of its own; its page stands beside the others. */
const struct usage verb_daemon_usage = {
    .program = "seinpostd",
    .summary = "correlates partners' events by watch rules and publishes explained alerts",
    .arguments = "--config FILE [--instance NAME]",
    .says =
        "Reads partners' events, correlates them by the rules, publishes alerts. It stays in "
        "the foreground and logs to standard error; SIGTERM and SIGINT end it in good order, "
        "SIGHUP loads the rules anew.\n\nTopics and groups are made beforehand by seinpost "
        "topics create.\n\nIt ends with 75 when a call hung or the wall clock was set back: it "
        "is to "
        "be started again.",
    .options = option_table,
    .exits = {"ended in good order", NULL, "configuration or rules have faults",
              "the world failed"},
};
