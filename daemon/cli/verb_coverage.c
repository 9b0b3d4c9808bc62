#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/cli/verb.h"
#include "seinpost/cli/workbench.h"
#include "seinpost/model/model.h"
#include "seinpost/rule/document.h"
#include "seinpost/schema/vocabulary.h"

#include <getopt.h>
#include <string.h>

enum {
    SECTORS_MAX = 32
};

static const struct usage_option option_table[] = {
    {"model", 'm', "DIR", "barrier model: labels of its stages beside their codes"},
    {"format", 'f', "FORM", "text (default) or json"},
    {"schemas", 's', "DIR", "event catalogue (default: the one that came with the program)"},
    {NULL, 0, NULL, NULL},
};

const struct usage verb_coverage_usage = {
    .verb = "coverage",
    .summary = "which stages of the barrier model rules watch, in which sectors; gaps first",
    .arguments = "[OPTION]... PATH...",
    .says = "Tells for each stage of the barrier model and each sector which rules watch it. A "
            "stage that no stable rule watches in a sector is a gap there; gaps come first. "
            "Rules that other rules read, and no desk, are not counted.",
    .options = option_table,
    .exits = {"done", "rules have errors", "usage", "the output could not be written"},
};

struct options {
    const char *schemas;
    const char *model;
    bool json;
};

static bool take_option(void *context, char letter, const char *argument)
{
    struct options *options = context;

    if (letter != 'f') {
        *(letter == 's' ? &options->schemas : &options->model) = argument;
        return true;
    }
    options->json = strcmp(argument, "json") == 0;
    return options->json || strcmp(argument, "text") == 0;
}

/* The rules, and in which sectors each looks: its own events', and those of the rules that it
 * reads. */
struct chart {
    const struct program *program;
    const struct model *model; /* NULL: none */
    unsigned *sectors;         /* masks by index of rule */
    int sectors_count;
};

static unsigned own_sectors(const struct chart *chart, const struct rule *rule)
{
    unsigned mask = 0;

    for (size_t i = 0; i < rule->entries_count; i++) {
        const struct rule_entry *entry = &rule->entries[i];
        if (entry->made_by != NULL) {
            mask |= chart->sectors[entry->made_by->index];
        }
        for (size_t j = 0; entry->made_by == NULL && j < entry->types_count; j++) {
            const int sector = vocabulary_find(vocabulary_sectors, entry->types[j]->sector);
            mask |= sector < 0 ? 0 : 1U << sector;
        }
    }
    return mask;
}

static struct chart make_chart(struct arena *arena, const struct program *program)
{
    struct chart chart = {.program = program};
    unsigned deepest = 0;

    chart.sectors = arena_alloc(arena, program->rules_count * sizeof *chart.sectors);
    while (vocabulary_sectors[chart.sectors_count] != NULL) {
        chart.sectors_count++;
    }
    ENSURE(chart.sectors_count <= SECTORS_MAX);
    for (unsigned depth = 0; depth <= deepest; depth++) {
        for (size_t i = 0; i < program->rules_count; i++) {
            const struct rule *rule = program->rules[i];
            deepest = rule->depth > deepest ? rule->depth : deepest;
            if (rule->depth == depth) {
                chart.sectors[i] = own_sectors(&chart, rule);
            }
        }
    }
    return chart;
}

static bool watches(const struct chart *chart, const struct rule *rule, int stage, int sector)
{
    return rule->generate && rule->stage == stage && rule->status != RULE_DEPRECATED &&
           (chart->sectors[rule->index] >> sector & 1) != 0;
}

static bool is_gap(const struct chart *chart, int stage, int sector)
{
    for (size_t i = 0; i < chart->program->rules_count; i++) {
        const struct rule *rule = chart->program->rules[i];
        if (rule->status == RULE_STABLE && watches(chart, rule, stage, sector)) {
            return false;
        }
    }
    return true;
}

static int count_gaps(const struct chart *chart, int stage)
{
    int gaps = 0;

    for (int sector = 0; sector < chart->sectors_count; sector++) {
        gaps += is_gap(chart, stage, sector) ? 1 : 0;
    }
    return gaps;
}

static void print_gaps(const struct chart *chart, int stage)
{
    const int gaps = count_gaps(chart, stage);

    if (gaps == 0) {
        return;
    }
    (void)printf("  %-12s", vocabulary_stages[stage]);
    if (gaps == chart->sectors_count) {
        (void)printf(" every sector\n");
        return;
    }
    for (int sector = 0; sector < chart->sectors_count; sector++) {
        if (is_gap(chart, stage, sector)) {
            (void)printf(" %s", vocabulary_sectors[sector]);
        }
    }
    (void)printf("\n");
}

static void print_watched(const struct chart *chart, int stage)
{
    for (int sector = 0; sector < chart->sectors_count; sector++) {
        const char *separator = "";
        for (size_t i = 0; i < chart->program->rules_count; i++) {
            const struct rule *rule = chart->program->rules[i];
            if (!watches(chart, rule, stage, sector)) {
                continue;
            }
            if (separator[0] == '\0') {
                (void)printf("  %-12s %-8s ", vocabulary_stages[stage],
                             vocabulary_sectors[sector]);
            }
            (void)printf("%s%.*s", separator, SLICE_ARGS(rule->name));
            if (rule->status != RULE_STABLE) {
                (void)printf(" (%s)", document_statuses[rule->status]);
            }
            separator = ", ";
        }
        if (separator[0] != '\0') {
            (void)printf("\n");
        }
    }
}

static void print_text(const struct chart *chart)
{
    int gaps = 0;

    for (int stage = 0; vocabulary_stages[stage] != NULL; stage++) {
        gaps += count_gaps(chart, stage);
    }
    (void)printf("Not watched by any stable rule: %d\n", gaps);
    for (int stage = 0; vocabulary_stages[stage] != NULL; stage++) {
        print_gaps(chart, stage);
    }
    (void)printf("Watched by\n");
    for (int stage = 0; vocabulary_stages[stage] != NULL; stage++) {
        print_watched(chart, stage);
    }
    for (int stage = 0; chart->model != NULL && vocabulary_stages[stage] != NULL; stage++) {
        const struct model_stage *label = &chart->model->stages[stage];
        (void)printf("%s  %-12s %.*s / %.*s\n", stage == 0 ? "Stages\n" : "",
                     vocabulary_stages[stage], SLICE_ARGS(label->nl), SLICE_ARGS(label->en));
    }
}

static void add_cell(struct text *text, const struct chart *chart, int stage, int sector)
{
    const char *separator = "";

    text_format(text, "{\"stage\":\"%s\",", vocabulary_stages[stage]);
    if (chart->model != NULL) {
        text_add(text, SLICE("\"nl\":"));
        text_add_json(text, chart->model->stages[stage].nl);
        text_add(text, SLICE(",\"en\":"));
        text_add_json(text, chart->model->stages[stage].en);
        text_add_byte(text, ',');
    }
    text_format(text, "\"sector\":\"%s\",\"gap\":%s,\"rules\":[", vocabulary_sectors[sector],
                is_gap(chart, stage, sector) ? "true" : "false");
    for (size_t i = 0; i < chart->program->rules_count; i++) {
        const struct rule *rule = chart->program->rules[i];
        if (watches(chart, rule, stage, sector)) {
            text_format(text, "%s{\"rule\":", separator);
            text_add_json(text, rule->name);
            text_format(text, ",\"status\":\"%s\"}", document_statuses[rule->status]);
            separator = ",";
        }
    }
    text_add(text, SLICE("]}"));
}

/* Gaps first, here too. */
static void print_json(const struct chart *chart)
{
    struct text text = {0};
    const char *separator = "[";

    for (int gap = 1; gap >= 0; gap--) {
        for (int stage = 0; vocabulary_stages[stage] != NULL; stage++) {
            for (int sector = 0; sector < chart->sectors_count; sector++) {
                if (is_gap(chart, stage, sector) == (gap == 1)) {
                    text_format(&text, "%s\n", separator);
                    add_cell(&text, chart, stage, sector);
                    separator = ",";
                }
            }
        }
    }
    (void)printf("%.*s]\n", SLICE_ARGS(text_slice(&text)));
    text_free(&text);
}

int verb_coverage(int argc, char **argv)
{
    struct options options = {0};
    const int code = usage_read(&verb_coverage_usage, argc, argv, take_option, &options);
    struct workbench workbench;

    if (code >= 0) {
        return code;
    }
    if (optind == argc) {
        return usage_help(&verb_coverage_usage, false);
    }
    workbench_begin(&workbench);
    const struct model *model =
        options.model == NULL ? NULL
                              : model_load(workbench.arena, workbench.diag, options.model);
    workbench_load(&workbench, options.schemas, (const char *const *)(argv + optind),
                   (size_t)(argc - optind), &(struct load_options){.today = INSTANT_MIN});
    const bool faulty = diag_errors(workbench.diag) > 0;
    if (faulty) {
        (void)workbench_report(&workbench, stderr, DIAG_TEXT);
    } else {
        struct chart chart = make_chart(workbench.arena, workbench.program);
        chart.model = model;
        if (options.json) {
            print_json(&chart);
        } else {
            print_text(&chart);
        }
    }
    workbench_close(&workbench);
    return !verb_written(stdout) ? VERB_WORLD : faulty ? VERB_NO : VERB_GOOD;
}
