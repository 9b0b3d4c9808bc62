#include "seinpost/schema/formats.h"

#include "seinpost/base/arena.h"
#include "seinpost/base/diag.h"
#include "seinpost/base/file.h"
#include "seinpost/base/text.h"
#include "seinpost/schema/avro.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

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

void formats_load(struct arena *arena, struct diag *diag, const char *folder,
                  struct formats *formats)
{
    load(arena, diag, folder, "alert.avsc", &formats->alert);
    load(arena, diag, folder, "match.avsc", &formats->match);
    load(arena, diag, folder, "derived.avsc", &formats->derived);
    load(arena, diag, folder, "reject.avsc", &formats->reject);
}
