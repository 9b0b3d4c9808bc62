#include "seinpost/cli/card.h"

#include "seinpost/base/text.h"

enum {
    EVIDENCE_SHOWN = 12
};

static void add_texts(struct text *text, const char *label, const struct alert_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++) {
        text_format(text, "%s%.*s", i == 0 ? label : ", ", SLICE_ARGS(texts->items[i]));
    }
}

static void add_group(struct text *text, const struct alert *alert)
{
    for (size_t i = 0; i < alert->group.count; i++) {
        text_format(text, "%s%.*s %.*s", i > 0 ? ", " : "",
                    SLICE_ARGS(alert->group.items[i].name),
                    SLICE_ARGS(alert->group.items[i].value));
    }
}

void card_line(const struct alert *alert, bool shadow, struct text *text)
{
    char at[INSTANT_TEXT_SIZE];

    text_format(text, "%-20s %-9.*s %-4.*s %-28.*s %-13.*s %-11.*s ",
                instant_format(alert->at, at), SLICE_ARGS(alert->state),
                SLICE_ARGS(alert->indicator), SLICE_ARGS(alert->rule), SLICE_ARGS(alert->level),
                SLICE_ARGS(alert->stage));
    add_group(text, alert);
    text_format(text, "%s%s\n", alert->late ? " late" : "", shadow ? " shadow" : "");
}

static void add_evidence(struct text *text, const struct alert *alert)
{
    text_add(text, SLICE("   evidence "));
    for (size_t i = 0; i < alert->evidence_count && i < EVIDENCE_SHOWN; i++) {
        const struct alert_evidence *event = &alert->evidence[i];
        char at[INSTANT_TEXT_SIZE];
        text_format(text, "%s%s %.*s %.*s", i > 0 ? "\n            " : "",
                    instant_format(event->is.time, at), SLICE_ARGS(event->is.type),
                    SLICE_ARGS(event->is.id));
        for (size_t j = 0; j < event->fields.count; j++) {
            text_format(text, " %.*s=%.*s", SLICE_ARGS(event->fields.items[j].name),
                        SLICE_ARGS(event->fields.items[j].value));
        }
    }
    if ((size_t)alert->evidence_all > EVIDENCE_SHOWN) {
        text_format(text, "\n            ... and %zu more",
                    (size_t)alert->evidence_all - EVIDENCE_SHOWN);
    }
    text_add_byte(text, '\n');
}

void card_alert(const struct alert *alert, bool shadow, struct text *text)
{
    char at[INSTANT_TEXT_SIZE];

    text_format(text, "%.*s %.*s  %.*s%s%s\n", SLICE_ARGS(alert->indicator),
                SLICE_ARGS(alert->state), SLICE_ARGS(alert->summary),
                alert->late ? "  (late)" : "", shadow ? "  (shadow: under test)" : "");
    text_format(text, "   at       %s, level %.*s, stage %.*s", instant_format(alert->at, at),
                SLICE_ARGS(alert->level), SLICE_ARGS(alert->stage));
    add_texts(text, ", sectors ", &alert->sectors);
    text_add(text, SLICE("\n   group    "));
    add_group(text, alert);
    text_format(text, "\n   because  %.*s\n", SLICE_ARGS(alert->explain));
    add_evidence(text, alert);
    text_format(text, "   rule     %.*s version %d, purpose", SLICE_ARGS(alert->rule),
                alert->version);
    add_texts(text, " ", &alert->purposes);
    add_texts(text, ", legal basis ", &alert->legal_bases);
    add_texts(text, "\n   proposes ", &alert->measures);
    text_format(text, "\n   review   %.*s: a person decides; alert %.*s\n\n",
                SLICE_ARGS(alert->review), SLICE_ARGS(alert->id));
}
