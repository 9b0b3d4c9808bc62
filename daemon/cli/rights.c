#include "seinpost/cli/rights.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/text.h"
#include "seinpost/cli/onboarding.h"
#include "seinpost/cli/plan.h"
#include "seinpost/cli/verb.h"

enum {
    PLAN_ARENA_MAX = 16 * 1024 * 1024
};

#define ALLOW                                                                                  \
    "kafka-acls.sh --bootstrap-server \"$BROKERS\" --command-config \"$ADMIN\" --add "         \
    "--allow-principal "
#define DAEMON ALLOW "\"User:$SEINPOST_USER\" "

/* What correlate and ingest read of what they write. */
static bool is_read(enum outbox_topic topic)
{
    return topic == OUTBOX_MATCHES || topic == OUTBOX_DERIVED || topic == OUTBOX_ALERTS_CURRENT;
}

static void begin(struct text *text)
{
    text_add(text, SLICE("set -eu\n"
                         ": \"${BROKERS:?host:port,...}\" \"${ADMIN:?file with the settings of "
                         "an administrator}\"\n"));
}

/* One command for all our topics that are read as well, and one for the others. */
static void add_topics(const struct plan *plan, bool read, struct text *text)
{
    text_format(text, DAEMON "%s--operation Write --operation DescribeConfigs",
                read ? "--operation Read " : "");
    for (size_t i = 0; i < OUTBOX_TOPICS_COUNT; i++) {
        if (is_read((enum outbox_topic)i) == read) {
            text_format(text, " --topic %s", plan->names[i]);
        }
    }
    text_add_byte(text, '\n');
}

/* Topics are made by an administrator; their settings are looked at once an hour. */
static void daemon_rights(const struct config_data *config, const struct plan *plan,
                          struct text *text)
{
    begin(text);
    text_add(text, SLICE(": \"${SEINPOST_USER:=seinpost}\"\n"));
    add_topics(plan, true, text);
    add_topics(plan, false, text);
    text_format(text,
                DAEMON "--operation Write --operation DescribeConfigs --topic %s.desk. "
                       "--resource-pattern-type prefixed\n",
                config->prefix);
    text_add(text, SLICE(DAEMON "--operation Read --operation DescribeConfigs"));
    for (size_t i = 0; i < config->sources.count; i++) {
        text_format(text, " --topic %.*s", SLICE_ARGS(config->sources.items[i].topic));
    }
    text_add(text, SLICE("\n" DAEMON "--operation Read"));
    for (size_t i = 0; i < PLAN_STAGES_COUNT; i++) {
        text_format(text, " --group %s", plan->groups[i].name);
    }
    text_format(text,
                "\n" DAEMON "--operation Write --operation Describe --transactional-id %s. "
                "--resource-pattern-type prefixed\n",
                config->prefix);
}

static void reader_rights(struct slice user, struct slice topic, struct text *text)
{
    begin(text);
    text_format(text, ALLOW "User:%.*s --operation Read --topic %.*s\n", SLICE_ARGS(user),
                SLICE_ARGS(topic));
    text_format(text,
                ALLOW "User:%.*s --operation Read --group %.*s. --resource-pattern-type "
                      "prefixed\n",
                SLICE_ARGS(user), SLICE_ARGS(user));
}

static int print(const struct config_data *config, struct slice user, struct slice topic)
{
    struct arena *arena = arena_new(PLAN_ARENA_MAX);
    struct text text = {0};
    struct plan plan;

    plan_make(arena, config, &plan);
    if (user.size > 0) {
        reader_rights(user, topic, &text);
    } else {
        daemon_rights(config, &plan, &text);
    }
    (void)fwrite(text.data, 1, text.size, stdout);
    text_free(&text);
    arena_free(arena);
    return VERB_GOOD;
}

int rights_print(const char *path, const char *reader)
{
    struct slice topic = slice_of(reader);
    const struct slice user = slice_cut(&topic, ':');

    if (reader != NULL && (!onboarding_is_name(user) || !onboarding_is_name(topic))) {
        (void)fprintf(stderr, "seinpost: a reader is USER:TOPIC\n");
        return VERB_USAGE;
    }
    struct config *config = config_open(path, stderr);
    if (config == NULL) {
        return VERB_USAGE;
    }
    const int code = print(config_get(config), user, topic);
    config_close(config);
    return code;
}
