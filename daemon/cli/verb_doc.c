#include "seinpost/base/duration.h"
#include "seinpost/base/text.h"
#include "seinpost/cli/verb.h"
#include "seinpost/cli/workbench.h"
#include "seinpost/model/model.h"
#include "seinpost/schema/vocabulary.h"

#include <getopt.h>
#include <limits.h>
#include <string.h>

static const struct usage_option option_table[] = {
    {"rules", 'r', "PATH", "where the rule and those that it reads are"},
    {"model", 'm', "DIR", "barrier model: labels of the stage and of measures"},
    {"schemas", 's', "DIR", "event catalogue (default: the one that came with the program)"},
    {NULL, 0, NULL, NULL},
};

const struct usage verb_doc_usage = {
    .verb = "doc",
    .summary = "one page about a rule, in Markdown, for those who must defend it",
    .arguments = "--rules PATH [OPTION]... RULE",
    .says =
        "Prints one page about the rule of this name: what it is for and on which basis, what "
        "it reads and what exonerates, its condition as it stands in its file, what it "
        "proposes, when it is wrong, and what its tests prove.",
    .options = option_table,
    .exits = {"done", "there is no such rule, or rules have errors", "usage",
              "the output could not be written"},
};

struct options {
    const char *rules;
    const char *schemas;
    const char *model;
};

static bool take_option(void *context, char letter, const char *argument)
{
    struct options *options = context;

    *(letter == 'r'   ? &options->rules
      : letter == 'm' ? &options->model
                      : &options->schemas) = argument;
    return true;
}

struct page {
    const struct workbench *workbench;
    const struct rule *rule;
    const struct model *model; /* NULL: none */
    struct text text;
};

/* Text from a rule must not become markup. */
static void add_plain(struct text *text, struct slice words)
{
    for (size_t i = 0; i < words.size; i++) {
        const char c = words.data[i];
        if (strchr("\\`*_[]<>|#", c) != NULL) {
            text_add_byte(text, '\\');
        }
        text_add_byte(text, c == '\n' ? ' ' : c);
    }
}

static void add_row(struct page *page, const char *label, struct slice words)
{
    if (words.size > 0) {
        text_format(&page->text, "| %s | ", label);
        add_plain(&page->text, words);
        text_add(&page->text, SLICE(" |\n"));
    }
}

static void add_node_row(struct page *page, const char *label, const char *key)
{
    const struct tree *node = tree_get(page->rule->node, key);
    struct text words = {0};

    if (node != NULL && node->kind == TREE_SCALAR) {
        text_add(&words, node->text);
    }
    for (const struct tree *item = node == NULL ? NULL : node->first; item != NULL;
         item = item->next) {
        text_format(&words, "%s%.*s", words.size > 0 ? ", " : "", SLICE_ARGS(item->text));
    }
    add_row(page, label, text_slice(&words));
    text_free(&words);
}

static void add_stage(struct page *page)
{
    struct text words = {0};

    if (page->model == NULL) {
        add_node_row(page, "Stage", "stage");
        return;
    }
    const struct model_stage *stage = &page->model->stages[page->rule->stage];
    text_format(&words, "%.*s: %.*s / %.*s (model %.*s, version %lld)", SLICE_ARGS(stage->code),
                SLICE_ARGS(stage->nl), SLICE_ARGS(stage->en),
                SLICE_ARGS(page->model->head.model), (long long)page->model->head.version);
    add_row(page, "Stage", text_slice(&words));
    text_free(&words);
}

/* What the rule names, as the menu of the model has it. */
static void add_measures(struct page *page)
{
    const struct rule *rule = page->rule;

    if (page->model == NULL || rule->measures_count == 0) {
        return;
    }
    text_add(&page->text, SLICE("\n## What it proposes\n"));
    for (size_t i = 0; i < rule->measures_count; i++) {
        const struct menu_measure *measure = menu_find(&page->model->menu, rule->measures[i]);
        text_format(&page->text, "- `%.*s`", SLICE_ARGS(rule->measures[i]));
        if (measure == NULL) {
            text_add(&page->text, SLICE(": not on the menu\n"));
            continue;
        }
        text_format(&page->text, ": %.*s / %.*s; %.*s; %.*s; track %s\n",
                    SLICE_ARGS(measure->nl), SLICE_ARGS(measure->en),
                    SLICE_ARGS(measure->authority), SLICE_ARGS(measure->basis),
                    vocabulary_tracks[measure->track]);
    }
}

static void add_table(struct page *page)
{
    char hash[DIGEST_TEXT_SIZE];
    char horizon[DURATION_TEXT_SIZE];

    text_add(&page->text, SLICE("| | |\n|---|---|\n"));
    add_node_row(page, "Status", "status");
    add_node_row(page, "Version", "version");
    add_row(page, "Meaning (hash)", slice_of(digest_format(page->rule->hash, hash)));
    add_stage(page);
    add_node_row(page, "Level", "level");
    add_node_row(page, "Track", "track");
    add_node_row(page, "Purpose", "purpose");
    add_node_row(page, "Legal basis", "legal-basis");
    add_node_row(page, "Owner", "owner");
    add_node_row(page, "Author", "author");
    add_node_row(page, "Approved by", "approved-by");
    add_node_row(page, "Date", "date");
    add_node_row(page, "Modified", "modified");
    add_node_row(page, "Review by", "review-by");
    add_node_row(page, "Expires", "expires");
    add_row(page, "Looks back",
            slice_of(duration_format(rule_horizon_ms(page->rule), horizon)));
    add_node_row(page, "Proposes", "measures");
    add_node_row(page, "References", "references");
    add_node_row(page, "Tags", "tags");
}

static void add_list(struct page *page, const char *head, const char *key)
{
    const struct tree *node = tree_get(page->rule->node, key);

    if (node == NULL) {
        return;
    }
    text_format(&page->text, "\n## %s\n", head);
    if (node->kind == TREE_SCALAR) {
        text_add(&page->text, SLICE("- "));
        add_plain(&page->text, node->text);
        text_add_byte(&page->text, '\n');
    }
    for (const struct tree *item = node->first; item != NULL; item = item->next) {
        text_add(&page->text, SLICE("- "));
        add_plain(&page->text, item->text);
        text_add_byte(&page->text, '\n');
    }
}

/* Which events it reads, and of them which fields: nothing else of an event is kept. */
static void add_reads(struct page *page)
{
    const struct rule *rule = page->rule;

    text_add(&page->text, SLICE("\n## What it reads\n"));
    for (size_t i = 0; i < rule->entries_count; i++) {
        const struct rule_entry *entry = &rule->entries[i];
        text_format(&page->text, "- `%.*s`: ", SLICE_ARGS(entry->name));
        if (entry->made_by != NULL) {
            text_format(&page->text, "alerts of rule `%.*s`", SLICE_ARGS(entry->made_by->name));
        }
        for (size_t j = 0; entry->made_by == NULL && j < entry->types_count; j++) {
            text_format(&page->text, "%s`%.*s`", j > 0 ? ", " : "",
                        SLICE_ARGS(entry->types[j]->name));
        }
        const char *separator = "; keeps ";
        for (size_t j = 0; j < rule->operands_count; j++) {
            if ((entry->operands >> j & 1) != 0) {
                text_format(&page->text, "%s`%.*s`", separator,
                            SLICE_ARGS(rule->operands[j].name));
                separator = ", ";
            }
        }
        text_add_byte(&page->text, '\n');
    }
    for (size_t i = 0; i < rule->group_count; i++) {
        text_format(&page->text, "%s`%.*s`%s", i == 0 ? "\nGrouped by " : ", ",
                    SLICE_ARGS(rule->group[i].name), i + 1 == rule->group_count ? ".\n" : "");
    }
}

static void add_readers(struct page *page)
{
    const struct program *program = page->workbench->program;
    const char *separator = "\nIts alerts are read by ";

    for (size_t i = 0; i < program->rules_count; i++) {
        const struct rule *rule = program->rules[i];
        for (size_t j = 0; j < rule->entries_count; j++) {
            if (rule->entries[j].made_by == page->rule) {
                text_format(&page->text, "%s`%.*s`", separator, SLICE_ARGS(rule->name));
                separator = ", ";
                break;
            }
        }
    }
    if (separator[0] == ',') {
        text_add(&page->text, SLICE(".\n"));
    }
}

/* The lines of a file from the key of a node up to its next sibling. */
static void add_lines(struct page *page, const struct tree *node)
{
    struct slice rest = diag_text(page->workbench->diag, node->place.file);
    const struct tree *root = node->parent;
    const unsigned end = node->next != NULL   ? node->next->key_place.line
                         : root->next != NULL ? root->next->place.line - 1
                                              : UINT_MAX;

    for (unsigned line = 1; rest.data != NULL && line < end; line++) {
        struct slice words = slice_cut(&rest, '\n');
        while (words.size > 0 &&
               (words.data[words.size - 1] == ' ' || words.data[words.size - 1] == '\r')) {
            words.size--;
        }
        if (line >= node->key_place.line && words.size > 0 &&
            !(words.size == 3 && slice_is(words, "---"))) {
            text_format(&page->text, "%.*s\n", SLICE_ARGS(words));
        }
    }
}

static void add_condition(struct page *page)
{
    static const char *const keys[] = {"source", "detection",   "events",
                                       "unless", "correlation", "alert"};

    text_add(&page->text, SLICE("\n## Its condition, and what exonerates\n```yaml\n"));
    for (const struct tree *node = page->rule->node->first; node != NULL; node = node->next) {
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
            if (slice_is(node->key, keys[i])) {
                add_lines(page, node);
            }
        }
    }
    text_add(&page->text, SLICE("```\n"));
}

static void add_tests(struct page *page)
{
    const struct tree *tests = tree_get(page->rule->node, "tests");

    if (tests == NULL) {
        return;
    }
    text_add(&page->text, SLICE("\n## What its tests prove\n"));
    for (const struct tree *test = tests->first; test != NULL; test = test->next) {
        const struct tree *name = tree_get(test, "name");
        const struct tree *expect = tree_get(test, "expect");
        text_add(&page->text, SLICE("- "));
        add_plain(&page->text, name == NULL ? SLICE("?") : name->text);
        text_add(&page->text, expect == NULL || expect->kind == TREE_SCALAR
                                  ? SLICE(" (silent)\n")
                                  : SLICE(" (fires)\n"));
    }
}

static void print_page(struct page *page)
{
    const struct tree *description = tree_get(page->rule->node, "description");

    text_add(&page->text, SLICE("# "));
    add_plain(&page->text, page->rule->title);
    text_format(&page->text, "\n`%.*s`\n\n", SLICE_ARGS(page->rule->name));
    if (description != NULL) {
        add_plain(&page->text, slice_trim(description->text));
        text_add(&page->text, SLICE("\n\n"));
    }
    add_table(page);
    add_reads(page);
    add_readers(page);
    add_condition(page);
    add_measures(page);
    add_list(page, "When it is wrong", "falsepositives");
    add_tests(page);
    text_add(
        &page->text,
        SLICE("\nIts alerts propose; a person decides. Nothing follows from one by itself.\n"));
    (void)printf("%.*s", SLICE_ARGS(text_slice(&page->text)));
    text_free(&page->text);
}

static int run(const struct workbench *workbench, const struct model *model, const char *name)
{
    const struct rule *rule = program_find(workbench->program, slice_of(name));

    if (diag_errors(workbench->diag) > 0) {
        (void)workbench_report(workbench, stderr, DIAG_TEXT);
        return VERB_NO;
    }
    if (rule == NULL) {
        (void)fprintf(stderr, "seinpost: no rule '%s'\n", name);
        return VERB_NO;
    }
    print_page(&(struct page){.workbench = workbench, .rule = rule, .model = model});
    return VERB_GOOD;
}

int verb_doc(int argc, char **argv)
{
    struct options options = {0};
    const int code = usage_read(&verb_doc_usage, argc, argv, take_option, &options);
    struct workbench workbench;

    if (code >= 0) {
        return code;
    }
    if (optind + 1 != argc || options.rules == NULL) {
        return usage_help(&verb_doc_usage, false);
    }
    workbench_begin(&workbench);
    const struct model *model =
        options.model == NULL ? NULL
                              : model_load(workbench.arena, workbench.diag, options.model);
    workbench_load(&workbench, options.schemas, &options.rules, 1,
                   &(struct load_options){.today = INSTANT_MIN, .drafts = true});
    const int result = run(&workbench, model, argv[optind]);
    workbench_close(&workbench);
    return verb_written(stdout) ? result : VERB_WORLD;
}
