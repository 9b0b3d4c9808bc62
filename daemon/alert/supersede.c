#include "seinpost/alert/supersede.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/text.h"

static void add_reason(const struct program *program, const struct alert *alert,
                       struct text *text)
{
    const struct rule *rule = program_find(program, alert->rule);
    char hash[DIGEST_TEXT_SIZE];

    if (rule == NULL || !program_runs(rule)) {
        text_add(text, SLICE("the rule is loaded no more"));
    } else if (slice_is(alert->rule_hash, digest_format(rule->hash, hash))) {
        text_add(text, SLICE("the rule does not see its evidence any more"));
    } else {
        text_format(text, "the rule has changed: version %d (%.*s) to %lld (%s)",
                    alert->version, SLICE_ARGS(alert->rule_hash), (long long)rule->version,
                    hash);
    }
}

void supersede_alert(struct arena *arena, const struct program *program, int64_t sequence,
                     struct alert *alert)
{
    struct text text = {0};

    add_reason(program, alert, &text);
    text_format(&text, "; it said: %.*s", SLICE_ARGS(alert->explain));
    alert->explain = slice_copy(arena, text_slice(&text));
    alert->state = SLICE("superseded");
    alert->at = alert->opened_at;
    alert->late = false;
    alert->sequence = sequence;
    text_free(&text);
}
