#include "seinpost/schema/formats.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/diag.h"
#include "seinpost/base/file.h"
#include "seinpost/base/text.h"
#include "seinpost/schema/avro.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define EARLIER "earlier/alert.1.avsc"

static void load(struct arena *arena, struct diag *diag, const char *folder, const char *name,
                 struct format *format)
{
    struct text path = {0};
    struct text canonical = {0};

    text_format(&path, "%s/%s", folder, name);
    const char *file = slice_string(arena, text_slice(&path));
    text_free(&path);
    if (!file_read(arena, file, &format->json)) {
        diag_add(diag, (struct diag_place){.file = file}, "E250", "unreadable: %s",
                 strerror(errno));
        return;
    }
    if (!avro_canonical(format->json, &canonical)) {
        diag_add(diag, (struct diag_place){.file = file}, "E250", "no Avro schema");
    }
    format->fingerprint = avro_fingerprint(text_slice(&canonical));
    text_free(&canonical);
}

/* A catalogue without a past has none. */
static void load_earlier(struct arena *arena, struct diag *diag, const char *folder,
                         struct format *format)
{
    struct text path = {0};

    text_format(&path, "%s/%s%c", folder, EARLIER, '\0');
    if (file_exists(path.data)) {
        load(arena, diag, folder, EARLIER, format);
    }
    text_free(&path);
}

void formats_load(struct arena *arena, struct diag *diag, const char *folder,
                  struct formats *formats)
{
    load(arena, diag, folder, "alert.avsc", &formats->alert);
    load_earlier(arena, diag, folder, &formats->alert_earlier);
    load(arena, diag, folder, "match.avsc", &formats->match);
    load(arena, diag, folder, "derived.avsc", &formats->derived);
    load(arena, diag, folder, "reject.avsc", &formats->reject);
}
