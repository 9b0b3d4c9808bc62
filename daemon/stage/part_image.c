#include "seinpost/stage/part_image.h"

#include "seinpost/base/ensure.h"
#include "seinpost/base/text.h"
#include "seinpost/correlate/store_image.h"

#include <stdlib.h>
#include <string.h>

enum {
    CHECKSUM_SIZE = 8
};

/* Another number for each other form of what follows. */
static const struct slice form = {"seinpost snapshot 5\n", 20};

/* A state that is being written. */
struct part_image {
    struct text text;
    struct image image;
    struct store_image *store;
};

static void put_head(const struct part *part, struct image *image)
{
    struct text tail = {0};

    binary_put_text(image->to, SLICE(SEINPOST_VERSION));
    image_put_digest(image, part->edition.program->hash);
    binary_put_text(image->to, slice_of(part->partition.topic));
    binary_put_long(image->to, part->partition.partition);
    binary_put_long(image->to, part->next);
    binary_put_long(image->to, part->begins);
    binary_put_long(image->to, part->voice.sequence);
    binary_put_long(image->to, part->voice.shadow_sequence);
    binary_put_bool(image->to, part->unsaid);
    binary_put_long(image->to, part->track);
    tail_put(&part->voice.tail, &tail);
    binary_put_text(image->to, text_slice(&tail));
    text_free(&tail);
}

static void put_checksum(struct text *text)
{
    const uint64_t sum = digest_spread(text_slice(text));

    for (int i = CHECKSUM_SIZE - 1; i >= 0; i--) {
        text_add_byte(text, (char)(unsigned char)(sum >> 8 * i));
    }
}

static void begin(struct part *part, size_t size_max)
{
    struct part_image *saving = calloc(1, sizeof *saving);

    ENSURE_MEMORY(saving != NULL);
    ENSURE(derived_is_empty(&part->voice.derived) && part->voice.heard == NULL);
    text_add(&saving->text, form);
    saving->image = image_begin(&saving->text, size_max);
    put_head(part, &saving->image);
    saving->store = store_image_begin(part->store, &saving->image);
    part->saving = saving;
}

/* Returns whether the image is whole. */
static bool end(struct part *part)
{
    struct part_image *saving = part->saving;
    const bool whole = !image_is_full(&saving->image);

    store_image_end(saving->store);
    image_end(&saving->image);
    part->saving = NULL;
    return whole;
}

void part_image_drop(struct part *part)
{
    struct part_image *saving = part->saving;

    if (saving != NULL) {
        (void)end(part);
        text_free(&saving->text);
        free(saving);
    }
}

enum stage_saving part_image_save(struct part *part, const struct stage_save *how,
                                  struct text *text)
{
    if (how->anew) {
        part_image_drop(part);
    }
    if (part->saving == NULL) {
        if (part->refused != NULL || part->voice.muted || !part->surveyed ||
            part->rebuild != NULL) {
            return STAGE_NOT_SAVED;
        }
        begin(part, how->size_max);
    }
    struct part_image *saving = part->saving;
    if (!store_image_more(saving->store, how->piece)) {
        return STAGE_SAVING;
    }
    const bool whole = end(part);
    if (whole) {
        put_checksum(&saving->text);
        text_free(text);
        *text = saving->text;
    } else {
        text_free(&saving->text);
    }
    free(saving);
    return whole ? STAGE_SAVED : STAGE_TOO_LARGE;
}

/* Takes the checksum off. */
static bool is_whole(struct slice *image)
{
    uint64_t sum = 0;

    if (image->size < CHECKSUM_SIZE) {
        return false;
    }
    image->size -= CHECKSUM_SIZE;
    for (size_t i = 0; i < CHECKSUM_SIZE; i++) {
        sum = sum << 8 | (unsigned char)image->data[image->size + i];
    }
    return sum == digest_spread(*image);
}

/* Where a state is of the log: from `begins` to before `next`; of which log; and what it told
 * last. */
struct extent {
    int64_t begins;
    int64_t next;
    int64_t track;
    struct tail tail;
};

static const char *read_places(const struct part *part, struct image_reader *reader,
                               struct extent *extent)
{
    const struct slice topic = binary_get_text(&reader->bytes);
    const int32_t partition = binary_get_int(&reader->bytes);

    if (!slice_is(topic, part->partition.topic) || partition != part->partition.partition) {
        return "partition";
    }
    extent->next = binary_get_long(&reader->bytes);
    extent->begins = binary_get_long(&reader->bytes);
    const int64_t sequence = binary_get_long(&reader->bytes);
    const int64_t shadow_sequence = binary_get_long(&reader->bytes);
    const bool unsaid = binary_get_bool(&reader->bytes);
    extent->track = binary_get_long(&reader->bytes);
    if (!tail_read(&extent->tail, binary_get_text(&reader->bytes))) {
        return "contents";
    }
    if (extent->next < part->start) {
        return "expired"; /* records after it are gone */
    }
    if (extent->next > part->committed || extent->begins > extent->next ||
        sequence > part->voice.sequence || shadow_sequence > part->voice.shadow_sequence ||
        (extent->next == part->committed && sequence != part->voice.sequence)) {
        return "log"; /* it is ahead: it cannot be of this log */
    }
    if (part->said_track < 0 ||
        (extent->next == part->committed && extent->track != part->said_track)) {
        return "log"; /* other records were read */
    }
    if (unsaid && part->surveyed) {
        return "unsaid"; /* nobody will be asked what the desks have */
    }
    return NULL;
}

static const char *read_head(const struct part *part, struct image_reader *reader,
                             struct extent *extent)
{
    if (!slice_is(binary_get_text(&reader->bytes), SEINPOST_VERSION)) {
        return "version";
    }
    if (!digest_equal(image_get_digest(reader), part->edition.program->hash)) {
        return "rules";
    }
    return read_places(part, reader, extent);
}

/* Reads all of it before anything of the part is changed. */
static const char *read_image(struct part *part, struct image_reader *reader,
                              struct extent *extent)
{
    const char *refused = read_head(part, reader, extent);

    if (refused != NULL) {
        return refused;
    }
    struct store *store = store_new(part->edition.program, voice_listener(&part->voice));
    store_image_load(store, reader);
    if (!binary_good(&reader->bytes)) {
        store_free(store);
        return "contents";
    }
    store_free(part->store);
    part->store = store;
    part->next = extent->next;
    part->track = extent->track;
    part->restored = true;
    part_begin_behind(part, extent->begins, &extent->tail);
    return NULL;
}

const char *part_image_load(struct part *part, struct slice image)
{
    struct extent extent = {0};

    if (!slice_starts_with(image, form)) {
        return "form";
    }
    if (!is_whole(&image)) {
        return "torn";
    }
    if (part->refused != NULL) {
        return "refused";
    }
    image.data += form.size;
    image.size -= form.size;
    struct image_reader reader = image_open(image);
    const char *refused = read_image(part, &reader, &extent);
    image_close(&reader);
    tail_free(&extent.tail);
    return refused;
}
