#include "traffic.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/base/vector.h"
#include "seinpost/signal/encoding.h"
#include "seinpost/signal/frame.h"

#include <stdlib.h>

enum {
    GRID_MS = 30 * 1000, /* event times are multiples: many are equal */
    MINUTE_MS = 60 * 1000,
    HOUR_MS = 60 * MINUTE_MS,
    CLUSTERS_MAX = 24,
    CLUSTERS_USUAL = 6,
    CLUSTER_GRIDS = 30,
    SPAN_MINUTES_MIN = 20,
    SPAN_MINUTES_MAX = 240,
    SPAN_MINUTES_LONG = 3 * 24 * 60,
    END_MS = 6 * HOUR_MS, /* beyond all that any rule waits for */
};

static const struct instant begin = {INT64_C(1769904000000)}; /* 2026-02-01 */

struct maker {
    struct arena *arena;
    const struct bench *bench;
    const struct traffic_options *options;
    struct dice dice;
    struct encoding *encoding;
    struct instant clusters[CLUSTERS_MAX];
    int64_t clusters_count;
    struct instant end;
    int64_t number;
    VECTOR(struct traffic_item) items;
};

static void ref(struct maker *maker, struct text *line, const char *field, const char *prefix,
                int64_t count)
{
    text_format(line, "\"%s\":\"%s:e1:%032llx\",", field, prefix,
                (unsigned long long)dice_below(&maker->dice, count));
}

static void money(struct maker *maker, struct text *line)
{
    text_format(line, "\"amount_minor\":%lld,\"currency\":\"%s\",",
                (long long)dice_between(&maker->dice, 1, 20) * 50000,
                dice_hits(&maker->dice, 950) ? "EUR" : "USD");
}

static const char *one_of(struct maker *maker, const char *const *words, int64_t count)
{
    return words[dice_below(&maker->dice, count)];
}

static const char *const countries[] = {"NL", "TR", "RO"};
static const char *const airports[] = {"AMS", "EIN", "BER", "???"}; /* one that nobody knows */

static void put_auth(struct maker *maker, struct text *line)
{
    ref(maker, line, "payer_ref", "pay", 3);
    money(maker, line);
    text_format(line,
                "\"mcc\":\"%s\",\"country\":\"%s\",\"merchant_id\":\"M%d\",\"entry\":\"%s\","
                "\"approved\":%s,\"account_kind\":\"%s\",",
                dice_hits(&maker->dice, 600) ? "6011" : "5999", one_of(maker, countries, 3),
                (int)dice_below(&maker->dice, 4), dice_hits(&maker->dice, 500) ? "chip" : "web",
                dice_hits(&maker->dice, 700) ? "true" : "false",
                dice_hits(&maker->dice, 800) ? "consumer" : "commercial");
}

static void put_cash(struct maker *maker, struct text *line)
{
    ref(maker, line, "account_ref", "iban", 3);
    money(maker, line);
    text_format(line, "\"direction\":\"%s\",", dice_hits(&maker->dice, 500) ? "in" : "out");
}

static void put_transfer(struct maker *maker, struct text *line)
{
    ref(maker, line, "debtor_ref", "iban", 3);
    ref(maker, line, "creditor_ref", "iban", 3);
    money(maker, line);
    text_format(line, "\"creditor_country\":\"%s\",\"debtor_kind\":\"%s\",",
                one_of(maker, countries, 3),
                dice_hits(&maker->dice, 700) ? "private" : "business");
}

static void put_booking(struct maker *maker, struct text *line)
{
    ref(maker, line, "booking_ref", "booking", 5);
    if (dice_hits(&maker->dice, 900)) { /* some have no key */
        ref(maker, line, "payer_ref", "pay", 3);
    }
    text_format(line, "\"one_way\":%s,\"pax_count\":%d,\"fop\":\"%s\",",
                dice_hits(&maker->dice, 700) ? "true" : "false",
                (int)dice_between(&maker->dice, 1, 4),
                dice_hits(&maker->dice, 500) ? "CASH" : "CARD");
}

static void put_boarded(struct maker *maker, struct text *line)
{
    ref(maker, line, "booking_ref", "booking", 5);
    text_format(line, "\"leg\":%d,\"from_\":\"%s\",", (int)dice_between(&maker->dice, 0, 2),
                one_of(maker, airports, 4));
}

struct form {
    const char *type;
    enum bench_source source;
    int64_t weight;
    void (*put)(struct maker *maker, struct text *line);
};

static const struct form forms[] = {
    {"card.auth", BENCH_CARD, 40, put_auth},
    {"bank.cash", BENCH_BANK, 16, put_cash},
    {"bank.transfer", BENCH_BANK, 16, put_transfer},
    {"air.booking.created", BENCH_AIR, 16, put_booking},
    {"air.boarded", BENCH_AIR, 12, put_boarded},
};

static const struct form *pick_form(struct maker *maker)
{
    int64_t lot = dice_below(&maker->dice, 100);
    const struct form *form = forms;

    while (lot >= form->weight) {
        lot -= form->weight;
        form++;
    }
    return form;
}

static struct slice encode(const struct maker *maker, enum bench_source source,
                           struct slice line)
{
    struct text value = {0};
    struct text framed = {0};
    struct frame frame;
    const struct event_type *type = encoding_put(maker->encoding, line, &value);

    ENSURE(type != NULL);
    if (maker->bench->sources[source].wire == SOURCE_CONFLUENT) {
        const enum verdict verdict =
            frame_read(SOURCE_SINGLE_OBJECT, text_slice(&value), &frame);
        ENSURE(verdict == VERDICT_GOOD);
        frame_put(&framed, SOURCE_CONFLUENT, bench_schema_id(type));
        text_add(&framed, frame.body);
    }
    const struct slice kept =
        slice_copy(maker->arena, text_slice(framed.size > 0 ? &framed : &value));
    text_free(&value);
    text_free(&framed);
    return kept;
}

static struct slice compose(struct maker *maker, const struct form *form, struct instant time,
                            const char *source)
{
    struct text line = {0};
    char buffer[INSTANT_TEXT_SIZE];

    text_format(&line, "{\"id\":\"e%lld\",\"type\":\"%s\",\"source\":\"%s\",\"time\":\"%s\",",
                (long long)maker->number++, form->type, source, instant_format(time, buffer));
    text_add(&line, SLICE("\"data\":{"));
    form->put(maker, &line);
    if (line.data[line.size - 1] == ',') {
        line.size--;
    }
    text_add(&line, SLICE("}}"));
    const struct slice kept = slice_copy(maker->arena, text_slice(&line));
    text_free(&line);
    return kept;
}

/* Bytes that are no event, for one reason or another. */
static void spoil(struct maker *maker, const struct form *form, struct traffic_item *item)
{
    static const char *const rubbish[] = {"", "x", "\xC3\x01rubbish bytes",
                                          "\x00\x00\x00\x0F\x0F\x02"};
    static const size_t sizes[] = {0, 1, 15, 6};
    const int64_t way = dice_below(&maker->dice, 6);

    item->spoiled = true;
    if (way < 4) {
        item->value = (struct slice){rubbish[way], sizes[way]};
    } else if (way == 4) {
        item->line = compose(maker, form, item->time, "somebody");
        item->value = encode(maker, item->source, item->line);
    } else { /* a clock that is ahead */
        item->line = compose(maker, form, instant_add(item->time, 24 * HOUR_MS),
                             form->source == BENCH_AIR ? "air" : "bank");
        item->value = encode(maker, item->source, item->line);
    }
}

static struct instant pick_time(struct maker *maker)
{
    const struct instant cluster =
        maker->clusters[dice_below(&maker->dice, maker->clusters_count)];

    return instant_add(cluster, dice_below(&maker->dice, CLUSTER_GRIDS) * GRID_MS);
}

static int64_t pick_delay(struct maker *maker)
{
    if (dice_hits(&maker->dice, maker->options->late_per_mille)) {
        return BENCH_LATENESS_MAX_MS + dice_between(&maker->dice, MINUTE_MS, HOUR_MS);
    }
    return dice_below(&maker->dice, maker->options->shuffle_ms + 1);
}

static void add_event(struct maker *maker)
{
    static const char *const names[BENCH_SOURCES_COUNT] = {"air", "bank", "card"};
    const struct form *form = pick_form(maker);
    struct traffic_item item = {.source = form->source, .time = pick_time(maker)};

    item.partition = (int32_t)dice_below(&maker->dice, maker->options->partitions[item.source]);
    item.arrives_ms = item.time.ms + pick_delay(maker);
    item.lot = dice_next(&maker->dice);
    if (dice_hits(&maker->dice, maker->options->spoiled_per_mille)) {
        spoil(maker, form, &item);
    } else {
        item.line = compose(maker, form, item.time, names[item.source]);
        item.value = encode(maker, item.source, item.line);
    }
    VECTOR_PUSH(&maker->items, item);
    if (dice_hits(&maker->dice, maker->options->twice_per_mille)) {
        item.partition =
            (int32_t)dice_below(&maker->dice, maker->options->partitions[item.source]);
        item.arrives_ms = item.time.ms + pick_delay(maker);
        item.lot = dice_next(&maker->dice);
        VECTOR_PUSH(&maker->items, item);
    }
}

/* An event that no rule asks for, long after all others. */
static void put_nothing(struct maker *maker, struct text *line)
{
    (void)maker;
    text_add(line, SLICE("\"currency\":\"XXX\""));
}

static void add_end(struct maker *maker, enum bench_source source, int32_t partition)
{
    static const struct form ends[BENCH_SOURCES_COUNT] = {
        {"air.booking.created", BENCH_AIR, 0, put_nothing},
        {"bank.cash", BENCH_BANK, 0, put_nothing},
        {"card.auth", BENCH_CARD, 0, put_nothing},
    };
    static const char *const names[BENCH_SOURCES_COUNT] = {"air", "bank", "card"};
    struct traffic_item item = {.source = source, .partition = partition, .time = maker->end};

    item.arrives_ms = INT64_MAX;
    item.line = compose(maker, &ends[source], item.time, names[source]);
    item.value = encode(maker, source, item.line);
    VECTOR_PUSH(&maker->items, item);
}

static int by_arrival(const void *left, const void *right)
{
    const struct traffic_item *a = left;
    const struct traffic_item *b = right;

    if (a->source != b->source) {
        return a->source < b->source ? -1 : 1;
    }
    if (a->partition != b->partition) {
        return a->partition < b->partition ? -1 : 1;
    }
    if (a->arrives_ms != b->arrives_ms) {
        return a->arrives_ms < b->arrives_ms ? -1 : 1;
    }
    return a->lot < b->lot ? -1 : a->lot > b->lot;
}

/* The broker's clock when an item comes: none of the good ones before it is ahead. */
static void stamp(struct traffic_queue *queue)
{
    int64_t newest_ms = begin.ms;

    for (size_t i = 0; i < queue->count; i++) {
        struct traffic_item *item = &queue->items[i];
        newest_ms = item->time.ms > newest_ms ? item->time.ms : newest_ms;
        item->timestamp_ms = newest_ms;
    }
}

static void queue_up(struct maker *maker, struct traffic *traffic)
{
    struct traffic_item *items =
        arena_copy(maker->arena, maker->items.items, maker->items.count * sizeof items[0]);

    if (maker->items.count > 1) {
        qsort(items, maker->items.count, sizeof items[0], by_arrival);
    }
    for (size_t i = 0; i < maker->items.count; i++) {
        struct traffic_queue *queue = &traffic->queues[items[i].source][items[i].partition];
        if (queue->count++ == 0) {
            queue->items = &items[i];
        }
    }
    for (size_t i = 0; i < BENCH_SOURCES_COUNT; i++) {
        for (size_t j = 0; j < TRAFFIC_PARTITIONS_MAX; j++) {
            stamp(&traffic->queues[i][j]);
        }
    }
    traffic->count = maker->items.count;
}

void traffic_make(struct traffic *traffic, struct arena *arena, const struct bench *bench,
                  const struct traffic_options *options, struct dice dice)
{
    struct maker maker = {.arena = arena, .bench = bench, .options = options, .dice = dice};

    *traffic = (struct traffic){0};
    maker.encoding = encoding_new(bench->catalogue);
    const bool is_long = dice_hits(&maker.dice, 300);
    const int64_t span_ms = dice_between(&maker.dice, SPAN_MINUTES_MIN,
                                         is_long ? SPAN_MINUTES_LONG : SPAN_MINUTES_MAX) *
                            MINUTE_MS;
    maker.clusters_count =
        dice_between(&maker.dice, 1, is_long ? CLUSTERS_MAX : CLUSTERS_USUAL);
    for (int64_t i = 0; i < maker.clusters_count; i++) {
        maker.clusters[i] =
            instant_add(begin, dice_below(&maker.dice, span_ms / GRID_MS) * GRID_MS);
    }
    maker.end = instant_add(begin, span_ms + END_MS);
    for (int64_t i = 0; i < options->events; i++) {
        add_event(&maker);
    }
    for (int i = 0; options->ends && i < BENCH_SOURCES_COUNT; i++) {
        for (int32_t j = 0; j < options->partitions[i]; j++) {
            add_end(&maker, (enum bench_source)i, j);
        }
    }
    queue_up(&maker, traffic);
    encoding_free(maker.encoding);
    VECTOR_FREE(&maker.items);
}
