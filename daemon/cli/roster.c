#include "seinpost/cli/roster.h"

#include "seinpost/base/ensure.h"
#include "seinpost/cli/verb.h"

#include <string.h>

/* In the order of a rule's life. */
static const struct roster_verb verbs[] = {
    {&verb_check_usage, verb_check},       {&verb_test_usage, verb_test},
    {&verb_fmt_usage, verb_fmt},           {&verb_schema_usage, verb_schema},
    {&verb_doc_usage, verb_doc},           {&verb_diff_usage, verb_diff},
    {&verb_coverage_usage, verb_coverage}, {&verb_approve_usage, verb_approve},
    {&verb_replay_usage, verb_replay},     {&verb_demo_usage, verb_demo},
    {&verb_tail_usage, verb_tail},         {&verb_topics_usage, verb_topics},
    {&verb_pages_usage, verb_pages},
};

size_t roster_count(void)
{
    return sizeof verbs / sizeof verbs[0];
}

const struct roster_verb *roster_verb(size_t index)
{
    ENSURE(index < roster_count());

    return &verbs[index];
}

const struct roster_verb *roster_find(const char *name)
{
    for (size_t i = 0; i < roster_count(); i++) {
        if (strcmp(verbs[i].usage->verb, name) == 0) {
            return &verbs[i];
        }
    }
    return NULL;
}
