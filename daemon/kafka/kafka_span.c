#include "seinpost/kafka/kafka_span.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"
#include "seinpost/kafka/kafka_client.h"
#include "seinpost/kafka/kafka_lanes.h"

#define QUEUE_KIB "4096" /* of each partition */

enum {
    AHEAD_MAX = 500, /* messages of a partition at hand */
};

/* One partition: what is at hand of it, and how far it has been given. */
struct course {
    struct kafka_stretch stretch;
    int64_t next; /* all before it have been given, or hold nothing */
    rd_kafka_message_t *messages[AHEAD_MAX];
    size_t count;
    size_t given;
};

struct kafka_span {
    rd_kafka_t *client;
    rd_kafka_queue_t *news;
    struct kafka_lanes lanes; /* one for each course, in their order */
    struct course *courses;
    size_t count;
    int64_t all;
    struct kafka_span_record record;
};

/* The lanes stand before anything is assigned, or their first records went elsewhere. */
static enum outcome assign(struct kafka_span *span)
{
    rd_kafka_topic_partition_list_t *list =
        rd_kafka_topic_partition_list_new((int)span->count + 1);

    for (size_t i = 0; i < span->count; i++) {
        const struct kafka_stretch *stretch = &span->courses[i].stretch;
        kafka_lanes_add(&span->lanes, stretch->partition);
        rd_kafka_topic_partition_list_add(list, stretch->partition.topic,
                                          stretch->partition.partition)
            ->offset = stretch->from;
    }
    const rd_kafka_resp_err_t error = rd_kafka_assign(span->client, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
        log_error("assign: %s", rd_kafka_err2str(error));
        return OUTCOME_STOP;
    }
    return OUTCOME_OK;
}

/* What is empty is not read at all. */
static void take_stretches(struct kafka_span *span, const struct kafka_stretch *stretches,
                           size_t count)
{
    span->courses = calloc(count + 1, sizeof *span->courses);
    ENSURE_MEMORY(span->courses != NULL);
    for (size_t i = 0; i < count; i++) {
        if (stretches[i].from < stretches[i].below) {
            struct course *course = &span->courses[span->count++];
            course->stretch = stretches[i];
            course->next = stretches[i].from;
            span->all += stretches[i].below - stretches[i].from;
        }
    }
}

struct kafka_span *kafka_span_new(const struct kafka_reading *reading,
                                  const struct kafka_stretch *stretches, size_t count)
{
    rd_kafka_conf_t *conf =
        kafka_client_aside(reading->member, reading->brokers, reading->consumer, QUEUE_KIB);
    rd_kafka_t *client = conf == NULL ? NULL : kafka_client_new(RD_KAFKA_CONSUMER, conf);

    if (client == NULL) {
        return NULL;
    }
    struct kafka_span *span = calloc(1, sizeof *span);
    ENSURE_MEMORY(span != NULL);
    span->client = client;
    (void)rd_kafka_poll_set_consumer(client);
    span->news = rd_kafka_queue_get_consumer(client);
    ENSURE_MEMORY(span->news != NULL);
    span->lanes = kafka_lanes_of(client, span->news);
    take_stretches(span, stretches, count);
    if (assign(span) != OUTCOME_OK) {
        kafka_span_free(span);
        return NULL;
    }
    return span;
}

static void release(struct course *course)
{
    for (size_t i = 0; i < course->count; i++) {
        rd_kafka_message_destroy(course->messages[i]);
    }
    course->count = course->given = 0;
}

void kafka_span_free(struct kafka_span *span)
{
    if (span == NULL) {
        return;
    }
    for (size_t i = 0; i < span->count; i++) {
        release(&span->courses[i]);
    }
    (void)rd_kafka_assign(span->client, NULL);
    kafka_lanes_close(&span->lanes);
    (void)rd_kafka_consumer_close(span->client);
    rd_kafka_queue_destroy(span->news);
    rd_kafka_destroy(span->client);
    free(span->courses);
    free(span);
}

static bool is_done(const struct course *course)
{
    return course->next >= course->stretch.below;
}

static enum outcome take_error(const rd_kafka_message_t *message)
{
    log_warning("replay: %s", rd_kafka_message_errstr(message));
    switch (message->err) {
    case RD_KAFKA_RESP_ERR__FATAL:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
        return OUTCOME_STOP;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET: /* the oldest records expired meanwhile */
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
        return OUTCOME_RETRY;
    default: /* of another kind of enum: the rest mends itself */
        return OUTCOME_OK;
    }
}

/* Passes over what is no record of the stretch; then there is a record at hand, or none is left
 * of what was. */
static enum outcome settle(struct course *course)
{
    enum outcome outcome = OUTCOME_OK;

    while (outcome == OUTCOME_OK && course->given < course->count) {
        const rd_kafka_message_t *message = course->messages[course->given];
        const bool record = message->err == RD_KAFKA_RESP_ERR_NO_ERROR;
        if (record && message->offset < course->stretch.below) {
            return OUTCOME_OK;
        }
        if (record || message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            course->next = message->offset > course->next ? message->offset : course->next;
        } else {
            outcome = take_error(message);
        }
        course->given++;
    }
    return outcome;
}

/* Sees to it that the next record of the course is at hand, as far as it has come. */
static enum outcome look(struct kafka_span *span, size_t index)
{
    struct course *course = &span->courses[index];
    enum outcome outcome = settle(course);

    if (outcome != OUTCOME_OK || course->given < course->count || is_done(course)) {
        return outcome;
    }
    release(course);
    const ssize_t count = rd_kafka_consume_batch_queue(span->lanes.items.items[index].queue, 0,
                                                       course->messages, AHEAD_MAX);
    course->count = count < 0 ? 0 : (size_t)count;
    return settle(course);
}

static bool is_waited_for(const struct course *course)
{
    return !is_done(course) && course->given == course->count;
}

struct record_partition kafka_span_missing(const struct kafka_span *span)
{
    for (size_t i = 0; i < span->count; i++) {
        if (is_waited_for(&span->courses[i])) {
            return span->courses[i].stretch.partition;
        }
    }
    return (struct record_partition){0};
}

static int64_t time_of(const rd_kafka_message_t *message)
{
    rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;

    return rd_kafka_message_timestamp(message, &type);
}

/* Errors that concern no partition come here; they are in the log already. */
static void drop_news(struct kafka_span *span)
{
    rd_kafka_message_t *message = NULL;

    while (rd_kafka_consume_batch_queue(span->news, 0, &message, 1) == 1) {
        rd_kafka_message_destroy(message);
    }
}

/* Fills what is empty. */
static enum outcome look_at_all(struct kafka_span *span)
{
    enum outcome outcome = OUTCOME_OK;

    for (size_t i = 0; i < span->count && outcome == OUTCOME_OK; i++) {
        outcome = look(span, i);
    }
    return outcome;
}

/* The course whose next record is the oldest; the first of equals. NULL: none has any. */
static struct course *oldest(struct kafka_span *span)
{
    struct course *found = NULL;
    int64_t least = 0;

    for (size_t i = 0; i < span->count; i++) {
        struct course *course = &span->courses[i];
        if (course->given == course->count) {
            continue;
        }
        const int64_t at_ms = time_of(course->messages[course->given]);
        if (found == NULL || at_ms < least) {
            found = course;
            least = at_ms;
        }
    }
    return found;
}

static void give(struct kafka_span *span, struct course *course)
{
    const rd_kafka_message_t *message = course->messages[course->given++];
    rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
    const int64_t at_ms = rd_kafka_message_timestamp(message, &type);

    course->next = message->offset + 1;
    span->record = (struct kafka_span_record){
        .is = {.from = course->stretch.partition,
               .offset = message->offset,
               .timestamp_ms = type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME ? at_ms : -1,
               .key = {message->key, message->key_len},
               .value = {message->payload, message->len},
               .missing = message->payload == NULL},
        .topic = course->stretch.topic,
        .at_ms = at_ms,
    };
}

static enum outcome wait(struct kafka_span *span, int64_t timeout_ms)
{
    kafka_lanes_wake(&span->lanes);
    drop_news(span);
    enum outcome outcome = look_at_all(span);
    if (outcome == OUTCOME_OK && kafka_span_missing(span).topic != NULL) {
        kafka_lanes_wait(&span->lanes, timeout_ms);
        outcome = look_at_all(span);
    }
    return outcome;
}

enum outcome kafka_span_next(struct kafka_span *span, int64_t timeout_ms,
                             const struct kafka_span_record **record)
{
    enum outcome outcome = look_at_all(span);

    *record = NULL;
    if (outcome == OUTCOME_OK && kafka_span_missing(span).topic != NULL) {
        outcome = wait(span, timeout_ms);
    }
    if (outcome != OUTCOME_OK || kafka_span_missing(span).topic != NULL) {
        return outcome;
    }
    struct course *course = oldest(span);
    if (course != NULL) {
        give(span, course);
        *record = &span->record;
    }
    return OUTCOME_OK;
}

bool kafka_span_is_at_end(const struct kafka_span *span)
{
    for (size_t i = 0; i < span->count; i++) {
        if (!is_done(&span->courses[i])) {
            return false;
        }
    }
    return true;
}

int64_t kafka_span_passed(const struct kafka_span *span)
{
    int64_t passed = 0;

    for (size_t i = 0; i < span->count; i++) {
        const struct course *course = &span->courses[i];
        const int64_t next = is_done(course) ? course->stretch.below : course->next;
        passed += next - course->stretch.from;
    }
    return passed;
}

int64_t kafka_span_all(const struct kafka_span *span)
{
    return span->all;
}
