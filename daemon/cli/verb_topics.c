#include "seinpost/base/arena.h"
#include "seinpost/base/diag.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"
#include "seinpost/base/text.h"
#include "seinpost/cli/frontier.h"
#include "seinpost/cli/verb.h"
#include "seinpost/stage/part.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct usage_option option_table[] = {
    {"partition", 'p', "N", "of the match log"},
    {"config", 'c', "FILE", "configuration (see deploy/seinpost.yaml)"},
    {NULL, 0, NULL, NULL},
};

const struct usage verb_topics_usage = {
    .verb = "topics",
    .summary = "print, check or create our topics and where groups begin",
    .arguments = "print|check|create|accept --config FILE [--partition N]",
    .says =
        "Our topics, one of each desk of the model among them, and where our groups begin to "
        "read.\n\nprint shows how they should be, and who is to be allowed to read those of "
        "desks, and asks no broker; check compares with the brokers; create makes what is "
        "missing "
        "and lets groups begin: at a source's start, or behind records that expired unread; "
        "where offsets of correlate were lost, behind the matches of the last alerts in "
        "alerts.current. It changes nothing else; no daemon may be running.\n\naccept "
        "--partition N lets "
        "correlate go on with a partition of the match log that it reports as diverged or "
        "commit-unreadable: from the committed offset, as after a change of rules. What is "
        "open "
        "at the desks and unknown to the state is closed as superseded, and no alert is told "
        "twice. Before that find out why: was the log or the commit changed by hand, is this "
        "another version? No daemon may be running.\n\nPartners' topics are theirs: they are "
        "not made.",
    .options = option_table,
    .exits = {"all is there", "something is not as it should be", "usage or configuration",
              "the brokers do not answer"},
};

enum {
    PLAN_ARENA_MAX = 16 * 1024 * 1024
};

struct work {
    const struct config_data *config;
    const struct plan *plan;
    struct kafka_admin *admin;
    bool creates;
    int wrong;
    bool failed; /* the brokers do not answer */
};

static void print_topic(const struct kafka_topic *topic)
{
    (void)printf("topic %s: %" PRId32 " partitions, replication %" PRId32, topic->name,
                 topic->partitions, topic->replication);
    for (size_t j = 0; j < topic->settings.count; j++) {
        (void)printf(", %s=%s", topic->settings.items[j].name, topic->settings.items[j].value);
    }
    (void)printf("\n");
}

/* A desk reads its own topic, in groups named after it, and nothing else of ours. */
static void print_desks(const struct plan *plan, const char *prefix)
{
    const size_t skipped = strlen(prefix) + 1; /* `desk.<id>` is what it is called */

    for (size_t i = 0; i < plan->desks_count; i++) {
        print_topic(&plan->desks[i]);
    }
    for (size_t i = 0; i < plan->desks_count; i++) {
        const char *name = plan->desks[i].name;
        (void)printf("acl User:%s: allow Read, Describe on topic %s\n", name + skipped, name);
        (void)printf("acl User:%s: allow Read on groups %s*\n", name + skipped, name);
    }
}

static int print(const struct plan *plan, const char *prefix)
{
    for (size_t i = 0; i < OUTBOX_TOPICS_COUNT; i++) {
        print_topic(&plan->topics[i]);
    }
    print_desks(plan, prefix);
    for (size_t i = 0; i < PLAN_STAGES_COUNT; i++) {
        const struct plan_group *group = &plan->groups[i];
        for (size_t j = 0; j < group->topics_count; j++) {
            (void)printf("group %s: reads %s from the %s record\n", group->name,
                         group->topics[j], group->newest[j] ? "newest" : "oldest");
        }
    }
    return VERB_GOOD;
}

static void wrong(struct work *work, const char *name, const char *what)
{
    (void)printf("%s: %s\n", name, what);
    work->wrong++;
}

static void create_topic(struct work *work, const struct kafka_topic *topic)
{
    if (kafka_admin_create(work->admin, topic) != OUTCOME_OK) {
        work->failed = true;
        return;
    }
    (void)printf("%s: made with %" PRId32 " partitions\n", topic->name, topic->partitions);
}

static void compare_settings(struct work *work, const struct kafka_topic *topic)
{
    for (size_t i = 0; i < topic->settings.count; i++) {
        const struct setting *setting = &topic->settings.items[i];
        struct text value = {0};
        if (kafka_admin_setting(work->admin, topic->name, setting->name, &value) !=
            OUTCOME_OK) {
            work->failed = true;
        } else if (!plan_fits(setting, text_slice(&value))) {
            (void)printf("%s: %s is %.*s, should be %s\n", topic->name, setting->name,
                         SLICE_ARGS(text_slice(&value)), setting->value);
            work->wrong++;
        }
        text_free(&value);
    }
}

static void do_topic(struct work *work, const struct kafka_topic *topic)
{
    const int32_t partitions = kafka_admin_partitions(work->admin, topic->name);

    if (partitions < 0) {
        work->failed = true;
    } else if (partitions == 0 && work->creates) {
        create_topic(work, topic);
    } else if (partitions == 0) {
        wrong(work, topic->name, "is missing");
    } else if (partitions != topic->partitions) {
        (void)printf("%s: has %" PRId32 " partitions, should have %" PRId32
                     "; the number cannot be changed\n",
                     topic->name, partitions, topic->partitions);
        work->wrong++;
    } else {
        compare_settings(work, topic);
    }
}

/* How far ingest has come in a partner's time holds, whatever expired. */
static void keep(struct slice metadata, struct text *text)
{
    text_add(text, metadata);
}

/* A partition of which alerts were told, though its offset is lost, goes on behind them. */
static bool put_frontier(const struct work *work, const struct plan_group *group,
                         int32_t partition, const struct frontier *frontier)
{
    const struct record_partition place = {group->topics[0], partition};
    struct text words = {0};

    if (frontier->sequence == 0) {
        return true;
    }
    if (frontier->behind == 0) {
        log_error("%s[%" PRId32 "]: %" PRId64 " alerts were told of it, and the last does not "
                  "say from which match: it is of an earlier version",
                  place.topic, partition, frontier->sequence);
        return false;
    }
    text_format(&words, "1;q=%" PRId64, frontier->sequence);
    const enum outcome outcome =
        kafka_admin_put(work->admin, group->name, place, frontier->behind, text_slice(&words));
    text_free(&words);
    return outcome == OUTCOME_OK;
}

static bool put_frontiers(const struct work *work, const struct plan_group *group)
{
    const int32_t partitions = work->config->matches.partitions;
    struct frontier *frontiers = calloc((size_t)partitions, sizeof *frontiers);

    ENSURE_MEMORY(frontiers != NULL);
    bool good = frontier_find(work->config, work->plan, frontiers);
    for (int32_t i = 0; good && i < partitions; i++) {
        good = put_frontier(work, group, i, &frontiers[i]);
    }
    free(frontiers);
    return good;
}

static void do_group(struct work *work, const struct plan_group *group, size_t index)
{
    const char *topic = group->topics[index];
    struct kafka_admin_group found;

    if (kafka_admin_partitions(work->admin, topic) == 0) {
        wrong(work, topic, "is missing");
        return;
    }
    if (kafka_admin_look(work->admin, group->name, topic, &found) != OUTCOME_OK) {
        work->failed = true;
        return;
    }
    if (found.missing == 0 && found.expired == 0) {
        return;
    }
    if (!work->creates) {
        (void)printf("%s: group %s has committed nothing in %" PRId32
                     " partitions, and what expired since in %" PRId32 "\n",
                     topic, group->name, found.missing, found.expired);
        work->wrong++;
        return;
    }
    if (found.missing > 0 && group == &work->plan->groups[1] && !put_frontiers(work, group)) {
        work->failed = true;
        return;
    }
    if (kafka_admin_begin(work->admin, group->name, topic, group->newest[index],
                          group == &work->plan->groups[1] ? part_accept : keep) != OUTCOME_OK) {
        work->failed = true;
        return;
    }
    (void)printf("%s: group %s begins at the %s record, or behind what was told, in %" PRId32
                 " partitions, behind what expired unread in %" PRId32 "\n",
                 topic, group->name, group->newest[index] ? "newest" : "oldest", found.missing,
                 found.expired);
}

static int accept_partition(const struct plan *plan, struct kafka_admin *admin,
                            int32_t partition)
{
    const struct plan_group *group = &plan->groups[1];
    const struct record_partition accepted = {group->topics[0], partition};

    if (kafka_admin_accept(admin, group->name, accepted, part_accept) != OUTCOME_OK) {
        return VERB_WORLD;
    }
    (void)printf("%s[%" PRId32 "]: group %s goes on from its committed offset\n",
                 group->topics[0], partition, group->name);
    return VERB_GOOD;
}

static int work_through(struct work *work)
{
    for (size_t i = 0; i < OUTBOX_TOPICS_COUNT && !work->failed; i++) {
        do_topic(work, &work->plan->topics[i]);
    }
    for (size_t i = 0; i < work->plan->desks_count && !work->failed; i++) {
        do_topic(work, &work->plan->desks[i]);
    }
    for (size_t i = 0; i < PLAN_STAGES_COUNT && !work->failed; i++) {
        for (size_t j = 0; j < work->plan->groups[i].topics_count && !work->failed; j++) {
            do_group(work, &work->plan->groups[i], j);
        }
    }
    if (work->failed) {
        return VERB_WORLD;
    }
    return work->wrong == 0 ? VERB_GOOD : VERB_NO;
}

struct order {
    const char *what;
    const char *config;
    long long partition; /* below 0: none is named */
};

static int run(const struct order *order, const struct config_data *config)
{
    struct arena *arena = arena_new(PLAN_ARENA_MAX);
    struct diag *diag = diag_new(arena);
    struct plan plan;
    int code = VERB_WORLD;

    plan_make(arena, config, &plan);
    if (config->model != NULL) {
        plan_desks(arena, config, model_load(arena, diag, config->model), &plan);
        diag_print(diag, stderr, DIAG_TEXT);
    }
    if (diag_errors(diag) > 0) {
        arena_free(arena);
        return VERB_USAGE;
    }
    if (strcmp(order->what, "print") == 0) {
        code = print(&plan, config->prefix);
    } else {
        struct work work = {.config = config,
                            .plan = &plan,
                            .admin = kafka_admin_new(config->brokers),
                            .creates = strcmp(order->what, "create") == 0};
        if (work.admin != NULL) {
            code = order->partition >= 0
                       ? accept_partition(&plan, work.admin, (int32_t)order->partition)
                       : work_through(&work);
        }
        kafka_admin_free(work.admin);
    }
    arena_free(arena);
    return code;
}

static bool take_option(void *context, char letter, const char *argument)
{
    struct order *order = context;

    if (letter == 'c') {
        order->config = argument;
        return true;
    }
    return slice_number(slice_of(argument), &order->partition) && order->partition >= 0;
}

static bool is_complete(const struct order *order)
{
    static const char *const plain[] = {"print", "check", "create"};

    if (order->config == NULL || order->partition > INT32_MAX) {
        return false;
    }
    if (strcmp(order->what, "accept") == 0) {
        return order->partition >= 0;
    }
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        if (strcmp(order->what, plain[i]) == 0) {
            return order->partition < 0;
        }
    }
    return false;
}

int verb_topics(int argc, char **argv)
{
    struct order order = {.partition = -1};
    const int asked = usage_read(&verb_topics_usage, argc, argv, take_option, &order);

    if (asked >= 0) {
        return asked;
    }
    order.what = optind + 1 == argc ? argv[optind] : "";
    if (!is_complete(&order)) {
        return usage_help(&verb_topics_usage, false);
    }
    struct config *config = config_open(order.config, stderr);
    if (config == NULL) {
        return VERB_USAGE;
    }
    const int code = run(&order, config_get(config));
    config_close(config);
    return code;
}
