/* secret: the `pseudonym-key:` part of a configuration: where the key is, not the key.
 *
 * Owns:    nothing; it lives in the arena.
 * Thread:  the thread that loads.
 * Fails:   by faults E202 to E205.
 */
#ifndef SEINPOST_CONFIG_SECRET_H
#define SEINPOST_CONFIG_SECRET_H

#include "seinpost/yaml/bind.h"

struct secret {
    const char *file; /* NULL: none is named */
    struct slice epoch;
};

/* Reads the map in the configuration `file`; NULL: there is none. A credential is looked for in
 * $CREDENTIALS_DIRECTORY (systemd.exec(5), LoadCredential=). */
void secret_read(struct diag *diag, struct arena *arena, const struct tree *map,
                 const char *file, struct secret *secret);

#endif
