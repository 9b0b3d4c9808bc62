/* verb: the verbs of `seinpost`: one file each.
 *
 * Owns:    nothing.
 * Thread:  the main one.
 * Fails:   by its exit code: 0 good, 1 the answer is no (faults, failed tests), 2 it could not
 * be asked (usage, unreadable files), 3 the world failed (broker).
 */
#ifndef SEINPOST_CLI_VERB_H
#define SEINPOST_CLI_VERB_H

#include "seinpost/cli/usage.h"

enum verb_exit {
    VERB_GOOD = 0,
    VERB_NO = 1,
    VERB_USAGE = 2,
    VERB_WORLD = 3,
};

extern const struct usage verb_daemon_usage; /* of seinpostd */
extern const struct usage verb_import_sigma_usage;
extern const struct usage verb_pages_usage;
extern const struct usage verb_partner_usage;
extern const struct usage verb_route_usage;
extern const struct usage verb_replay_usage;
extern const struct usage verb_tail_usage;
extern const struct usage verb_topics_usage;
extern const struct usage verb_demo_usage;
extern const struct usage verb_approve_usage;
extern const struct usage verb_check_usage;
extern const struct usage verb_coverage_usage;
extern const struct usage verb_doc_usage;
extern const struct usage verb_diff_usage;
extern const struct usage verb_fmt_usage;
extern const struct usage verb_schema_usage;
extern const struct usage verb_test_usage;
extern const struct usage verb_explain_usage;

/* Each takes the arguments from the verb's name on. */
int verb_import_sigma(int argc, char **argv);
int verb_pages(int argc, char **argv);
int verb_partner(int argc, char **argv);
int verb_route(int argc, char **argv);
int verb_approve(int argc, char **argv);
int verb_check(int argc, char **argv);
int verb_coverage(int argc, char **argv);
int verb_doc(int argc, char **argv);
int verb_diff(int argc, char **argv);
int verb_fmt(int argc, char **argv);
int verb_schema(int argc, char **argv);
int verb_test(int argc, char **argv);
int verb_replay(int argc, char **argv);
int verb_tail(int argc, char **argv);
int verb_topics(int argc, char **argv);
int verb_demo(int argc, char **argv);
int verb_explain(int argc, char **argv);

/* Writes out what is left. Returns false, and says so, when not all could be written. */
bool verb_written(FILE *out);

#endif
