/* rerun: `seinpost replay` over a range of the partners' topics of a configuration: read by a
 * client in no group, judged by the daemon's own stages (rehearsal.h) under the time that the
 * brokers gave the records. Nothing is written to any topic.
 *
 * Owns:    nothing.
 * Thread:  the main one.
 * Fails:   by the verb's exit code, with codes of its own beside those of range.h: R105 the
 * registry does not answer, R106 records of the range are gone meanwhile.
 */
#ifndef SEINPOST_CLI_RERUN_H
#define SEINPOST_CLI_RERUN_H

#include "seinpost/cli/alertfile.h"
#include "seinpost/cli/range.h"

struct rerun_options {
    const char *config;
    const char *brokers; /* NULL: the configuration's */
    const char *schemas; /* NULL: the configuration's */
    const char *rules;   /* NULL: the configuration's, with its approvals */
    const char *against; /* NULL: nothing; `live`: what desks were told; else rules */
    bool drafts;
    bool has_until;
    struct instant until;
    struct range_ask ask;
    enum alertfile_form form;
    const char *output; /* NULL: stdout */
};

int rerun(const struct rerun_options *options);

#endif
