/* approval: signatures of people who approved what a rule means, and for how long; the file
 * that keeps them (`rules.lock`), and what follows from it when rules are loaded.
 *
 * Signed are the rule's name, its semantic hash, its author and its expiry, the exceptions that
 * apply to it, and the lists that it or they ask, with the entries in files: whoever changes
 * one of them needs new approvals. Otherwise one person could switch off with an exception what
 * two have approved.
 *
 * Owns:    nothing; it lives in the arena.
 * Thread:  the thread that loads.
 * Fails:   by faults E112 and E220; warnings W801 and W802.
 */
#ifndef SEINPOST_RULE_APPROVAL_H
#define SEINPOST_RULE_APPROVAL_H

#include "seinpost/rule/program.h"
#include "seinpost/schema/approver.h"

struct diag;
struct table;
struct text;

/* One line of the file: `RULE HASH APPROVER SIGNATURE`. */
struct approval {
    struct slice rule;
    struct slice hash;
    struct slice approver;
    struct signature signature;
    unsigned line;
    const struct approval *next; /* of the same rule */
};

struct approval_book {
    const char *file;
    const struct approval *items;
    size_t count;
    const struct table *by_rule; /* name to its first */
};

enum approval_verdict {
    APPROVAL_COUNTS,
    APPROVAL_CHANGED,  /* the rule means something else now */
    APPROVAL_UNSIGNED, /* not this approver's signature, or of what has changed around the rule
                        */
    APPROVAL_STRANGER, /* nobody of that name may approve */
    APPROVAL_OWN,      /* the author's */
    APPROVAL_RULELESS, /* there is no such rule */
};

/* Reads a file; one that is not there has no approvals. False with faults. */
bool approval_read(struct diag *diag, struct arena *arena, const char *file,
                   struct approval_book *book);

/* Returns the author that the rule names; empty: none. */
struct slice approval_author(const struct rule *rule);

/* Tells whether an approval counts, and if not, why. `rule` may be NULL. */
enum approval_verdict approval_judge(const struct approval *approval,
                                     const struct approver_list *approvers,
                                     const struct rule *rule);

/* Returns how many different people approved the rule. */
size_t approval_count(const struct approval_book *book, const struct approver_list *approvers,
                      const struct rule *rule);

/* Signs a rule. */
struct signature approval_sign(const struct rule *rule, struct slice approver,
                               const struct signature_secret *secret);

/* Appends one line. */
void approval_write(const struct rule *rule, struct slice approver,
                    const struct signature *signature, struct text *text);

/* Lowers stable rules that are not approved, or read one that is not, to what is under test
 * (W801), and tells which approvals count for nothing (W802). */
void approval_apply(struct diag *diag, struct arena *arena, const struct program *program,
                    const struct approver_list *approvers);

#endif
