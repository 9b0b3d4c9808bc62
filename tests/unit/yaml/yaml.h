/* The suites of the room yaml, and what they share. */
#ifndef SEINPOST_TESTS_UNIT_YAML_H
#define SEINPOST_TESTS_UNIT_YAML_H

#include "seinpost/base/arena.h"
#include "seinpost/base/diag.h"
#include "seinpost/yaml/tree.h"

#include "unit.h"

/* One file being read. */
struct desk {
    struct arena *arena;
    struct diag *diag;
    struct tree *tree; /* the first document */
};

/* Reads the text as `a.yaml`. */
struct desk desk_read(const char *text);
struct desk desk_read_slice(struct slice text);

/* Returns all faults as printed, without the lines that show the place; lives in the arena. */
const char *desk_faults(const struct desk *desk);

void desk_end(struct desk *desk);

Suite *bind_suite(void);
Suite *remark_suite(void);
Suite *tree_suite(void);

#endif
