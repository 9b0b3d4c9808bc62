/* phrase: the sentences in which rules are told to people, in each language. No other file of
 * this room has words of a language in it.
 *
 * Owns:    nothing; phrases are constants.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_PLAIN_PHRASE_H
#define SEINPOST_PLAIN_PHRASE_H

#include "seinpost/base/slice.h"

struct text;

enum language {
    LANGUAGE_EN,
    LANGUAGE_NL,
    LANGUAGES_COUNT,
};

enum {
    PHRASE_ARGS_MAX = 4
};

enum phrase {
    /* joining */
    PHRASE_AND,
    PHRASE_OR,
    PHRASE_SEMICOLON,
    PHRASE_THEN,
    PHRASE_AND_MORE,
    PHRASE_NOT,
    PHRASE_AT_LEAST_OF,
    /* quantities */
    PHRASE_MS,
    PHRASE_SECOND,
    PHRASE_SECONDS,
    PHRASE_MINUTE,
    PHRASE_MINUTES,
    PHRASE_HOUR,
    PHRASE_HOURS,
    PHRASE_DAY,
    PHRASE_DAYS,
    PHRASE_TRUE,
    PHRASE_FALSE,
    /* what is asked of */
    PHRASE_HOUR_OF,
    PHRASE_DAY_OF,
    PHRASE_WEEK_OF,
    PHRASE_MONTH_OF,
    PHRASE_COUNTRY_OF,
    PHRASE_EVENT_ID,
    PHRASE_EVENT_SOURCE,
    PHRASE_EVENT_TIME,
    PHRASE_EVENT_TYPE,
    PHRASE_PLUS,
    PHRASE_MINUS,
    PHRASE_TIMES,
    PHRASE_DIVIDED,
    PHRASE_OF_ENTRY,
    /* tests */
    PHRASE_IS,
    PHRASE_IS_NOT,
    PHRASE_ONE_OF,
    PHRASE_NONE_OF,
    PHRASE_ALL_OF,
    PHRASE_CONTAINS,
    PHRASE_STARTS,
    PHRASE_ENDS,
    PHRASE_MATCHES,
    PHRASE_LESS,
    PHRASE_LESS_EQUAL,
    PHRASE_GREATER,
    PHRASE_GREATER_EQUAL,
    PHRASE_BETWEEN,
    PHRASE_EXISTS,
    PHRASE_MISSING,
    PHRASE_LISTED,
    PHRASE_NOT_LISTED,
    PHRASE_OR_MISSING,
    PHRASE_CASED,
    /* metrics */
    PHRASE_COUNT,
    PHRASE_COUNT_HAVING,
    PHRASE_DISTINCT,
    PHRASE_ENTRIES,
    PHRASE_ORDERED,
    PHRASE_COUNTING_FROM,
    PHRASE_SUM,
    PHRASE_AVERAGE,
    PHRASE_LEAST,
    PHRASE_MOST,
    PHRASE_RATIO,
    PHRASE_SPEED,
    PHRASE_DISTANCE,
    PHRASE_SCORE,
    PHRASE_SECTORS,
    PHRASE_STAGES,
    PHRASE_LINK_ENTITIES,
    PHRASE_LINK_SECTORS,
    PHRASE_LINK_STAGES,
    PHRASE_LINK_INDICATORS,
    PHRASE_NAMED,
    /* windows, steps and kinds */
    PHRASE_WITHIN,
    PHRASE_BUCKET,
    PHRASE_SESSION,
    PHRASE_STEP,
    PHRASE_STEP_TIMES,
    PHRASE_STEP_DISTINCT,
    PHRASE_STEP_SPAN,
    PHRASE_STEP_WITHIN,
    PHRASE_STEP_ABSENT,
    PHRASE_STEP_ABSENT_BETWEEN,
    PHRASE_SEQUENCE_SPAN,
    PHRASE_UNTIL,
    PHRASE_OVERLAP_FIRST,
    PHRASE_ABSENCE,
    PHRASE_ABSENCE_LOOKBACK,
    PHRASE_PAIR,
    PHRASE_PLACES,
    PHRASE_CHANGE,
    PHRASE_IGNORE_NULL,
    PHRASE_FIRST_SEEN,
    PHRASE_WEIGHT,
    PHRASE_DECAY,
    PHRASE_LINK_VIA,
    PHRASE_LINK_HUB,
    PHRASE_SINGLE,
    /* the rule as a whole */
    PHRASE_HEAD,
    PHRASE_OPENS_FOR,
    PHRASE_OPENS,
    PHRASE_WHERE,
    PHRASE_FOR_PERSON,
    PHRASE_ALERT,
    PHRASE_EVENT_IS,
    PHRASE_EVENT_WHERE,
    PHRASE_FROM_SOURCE,
    PHRASE_ALERT_IS,
    PHRASE_EXONERATES,
    PHRASE_EXCEPTION,
    PHRASE_NO_EXONERATION,
    PHRASE_ONLY_COUNTED,
    PHRASE_LIFE,
    PHRASE_LIFE_LONGER,
    PHRASE_CLOSE_ON,
    PHRASE_SUPPRESS_UPDATE,
    PHRASE_SUPPRESS_DROP,
    PHRASE_LATE,
    PHRASE_GROUPS_MAX,
    PHRASE_SHOWS,
    PHRASE_CARRIES,
    PHRASE_PROPOSES,
    PHRASE_DECIDES,
    PHRASE_BASIS,
    PHRASE_LEVEL,
    PHRASE_HELPER,
    PHRASE_STATUS_DRAFT,
    PHRASE_STATUS_TEST,
    PHRASE_STATUS_STABLE,
    PHRASE_STATUS_DEPRECATED,
    PHRASE_EXPIRES,
    PHRASES_COUNT,
};

/* The arguments of one phrase. */
#define PHRASE_ARGS(...) ((const struct slice[PHRASE_ARGS_MAX]){__VA_ARGS__})

/* Appends a phrase; `{0}` to `{3}` in it stand for the arguments. */
void phrase_add(struct text *text, enum language language, enum phrase phrase,
                const struct slice *args);

/* Appends a phrase without arguments. */
void phrase_word(struct text *text, enum language language, enum phrase phrase);

/* Finds the language of this code: `en` or `nl`. */
bool phrase_language(struct slice code, enum language *language);

#endif
