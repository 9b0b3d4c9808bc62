#include "seinpost/base/file.h"
#include "seinpost/cli/screening.h"
#include "seinpost/cli/verb.h"

#include <getopt.h>
#include <string.h>

static const struct usage_option option_table[] = {
    {"config", 'c', "FILE", "configuration (see deploy/seinpost.yaml)"},
    {"source", 's', "NAME", "check: the source of the configuration that the sample is of"},
    {"schema", 'w', "FILE",
     "check: the Avro schema of samples that are records as on the wire (default: where the "
     "source's schemas are)"},
    {"format", 'f', "FORM", "check: text (default) or json: one object a line"},
    {NULL, 0, NULL, NULL},
};

const struct usage verb_partner_usage = {
    .verb = "partner",
    .summary = "check a sample of a partner's records, before they are published",
    .arguments = "check --config FILE --source NAME [OPTION]... SAMPLE...",
    .says =
        "check takes a sample as the daemon would take it from the source's topic, now, and "
        "tells for each record whether it is good, which rules it serves, or why it is "
        "refused; then for each field how often it was kept, pseudonymised (kept as a "
        "pseudonym only), compared by a rule's condition and not kept, dropped, or refused "
        "with its record, and which rules ask for it. A SAMPLE is a file of events, one JSON "
        "object a line; an Avro object container file, not compressed; or one record as it "
        "stands on the wire. No value of an event is printed. Without the key of "
        "`pseudonym-key` another one serves.",
    .options = option_table,
    .exits = {"done; all records are good", "a record is refused",
              "usage, configuration, rules with faults or an unreadable file",
              "the registry does not answer, or the output could not be written"},
};

struct options {
    struct screening screening;
};

static bool take_option(void *context, char letter, const char *argument)
{
    struct options *options = context;

    switch (letter) {
    case 'c':
        options->screening.config = argument;
        return true;
    case 's':
        options->screening.source = argument;
        return true;
    case 'w':
        options->screening.schema = argument;
        return true;
    default:
        options->screening.json = strcmp(argument, "json") == 0;
        return options->screening.json || strcmp(argument, "text") == 0;
    }
}

static int check(struct options *options, int argc, char **argv)
{
    struct screening *screening = &options->screening;

    if (screening->config == NULL || screening->source == NULL || optind == argc) {
        return usage_help(&verb_partner_usage, false);
    }
    screening->samples = (const char *const *)(argv + optind);
    screening->samples_count = (size_t)(argc - optind);
    return screening_run(screening);
}

int verb_partner(int argc, char **argv)
{
    struct options options = {0};
    const int code = usage_read(&verb_partner_usage, argc, argv, take_option, &options);

    if (code >= 0) {
        return code;
    }
    const char *what = optind < argc ? argv[optind++] : "";
    const int done = strcmp(what, "check") == 0 ? check(&options, argc, argv)
                                                : usage_help(&verb_partner_usage, false);
    return verb_written(stdout) ? done : VERB_WORLD;
}
