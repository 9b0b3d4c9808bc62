#include "rules.h"

#include "seinpost/base/instant.h"

enum {
    MINUTE_MS = 60 * 1000
};

static const char *const names[RULES_KINDS_COUNT] = {"count", "sequence", "absence", "single",
                                                     "higher"};

#define CASH "cash: {source: {type: bank.cash}, detection: {s: {direction: in}, condition: s}}"
#define AWAY                                                                                   \
    "away: {source: {type: bank.transfer}, detection: {s: {debtor_kind: private}, condition: " \
    "s}}"
#define GIVEN       "given: [{at: 0m, type: bank.cash, account_ref: R1, direction: in}]"
#define GIVEN_ALERT "given: [{at: 0m, type: alert, rule: count, account: R1}]"

static void add_head(struct text *text, const struct rules_variant *variant)
{
    text_format(text,
                "---\nschema: seinpost/rule/1\ntitle: A made-up rule\nname: %s\nid: %s\n"
                "version: 1\nstatus: stable\nlevel: medium\nstage: finance\n"
                "purpose: [smuggling]\nlegal-basis: [wwft-fiu]\nowner: %s\nauthor: t.maker\n"
                "approved-by: [t.reader]\ndate: 2024-01-01\nreview-by: 2099-01-01\n"
                "expires: 2099-12-31\nfalsepositives: [all of it is made up]\n"
                "unless: {none: made-up people have nothing that speaks for them}\n"
                "alert: {summary: made up}\n",
                names[variant->kind], names[variant->kind],
                variant->owner == NULL ? "desk-test" : variant->owner);
}

static void add_tests(struct text *text, const char *given)
{
    text_format(text,
                "tests:\n  - {name: fires, %s, expect: [{at: 0m}]}\n"
                "  - {name: is silent, %s, expect: none}\n",
                given, given);
}

static void add_correlation(struct text *text, const struct rules_variant *variant)
{
    switch (variant->kind) {
    case RULES_COUNT:
        text_format(text,
                    "events:\n  " CASH "\ncorrelation: {type: event_count, rules: [cash], "
                    "group-by: [account], timespan: 60m, condition: {gte: %d}}\n",
                    variant->number);
        break;
    case RULES_SEQUENCE:
        text_format(text,
                    "events:\n  " CASH "\n  " AWAY "\ncorrelation: {type: sequence, group-by: "
                    "[account], timespan: %dm, steps: [{rule: cash}, {rule: away, within: "
                    "%dm}]}\n",
                    variant->number, variant->number);
        break;
    case RULES_ABSENCE:
        text_format(text,
                    "events:\n  " CASH "\n  " AWAY "\ncorrelation: {type: absence, after: "
                    "cash, missing: away, group-by: [account], timespan: %dm}\n",
                    variant->number);
        break;
    case RULES_SINGLE:
        text_format(text,
                    "source: {type: bank.cash}\ndetection: {s: {amount|gte: %d.00 EUR}, "
                    "condition: s}\n",
                    variant->number);
        break;
    case RULES_HIGHER:
        text_format(text,
                    "correlation: {type: event_count, rules: [count], group-by: [account], "
                    "timespan: 60m, condition: {gte: %d}}\n",
                    variant->number);
        break;
    case RULES_KINDS_COUNT:
        break;
    }
}

void rules_add(struct text *text, const struct rules_variant *variant)
{
    add_head(text, variant);
    add_correlation(text, variant);
    add_tests(text, variant->kind == RULES_HIGHER ? GIVEN_ALERT : GIVEN);
    if (variant->excepts_first) {
        text_format(text,
                    "---\nschema: seinpost/exception/1\ntitle: A made-up exception\nrules: "
                    "[%s]\nmatch: {account_ref: 'account:t1:"
                    "00000000000000000000000000000000'}\nreason: made up\nauthor: t.maker\n"
                    "approved-by: [t.reader]\nexpires: 2026-02-01\n",
                    names[variant->kind]);
    }
}

int64_t rules_ms(int minute)
{
    struct instant start;

    (void)instant_parse(SLICE("2026-01-01T00:00:00Z"), &start);
    return start.ms + (int64_t)minute * MINUTE_MS;
}

void rules_event(struct text *text, unsigned id, bool transfer, unsigned account, int minute)
{
    char time[INSTANT_TEXT_SIZE];

    text_format(
        text,
        "{\"id\":\"e%04u\",\"type\":\"%s\",\"source\":\"bank-partner-1\",\"time\":\"%s\","
        "\"schema\":1,\"purpose\":[\"smuggling\"],\"legal_basis\":\"wwft-fiu\",\"data\":{",
        id, transfer ? "bank.transfer" : "bank.cash",
        instant_format((struct instant){rules_ms(minute)}, time));
    if (transfer) {
        text_format(text,
                    "\"debtor_ref\":\"account:t1:%032u\",\"creditor_ref\":\"account:t1:%032u\","
                    "\"amount_minor\":10000,\"currency\":\"EUR\",\"creditor_country\":\"TR\","
                    "\"debtor_kind\":\"private\"}}",
                    account, account + 1000);
    } else {
        text_format(text,
                    "\"account_ref\":\"account:t1:%032u\",\"amount_minor\":%u,"
                    "\"currency\":\"EUR\",\"direction\":\"in\"}}",
                    account, 10000 + id % 3 * 10000);
    }
    text_add_byte(text, '\0');
}
