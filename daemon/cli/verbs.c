#include "seinpost/cli/verbs.h"

#include "seinpost/base/ensure.h"
#include "seinpost/cli/verb.h"

#include <string.h>

/* In the order of a rule's life. */
static const struct verbs_entry all[] = {
    {&verb_check_usage, verb_check},
    {&verb_test_usage, verb_test},
    {&verb_fmt_usage, verb_fmt},
    {&verb_schema_usage, verb_schema},
    {&verb_doc_usage, verb_doc},
    {&verb_diff_usage, verb_diff},
    {&verb_coverage_usage, verb_coverage},
    {&verb_approve_usage, verb_approve},
    {&verb_replay_usage, verb_replay},
    {&verb_explain_usage, verb_explain},
    {&verb_demo_usage, verb_demo},
    {&verb_tail_usage, verb_tail},
    {&verb_route_usage, verb_route},
    {&verb_topics_usage, verb_topics},
    {&verb_import_sigma_usage, verb_import_sigma},
    {&verb_partner_usage, verb_partner},
    {&verb_pages_usage, verb_pages},
};

size_t verbs_count(void)
{
    return sizeof all / sizeof all[0];
}

const struct verbs_entry *verbs_at(size_t index)
{
    ENSURE(index < verbs_count());

    return &all[index];
}

const struct verbs_entry *verbs_find(const char *name)
{
    for (size_t i = 0; i < verbs_count(); i++) {
        if (strcmp(all[i].usage->verb, name) == 0) {
            return &all[i];
        }
    }
    return NULL;
}
