/* account: how an alert came about, clause by clause: what was wanted, what was seen, on which
 * evidence, where that is, and whether it all follows again from the log.
 *
 * Owns:    nothing.
 * Thread:  the main one.
 * Fails:   never.
 */
#ifndef SEINPOST_CLI_ACCOUNT_H
#define SEINPOST_CLI_ACCOUNT_H

#include "seinpost/cli/inquiry.h"
#include "seinpost/cli/retrial.h"

enum account_verdict {
    ACCOUNT_REPRODUCED,
    ACCOUNT_DIFFERS,
    ACCOUNT_UNKNOWN, /* it cannot be told */
};

struct account {
    const struct inquiry *inquiry;
    const struct program *program;
    const struct dossier *dossier;
    const struct rule *rule;             /* of this name, as it is at hand; NULL: none is */
    const struct retrial_result *result; /* NULL: it was not evaluated */
    struct slice log;                    /* the match partition, as people read it */
};

/* Tells whether the rule at hand is the one that fired. */
bool account_same_rule(const struct account *account);

struct demand;

/* Appends what was seen of a clause; nothing when it frames others. */
void account_seen(const struct account *account, const struct demand *demand,
                  struct text *text);

/* Judges, and appends why to `reason`. */
enum account_verdict account_judge(const struct account *account, struct text *reason);

/* Appends the account: for people, or as one JSON object. */
void account_tell(const struct account *account, struct text *text);

#endif
