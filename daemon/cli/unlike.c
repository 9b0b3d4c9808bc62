#include "seinpost/cli/unlike.h"

#include "seinpost/alert/alert_json.h"
#include "seinpost/base/arena.h"
#include "seinpost/base/text.h"

#include <jansson.h>
#include <string.h>

enum {
    SHOWN_MAX = 300 /* bytes of a value that are shown */
};

static json_t *as_json(const struct alert *alert)
{
    struct text text = {0};

    alert_json(alert, false, &text);
    json_t *object = json_loadb(text.data, text.size, JSON_DECODE_ANY, NULL);
    text_free(&text);
    return object;
}

static void add_value(struct text *text, const json_t *value)
{
    char *shown = value == NULL ? NULL : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    const size_t size = shown == NULL ? 0 : strlen(shown);

    text_add(text, (struct slice){shown, size > SHOWN_MAX ? SHOWN_MAX : size});
    text_add(text, size > SHOWN_MAX ? SLICE("...") : SLICE(""));
    free(shown);
}

static void compare(struct text *text, const char *name, const json_t *published,
                    const json_t *now)
{
    text_format(text, "%s: published ", name);
    add_value(text, published);
    text_add(text, SLICE(", now "));
    add_value(text, now);
}

struct slice unlike_first(struct arena *arena, const struct alert *published,
                          const struct alert *now)
{
    json_t *left = as_json(published);
    json_t *right = as_json(now);
    struct text text = {0};

    for (void *at = json_object_iter(left); at != NULL && text.size == 0;
         at = json_object_iter_next(left, at)) {
        const char *name = json_object_iter_key(at);
        const json_t *value = json_object_iter_value(at);
        const json_t *other = json_object_get(right, name);
        if (!json_equal(value, other)) {
            compare(&text, name, value, other);
        }
    }
    const struct slice difference = slice_copy(arena, text_slice(&text));
    text_free(&text);
    json_decref(left);
    json_decref(right);
    return difference;
}
