#include "seinpost/config/partners.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/file.h"
#include "seinpost/schema/vocabulary.h"

#include <stddef.h>
#include <string.h>

enum {
    /* of a source that does not say: not for court, for those who need it, not assessable */
    HANDLING_UNSAID = 1, /* H1 */
    TLP_UNSAID = 2,      /* AMBER */
    EVAL_UNSAID = 15,    /* X4 */
};

struct reader {
    struct arena *arena;
    struct diag *diag;
    const char *file;
};

struct source_document {
    struct slice name;
    struct slice topic;
    struct bind_list types;
    bool enabled;
    int wire;
    int identities;
    int start;
    unsigned purposes;
    unsigned legal_bases;
    int64_t lateness_ms;
    int64_t max_skew_ms;
    int64_t idle_ms;
    int64_t retention_ms;
    int handling;
    int tlp;
    int eval;
    struct slice writers;
};

#define SOURCE(member) offsetof(struct source_document, member)

static const char *const wires[] = {"confluent", "single-object", NULL};
static const char *const identities[] = {"pseudonym", "clear", NULL};
static const char *const starts[] = {"oldest", "newest", NULL};

static const struct bind_key source_keys[] = {
    {"name", BIND_TEXT, true, SOURCE(name), NULL},
    {"topic", BIND_TEXT, true, SOURCE(topic), NULL},
    {"enabled", BIND_BOOL, false, SOURCE(enabled), NULL},
    {"types", BIND_TEXTS, true, SOURCE(types), NULL},
    {"wire", BIND_CHOICE, true, SOURCE(wire), wires},
    {"identities", BIND_CHOICE, true, SOURCE(identities), identities},
    {"start", BIND_CHOICE, false, SOURCE(start), starts},
    {"purposes", BIND_CHOICES, true, SOURCE(purposes), vocabulary_purposes},
    {"legal-bases", BIND_CHOICES, true, SOURCE(legal_bases), vocabulary_legal_bases},
    {"lateness", BIND_DURATION, true, SOURCE(lateness_ms), NULL},
    {"max-skew", BIND_DURATION, true, SOURCE(max_skew_ms), NULL},
    {"idle", BIND_DURATION, true, SOURCE(idle_ms), NULL},
    {"retention", BIND_DURATION, true, SOURCE(retention_ms), NULL},
    {"handling", BIND_CHOICE, false, SOURCE(handling), vocabulary_handlings},
    {"tlp", BIND_CHOICE, false, SOURCE(tlp), vocabulary_tlps},
    {"eval", BIND_CHOICE, false, SOURCE(eval), vocabulary_evals},
    {"writers", BIND_TEXT, false, SOURCE(writers), NULL},
};
static const struct bind_table source_table = {
    source_keys, sizeof source_keys / sizeof source_keys[0], NULL};

/* Returns whether it is to be read. */
static bool read_one(const struct reader *reader, const struct tree *node,
                     struct source *source)
{
    struct source_document document = {
        .enabled = true, .handling = HANDLING_UNSAID, .tlp = TLP_UNSAID, .eval = EVAL_UNSAID};

    (void)bind_map(reader->diag, reader->arena, node, &source_table, &document);
    struct slice *types = arena_alloc(reader->arena, document.types.count * sizeof *types);
    for (size_t i = 0; i < document.types.count; i++) {
        types[i] = document.types.nodes[i]->text;
    }
    *source = (struct source){
        .name = document.name,
        .topic = slice_copy(reader->arena, document.topic),
        .types = types,
        .types_count = document.types.count,
        .wire = (enum source_wire)document.wire,
        .identities = (enum source_identities)document.identities,
        .start = (enum source_start)document.start,
        .purposes = document.purposes,
        .legal_bases = document.legal_bases,
        .lateness_ms = document.lateness_ms,
        .max_skew_ms = document.max_skew_ms,
        .idle_ms = document.idle_ms,
        .retention_ms = document.retention_ms,
        .handling = document.handling,
        .tlp = document.tlp,
        .eval = document.eval,
        .writers = document.writers.size == 0
                       ? NULL
                       : file_beside(reader->arena, reader->file, document.writers),
    };
    return document.enabled;
}

void partners_read(struct diag *diag, struct arena *arena, const struct tree *list,
                   const char *file, struct source_list *sources)
{
    const struct reader reader = {arena, diag, file};
    const size_t room = list == NULL ? 0 : list->count;
    struct source *items = arena_alloc(arena, room * sizeof *items);
    struct source *off = arena_alloc(arena, room * sizeof *off);

    *sources = (struct source_list){.items = items};
    for (const struct tree *node = room == 0 ? NULL : list->first; node != NULL;
         node = node->next) {
        if (read_one(&reader, node, &items[sources->count])) {
            sources->count++;
        } else {
            off[sources->off_count++] = items[sources->count];
        }
    }
    if (sources->off_count > 0) {
        memcpy(&items[sources->count], off, sources->off_count * sizeof *off);
    }
}
