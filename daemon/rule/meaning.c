#include "seinpost/rule/meaning.h"

#include "seinpost/base/text.h"
#include "seinpost/base/vector.h"
#include "seinpost/rule/grouping.h"

#include <stdlib.h>
#include <string.h>

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
    if (read->made_by == NULL && build->rule->lateness_ms >= 0) {
        /* its own: ingest decides by it what is too late for the step */
        text_format(&text, "late %lld;", (long long)build->rule->lateness_ms);
    }
    text_format(&text, "%x;", build->rule->purposes);
    digest_field(&text, rule_key_name(build->rule));
    add_operands(&text, build, entry);
    return digest_head(digest_finish(&text));
}

struct digest_vector {
    VECTOR(struct digest) items;
};

static void add_lists(const struct list_set *lists, const struct search *search,
                      struct digest_vector *digests)
{
    for (size_t i = 0; i < search->maps_count; i++) {
        const struct search_map *map = &search->maps[i];
        for (size_t j = 0; j < map->count; j++) {
            if (map->predicates[j].test == PREDICATE_LISTED) {
                VECTOR_PUSH(&digests->items, list_set_digest(lists, map->predicates[j].list));
            }
        }
    }
}

static void add_lists_of(const struct list_set *lists, const struct probe *probe,
                         struct digest_vector *digests)
{
    for (size_t i = 0; probe->detection != NULL && i < probe->detection->searches_count; i++) {
        add_lists(lists, &probe->detection->searches[i], digests);
    }
    for (size_t i = 0; i < probe->exclusions_count; i++) {
        add_lists(lists, &probe->exclusions[i].search, digests);
    }
}

static int by_bytes(const void *left, const void *right)
{
    return memcmp(left, right, sizeof(struct digest));
}

/* Each once, in an order of their own. Returns how many. */
static size_t add_digests(struct text *text, struct digest_vector *digests)
{
    struct digest *items = digests->items.items;
    size_t count = 0;

    if (digests->items.count > 0) {
        qsort(items, digests->items.count, sizeof items[0], by_bytes);
    }
    for (size_t i = 0; i < digests->items.count; i++) {
        if (i == 0 || !digest_equal(items[i - 1], items[i])) {
            add_digest(text, items[i]);
            count++;
        }
    }
    text_add_byte(text, ';');
    VECTOR_FREE(&digests->items);
    return count;
}

void meaning_set_around(const struct build *build, const struct meaning_around *around)
{
    struct digest_vector exceptions = {0};
    struct digest_vector lists = {0};
    struct text text = {0};

    for (size_t i = 0; i < around->exceptions_count; i++) {
        struct text whole = {0};
        tree_digest(&whole, around->exceptions[i]);
        VECTOR_PUSH(&exceptions.items, digest_finish(&whole));
    }
    for (size_t i = 0; i < around->probes_count; i++) {
        add_lists_of(build->compile.lists, &around->probes[i], &lists);
    }
    text_add(&text, SLICE("around/1"));
    build->rule->exceptions_count = add_digests(&text, &exceptions);
    build->rule->lists_count = add_digests(&text, &lists);
    build->rule->around = digest_finish(&text);
}
