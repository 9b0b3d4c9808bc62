/* complaint: what libyaml found wrong, in words for the person who wrote the file.
 *
 * Owns:    nothing; the words are constants.
 * Thread:  any.
 * Fails:   never; what it does not know it passes on as libyaml has it.
 */
#ifndef SEINPOST_YAML_COMPLAINT_H
#define SEINPOST_YAML_COMPLAINT_H

#include "seinpost/base/slice.h"

struct complaint {
    const char *message;
    const char *hint; /* NULL: none */
    bool at_opening;  /* the place that matters is where the quote, list or key begins */
    bool opening;     /* that place is worth telling beside the hint */
    bool at_start;    /* the place that matters is where the line begins */
    bool is_tag;      /* no syntax is wrong: it is a tag, which is refused anyhow */
};

/* Puts a problem and its context (NULL: none) into words. `before` is what stands in the line
 * before the place. */
struct complaint complaint_of(const char *problem, const char *context, struct slice before);

#endif
