#include "seinpost/cli/sigma.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/text.h"
#include "seinpost/rule/modifier.h"
#include "seinpost/yaml/scalar.h"

enum {
    NAME_MAX_SIZE = 64
};

#define UNLESS "imported from Sigma, which has no word for it; say what speaks for the person"

struct importer {
    struct diag *diag;
    struct arena *arena;
    const struct sigma_options *options;
    const struct tree *documents;
    struct text *text;
};

static struct slice scalar_of(const struct tree *map, const char *key)
{
    const struct tree *node = tree_get(map, key);

    return node == NULL || node->kind != TREE_SCALAR ? SLICE("") : node->text;
}

/* A name for what may have an id or a title alone: letters and digits, `_` for the rest. */
static struct slice name_of(const struct importer *importer, const struct tree *document)
{
    struct slice words = scalar_of(document, "name");
    struct text name = {0};

    words = words.size > 0 ? words : scalar_of(document, "title");
    for (size_t i = 0; i < words.size && name.size < NAME_MAX_SIZE; i++) {
        const char c = words.data[i];
        const bool upper = c >= 'A' && c <= 'Z';
        const bool good = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (good) {
            text_add_byte(&name, upper ? (char)(c - 'A' + 'a') : c);
        } else if (name.size > 0 && name.data[name.size - 1] != '_') {
            text_add_byte(&name, '_');
        }
    }
    const struct slice made = slice_copy(importer->arena, text_slice(&name));
    text_free(&name);
    return made;
}

/* Rules are referred to by name or id. */
static const struct tree *find(const struct importer *importer, struct slice reference)
{
    for (const struct tree *node = importer->documents; node != NULL; node = node->next) {
        if (slice_equal(scalar_of(node, "name"), reference) ||
            slice_equal(scalar_of(node, "id"), reference)) {
            return node;
        }
    }
    return NULL;
}

static bool is_correlation(const struct tree *document)
{
    return tree_get(document, "correlation") != NULL;
}

/* The names below `correlation.rules`: one, or a list of them. */
static const struct tree *first_of(const struct tree *node)
{
    return node == NULL || node->kind == TREE_SCALAR ? node : node->first;
}

static const struct tree *next_of(const struct tree *list, const struct tree *item)
{
    return list == item ? NULL : item->next;
}

/* The correlation that reads a rule, or NULL. */
static const struct tree *reader_of(const struct importer *importer, const struct tree *rule)
{
    for (const struct tree *node = importer->documents; node != NULL; node = node->next) {
        const struct tree *rules = tree_get(tree_get(node, "correlation"), "rules");
        for (const struct tree *item = first_of(rules); item != NULL;
             item = next_of(rules, item)) {
            if (find(importer, item->text) == rule) {
                return node;
            }
        }
    }
    return NULL;
}

static struct slice field_of(const struct importer *importer, struct slice field)
{
    for (size_t i = 0; i < importer->options->pairs_count; i++) {
        const struct sigma_pair *pair = &importer->options->pairs[i];
        if (!pair->type && slice_equal(pair->from, field)) {
            return pair->to;
        }
    }
    return field;
}

static struct slice type_of(const struct importer *importer, const struct tree *rule)
{
    struct slice type = SLICE("");

    for (size_t i = 0; i < importer->options->pairs_count; i++) {
        const struct sigma_pair *pair = &importer->options->pairs[i];
        const bool own = slice_equal(pair->from, scalar_of(rule, "name"));
        if (pair->type && (own || (pair->from.size == 0 && type.size == 0))) {
            type = pair->to;
        }
    }
    if (type.size == 0) {
        tree_key_fault(importer->diag, rule, "E321", "which event type is it here?");
        diag_hint(importer->diag, "give it with --type NAME=TYPE");
    }
    return type;
}

static void indent(struct text *text, size_t blanks)
{
    text_format(text, "%*s", (int)blanks, "");
}

/* All that comes from the file goes through here: a line break in it must not begin a key. */
static void add_words(const struct importer *importer, struct slice words)
{
    scalar_write(importer->text, words, true);
}

static void add_pair(const struct importer *importer, const char *key, struct slice words)
{
    text_format(importer->text, "%s: ", key);
    add_words(importer, words);
    text_add_byte(importer->text, '\n');
}

/* A scalar as it stood: in quotes if it had some. */
static void add_scalar(struct text *text, const struct tree *node)
{
    scalar_write(text, node->text, node->plain);
}

static void add_quoted(struct text *text, const char *key, struct slice words)
{
    if (words.size > 0) {
        text_format(text, "%s: ", key);
        scalar_write(text, words, false);
        text_add_byte(text, '\n');
    }
}

static bool is_modifier(struct slice word)
{
    for (size_t i = 0; modifier_name(i) != NULL; i++) {
        if (slice_is(word, modifier_name(i))) {
            return true;
        }
    }
    return false;
}

/* `Field|modifier`, with the field's name here. */
static void add_key(const struct importer *importer, const struct tree *node)
{
    struct slice rest = node->key;
    struct text key = {0};

    text_add(&key, field_of(importer, slice_cut(&rest, '|')));
    while (rest.data != NULL) {
        const struct slice word = slice_cut(&rest, '|');
        if (!is_modifier(word)) {
            tree_part_fault(importer->diag, node, word, "E321",
                            "Sigma's modifier '%.*s' is not known here", SLICE_ARGS(word));
        }
        text_format(&key, "|%.*s", SLICE_ARGS(word));
    }
    add_words(importer, text_slice(&key));
    text_free(&key);
}

static void add_value(const struct importer *importer, const struct tree *node)
{
    if (node->kind == TREE_SCALAR) {
        add_scalar(importer->text, node);
        return;
    }
    text_add_byte(importer->text, '[');
    for (const struct tree *item = node->first; item != NULL; item = item->next) {
        if (item->kind != TREE_SCALAR) {
            tree_fault(importer->diag, item, "E204", "a value expected, this is %s",
                       tree_kind_name(item));
        }
        text_add(importer->text, item == node->first ? SLICE("") : SLICE(", "));
        add_scalar(importer->text, item);
    }
    text_add_byte(importer->text, ']');
}

/* The fields of one map; `dash` when it is an item of a list. */
static void add_map(const struct importer *importer, const struct tree *map, size_t blanks,
                    bool dash)
{
    if (map->kind != TREE_MAP) {
        tree_fault(importer->diag, map, "E321", "keywords without a field have no counterpart");
        diag_hint(importer->diag, "name the field: `field|contains: word`");
        return;
    }
    for (const struct tree *field = map->first; field != NULL; field = field->next) {
        indent(importer->text, blanks);
        if (dash) {
            text_add(importer->text, field == map->first ? SLICE("- ") : SLICE("  "));
        }
        add_key(importer, field);
        text_add(importer->text, SLICE(": "));
        add_value(importer, field);
        text_add_byte(importer->text, '\n');
    }
}

static void add_search(const struct importer *importer, const struct tree *search,
                       size_t blanks)
{
    indent(importer->text, blanks);
    add_words(importer, search->key);
    text_add(importer->text, SLICE(":\n"));
    if (search->kind != TREE_LIST) {
        add_map(importer, search, blanks + 2, false);
        return;
    }
    for (const struct tree *item = search->first; item != NULL; item = item->next) {
        add_map(importer, item, blanks + 2, true);
    }
}

/* `source:` and `detection:` of a Sigma rule. */
static void add_detection(const struct importer *importer, const struct tree *rule,
                          size_t blanks)
{
    const struct tree *detection = tree_get(rule, "detection");
    const struct slice type = type_of(importer, rule);

    if (detection == NULL || detection->kind != TREE_MAP) {
        tree_key_fault(importer->diag, rule, "E202", "key 'detection' is missing");
        return;
    }
    indent(importer->text, blanks);
    text_add(importer->text, SLICE("source: {type: "));
    add_words(importer, type);
    text_add(importer->text, SLICE("}\n"));
    indent(importer->text, blanks);
    text_add(importer->text, SLICE("detection:\n"));
    for (const struct tree *node = detection->first; node != NULL; node = node->next) {
        if (!slice_is(node->key, "condition")) {
            add_search(importer, node, blanks + 2);
        } else if (node->kind != TREE_SCALAR || slice_contains(node->text, SLICE("|"))) {
            tree_fault(importer->diag, node, "E321",
                       "a list of conditions, or one with a pipe, has no counterpart");
        } else {
            indent(importer->text, blanks + 2);
            add_pair(importer, "condition", node->text);
        }
    }
}

static void add_head(const struct importer *importer, const struct tree *document)
{
    const struct sigma_options *options = importer->options;
    const struct slice level = scalar_of(document, "level");
    struct text *text = importer->text;

    text_add(text, text->size > 0 ? SLICE("---\n") : SLICE(""));
    text_add(text, SLICE("schema: seinpost/rule/1\n"));
    const struct slice title = scalar_of(document, "title");
    add_quoted(text, "title", title.size > 0 ? title : name_of(importer, document));
    add_pair(importer, "name", name_of(importer, document));
    add_quoted(text, "id", scalar_of(document, "id"));
    text_add(text, SLICE("version: 1\nstatus: draft\n"));
    add_pair(importer, "level", level.size > 0 ? level : SLICE("medium"));
    add_pair(importer, "stage", slice_of(options->stage));
    text_format(text, "purpose: [%s]\nlegal-basis: [%s]\n",
                options->purpose, /* may be several */
                options->legal_basis);
    add_quoted(text, "owner", slice_of(options->owner));
    add_quoted(text, "author", scalar_of(document, "author"));
    add_quoted(text, "description", slice_trim(scalar_of(document, "description")));
    text_add(text, SLICE("unless: {none: '" UNLESS "'}\n"));
}

static void add_events(const struct importer *importer, const struct tree *rules)
{
    bool first = true;

    for (const struct tree *item = first_of(rules); item != NULL; item = next_of(rules, item)) {
        const struct tree *rule = find(importer, item->text);
        if (rule == NULL) {
            tree_fault(importer->diag, item, "E321",
                       "no rule of this file has the name or id "
                       "'%.*s'",
                       SLICE_ARGS(item->text));
        } else if (!is_correlation(rule)) {
            text_add(importer->text, first ? SLICE("events:\n") : SLICE(""));
            text_add(importer->text, SLICE("  "));
            add_words(importer, name_of(importer, rule));
            text_add(importer->text, SLICE(":\n"));
            add_detection(importer, rule, 4);
            first = false;
        }
    }
}

static void add_names(const struct importer *importer, const struct tree *rules)
{
    const char *separator = "  rules: [";

    for (const struct tree *item = first_of(rules); item != NULL; item = next_of(rules, item)) {
        const struct tree *rule = find(importer, item->text);
        text_add(importer->text, slice_of(separator));
        add_words(importer, rule == NULL ? item->text : name_of(importer, rule));
        separator = ", ";
    }
    text_add(importer->text, SLICE("]\n"));
}

static void add_group(const struct importer *importer, const struct tree *group)
{
    const char *separator = "  group-by: [";

    for (const struct tree *item = first_of(group); item != NULL; item = next_of(group, item)) {
        text_add(importer->text, slice_of(separator));
        add_words(importer, field_of(importer, item->text));
        separator = ", ";
    }
    text_add(importer->text, group == NULL ? SLICE("") : SLICE("]\n"));
}

static void add_aliases(const struct importer *importer, const struct tree *aliases)
{
    text_add(importer->text, aliases == NULL ? SLICE("") : SLICE("  aliases:\n"));
    for (const struct tree *alias = aliases == NULL ? NULL : aliases->first; alias != NULL;
         alias = alias->next) {
        text_add(importer->text, SLICE("    "));
        add_words(importer, alias->key);
        text_add(importer->text, SLICE(":\n"));
        for (const struct tree *path = alias->first; path != NULL; path = path->next) {
            const struct tree *rule = find(importer, path->key);
            text_add(importer->text, SLICE("      "));
            add_words(importer, rule == NULL ? path->key : name_of(importer, rule));
            text_add(importer->text, SLICE(": "));
            add_words(importer, field_of(importer, path->text));
            text_add_byte(importer->text, '\n');
        }
    }
}

/* Sigma has the field of a count among its conditions. */
static void add_condition(const struct importer *importer, const struct tree *condition)
{
    const struct slice field = scalar_of(condition, "field");
    const char *separator = "  condition: {";

    if (field.size > 0) {
        add_pair(importer, "  field", field_of(importer, field));
    }
    if (condition != NULL && condition->kind != TREE_MAP) {
        tree_fault(importer->diag, condition, "E321",
                   "a condition over the names of rules has no counterpart");
        return;
    }
    for (const struct tree *node = condition == NULL ? NULL : condition->first; node != NULL;
         node = node->next) {
        if (!slice_is(node->key, "field")) {
            text_add(importer->text, slice_of(separator));
            add_words(importer, node->key);
            text_add(importer->text, SLICE(": "));
            add_words(importer, node->text);
            separator = ", ";
        }
    }
    text_add(importer->text, separator[0] == ',' ? SLICE("}\n") : SLICE(""));
}

/* What a rule that is read by another one must pass on: the fields by which that one groups. */
static void add_carry(const struct importer *importer, const struct tree *document,
                      const struct tree *reader)
{
    const struct tree *rules = tree_get(tree_get(document, "correlation"), "rules");
    const struct tree *group = tree_get(tree_get(reader, "correlation"), "group-by");
    const char *separator = "alert:\n  carry: [";

    for (const struct tree *item = first_of(rules); item != NULL; item = next_of(rules, item)) {
        const struct tree *rule = find(importer, item->text);
        for (const struct tree *by = first_of(group); by != NULL && rule != NULL;
             by = next_of(group, by)) {
            const struct slice event = name_of(importer, rule);
            const struct slice field = field_of(importer, by->text);
            struct text path = {0};
            text_format(&path, "%.*s.%.*s", SLICE_ARGS(event), SLICE_ARGS(field));
            text_add(importer->text, slice_of(separator));
            add_words(importer, text_slice(&path));
            text_free(&path);
            separator = ", ";
        }
    }
    text_add(importer->text, separator[0] == ',' ? SLICE("]\n") : SLICE(""));
}

static void add_correlation(const struct importer *importer, const struct tree *document)
{
    const struct tree *correlation = tree_get(document, "correlation");
    const struct tree *rules = tree_get(correlation, "rules");
    const struct tree *reader = reader_of(importer, document);

    add_head(importer, document);
    add_events(importer, rules);
    text_add(importer->text, SLICE("correlation:\n"));
    add_pair(importer, "  type", scalar_of(correlation, "type"));
    add_names(importer, rules);
    add_group(importer, tree_get(correlation, "group-by"));
    add_aliases(importer, tree_get(correlation, "aliases"));
    add_pair(importer, "  timespan", scalar_of(correlation, "timespan"));
    add_condition(importer, tree_get(correlation, "condition"));
    if (reader != NULL) {
        text_add(importer->text, SLICE("  generate: false\n"));
        add_carry(importer, document, reader);
    }
}

bool sigma_import(struct diag *diag, struct arena *arena, const struct sigma_options *options,
                  const struct tree *documents, struct text *text)
{
    const struct importer importer = {diag, arena, options, documents, text};

    for (const struct tree *node = documents; node != NULL; node = node->next) {
        if (is_correlation(node)) {
            add_correlation(&importer, node);
        } else if (reader_of(&importer, node) == NULL) {
            add_head(&importer, node);
            add_detection(&importer, node, 0);
        }
    }
    return diag_errors(diag) == 0;
}
