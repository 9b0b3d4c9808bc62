#include "seinpost/config/audit.h"

#include "seinpost/base/duration.h"
#include "seinpost/base/nearest.h"
#include "seinpost/schema/catalogue.h"

#include <string.h>

enum {
    SOURCES_MAX = 1000,
    TOPIC_NAME_MAX = 249, /* Kafka's own limit */
    PORT_MAX = 65535,
    REPLICATION_MAX = 15,
};

/* The node under a key, or the map that it is not in. */
static const struct tree *part_of(const struct tree *map, const char *key)
{
    const struct tree *part = tree_get(map, key);

    return part != NULL ? part : map;
}

static bool has_text(const struct tree *map, const char *key, const char *text)
{
    const struct tree *node = tree_get(map, key);

    return node != NULL && node->kind == TREE_SCALAR && slice_is(node->text, text);
}

static void check_twice(struct diag *diag, const struct tree *node, const struct tree *earlier,
                        const char *key)
{
    const struct tree *own = tree_get(node, key);
    const struct tree *other = tree_get(earlier, key);

    if (own != NULL && other != NULL && own->kind == TREE_SCALAR &&
        other->kind == TREE_SCALAR && own->text.size > 0 &&
        slice_equal(own->text, other->text)) {
        tree_fault(diag, own, "E308", "there is a source of this %s already", key);
        diag_hint(diag, "at %u:%u", other->place.line, other->place.column);
    }
}

static void check_topic_name(struct diag *diag, const struct tree *node)
{
    bool good = node->text.size <= TOPIC_NAME_MAX;

    for (size_t i = 0; i < node->text.size; i++) {
        const char c = node->text.data[i];
        good = good && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-');
    }
    if (!good) {
        tree_fault(diag, node, "E205", "'%.*s' is no name of a Kafka topic",
                   SLICE_ARGS(node->text));
        diag_hint(diag, "letters, digits, '.', '_' and '-', at most %d", TOPIC_NAME_MAX);
    }
}

static void check_needs(struct diag *diag, const struct tree *root, const struct tree *source)
{
    if (has_text(source, "wire", "confluent") && tree_get(root, "registry") == NULL) {
        tree_fault(diag, part_of(source, "wire"), "E202", "wire 'confluent' needs 'registry'");
        diag_hint(diag, "as registry: http://127.0.0.1:8081");
    }
    if (has_text(source, "wire", "single-object") && tree_get(source, "writers") == NULL) {
        tree_fault(diag, part_of(source, "wire"), "E202",
                   "wire 'single-object' needs 'writers'");
        diag_hint(diag, "the folder of the writers' schemas");
    }
    if (has_text(source, "identities", "clear") && tree_get(root, "pseudonym-key") == NULL) {
        tree_fault(diag, part_of(source, "identities"), "E202",
                   "identities 'clear' need 'pseudonym-key'");
        diag_hint(diag, "as pseudonym-key: {epoch: e1, file: pseudonym.key}");
    }
}

static void check_sources(struct diag *diag, const struct tree *root,
                          const struct config_data *data)
{
    const struct tree *list = tree_get(root, "sources");

    if (list == NULL || list->kind != TREE_LIST) {
        return;
    }
    if (list->count > SOURCES_MAX) {
        tree_fault(diag, list, "E204", "more than %d sources", SOURCES_MAX);
        return;
    }
    if (data->sources.count == 0) {
        tree_fault(diag, list, "E204", "without sources there is nothing to read");
    }
    for (const struct tree *node = list->first; node != NULL; node = node->next) {
        const struct tree *topic = tree_get(node, "topic");
        for (const struct tree *earlier = list->first; earlier != node;
             earlier = earlier->next) {
            check_twice(diag, node, earlier, "name");
            check_twice(diag, node, earlier, "topic");
        }
        if (topic != NULL && topic->kind == TREE_SCALAR) {
            check_topic_name(diag, topic);
        }
        check_needs(diag, root, node);
    }
}

/* All matches are kept for one time, and the law's limit is the source's own: none may be kept
 * for longer than the shortest of them allows (GDPR art. 5(1)(e)). */
static void check_kept(struct diag *diag, const struct tree *root,
                       const struct config_data *data)
{
    const struct tree *list = tree_get(root, "sources");
    const int64_t kept_ms = data->matches.retention_ms;
    char kept[DURATION_TEXT_SIZE];
    int64_t limit_ms = 0;

    if (list == NULL || list->kind != TREE_LIST) {
        return;
    }
    for (const struct tree *node = list->first; node != NULL; node = node->next) {
        const struct tree *limit = tree_get(node, "retention");
        if (limit != NULL && limit->kind == TREE_SCALAR &&
            !has_text(node, "enabled", "false") &&
            duration_parse(limit->text, &limit_ms) == DURATION_OK && limit_ms < kept_ms) {
            tree_fault(diag, limit, "E502",
                       "the law keeps its events for less time than topics.matches, %s",
                       duration_format(kept_ms, kept));
            diag_hint(diag,
                      "shorten topics.matches.retention; or leave it to a second station with "
                      "a topics.prefix of its own, and say `enabled: false` here");
        }
    }
}

static bool is_address(const char *text)
{
    const char *colon = strrchr(text, ':');
    long long port = 0;

    return colon != NULL && colon != text && slice_number(slice_of(colon + 1), &port) &&
           port >= 1 && port <= PORT_MAX;
}

static void check_addresses(struct diag *diag, const struct tree *root,
                            const struct config_data *data)
{
    const struct tree *brokers = tree_get(root, "brokers");

    if (data->http != NULL && !is_address(data->http)) {
        tree_fault(diag, tree_get(root, "http"), "E205", "'%s' is no address and port",
                   data->http);
        diag_hint(diag, "as 127.0.0.1:9464");
    }
    if (data->registry != NULL &&
        !slice_starts_with(slice_of(data->registry), SLICE("http://")) &&
        !slice_starts_with(slice_of(data->registry), SLICE("https://"))) {
        tree_fault(diag, tree_get(root, "registry"), "E205", "'%s' is no URL", data->registry);
        diag_hint(diag, "as http://127.0.0.1:8081");
    }
    if (brokers != NULL && brokers->kind == TREE_MAP &&
        tree_get(brokers, "bootstrap.servers") == NULL) {
        tree_key_fault(diag, brokers, "E202", "key 'bootstrap.servers' is missing");
        diag_hint(diag, "as bootstrap.servers: 127.0.0.1:9092");
    }
}

static void check_topics(struct diag *diag, const struct tree *root,
                         const struct config_data *data)
{
    const struct tree *topics = tree_get(root, "topics");
    const struct tree *prefix = tree_get(topics, "prefix");

    if (prefix != NULL && prefix->kind == TREE_SCALAR) {
        check_topic_name(diag, prefix);
    }
    if (data->replication < 1 || data->replication > REPLICATION_MAX) {
        tree_fault(diag, part_of(topics, "replication"), "E205", "replication from 1 to %d",
                   REPLICATION_MAX);
    }
    if (data->alert_wire == SOURCE_CONFLUENT && tree_get(root, "registry") == NULL) {
        tree_fault(diag, part_of(tree_get(root, "alerts"), "wire"), "E202",
                   "wire 'confluent' needs 'registry'");
    }
}

void audit_config(struct diag *diag, const struct tree *root, const struct config_data *data)
{
    check_sources(diag, root, data);
    check_kept(diag, root, data);
    check_addresses(diag, root, data);
    check_topics(diag, root, data);
    if (root->next != NULL) {
        tree_fault(diag, root->next, "E204", "a configuration is one document");
    }
}

static void check_type(struct diag *diag, const struct tree *glob,
                       const struct catalogue *catalogue)
{
    struct nearest nearest = {0};

    if (glob->kind != TREE_SCALAR) {
        return;
    }
    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        const struct event_type *type = catalogue_type(catalogue, i);
        if (slice_glob(glob->text, type->name)) {
            return;
        }
        nearest_try(&nearest, glob->text, type->name);
    }
    tree_fault(diag, glob, "E303", "no event type is '%.*s'", SLICE_ARGS(glob->text));
    if (nearest_found(&nearest)) {
        diag_hint(diag, "did you mean '%.*s'?", SLICE_ARGS(nearest.best));
    }
}

void audit_types(struct diag *diag, const struct tree *root, const struct catalogue *catalogue)
{
    const struct tree *list = tree_get(root, "sources");

    for (const struct tree *source = list == NULL ? NULL : list->first; source != NULL;
         source = source->next) {
        const struct tree *types = tree_get(source, "types");
        if (types != NULL && types->kind == TREE_SCALAR) {
            check_type(diag, types, catalogue);
        }
        for (const struct tree *glob = types == NULL ? NULL : types->first; glob != NULL;
             glob = glob->next) {
            check_type(diag, glob, catalogue);
        }
    }
}
