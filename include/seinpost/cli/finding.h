/* finding: what a survey of topics found to be otherwise than it should be, by code: in the log
 * when it is new and when it is over, as the metric `seinpost_topic_finding` while it lasts,
 * and as text for the page of readiness.
 *
 * Owns:    nothing; it stands among the counters.
 * Thread:  one finds; any may ask.
 * Fails:   never.
 */
#ifndef SEINPOST_CLI_FINDING_H
#define SEINPOST_CLI_FINDING_H

#include <stdbool.h>

struct text;

enum finding_code {
    FINDING_MISSING,    /* T101: one of our topics is not there */
    FINDING_PARTITIONS, /* T102: it has another number of partitions */
    FINDING_SETTING,    /* T103: one of its settings is not as planned */
    FINDING_RETENTION,  /* T104: it keeps its records for less time than planned */
    FINDING_CLAIMED,    /* T105: a partner's topic has the times that producers claim */
    FINDING_DELETED,    /* T106: records are gone that should still be kept */
    FINDING_SILENT,     /* T107: a source is silent for longer than matches are kept */
    FINDING_COUNT,
};

/* Says whether it is so, of a topic and what of it (a setting, a partition). `words` are for
 * the log. */
void finding_set(enum finding_code code, const char *topic, const char *what, bool is,
                 const char *words);

/* Tells whether there is one with which alerts may be wrong after the next start. */
bool finding_is_grave(void);

/* Appends a line for each. */
void finding_print(struct text *text);

#endif
