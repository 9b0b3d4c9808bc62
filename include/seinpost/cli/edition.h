/* edition: rules and lists as they were read at one time, ready for work: no fault in them, and
 * what stands in clear on lists made pseudonyms.
 *
 * Owns:    all of it, until edition_free().
 * Thread:  made and freed by the main one; read by any.
 * Fails:   by NULL with the faults told.
 */
#ifndef SEINPOST_CLI_EDITION_H
#define SEINPOST_CLI_EDITION_H

#include "seinpost/config/config.h"
#include "seinpost/rule/program.h"
#include "seinpost/stage/stage.h"

struct edition;
struct place_lists;
struct pseudonym_key;
struct text;

/* What does not change while a daemon runs. */
struct edition_basis {
    const struct config_data *config;
    const struct catalogue *catalogue;
    const struct place_lists *places;
    const struct pseudonym_key *key; /* NULL: none */
    bool drafts;                     /* takes rules of status draft, too */
};

/* Reads the rules. Faults and warnings are appended to `told`, faults are counted. */
struct edition *edition_load(const struct edition_basis *basis, uint64_t number,
                             struct text *told, size_t *faults);
void edition_free(struct edition *edition);

struct stage_edition edition_stage(const struct edition *edition);

#endif
