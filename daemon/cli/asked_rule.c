#include "seinpost/cli/asked_rule.h"

#include "seinpost/base/text.h"
#include "seinpost/cli/verb.h"
#include "seinpost/plain/portrait.h"

#include <stdio.h>
#include <string.h>

static bool is_asked(const struct inquiry *inquiry, const struct rule *rule)
{
    return strcmp(inquiry->subject, "*") == 0 || slice_is(rule->name, inquiry->subject) ||
           (rule->id.size > 0 && slice_is(rule->id, inquiry->subject));
}

static void add_json(const struct inquiry *inquiry, const struct rule *rule,
                     struct slice portrait, struct text *text)
{
    char hash[DIGEST_TEXT_SIZE];
    const char *before = "";

    text_add(text, SLICE("{\"rule\":"));
    text_add_json(text, rule->name);
    text_add(text, SLICE(",\"id\":"));
    text_add_json(text, rule->id);
    text_format(text, ",\"version\":%lld,\"rule_hash\":\"%s\",\"lang\":\"%s\",\"lines\":[",
                (long long)rule->version, digest_format(rule->hash, hash),
                inquiry->language == LANGUAGE_NL ? "nl" : "en");
    while (portrait.size > 0) {
        text_add(text, slice_of(before));
        text_add_json(text, slice_cut(&portrait, '\n'));
        before = ",";
    }
    text_add(text, SLICE("]}\n"));
}

static void tell(const struct inquiry *inquiry, const struct workbench *workbench,
                 const struct rule *rule)
{
    struct text portrait = {0};
    struct text text = {0};

    portrait_rule(workbench->arena, inquiry->language, workbench->program, rule, &portrait);
    if (inquiry->json) {
        add_json(inquiry, rule, text_slice(&portrait), &text);
    } else {
        text_add(&text, text_slice(&portrait));
    }
    (void)fwrite(text.data, 1, text.size, stdout);
    text_free(&portrait);
    text_free(&text);
}

int asked_rule(const struct inquiry *inquiry, const struct workbench *workbench)
{
    const struct program *program = workbench->program;
    size_t told = 0;

    for (size_t i = 0; i < program->rules_count; i++) {
        const struct rule *rule = program->rules[i];
        if (is_asked(inquiry, rule) && rule->is_compiled) {
            if (told++ > 0 && !inquiry->json) {
                (void)putchar('\n');
            }
            tell(inquiry, workbench, rule);
        }
    }
    if (told == 0) {
        (void)fprintf(stderr, "seinpost: no rule '%s'\n", inquiry->subject);
    }
    return told > 0 && fflush(stdout) == 0 ? VERB_GOOD : VERB_USAGE;
}
