#include "seinpost/stage/part.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"
#include "seinpost/base/text.h"
#include "seinpost/correlate/store_image.h"
#include "seinpost/signal/frame.h"
#include "seinpost/signal/pack.h"

#include <stdlib.h>

enum {
    BURY_CELLS = 2000, /* of what a reload leaves behind: so many are freed a batch */
    RETELL_MS = 10 * 60 * 1000,
};

/* `1;h=HASH;q=12;s=3;u=1`: the rules it was said under, how many alerts were said, and whether
 * the state knew open ones that were not. Returns whether all that is muted was said. */
static bool read_metadata(struct part *part, struct slice metadata)
{
    char hash[DIGEST_TEXT_SIZE];
    long long number = 0;
    bool same = false;

    if (!slice_is(slice_cut(&metadata, ';'), "1")) {
        return true; /* nothing was ever said */
    }
    while (metadata.data != NULL) {
        struct slice value = slice_cut(&metadata, ';');
        const struct slice name = slice_cut(&value, '=');
        if (slice_is(name, "h")) {
            same = slice_is(value, digest_format(part->edition.program->hash, hash));
        } else if (slice_is(name, "q") && slice_number(value, &number)) {
            part->voice.sequence = number;
        } else if (slice_is(name, "s") && slice_number(value, &number)) {
            part->voice.shadow_sequence = number;
        } else if (slice_is(name, "u")) {
            part->unsaid = true;
        }
    }
    return same && !part->unsaid;
}

struct part *part_new(const struct voice_means *means,
                      const struct stage_assignment *assignment,
                      const struct stage_edition *edition)
{
    struct part *part = calloc(1, sizeof *part);

    ENSURE_MEMORY(part != NULL);
    *part = (struct part){
        .partition = assignment->partition,
        .start = assignment->start,
        .committed = assignment->committed,
        .next = assignment->start,
        .edition = *edition,
        .voice = {.means = means, .partition = assignment->partition.partition, .muted = true},
    };
    part->store = store_new(edition->program, voice_listener(&part->voice));
    part->surveyed = read_metadata(part, assignment->metadata);
    return part;
}

void part_free(struct part *part)
{
    rebuild_free(part->rebuild);
    store_free(part->store);
    store_free(part->left);
    voice_free(&part->voice);
    free(part);
}

static void on_match(void *context, const struct match *match)
{
    store_match(context, match);
}

static void on_watermark(void *context, const struct watermark *watermark)
{
    store_watermark(context, watermark);
}

static enum stage_result take(const struct part *part, struct store *store,
                              const struct record *record)
{
    const struct voice_means *means = part->voice.means;
    const struct pack_visitor visitor = {store, on_match, on_watermark};
    struct frame frame;

    if (frame_read(SOURCE_SINGLE_OBJECT, record->value, &frame) != VERDICT_GOOD ||
        frame.schema != means->options->formats->match.fingerprint ||
        !pack_read(means->batch, frame.body, &visitor)) {
        log_error("%s[%d] offset %lld is no record of ours", record->from.topic,
                  record->from.partition, (long long)record->offset);
        return STAGE_BROKEN;
    }
    return STAGE_DONE;
}

/* From here on the partition speaks. What it left open under other rules is closed first. */
static void go_live(struct part *part)
{
    struct heard *heard = part->voice.heard;

    part->voice.muted = false;
    if (heard != NULL) {
        const size_t lost = voice_supersede(&part->voice, heard, part->edition.program);
        log_info("%s[%d] goes on under other rules; %zu alerts are superseded",
                 part->partition.topic, part->partition.partition, lost);
        heard_free(heard);
        part->voice.heard = NULL;
        part->unsaid = store_has_unsaid(part->store);
    }
}

static bool was_heard(void *context, struct digest id, bool open)
{
    return heard_know(context, id, open);
}

/* What a replay up to the snapshot would have asked. */
void part_surveyed(struct part *part)
{
    part->surveyed = true;
    if (part->restored && part->voice.heard != NULL) {
        store_image_ask(part->store, was_heard, part->voice.heard);
    }
}

enum stage_result part_take(struct part *part, const struct record *record)
{
    ENSURE(part->surveyed);
    if (part->voice.muted && record->offset >= part->committed) {
        go_live(part);
    }
    part->voice.muted = record->offset < part->committed;
    part->next = record->offset + 1;
    return take(part, part->store, record);
}

enum stage_result part_retake(struct part *part, const struct record *record)
{
    return take(part, rebuild_store(part->rebuild), record);
}

void part_adopt(struct part *part, const struct stage_edition *edition, uint64_t ticket)
{
    rebuild_free(part->rebuild);
    part->rebuild = rebuild_new(part->edition.program, edition, ticket);
}

static void go_over(struct part *part)
{
    const size_t fresh = rebuild_fresh(part->rebuild);
    const int64_t before = part->voice.sequence;

    store_free(part->left);
    part->left = rebuild_finish(part->rebuild, part->store, &part->voice);
    part->edition = *rebuild_edition(part->rebuild);
    part->unsaid = part->unsaid || fresh > 0;
    rebuild_free(part->rebuild);
    part->rebuild = NULL;
    log_info("%s[%d] goes on under other rules, %zu of them read from the log; %lld alerts are "
             "superseded",
             part->partition.topic, part->partition.partition, fresh,
             (long long)(part->voice.sequence - before));
}

/* What stands still is told again: the log does not keep for ever that it was told. */
static void retell(struct part *part, int64_t now_ms)
{
    if (!part->told || now_ms - part->told_ms >= RETELL_MS) {
        store_tell_risen(part->store);
        part->told = true;
        part->told_ms = now_ms;
    }
}

void part_flush(struct part *part, int64_t now_ms)
{
    if (part->voice.muted && part->surveyed && part->next >= part->committed) {
        go_live(part);
    }
    if (!part->voice.muted && part->rebuild != NULL &&
        rebuild_reached(part->rebuild, part->next)) {
        voice_flush(&part->voice); /* it names rules that may be gone then */
        go_over(part);
    }
    if (part->left != NULL && store_bury(part->left, BURY_CELLS)) {
        part->left = NULL;
    }
    if (!part->voice.muted) {
        retell(part, now_ms);
    }
    voice_flush(&part->voice);
}

void part_metadata(const struct part *part, struct text *text)
{
    char hash[DIGEST_TEXT_SIZE];

    text_format(text, "1;h=%s;q=%lld;s=%lld%s",
                digest_format(part->edition.program->hash, hash),
                (long long)part->voice.sequence, (long long)part->voice.shadow_sequence,
                part->unsaid ? ";u=1" : "");
}
