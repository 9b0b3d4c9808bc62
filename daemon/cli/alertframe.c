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
    uint64_t known_id; /* of the registry, that means our schema */
    bool knows_id;
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

/* The registry's schema of an id is ours when its canonical form is. */
static bool is_our_id(struct alertframe *frame, uint64_t id)
{
    struct text schema = {0};
    struct text canonical = {0};

    if (frame->knows_id && frame->known_id == id) {
        return true;
    }
    const bool ours =
        frame->registry != NULL && registry_find(frame->registry, id, &schema) == OUTCOME_OK &&
        avro_canonical(text_slice(&schema), &canonical) &&
        avro_fingerprint(text_slice(&canonical)) == frame->formats->alert.fingerprint;
    if (ours) {
        frame->known_id = id;
        frame->knows_id = true;
    }
    text_free(&schema);
    text_free(&canonical);
    return ours;
}

bool alertframe_read(struct alertframe *frame, struct arena *arena, struct slice value,
                     struct alert *alert, struct slice *body)
{
    struct frame found;
    bool ours = false;

    if (frame_read(SOURCE_SINGLE_OBJECT, value, &found) == VERDICT_GOOD) {
        ours = found.schema == frame->formats->alert.fingerprint;
    } else {
        ours = frame_read(SOURCE_CONFLUENT, value, &found) == VERDICT_GOOD &&
               is_our_id(frame, found.schema);
    }
    if (!ours || !alert_avro_get(arena, found.body, alert)) {
        return false;
    }
    *body = found.body;
    return true;
}
