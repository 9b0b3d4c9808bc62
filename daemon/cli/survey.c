#include "seinpost/cli/survey.h"

#include "seinpost/base/log.h"

static bool check_topic(struct kafka_admin *admin, const struct kafka_topic *topic, FILE *out)
{
    const int32_t partitions = kafka_admin_partitions(admin, topic->name);

    if (partitions == topic->partitions) {
        return true;
    }
    if (partitions < 0) {
        (void)fprintf(out, "seinpost: the brokers do not answer\n");
    } else if (partitions == 0) {
        (void)fprintf(out,
                      "seinpost: there is no topic %s: `seinpost topics create` makes it\n",
                      topic->name);
    } else {
        (void)fprintf(
            out,
            "seinpost: %s has %d partitions, the configuration says %d: the number is "
            "fixed for ever\n",
            topic->name, partitions, topic->partitions);
    }
    return false;
}

/* One partner's topic that is not there yet keeps nobody from starting. */
static void note_source(struct kafka_admin *admin, struct plan_group *group, size_t index)
{
    const int32_t partitions = kafka_admin_partitions(admin, group->topics[index]);

    group->absent[index] = partitions == 0;
    group->partitions += partitions > 0 ? partitions : 0;
    if (group->absent[index]) {
        log_warning("there is no topic %s yet: once it comes it is read from its %s record",
                    group->topics[index], group->newest[index] ? "newest" : "oldest");
    }
}

bool survey_start(const struct config_data *config, struct plan *plan, FILE *out)
{
    struct kafka_admin *admin = kafka_admin_new(config->brokers);
    bool good = admin != NULL;

    for (size_t i = 0; good && i < OUTBOX_TOPICS_COUNT; i++) {
        good = check_topic(admin, &plan->topics[i], out);
    }
    for (size_t i = 0; good && i < plan->desks_count; i++) {
        good = check_topic(admin, &plan->desks[i], out);
    }
    for (size_t i = 0; good && i < config->sources.count; i++) {
        note_source(admin, &plan->groups[0], i);
    }
    kafka_admin_free(admin);
    return good;
}
