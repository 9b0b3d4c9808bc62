#include "seinpost/stage/part.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/log.h"
#include "seinpost/base/text.h"
#include "seinpost/correlate/store_image.h"
#include "seinpost/signal/frame.h"
#include "seinpost/signal/pack.h"
#include "seinpost/stage/part_image.h"

#include <stdlib.h>

enum {
    BURY_CELLS = 2000, /* of what a reload leaves behind: so many are freed a batch */
    RETELL_MS = 10 * 60 * 1000,
};

/* What the last owner committed with the offset. */
struct known {
    bool same_rules;
    bool same_version;
    bool has_tail;
    long long begins;
    long long track;
    bool bad;
};

static void read_item(struct part *part, struct known *known, struct slice name,
                      struct slice value)
{
    char hash[DIGEST_TEXT_SIZE];
    long long number = 0;

    if (slice_is(name, "h")) {
        known->same_rules = slice_is(value, digest_format(part->edition.program->hash, hash));
    } else if (slice_is(name, "v")) {
        known->same_version = slice_is(value, SEINPOST_VERSION);
    } else if (slice_is(name, "u")) {
        part->unsaid = true;
    } else if (slice_is(name, "a")) {
        known->has_tail = true;
        known->bad = known->bad || !tail_read(&part->proof.said, value);
    } else if (!slice_number(value, &number) || number < 0) {
        known->bad = known->bad || slice_is(name, "q") || slice_is(name, "s") ||
                     slice_is(name, "b"); /* others are for a later version */
    } else if (slice_is(name, "q")) {
        part->voice.sequence = number;
    } else if (slice_is(name, "s")) {
        part->voice.shadow_sequence = number;
    } else if (slice_is(name, "b")) {
        known->begins = number;
    } else if (slice_is(name, "l")) {
        known->track = number;
    }
}

static void refuse(struct part *part, const char *reason, const char *words)
{
    part->refused = reason;
    part->surveyed = true; /* nothing needs to be known any more */
    log_error("%s[%d] is not read on (%s, committed offset %lld): %s", part->partition.topic,
              part->partition.partition, reason, (long long)part->committed, words);
}

/* `1;v=VERSION;h=HASH;q=12;s=3;u=1;b=0;l=99;a=...`: version and rules it was said under, how
 * many alerts were said, whether the state knew open ones that were not, where the log began,
 * which log it is, and the last changes. Where a group begins, at the first record, there is
 * none. */
static void read_metadata(struct part *part, struct slice metadata)
{
    struct known known = {.begins = -1, .track = -1};
    const bool fresh = part->committed <= part->begins;

    part->surveyed = true;
    if (metadata.size == 0 && fresh) {
        return;
    }
    part->said_track = -1;
    known.bad = !slice_is(slice_cut(&metadata, ';'), "1");
    while (!known.bad && metadata.data != NULL) {
        struct slice value = slice_cut(&metadata, ';');
        const struct slice name = slice_cut(&value, '=');
        read_item(part, &known, name, value);
    }
    if (known.bad) {
        refuse(part, "commit-unreadable",
               "its commit does not say what was told before, so that alerts might be told "
               "twice; see `seinpost topics accept --help`");
        return;
    }
    part->said_track = known.track;
    part->proof.asks = known.same_rules && known.same_version && known.has_tail;
    part->proof.begins = known.begins;
    part->proof.moved = known.begins != part->begins;
    part->surveyed = known.same_rules && !part->unsaid;
    if (part->proof.asks) {
        tail_restart(&part->voice.tail, part->proof.said.from);
    }
}

void part_begin_behind(struct part *part, int64_t begins, const struct tail *kept)
{
    part->begins = begins;
    part->proof.moved = part->proof.begins != begins;
    tail_take_over(&part->voice.tail, kept);
}

void part_accept(struct slice metadata, struct text *text)
{
    const bool known = slice_is(slice_cut(&metadata, ';'), "1");

    text_add_byte(text, '1');
    while (known && metadata.data != NULL) {
        const struct slice item = slice_cut(&metadata, ';');
        struct slice value = item;
        const struct slice name = slice_cut(&value, '=');
        long long number = 0;
        if ((slice_is(name, "q") || slice_is(name, "s")) && slice_number(value, &number) &&
            number >= 0) {
            text_format(text, ";%.*s", SLICE_ARGS(item));
        }
    }
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
        .begins = assignment->start,
        .edition = *edition,
        .voice = {.means = means, .partition = assignment->partition.partition, .muted = true},
    };
    part->store = store_new(edition->program, voice_listener(&part->voice));
    tail_restart(&part->voice.tail, part->committed);
    read_metadata(part, assignment->metadata);
    return part;
}

void part_free(struct part *part)
{
    part_image_drop(part);
    rebuild_free(part->rebuild);
    store_free(part->store);
    store_free(part->left);
    voice_free(&part->voice);
    proof_free(&part->proof);
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

static void on_own_match(void *context, const struct match *match)
{
    const struct part *part = context;

    store_match(part->store, match);
}

static void on_own_watermark(void *context, const struct watermark *watermark)
{
    struct part *part = context;

    if (part->voice.muted) {
        proof_watermark(&part->proof, watermark);
    }
    store_watermark(part->store, watermark);
}

static enum stage_result take(const struct part *part, const struct record *record,
                              const struct pack_visitor *visitor)
{
    const struct voice_means *means = part->voice.means;
    struct frame frame;

    if (frame_read(SOURCE_SINGLE_OBJECT, record->value, &frame) != VERDICT_GOOD ||
        frame.schema != means->options->formats->match.fingerprint ||
        !pack_read(means->batch, frame.body, visitor)) {
        log_error("%s[%d] offset %lld is no record of ours", record->from.topic,
                  record->from.partition, (long long)record->offset);
        return STAGE_BROKEN;
    }
    return STAGE_DONE;
}

/* What tells a log from any other of its name: all that was read of it. */
static void note_track(struct part *part, const struct record *record)
{
    const uint64_t read[] = {(uint64_t)part->track, (uint64_t)record->offset,
                             digest_spread(record->value)};

    part->track =
        (int64_t)(digest_spread((struct slice){(const char *)read, sizeof read}) >> 1U);
}

/* A state of a snapshot is dropped, and not the partition, when what was read since does not
 * lead to what was committed. */
static bool is_misled(const struct part *part)
{
    return part->restored && (part->track != part->said_track ||
                              !proof_holds(&part->proof, &part->voice.tail, part->store));
}

/* From here on the partition speaks, when what it would say goes on from what was said. What
 * it left open under other rules is closed first. */
static void go_live(struct part *part)
{
    struct heard *heard = part->voice.heard;

    if (is_misled(part)) {
        part->refused = "snapshot";
        part->misled = true;
        return;
    }
    if (!proof_holds(&part->proof, &part->voice.tail, part->store)) {
        refuse(part, "diverged",
               "the log, read again under the same rules, does not come to the alerts that "
               "were told last: it was changed, or this program is at fault. Nothing is told "
               "from it until `seinpost topics accept` says so; see its --help");
        return;
    }
    proof_free(&part->proof);
    part->proof = (struct proof){0};
    part->track = part->said_track < 0 ? 0 : part->said_track;
    part->voice.muted = false;
    part->voice.offset = part->committed - 1; /* what is said now comes from all before */
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
    const struct pack_visitor visitor = {part, on_own_match, on_own_watermark};

    ENSURE(part->surveyed);
    if (part->refused == NULL && part->voice.muted && record->offset >= part->committed) {
        go_live(part);
    }
    part->next = record->offset + 1;
    if (part->refused != NULL) {
        return STAGE_DONE;
    }
    part->voice.muted = record->offset < part->committed;
    part->voice.offset = record->offset;
    if (part->restored || !part->voice.muted) {
        note_track(part, record);
    }
    return take(part, record, &visitor);
}

enum stage_result part_retake(struct part *part, const struct record *record)
{
    const struct pack_visitor visitor = {rebuild_store(part->rebuild), on_match, on_watermark};

    return take(part, record, &visitor);
}

void part_adopt(struct part *part, const struct stage_edition *edition, uint64_t ticket)
{
    if (part->refused != NULL) { /* it has no state to keep */
        store_free(part->store);
        part->store = store_new(edition->program, voice_listener(&part->voice));
        part->edition = *edition;
        return;
    }
    rebuild_free(part->rebuild);
    part->rebuild = rebuild_new(part->edition.program, edition, ticket);
}

/* A refused partition has no state to take over: it goes by the new rules at once, so that it
 * holds up neither the others nor the end of the old ones. */
static void abandon(struct part *part)
{
    if (part->rebuild != NULL) {
        const struct stage_edition edition = *rebuild_edition(part->rebuild);
        rebuild_free(part->rebuild);
        part->rebuild = NULL;
        part_adopt(part, &edition, 0);
    }
}

static void go_over(struct part *part)
{
    const size_t fresh = rebuild_fresh(part->rebuild);
    const int64_t before = part->voice.sequence;

    part_image_drop(part); /* its rules are gone */
    part->voice.offset = part->next - 1;
    store_free(part->left);
    part->left = rebuild_finish(part->rebuild, part->store, &part->voice);
    part->edition = *rebuild_edition(part->rebuild);
    part->unsaid = part->unsaid || fresh > 0;
    tail_restart(&part->voice.tail, part->next); /* a replay knows nothing of rules that were */
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
    if (part->refused == NULL && part->voice.muted && part->surveyed &&
        part->next >= part->committed) {
        go_live(part);
    }
    if (part->refused != NULL) {
        abandon(part);
        return;
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

    text_format(text, "1;v=%s;h=%s;q=%lld;s=%lld%s;b=%lld;l=%lld;a=", SEINPOST_VERSION,
                digest_format(part->edition.program->hash, hash),
                (long long)part->voice.sequence, (long long)part->voice.shadow_sequence,
                part->unsaid ? ";u=1" : "", (long long)part->begins,
                (long long)(part->voice.muted ? part->said_track : part->track));
    tail_put(&part->voice.tail, text);
}
