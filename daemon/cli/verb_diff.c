#include "seinpost/base/arena.h"
#include "seinpost/base/table.h"
#include "seinpost/base/text.h"
#include "seinpost/cli/ledger.h"
#include "seinpost/cli/verb.h"
#include "seinpost/cli/workbench.h"
#include "seinpost/rule/document.h"
#include "seinpost/rule/meaning.h"

#include <errno.h>
#include <getopt.h>
#include <stdint.h>
#include <string.h>

static const struct usage_option option_table[] = {
    {"events", 'e', "FILE",
     "events, one JSON object a line: tell which alerts would vanish, appear or change"},
    {"schemas", 's', "DIR", "event catalogue (default: the one that came with the program)"},
    {NULL, 0, NULL, NULL},
};

const struct usage verb_diff_usage = {
    .verb = "diff",
    .summary = "what another set of rules changes in meaning, history and alerts",
    .arguments = "[OPTION]... OLD NEW",
    .says =
        "Tells of each rule what changes between two files or folders: its meaning, key by "
        "key, with the semantic hashes; and of each of its events whether history is kept. A "
        "condition, an exoneration or a key is decided when an event comes: an event whose "
        "own changes starts anew. A rule whose threshold, window or kind changes is rebuilt "
        "with its full history, and the alerts that it has open are closed as superseded.",
    .options = option_table,
    .exits = {"nothing changes in meaning", "something does, or rules have errors", "usage",
              "events could not be read, or the output not be written"},
};

struct options {
    const char *events;
    const char *schemas;
};

static bool take_option(void *context, char letter, const char *argument)
{
    struct options *options = context;

    *(letter == 'e' ? &options->events : &options->schemas) = argument;
    return true;
}

static bool is_leaf(const struct tree *node)
{
    return node->first == NULL;
}

static struct slice leaf_text(const struct tree *node)
{
    return node->kind == TREE_SCALAR ? node->text : SLICE("(empty)");
}

static const struct tree *top_of(const struct tree *node, const struct tree *root)
{
    while (node->parent != root) {
        node = node->parent;
    }
    return node;
}

/* The leaves of a rule that are of its meaning, by path. */
static struct table *leaves_of(struct arena *arena, const struct tree *root)
{
    struct table *leaves = table_new();
    struct text path = {0};

    for (const struct tree *node = tree_next(root, root); node != NULL;
         node = tree_next(root, node)) {
        if (is_leaf(node) && meaning_has(top_of(node, root)->key)) {
            text_clear(&path);
            tree_path(&path, node);
            table_put(leaves, slice_copy(arena, text_slice(&path)), (void *)(uintptr_t)node);
        }
    }
    text_free(&path);
    return leaves;
}

/* Tells which leaves of `root` are not among the others; with `-` also which are otherwise. */
static void tell_leaves(const struct tree *root, const struct table *others, char sign)
{
    struct text path = {0};

    for (const struct tree *node = tree_next(root, root); node != NULL;
         node = tree_next(root, node)) {
        if (!is_leaf(node) || !meaning_has(top_of(node, root)->key)) {
            continue;
        }
        text_clear(&path);
        tree_path(&path, node);
        const struct slice name = text_slice(&path);
        const struct tree *other = table_get(others, name);
        const struct slice words = leaf_text(node);
        if (other == NULL) {
            (void)printf("    %c %.*s: %.*s\n", sign, SLICE_ARGS(name), SLICE_ARGS(words));
        } else if (sign == '-' && !slice_equal(leaf_text(other), words)) {
            const struct slice now = leaf_text(other);
            (void)printf("    ~ %.*s: %.*s -> %.*s\n", SLICE_ARGS(name), SLICE_ARGS(words),
                         SLICE_ARGS(now));
        }
    }
    text_free(&path);
}

static const struct rule_entry *entry_of(const struct rule *rule, struct slice name)
{
    for (size_t i = 0; i < rule->entries_count; i++) {
        if (slice_equal(rule->entries[i].name, name)) {
            return &rule->entries[i];
        }
    }
    return NULL;
}

/* Returns whether all history is kept. */
static bool tell_entries(const struct rule *before, const struct rule *now)
{
    bool all = true;

    for (size_t i = 0; i < now->entries_count; i++) {
        const struct rule_entry *entry = &now->entries[i];
        const struct rule_entry *old = entry_of(before, entry->name);
        const bool kept = old != NULL && old->step == entry->step;
        (void)printf("    event %.*s: %s\n", SLICE_ARGS(entry->name),
                     kept          ? "history is kept"
                     : old == NULL ? "is new, and has no history"
                     : entry->made_by != NULL
                         ? "starts anew: the rule that it reads has changed"
                         : "starts anew: what it asks of an event has "
                           "changed");
        all = all && kept;
    }
    return all;
}

static bool same_steps(const struct rule *before, const struct rule *now)
{
    if (before->entries_count != now->entries_count) {
        return false;
    }
    for (size_t i = 0; i < now->entries_count; i++) {
        if (before->entries[i].step != now->entries[i].step) {
            return false;
        }
    }
    return true;
}

/* Returns whether it changes in meaning. */
static bool tell_both(struct arena *arena, const struct rule *before, const struct rule *now)
{
    char old_hash[DIGEST_TEXT_SIZE];
    char new_hash[DIGEST_TEXT_SIZE];
    const bool same = digest_equal(before->hash, now->hash);

    if (same && same_steps(before, now)) {
        return false;
    }
    (void)printf("~ %.*s: %s -> %s\n", SLICE_ARGS(now->name),
                 digest_format(before->hash, old_hash), digest_format(now->hash, new_hash));
    struct table *old_leaves = leaves_of(arena, before->node);
    struct table *new_leaves = leaves_of(arena, now->node);
    tell_leaves(before->node, new_leaves, '-');
    tell_leaves(now->node, old_leaves, '+');
    table_free(old_leaves);
    table_free(new_leaves);
    const bool kept = tell_entries(before, now);
    (void)printf("    %s\n", kept ? "rebuilt with its full history; open alerts are superseded"
                                  : "rebuilt, in part without history; open alerts are "
                                    "superseded");
    return true;
}

static void tell_one(const struct rule *rule, char sign)
{
    char hash[DIGEST_TEXT_SIZE];

    (void)printf("%c %.*s: %s, %s\n", sign, SLICE_ARGS(rule->name),
                 document_statuses[rule->status], digest_format(rule->hash, hash));
}

/* Both are ordered by name. Returns how many rules change. */
static size_t tell_rules(struct arena *arena, const struct program *before,
                         const struct program *now)
{
    size_t changed = 0;
    size_t i = 0;
    size_t j = 0;

    while (i < before->rules_count || j < now->rules_count) {
        const int order = i == before->rules_count ? 1
                          : j == now->rules_count
                              ? -1
                              : slice_compare(before->rules[i]->name, now->rules[j]->name);
        if (order < 0) {
            tell_one(before->rules[i++], '-');
            changed++;
        } else if (order > 0) {
            tell_one(now->rules[j++], '+');
            changed++;
        } else {
            changed += tell_both(arena, before->rules[i++], now->rules[j++]) ? 1U : 0U;
        }
    }
    return changed;
}

static bool same_list(const struct list *a, const struct list *b)
{
    if (a->entries_count != b->entries_count) {
        return false;
    }
    for (size_t i = 0; i < a->entries_count; i++) {
        if (!slice_equal(a->entries[i].value, b->entries[i].value) ||
            instant_compare(a->entries[i].expires, b->entries[i].expires) != 0) {
            return false;
        }
    }
    return true;
}

static size_t tell_lists(const struct program *before, const struct program *now)
{
    size_t changed = 0;

    for (size_t i = 0; i < list_set_count(now->lists); i++) {
        const struct list *list = list_set_get(now->lists, i);
        for (size_t j = 0; j < list_set_count(before->lists); j++) {
            const struct list *old = list_set_get(before->lists, j);
            if (slice_equal(old->name, list->name) && !same_list(old, list)) {
                (void)printf("~ list %.*s: %zu entries -> %zu; for events from then on\n",
                             SLICE_ARGS(list->name), old->entries_count, list->entries_count);
                changed++;
            }
        }
    }
    return changed;
}

static int tell_alerts(const struct workbench *before, const struct workbench *now,
                       const char *events)
{
    struct text text = {0};
    struct ledger *old = ledger_of(before, events);
    struct ledger *other = old == NULL ? NULL : ledger_of(now, events);

    if (other == NULL) {
        (void)fprintf(stderr, "seinpost: %s: %s\n", events, strerror(errno));
        ledger_free(old);
        return VERB_WORLD;
    }
    const size_t lines = ledger_compare(old, other, &text);
    (void)printf("alerts over %s: %zu -> %zu\n%.*s", events, ledger_count(old),
                 ledger_count(other), SLICE_ARGS(text_slice(&text)));
    text_free(&text);
    ledger_free(old);
    ledger_free(other);
    return lines > 0 ? VERB_NO : VERB_GOOD;
}

static bool load(struct workbench *workbench, const struct options *options, const char *path)
{
    workbench_open(
        workbench, options->schemas, &path, 1,
        &(struct load_options){.today = INSTANT_MIN, .never_late = true, .drafts = true});
    if (diag_errors(workbench->diag) == 0) {
        return true;
    }
    (void)workbench_report(workbench, stderr, DIAG_TEXT);
    return false;
}

int verb_diff(int argc, char **argv)
{
    struct options options = {0};
    int code = usage_read(&verb_diff_usage, argc, argv, take_option, &options);
    struct workbench before;
    struct workbench now;

    if (code >= 0) {
        return code;
    }
    if (optind + 2 != argc) {
        return usage_help(&verb_diff_usage, false);
    }
    const bool good = load(&before, &options, argv[optind]);
    const bool both = load(&now, &options, argv[optind + 1]) && good;
    code = VERB_NO;
    if (both) {
        const size_t changed = tell_rules(now.arena, before.program, now.program) +
                               tell_lists(before.program, now.program);
        code = changed > 0 ? VERB_NO : VERB_GOOD;
    }
    if (both && options.events != NULL) {
        const int told = tell_alerts(&before, &now, options.events);
        code = told > code ? told : code;
    }
    workbench_close(&before);
    workbench_close(&now);
    return verb_written(stdout) ? code : VERB_WORLD;
}
