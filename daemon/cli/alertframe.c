#include "seinpost/cli/alertframe.h"

#include "seinpost/alert/alert_avro.h"
#include "seinpost/base/ensure.h"
#include "seinpost/registry/registry.h"
#include "seinpost/schema/avro.h"
#include "seinpost/signal/frame.h"
#include "seinpost/signal/verdict.h"

#include <stdlib.h>

struct alertframe {
    const struct formats *formats;
    struct registry *registry;
    uint64_t known_id;    /* of the registry */
    uint64_t known_print; /* the fingerprint of its schema; 0: none is known yet */
};

struct alertframe *alertframe_new(const struct formats *formats, const char *registry)
{
    struct alertframe *frame = calloc(1, sizeof *frame);

    ENSURE_MEMORY(frame != NULL);
    frame->formats = formats;
    frame->registry = registry == NULL ? NULL : registry_new(registry);
    return frame;
}

void alertframe_free(struct alertframe *frame)
{
    if (frame != NULL) {
        registry_free(frame->registry);
        free(frame);
    }
}

/* Returns the fingerprint of the registry's schema of an id; 0: it has none. */
static uint64_t print_of_id(struct alertframe *frame, uint64_t id)
{
    struct text schema = {0};
    struct text canonical = {0};

    if (frame->known_print != 0 && frame->known_id == id) {
        return frame->known_print;
    }
    const bool known = frame->registry != NULL &&
                       registry_find(frame->registry, id, &schema) == OUTCOME_OK &&
                       avro_canonical(text_slice(&schema), &canonical);
    const uint64_t print = known ? avro_fingerprint(text_slice(&canonical)) : 0;
    if (known) {
        frame->known_id = id;
        frame->known_print = print;
    }
    text_free(&schema);
    text_free(&canonical);
    return print;
}

bool alertframe_read(struct alertframe *frame, struct arena *arena, struct slice value,
                     struct alert *alert, struct slice *body)
{
    struct frame found;
    uint64_t print = 0;
    bool good = false;

    if (frame_read(SOURCE_SINGLE_OBJECT, value, &found) == VERDICT_GOOD) {
        print = found.schema;
    } else if (frame_read(SOURCE_CONFLUENT, value, &found) == VERDICT_GOOD) {
        print = print_of_id(frame, found.schema);
    }
    if (print != 0 && print == frame->formats->alert.fingerprint) {
        good = alert_avro_get(arena, found.body, alert);
    } else if (print != 0 && print == frame->formats->alert_earlier.fingerprint) {
        good = alert_avro_get_earlier(arena, found.body, alert);
    }
    if (good) {
        *body = found.body;
    }
    return good;
}
