/* silence: comments in rule files by which a warning is not told at its place, for a time and
 * with a reason: `# seinpost:disable CODE until DATE reason`.
 *
 * Behind something in a line it means that line; alone in its line, the next one; above the
 * first line of a document, the whole document. Errors cannot be silenced, least of all those
 * of the law.
 *
 * Owns:    nothing; the diag keeps what is silenced.
 * Thread:  the thread that loads.
 * Fails:   by faults E219, E411, W711 and W712.
 */
#ifndef SEINPOST_RULE_SILENCE_H
#define SEINPOST_RULE_SILENCE_H

#include "seinpost/base/instant.h"
#include "seinpost/yaml/tree.h"

/* Reads the comments of a file before its documents are looked at. A date is past when `today`
 * is that day or later; INSTANT_MIN: none is. */
void silence_read(struct diag *diag, struct arena *arena, struct slice text,
                  const struct tree *documents, struct instant today);

/* Tells which of them silenced nothing; after all else. */
void silence_report(struct diag *diag);

#endif
