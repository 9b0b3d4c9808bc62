#include "seinpost/cli/onboarding.h"

#include "seinpost/base/text.h"
#include "seinpost/cli/exemplar.h"
#include "seinpost/cli/guide.h"

#include <ctype.h>
#include <string.h>

enum {
    NAME_BYTES_MAX = 100
};

bool onboarding_is_name(struct slice name)
{
    bool good = name.size > 0 && name.size <= NAME_BYTES_MAX &&
                isalpha((unsigned char)name.data[0]) != 0;

    for (size_t i = 0; good && i < name.size; i++) {
        good = isalnum((unsigned char)name.data[i]) != 0 || strchr("._-", name.data[i]) != NULL;
    }
    return good;
}

static bool has_type(const struct onboarding *onboarding, const struct event_type *type)
{
    for (size_t i = 0; i < onboarding->types_count; i++) {
        if (onboarding->types[i] == type) {
            return true;
        }
    }
    return false;
}

struct slice onboarding_find_types(struct onboarding *onboarding,
                                   const struct catalogue *catalogue)
{
    for (size_t i = 0; i < onboarding->globs_count; i++) {
        bool means_any = false;
        for (size_t j = 0; j < catalogue_count(catalogue); j++) {
            const struct event_type *type = catalogue_type(catalogue, j);
            const bool meant = slice_is(type->sector, onboarding->sector->name) &&
                               slice_glob(onboarding->globs[i], type->name);
            means_any = means_any || meant;
            if (meant && !has_type(onboarding, type) &&
                onboarding->types_count < ONBOARDING_TYPES_MAX) {
                onboarding->types[onboarding->types_count++] = type;
            }
        }
        if (!means_any) {
            return onboarding->globs[i];
        }
    }
    return SLICE("");
}

void onboarding_source(const struct onboarding *onboarding, struct text *text)
{
    const struct sector *sector = onboarding->sector;

    text_format(text, "  - name: %.*s\n    topic: %.*s\n    types: [",
                SLICE_ARGS(onboarding->name), SLICE_ARGS(onboarding->topic));
    for (size_t i = 0; i < onboarding->globs_count; i++) {
        text_format(text, "%s%.*s", i > 0 ? ", " : "", SLICE_ARGS(onboarding->globs[i]));
    }
    text_format(text,
                "]\n    wire: single-object          # or confluent, with `registry:`\n"
                "    writers: writers/%.*s  # the schemas that it writes with, *.avsc: at "
                "first those of schemas/signals\n"
                "    identities: pseudonym\n"
                "    purposes: [%s]\n    legal-bases: [%s]\n    lateness: %s\n"
                "    max-skew: 10m\n    idle: %s\n    retention: %s\n",
                SLICE_ARGS(onboarding->name), sector->purposes, sector->legal_bases,
                sector->lateness, sector->idle, sector->retention);
    if (sector->remark != NULL) {
        text_format(text, "    enabled: false # %s\n", sector->remark);
    }
}

/* Each right is one operation on one thing of one name; Write and Read bring Describe along. A
 * producer is idempotent without a right of its own from Kafka 3.0 on. */
static const char commands[] =
    "set -eu\n"
    ": \"${BROKERS:?host:port,...}\" \"${ADMIN:?file with the settings of an administrator}\" "
    "\"${PASSWORD:?of the new user}\"\n"
    ": \"${SEINPOST_USER:=seinpost}\" \"${REPLICATION:=1}\" \"${PARTITIONS:=3}\"\n"
    "kafka-topics.sh --bootstrap-server \"$BROKERS\" --command-config \"$ADMIN\" --create "
    "--if-not-exists --topic @TOPIC@ --partitions \"$PARTITIONS\" --replication-factor "
    "\"$REPLICATION\" --config message.timestamp.type=LogAppendTime --config "
    "cleanup.policy=delete --config retention.ms=@RETENTION@\n"
    "kafka-configs.sh --bootstrap-server \"$BROKERS\" --command-config \"$ADMIN\" --alter "
    "--entity-type users --entity-name @NAME@ --add-config "
    "\"SCRAM-SHA-512=[iterations=8192,password=$PASSWORD]\"\n"
    "kafka-acls.sh --bootstrap-server \"$BROKERS\" --command-config \"$ADMIN\" --add "
    "--allow-principal User:@NAME@ --operation Write --topic @TOPIC@ "
    "--resource-pattern-type literal\n"
    "kafka-acls.sh --bootstrap-server \"$BROKERS\" --command-config \"$ADMIN\" --add "
    "--allow-principal \"User:$SEINPOST_USER\" --operation Read --operation DescribeConfigs "
    "--topic @TOPIC@ --resource-pattern-type literal\n";

void onboarding_commands(const struct onboarding *onboarding, struct text *text)
{
    guide_fill(onboarding, commands, text);
}

void onboarding_guide(const struct onboarding *onboarding, struct text *text)
{
    guide_begin(onboarding, text);
    for (size_t i = 0; i < onboarding->types_count; i++) {
        const struct event_type *type = onboarding->types[i];
        text_format(text, "\n`%.*s`\n```json\n", SLICE_ARGS(type->name));
        exemplar_add(type, onboarding->sector, onboarding->name, text);
        text_add(text, SLICE("\n```\n"));
    }
    guide_end(onboarding, text);
}
