/* sigma: Sigma rules and correlations (specification 2.1) as drafts of watch rules.
 *
 * Owns:    nothing.
 * Thread:  the main one.
 * Fails:   by faults E202, E204 and E321.
 */
#ifndef SEINPOST_CLI_SIGMA_H
#define SEINPOST_CLI_SIGMA_H

#include "seinpost/yaml/tree.h"

enum {
    SIGMA_PAIRS_MAX = 64
};

/* A field and its name here, or a rule (empty: any) and its event type. */
struct sigma_pair {
    bool type;
    struct slice from;
    struct slice to;
};

struct sigma_options {
    struct sigma_pair pairs[SIGMA_PAIRS_MAX];
    size_t pairs_count;
    const char *stage;
    const char *purpose;
    const char *legal_basis;
    const char *owner;
};

/* Appends the drafts. False with faults. */
bool sigma_import(struct diag *diag, struct arena *arena, const struct sigma_options *options,
                  const struct tree *documents, struct text *text);

#endif
