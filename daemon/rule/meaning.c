#include "seinpost/rule/meaning.h"

#include "seinpost/base/text.h"
#include "seinpost/rule/grouping.h"

bool meaning_has(struct slice key)
{
    static const char *const others[] = {
        "title",          "description", "owner",     "author",  "approved-by",
        "date",           "modified",    "review-by", "expires", "tests",
        "falsepositives", "references",  "tags",      "related"};

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (slice_is(key, others[i])) {
            return false;
        }
    }
    return true;
}

static void add_digest(struct text *text, struct digest digest)
{
    digest_field(text, (struct slice){(const char *)digest.bytes, DIGEST_SIZE});
}

struct digest meaning_of_rule(const struct build *build)
{
    struct text text = {0};

    text_add(&text, SLICE("rule/1"));
    for (const struct tree *node = build->rule->node->first; node != NULL; node = node->next) {
        if (meaning_has(node->key)) {
            digest_field(&text, node->key);
            tree_digest(&text, node);
        }
    }
    for (size_t i = 0; i < build->rule->entries_count; i++) {
        if (build->entries[i].made_by != NULL) {
            add_digest(&text, build->entries[i].made_by->hash);
        }
    }
    for (size_t i = 0; i < build->rule->places_count; i++) {
        add_digest(&text, build->rule->places[i]->digest);
    }
    return digest_finish(&text);
}

static void add_node(struct text *text, const struct tree *node)
{
    if (node != NULL) {
        tree_digest(text, node);
    }
    text_add_byte(text, ';');
}

static void add_operands(struct text *text, const struct build *build, int entry)
{
    const struct rule *rule = build->rule;

    for (size_t i = 0; i < rule->operands_count; i++) {
        if ((build->entries[entry].operands >> i & 1) != 0) {
            digest_field(text, build->operands[i].name);
        }
    }
    for (size_t i = 0; i < rule->group_count; i++) {
        digest_field(text, build->group[i].name);
        digest_field(text, grouping_path(build, i, entry));
    }
}

uint64_t meaning_of_step(const struct build *build, int entry,
                         const struct tree *const *exceptions, size_t exceptions_count)
{
    const struct rule_entry *read = &build->entries[entry];
    struct text text = {0};

    text_add(&text, SLICE("step/1"));
    add_node(&text, build->sources[entry].source);
    add_node(&text, build->sources[entry].detection);
    add_node(&text, build->document->unless);
    for (size_t i = 0; i < exceptions_count; i++) {
        add_node(&text, exceptions[i]);
    }
    if (read->made_by != NULL) {
        add_digest(&text, read->made_by->hash);
    }
    text_format(&text, "%x;", build->rule->purposes);
    digest_field(&text, rule_key_name(build->rule));
    add_operands(&text, build, entry);
    return digest_head(digest_finish(&text));
}
