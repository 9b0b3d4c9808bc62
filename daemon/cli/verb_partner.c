#include "seinpost/base/arena.h"
#include "seinpost/base/text.h"
#include "seinpost/cli/onboarding.h"
#include "seinpost/cli/rights.h"
#include "seinpost/cli/screening.h"
#include "seinpost/cli/verb.h"
#include "seinpost/cli/workbench.h"

#include <getopt.h>
#include <string.h>

static const struct usage_option option_table[] = {
    {"config", 'c', "FILE", "configuration (see deploy/seinpost.yaml)"},
    {"source", 's', "NAME", "check: the source of the configuration that the sample is of"},
    {"schema", 'w', "FILE",
     "check: the Avro schema of samples that are records as on the wire (default: where the "
     "source's schemas are)"},
    {"format", 'f', "FORM", "check: text (default) or json: one object a line"},
    {"sector", 'e', "SECTOR", "add: air, rail, bank, card, housing or kvk"},
    {"topic", 't', "TOPIC", "add: the partner's topic"},
    {"types", 'y', "LIST",
     "add: event types of the sector, or globs, with commas (default: all of it)"},
    {"part", 'p', "PART", "add: only source, commands or guide"},
    {"guide", 'g', NULL, "add: only the guide, as --part guide"},
    {"reader", 'r', "DESK",
     "rights: of a desk instead, as USER:TOPIC; its groups begin with its name and a dot"},
    {"schemas", 'd', "DIR",
     "add: event catalogue (default: the one that came with the program)"},
    {NULL, 0, NULL, NULL},
};

const struct usage verb_partner_usage = {
    .verb = "partner",
    .summary = "what a new partner needs; what becomes of a sample of its records",
    .arguments = "check|add|rights [OPTION]... [SAMPLE...|NAME]",
    .says =
        "check --config FILE --source NAME SAMPLE... takes a sample as the daemon would take "
        "it from the source's topic, now, and "
        "tells for each record whether it is good, which rules it serves, or why it is "
        "refused; then for each field how often it was kept, pseudonymised (kept as a "
        "pseudonym only), compared by a rule's condition and not kept, dropped, or refused "
        "with its record, and which rules ask for it. A SAMPLE is a file of events, one JSON "
        "object a line; an Avro object container file, not compressed; or one record as it "
        "stands on the wire. No value of an event is printed. Without the key of "
        "`pseudonym-key` another one serves.\n\nadd NAME --sector SECTOR --topic TOPIC prints "
        "what a new partner needs, and "
        "writes nothing: the item for `sources:` of the configuration with what is usual and "
        "lawful in its sector; a script of Kafka's tools that makes its topic and user and "
        "lets it write to that topic and Seinpost read it, and nothing else; and a guide "
        "for its developer, with an example of each event type and code in Python, Java and "
        "for kcat.\n\nrights --config FILE prints a script of Kafka's tool that gives the "
        "daemon's user, or "
        "a desk's, what it needs and nothing else. `topics create` is an administrator's.",
    .options = option_table,
    .exits = {"done; all records are good", "a record is refused",
              "usage, configuration, rules with faults or an unreadable file",
              "the registry does not answer, or the output could not be written"},
};

enum part {
    PART_ALL,
    PART_SOURCE,
    PART_COMMANDS,
    PART_GUIDE,
    PARTS_COUNT,
};

struct options {
    struct screening screening;
    const char *sector;
    const char *topic;
    const char *types;
    const char *schemas;
    const char *reader;
    int part;
};

static bool set_part(const char *name, int *part)
{
    static const char *const names[PARTS_COUNT] = {"all", "source", "commands", "guide"};

    for (int i = 0; i < PARTS_COUNT; i++) {
        if (strcmp(name, names[i]) == 0) {
            *part = i;
            return true;
        }
    }
    return false;
}

/* Options of add and rights. */
static bool take_adding(struct options *options, char letter, const char *argument)
{
    switch (letter) {
    case 'e':
        options->sector = argument;
        return true;
    case 't':
        options->topic = argument;
        return true;
    case 'y':
        options->types = argument;
        return true;
    case 'd':
        options->schemas = argument;
        return true;
    case 'r':
        options->reader = argument;
        return true;
    case 'g':
        options->part = PART_GUIDE;
        return true;
    default:
        return set_part(argument, &options->part);
    }
}

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
    case 'f':
        options->screening.json = strcmp(argument, "json") == 0;
        return options->screening.json || strcmp(argument, "text") == 0;
    default:
        return take_adding(options, letter, argument);
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

static void print_parts(const struct onboarding *onboarding, int part)
{
    struct text text = {0};

    if (part == PART_ALL) {
        text_add(&text, SLICE("# 1. below `sources:` of the configuration "
                              "(--part source):\n"));
    }
    if (part == PART_ALL || part == PART_SOURCE) {
        onboarding_source(onboarding, &text);
    }
    if (part == PART_ALL) {
        text_add(&text, SLICE("\n# 2. topic, user and rights (--part commands | sh):\n"));
    }
    if (part == PART_ALL || part == PART_COMMANDS) {
        onboarding_commands(onboarding, &text);
    }
    if (part == PART_ALL) {
        text_add(&text, SLICE("\n# 3. for the partner's developer (--guide):\n\n"));
    }
    if (part == PART_ALL || part == PART_GUIDE) {
        onboarding_guide(onboarding, &text);
    }
    (void)fwrite(text.data, 1, text.size, stdout);
    text_free(&text);
}

/* The list at the commas; the whole sector without one. */
static void cut_types(struct arena *arena, const char *list, struct onboarding *onboarding)
{
    struct slice *globs = arena_alloc(arena, ONBOARDING_TYPES_MAX * sizeof *globs);
    struct slice rest = slice_of(list);
    struct text all = {0};

    if (list == NULL) {
        text_format(&all, "%s.*", onboarding->sector->name);
        rest = slice_copy(arena, text_slice(&all));
        text_free(&all);
    }
    while (rest.data != NULL && onboarding->globs_count < ONBOARDING_TYPES_MAX) {
        globs[onboarding->globs_count++] = slice_cut(&rest, ',');
    }
    onboarding->globs = globs;
}

static int print_all(const struct options *options, struct workbench *workbench,
                     struct onboarding *onboarding)
{
    workbench_load_schemas(workbench, options->schemas);
    if (workbench_report(workbench, stderr, DIAG_TEXT)) {
        return VERB_USAGE;
    }
    cut_types(workbench->arena, options->types, onboarding);
    const struct slice wrong = onboarding_find_types(onboarding, workbench->catalogue);
    if (onboarding->types_count == 0 || wrong.size > 0) {
        (void)fprintf(stderr, "seinpost: sector %s has no event type '%.*s'\n",
                      onboarding->sector->name, SLICE_ARGS(wrong));
        return VERB_USAGE;
    }
    print_parts(onboarding, options->part);
    return VERB_GOOD;
}

static int add(const struct options *options, int argc, char **argv)
{
    struct workbench workbench;

    if (optind + 1 != argc || options->sector == NULL || options->topic == NULL) {
        return usage_help(&verb_partner_usage, false);
    }
    struct onboarding onboarding = {.name = slice_of(argv[optind]),
                                    .topic = slice_of(options->topic),
                                    .sector = sector_find(options->sector)};
    if (onboarding.sector == NULL || !onboarding_is_name(onboarding.name) ||
        !onboarding_is_name(onboarding.topic)) {
        (void)fprintf(stderr, "seinpost: %s\n",
                      onboarding.sector == NULL
                          ? "there is no such sector"
                          : "a name begins with a letter, and has letters, digits, . _ -");
        return VERB_USAGE;
    }
    workbench_begin(&workbench);
    const int code = print_all(options, &workbench, &onboarding);
    workbench_close(&workbench);
    return code;
}

int verb_partner(int argc, char **argv)
{
    struct options options = {0};
    int code = usage_read(&verb_partner_usage, argc, argv, take_option, &options);

    if (code >= 0) {
        return code;
    }
    const char *what = optind < argc ? argv[optind++] : "";
    if (strcmp(what, "check") == 0) {
        code = check(&options, argc, argv);
    } else if (strcmp(what, "add") == 0) {
        code = add(&options, argc, argv);
    } else if (strcmp(what, "rights") == 0 && optind == argc &&
               options.screening.config != NULL) {
        code = rights_print(options.screening.config, options.reader);
    } else {
        code = usage_help(&verb_partner_usage, false);
    }
    return verb_written(stdout) ? code : VERB_WORLD;
}
