#include "seinpost/config/secret.h"

#include "seinpost/base/file.h"
#include "seinpost/base/text.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct document {
    struct slice epoch;
    struct slice file;
    struct slice credential;
};

#define KEY(member) offsetof(struct document, member)

static const struct bind_key keys[] = {
    {"epoch", BIND_TEXT, true, KEY(epoch), NULL},
    {"file", BIND_TEXT, false, KEY(file), NULL},
    {"credential", BIND_TEXT, false, KEY(credential), NULL},
};
static const struct bind_table table = {keys, sizeof keys / sizeof keys[0], NULL};

/* A credential is a file in a folder that the service manager made for this process alone. */
static const char *credential(struct arena *arena, struct slice name)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    struct text path = {0};

    text_format(&path, "%s/%.*s", folder == NULL ? "$CREDENTIALS_DIRECTORY" : folder,
                SLICE_ARGS(name));
    const char *found = slice_string(arena, text_slice(&path));
    text_free(&path);
    return found;
}

void secret_read(struct diag *diag, struct arena *arena, const struct tree *map,
                 const char *file, struct secret *secret)
{
    struct document document = {0};

    if (map == NULL) {
        return;
    }
    (void)bind_map(diag, arena, map, &table, &document);
    if ((document.file.size == 0) == (document.credential.size == 0)) {
        tree_fault(diag, map, "E202", "'pseudonym-key' names either a file or a credential");
        return;
    }
    if (document.credential.size > 0 &&
        memchr(document.credential.data, '/', document.credential.size) != NULL) {
        tree_fault(diag, tree_get(map, "credential"), "E205",
                   "a credential is a name in $CREDENTIALS_DIRECTORY, without '/'");
    }
    secret->file = document.file.size > 0 ? file_beside(arena, file, document.file)
                                          : credential(arena, document.credential);
    secret->epoch = document.epoch;
}
