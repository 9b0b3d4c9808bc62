#include "seinpost/cli/edition.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/diag.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/rule/load.h"
#include "seinpost/signal/pseudonym.h"

#include <stdlib.h>

enum {
    ARENA_MAX = 2000 * 1000 * 1000 /* 10,000 rules and their tests fit many times */
};

struct edition {
    uint64_t number;
    struct arena *arena;
    const struct program *program;
    struct list_set *lists;
};

/* Persons and firms stand in clear on lists; events bear pseudonyms. */
static void pseudonymise_list(const struct edition *edition, const struct pseudonym_key *key,
                              size_t index)
{
    const struct list *list = list_set_get(edition->program->lists, index);
    struct list copy = *list;
    struct list_entry *entries =
        arena_copy(edition->arena, list->entries, list->entries_count * sizeof *entries);

    if (list->key == KIND_NONE || key == NULL || list->entries_count == 0) {
        return;
    }
    for (size_t i = 0; i < list->entries_count; i++) {
        if (!kind_is_pseudonym(list->key, entries[i].value)) {
            entries[i].value = pseudonym_of(key, edition->arena, list->key, entries[i].value);
        }
    }
    copy.entries = entries;
    list_set_replace(edition->lists, &copy);
}

static void make_lists(struct edition *edition, const struct pseudonym_key *key)
{
    const struct list_set *lists = edition->program->lists;

    edition->lists = list_set_copy(edition->arena, lists);
    for (size_t i = 0; i < list_set_count(lists); i++) {
        if (list_set_is_filled(lists, i)) {
            pseudonymise_list(edition, key, i);
        }
    }
}

static void tell(const struct diag *diag, struct text *told)
{
    char *printed = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&printed, &size);

    ENSURE_MEMORY(out != NULL);
    diag_print(diag, out, DIAG_TEXT);
    const int failed = fclose(out);
    ENSURE(failed == 0);
    text_add(told, (struct slice){printed, size});
    free(printed);
}

struct edition *edition_load(const struct edition_basis *basis, uint64_t number,
                             struct text *told, size_t *faults)
{
    struct edition *edition = calloc(1, sizeof *edition);
    const struct load_options options = {
        .sources = basis->config->sources,
        .places = basis->places,
        .approvers = &basis->config->approvers,
        .matches_retention_ms = basis->config->matches.retention_ms,
        .today = INSTANT_MIN, /* a rule that expires while nobody looks stops no daemon: its
                                 alerts go to the shadow topic */
        .drafts = basis->drafts,
    };

    ENSURE_MEMORY(edition != NULL);
    edition->number = number;
    edition->arena = arena_new(ARENA_MAX);
    struct diag *diag = diag_new(edition->arena);
    edition->program = load_program(edition->arena, diag, basis->catalogue,
                                    &basis->config->rules, 1, &options);
    tell(diag, told);
    *faults = diag_errors(diag);
    if (*faults > 0) {
        edition_free(edition);
        return NULL;
    }
    make_lists(edition, basis->key);
    return edition;
}

void edition_free(struct edition *edition)
{
    if (edition != NULL) {
        arena_free(edition->arena);
        free(edition);
    }
}

struct stage_edition edition_stage(const struct edition *edition)
{
    return (struct stage_edition){edition->number, edition->program, edition->lists};
}
