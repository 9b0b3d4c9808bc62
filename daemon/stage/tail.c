#include "seinpost/stage/tail.h"

#include "seinpost/base/text.h"

#include <string.h>

/* By enum change_state. */
static const char states[] = "oucrs";

static const char hex[] = "0123456789abcdef";

enum {
    HEX_DIGITS = 16
};

static uint64_t digest_change(const struct change *change)
{
    const struct episode *episode = change->episode;
    struct text text = {0};

    digest_field(&text, change->rule->name);
    text_format(&text, "%c%d;%lld;%lld;%lld;%u;%u;%u;%zu;", states[change->state],
                change->late ? 1 : 0, (long long)change->at.ms,
                (long long)episode->opened_at.ms, (long long)episode->closes_at.ms,
                episode->updates, episode->sectors, episode->stages, episode->evidence_count);
    for (size_t i = 0; i < change->rule->metrics_count; i++) {
        text_format(&text, "%lld/%lld;", (long long)episode->measures[i].number,
                    (long long)episode->measures[i].divisor);
    }
    for (size_t i = 0; i < episode->evidence.count; i++) {
        episode_digest(&text, &episode->evidence.items[i]->is);
    }
    return digest_head(digest_finish(&text));
}

/* That an alert opens hangs on what opened or was open before, and that on its own evidence;
 * that an event counts, on whether it was told before. What is suppressed hangs on the alert
 * before, and that on the one before it, without end. */
static struct instant needs_of(const struct change *change)
{
    const int64_t reach_ms = rule_reach_ms(change->rule);

    return change->rule->suppress.for_ms > 0
               ? INSTANT_MIN
               : instant_add(change->episode->opened_at, -3 * reach_ms);
}

void tail_note(struct tail *tail, const struct change *change, int64_t offset)
{
    if (offset < tail->from) {
        return;
    }
    if (tail->entries.count == TAIL_KEPT) {
        VECTOR_REMOVE(&tail->entries, 0, 1);
    }
    VECTOR_PUSH(&tail->entries, (struct tail_entry){.id = digest_head(change->episode->id),
                                                    .digest = digest_change(change),
                                                    .state = states[change->state],
                                                    .offset = offset,
                                                    .needs = needs_of(change)});
}

void tail_restart(struct tail *tail, int64_t from)
{
    tail->entries.count = 0;
    tail->from = from;
}

void tail_take_over(struct tail *tail, const struct tail *kept)
{
    tail->entries.count = 0;
    for (size_t i = 0; i < kept->entries.count; i++) {
        if (kept->entries.items[i].offset >= tail->from) {
            VECTOR_PUSH(&tail->entries, kept->entries.items[i]);
        }
    }
}

void tail_put(const struct tail *tail, struct text *text)
{
    const size_t count = tail->entries.count;
    const size_t first = count > TAIL_SAID ? count - TAIL_SAID : 0;

    text_format(text, "%lld",
                (long long)(first > 0 ? tail->entries.items[first].offset : tail->from));
    for (size_t i = first; i < count; i++) {
        const struct tail_entry *entry = &tail->entries.items[i];
        text_format(text, ",%016llx:%c:%016llx:%lld:%lld", (unsigned long long)entry->id,
                    entry->state, (unsigned long long)entry->digest, (long long)entry->offset,
                    (long long)entry->needs.ms);
    }
}

static bool read_hex(struct slice digits, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < digits.size; i++) {
        const char *digit = memchr(hex, digits.data[i], sizeof hex - 1);
        if (digit == NULL) {
            return false;
        }
        *number = *number << 4U | (uint64_t)(digit - hex);
    }
    return digits.size == HEX_DIGITS;
}

static bool read_entry(struct slice said, struct tail_entry *entry)
{
    const struct slice id = slice_cut(&said, ':');
    const struct slice state = slice_cut(&said, ':');
    const struct slice digest = slice_cut(&said, ':');
    const struct slice offset = slice_cut(&said, ':');
    long long number = 0;
    long long needs = 0;

    if (!read_hex(id, &entry->id) || !read_hex(digest, &entry->digest) || state.size != 1 ||
        memchr(states, state.data[0], sizeof states - 1) == NULL ||
        !slice_number(offset, &number) || !slice_number(said, &needs)) {
        return false;
    }
    entry->state = state.data[0];
    entry->offset = number;
    entry->needs = (struct instant){needs};
    return true;
}

bool tail_read(struct tail *tail, struct slice said)
{
    long long from = 0;

    if (!slice_number(slice_cut(&said, ','), &from) || from < 0) {
        return false;
    }
    tail_restart(tail, from);
    while (said.data != NULL) {
        struct tail_entry entry;
        if (tail->entries.count == TAIL_SAID || !read_entry(slice_cut(&said, ','), &entry)) {
            return false;
        }
        VECTOR_PUSH(&tail->entries, entry);
    }
    return true;
}

static bool same(const struct tail_entry *a, const struct tail_entry *b)
{
    return a->id == b->id && a->digest == b->digest && a->state == b->state;
}

/* When as much was said as is ever said, the first of the changes of its record may be missing
 * there. */
bool tail_equal(const struct tail *said, const struct tail *replayed)
{
    const size_t count = said->entries.count;

    if (replayed->entries.count < count ||
        (replayed->entries.count > count && count < TAIL_SAID)) {
        return false;
    }
    const size_t skipped = replayed->entries.count - count;
    for (size_t i = 0; i < count; i++) {
        if (!same(&said->entries.items[i], &replayed->entries.items[skipped + i])) {
            return false;
        }
    }
    return skipped == 0 || replayed->entries.items[skipped - 1].offset == said->from ||
           skipped + count == TAIL_KEPT;
}

static bool has(const struct tail *tail, const struct tail_entry *entry)
{
    for (size_t i = 0; i < tail->entries.count; i++) {
        if (same(&tail->entries.items[i], entry)) {
            return true;
        }
    }
    return false;
}

bool tail_covers(const struct tail *said, const struct tail *replayed, struct instant gone)
{
    if (replayed->entries.count == TAIL_KEPT) {
        return true; /* what was said may have been pushed out */
    }
    for (size_t i = 0; i < said->entries.count; i++) {
        const struct tail_entry *entry = &said->entries.items[i];
        if (instant_before(gone, entry->needs) && !has(replayed, entry)) {
            return false;
        }
    }
    return true;
}

void tail_free(struct tail *tail)
{
    VECTOR_FREE(&tail->entries);
}
