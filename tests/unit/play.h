/* Small plays: rules as YAML, matches and watermarks as a
 * script, and what becomes of alerts as lines.
 *
 * A script is a list of acts, with `;` between them:
 *   1h a P1             an event of entry `a` for the key P1; `a+b` meets both
 *   1h a P1 id=x n=3    with an id of its own (else e1, e2 ... in the order of the script),
 *                       a source (`src=`), and operands; money as 5.00_EUR
 *   1h !a P1 id=x       the event is one no more
 *   W 3h                the watermark of the only source: no event dated 3h or before will come
 * Times are from 2026-01-01. What is told comes as `opened 1h P1 [e1 e2]`, a line each, with
 * the rule's name as ` of r` where there are several, and with ` late` behind it when it is.
 */
#ifndef SEINPOST_TESTS_UNIT_PLAY_H
#define SEINPOST_TESTS_UNIT_PLAY_H

#include "seinpost/correlate/store.h"

#include "kit.h"

struct play {
    struct kit kit;
    const struct program *program;
    struct store *store;
    struct text told;
    bool shows_metrics; /* ` name=value` behind the evidence, a fraction as 5/2 */
    unsigned events;    /* how many acts were events */
    bool muted;         /* what is told is not said */
};

/* Begins with these rules and an empty store. */
struct play play_begin(const char *rules);
struct play play_begin_with(struct kit kit, const char *rules);
void play_end(struct play *play);

/* Plays a script. Returns all that was told so far. */
const char *play_acts(struct play *play, const char *script);

/* Plays one act. */
void play_act(struct play *play, struct slice act);

/* Who is told, as a listener: a line each in `told`. */
struct store_listener play_listener(struct play *play);

/* Events of the entries a, b and c: of three types, all with a card; and of d. */
#define PLAY_EVENTS                                                                            \
    "events:\n"                                                                                \
    "  a: {source: {type: air.booking.created}, detection: {s: {pax_count|gte: 0}, "           \
    "condition: s}}\n"                                                                         \
    "  b: {source: {type: rail.booking.created}, detection: {s: {pax_count|gte: 0}, "          \
    "condition: s}}\n"                                                                         \
    "  c: {source: {type: card.auth}, detection: {s: {approved: true}, condition: s}}\n"
#define PLAY_RULE(name, correlation)                                                           \
    KIT_RULE(name) PLAY_EVENTS "correlation:\n  group-by: [card]\n" correlation

/* A rule that joins events by their phones, e-mail addresses and cards. */
#define PLAY_LINK(name, correlation)                                                           \
    KIT_RULE(name)                                                                             \
    PLAY_EVENTS                                                                                \
    "correlation:\n  type: link\n  timespan: 30m\n  via: [phone, email, card]\n  max-size: "   \
    "50\n" correlation

#endif
