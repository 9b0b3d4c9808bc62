/* outline: what a rule file may hold as a JSON Schema (2020-12), for editors that complete and
 * check while one writes. It is made of the tables by which rules are read.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_RULE_OUTLINE_H
#define SEINPOST_RULE_OUTLINE_H

struct catalogue;
struct text;

/* Appends the schema of one document of a rule file. Event types and fields are those of the
 * catalogue. */
void outline_write(const struct catalogue *catalogue, struct text *text);

#endif
