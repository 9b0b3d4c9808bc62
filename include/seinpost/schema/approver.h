/* approver: who may approve rules, as the configuration says: names with public keys, and how
 * many of them a stable rule needs.
 */
#ifndef SEINPOST_SCHEMA_APPROVER_H
#define SEINPOST_SCHEMA_APPROVER_H

#include "seinpost/base/signature.h"

#include <stdint.h>

struct approver {
    struct slice name;
    struct signature_key key;
};

struct approver_list {
    const struct approver *items; /* none: approval is not asked for */
    size_t count;
    int64_t needed;   /* different ones, the rule's author not counted */
    const char *lock; /* the file with their signatures */
};

#endif
