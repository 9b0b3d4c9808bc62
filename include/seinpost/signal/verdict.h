/* verdict: what becomes of a partner's record: it is used, or rejected for a reason.
 *
 * The reason's name is a stable code: it stands in the rejects topic, in metrics and in the
 * manual.
 *
 * Owns:    nothing.
 * Thread:  any.
 * Fails:   never.
 */
#ifndef SEINPOST_SIGNAL_VERDICT_H
#define SEINPOST_SIGNAL_VERDICT_H

enum verdict {
    VERDICT_GOOD,
    VERDICT_FRAME_SHORT,      /* shorter than the wire format's head */
    VERDICT_FRAME_MAGIC,      /* another wire format than the source's */
    VERDICT_SCHEMA_UNKNOWN,   /* nobody has a schema of this id */
    VERDICT_SCHEMA_MISMATCH,  /* the schema cannot be resolved to ours */
    VERDICT_TOO_LARGE,        /* beyond what a signal may have */
    VERDICT_DECODE,           /* the bytes are not what the schema says */
    VERDICT_TYPE_NOT_ALLOWED, /* the source may not send this event type */
    VERDICT_SOURCE_MISMATCH,  /* the event claims another source */
    VERDICT_PURPOSE_NOT_ALLOWED,
    VERDICT_BASIS_NOT_ALLOWED,
    VERDICT_ID_MISSING,         /* no id, or one longer than 64 bytes */
    VERDICT_TIME_FUTURE,        /* further ahead of the broker's clock than `max-skew` */
    VERDICT_TIME_RANGE,         /* no time, or one before 1990 or after 2200 */
    VERDICT_LATE,               /* beyond the lateness */
    VERDICT_IDENTITY_CLEAR,     /* clear text where the source delivers pseudonyms */
    VERDICT_IDENTITY_MALFORMED, /* no normal form: what is it? */
    VERDICTS_COUNT,
};

/* Returns the stable code. */
const char *verdict_name(enum verdict verdict);

#endif
