#include "seinpost/signal/verdict.h"

const char *verdict_name(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_GOOD:
        return "good";
    case VERDICT_FRAME_SHORT:
        return "frame_short";
    case VERDICT_FRAME_MAGIC:
        return "frame_magic";
    case VERDICT_SCHEMA_UNKNOWN:
        return "schema_unknown";
    case VERDICT_SCHEMA_MISMATCH:
        return "schema_mismatch";
    case VERDICT_TOO_LARGE:
        return "too_large";
    case VERDICT_DECODE:
        return "decode";
    case VERDICT_TYPE_NOT_ALLOWED:
        return "type_not_allowed";
    case VERDICT_SOURCE_MISMATCH:
        return "source_mismatch";
    case VERDICT_PURPOSE_NOT_ALLOWED:
        return "purpose_not_allowed";
    case VERDICT_BASIS_NOT_ALLOWED:
        return "basis_not_allowed";
    case VERDICT_ID_MISSING:
        return "id_missing";
    case VERDICT_TIME_FUTURE:
        return "time_future";
    case VERDICT_TIME_RANGE:
        return "time_range";
    case VERDICT_LATE:
        return "late";
    case VERDICT_IDENTITY_CLEAR:
        return "identity_clear";
    case VERDICT_IDENTITY_MALFORMED:
        return "identity_malformed";
    case VERDICTS_COUNT:
        break;
    }
    return "?";
}
