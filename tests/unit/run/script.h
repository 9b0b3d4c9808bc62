/* script: ports that tell a worker what a test has written down, and a stage that says one
 * thing for each record. What is committed is kept.
 */
#ifndef SEINPOST_TESTS_UNIT_RUN_SCRIPT_H
#define SEINPOST_TESTS_UNIT_RUN_SCRIPT_H

#include "seinpost/run/worker.h"

enum {
    SCRIPT_NOTICES_MAX = 16,
    SCRIPT_COMMITS_MAX = 16,
};

struct script_commit {
    int32_t partition;
    int64_t next;
};

struct script {
    struct consumer_notice notices[SCRIPT_NOTICES_MAX]; /* what the next poll tells */
    size_t notices_count;
    enum outcome commits_so; /* how the next commit ends */
    struct script_commit commits[SCRIPT_COMMITS_MAX];
    size_t commits_count;
    size_t sent;     /* records of the open transaction */
    size_t visible;  /* records of committed ones */
    int64_t behind;  /* as the newest record says */
    unsigned ends;   /* told to the stage */
    int32_t refused; /* partition that the stage refuses; below 0: none */
    struct worker *worker;
};

struct script *script_new(void);
void script_free(struct script *script);

/* What the next poll tells, in this order. */
void script_assign(struct script *script, int32_t partition, int64_t start, int64_t committed);
void script_record(struct script *script, int32_t partition, int64_t offset);
void script_end(struct script *script, int32_t partition, int64_t end);
void script_revoke(struct script *script, int32_t partition);

enum outcome script_turn(struct script *script);

/* The offset that was committed last for the partition; -1: none. */
int64_t script_committed(const struct script *script, int32_t partition);

#endif
