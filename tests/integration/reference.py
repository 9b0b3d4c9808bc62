"""What has to be alerted of a stream: an independent reading of the rule language, as plain as can be.

Written from deploy/rules/LANGUAGE.md for the rules in rules/kills alone, over the whole stream at once, with no
thought of speed, order of arrival, partitions or restarts.
"""
from collections import Counter, defaultdict
from dataclasses import dataclass

from stream import HOUR, MINUTE


@dataclass
class Fact:
    """One event as one group sees it."""
    at: int
    source: str
    id: str
    name: str
    data: dict
    evidence: frozenset

    def order(self):
        return (self.at, self.source, self.id)


@dataclass
class Finding:
    at: int
    holds_until: int
    evidence: frozenset


@dataclass
class Alert:
    rule: str
    group: str
    opened_at: int
    opening: frozenset
    evidence: frozenset
    open_until: int
    findings: int = 1


def lifecycle(rule, group, findings):
    """Edge, not level: a finding opens an alert, or adds to the one that is open."""
    alerts = []
    for finding in sorted(findings, key=lambda finding: finding.at):
        if alerts and finding.at <= alerts[-1].open_until:
            alert = alerts[-1]
            alert.evidence |= finding.evidence
            alert.open_until = finding.holds_until
            alert.findings += 1
        else:
            alerts.append(Alert(rule, group, finding.at, finding.evidence, finding.evidence, finding.holds_until))
    return alerts


def counting(facts, timespan, condition):
    """Findings of a condition over the window of each event; it only grows with more events."""
    findings, window = [], []
    for fact in sorted(facts, key=Fact.order):
        window = [seen for seen in window if fact.at - seen.at <= timespan] + [fact]
        if not condition(window):
            continue
        rest = window
        while condition(rest):
            oldest, rest = rest[0], rest[1:]
        findings.append(Finding(fact.at, oldest.at + timespan, frozenset().union(*(seen.evidence for seen in window))))
    return findings


def sequence(facts, steps, within, timespan, until):
    """Findings of steps that share only the key: the latest start waits at each step."""
    waiting = {}  # number of steps done -> facts
    findings = []
    for fact in sorted(facts, key=Fact.order):
        if fact.name == until:
            waiting.clear()
            continue
        for done in range(len(steps) - 1, -1, -1):  # later steps are looked at first
            if fact.name != steps[done]:
                continue
            if done == 0:
                waiting[1] = [fact]
                continue
            partial = waiting.get(done)
            if not partial or fact.at - partial[-1].at > within or fact.at - partial[0].at > timespan:
                continue
            del waiting[done]
            partial = partial + [fact]
            if done + 1 == len(steps):
                findings.append(Finding(fact.at, partial[0].at + timespan,
                                        frozenset().union(*(seen.evidence for seen in partial))))
            elif done + 1 not in waiting or waiting[done + 1][0].order() <= partial[0].order():
                waiting[done + 1] = partial
    return findings


def absence(facts, after, missing, timespan):
    answers = [fact.at for fact in facts if fact.name == missing]
    return [Finding(fact.at + timespan, fact.at + 2 * timespan, fact.evidence) for fact in facts
            if fact.name == after and not any(fact.at <= answer <= fact.at + timespan for answer in answers)]


def facts_by(events, names):
    """{group value: facts}. `names`: event type -> (name of the event in the rule, fields of the key, test)."""
    groups = defaultdict(list)
    for made in events:
        for name, fields, test in names.get(made["type"], ()):
            data = made["data"]
            if not test(data):
                continue
            for value in {data.get(field) for field in fields} - {None}:
                groups[value].append(Fact(made["at"], made["source"], made["id"], name, data,
                                          frozenset([(made["source"], made["id"])])))
    return groups


def always(_data):
    return True


def each_group(rule, groups, find):
    return [alert for group, facts in groups.items() for alert in lifecycle(rule, group, find(facts))]


def as_facts(alerts):
    """Openings as events of a higher rule: {group: facts}."""
    groups = defaultdict(list)
    for alert in alerts:
        groups[alert.group].append(Fact(alert.opened_at, "seinpost", f"{alert.rule}/{alert.opened_at}", alert.rule, {},
                                        alert.opening))
    return groups


def both(names, timespan):
    return lambda facts: counting(facts, timespan, lambda window: {fact.name for fact in window} >= set(names))


def merged(*tables):
    groups = defaultdict(list)
    for table in tables:
        for group, facts in table.items():
            groups[group].extend(facts)
    return groups


def expected_alerts(events):
    """All alerts that the rules of rules/kills owe to these events, helpers left out."""
    cash_run = each_group("cash_run", facts_by(events, {
        "card.auth": [("cash", ["payer_ref"], lambda data: data["mcc"] in ("6010", "6011"))]}),
        lambda facts: counting(facts, HOUR, lambda window: len(window) >= 5))
    many_bookings = each_group("many_bookings", facts_by(events, {
        "air.booking.created": [("booking", ["payer_ref"], lambda data: data["one_way"])]}),
        lambda facts: counting(facts, 24 * HOUR, enough_bookings))
    chain = each_group("new_cash_abroad", facts_by(events, {
        "bank.account.changed": [("changed", ["account_ref"], lambda data: data.get("holder_kind") == "private")],
        "bank.cash": [("cash_in", ["account_ref"], lambda data: data["direction"] == "in")],
        "bank.transfer": [("abroad", ["debtor_ref", "creditor_ref"], lambda data: data["creditor_country"] != "NL")],
        "card.linked": [("linked", ["account_ref"], always)]}),
        lambda facts: sequence(facts, ("changed", "cash_in", "abroad"), 24 * HOUR, 48 * HOUR, "linked"))
    no_boarding = each_group("cash_no_boarding", facts_by(events, {
        "air.booking.created": [("ticket", ["booking_ref"], lambda data: data["fop"] == "CASH")],
        "air.boarded": [("boarded", ["booking_ref"], always)]}),
        lambda facts: absence(facts, "ticket", "boarded", 6 * HOUR))
    quick_out = each_group("quick_out", facts_by(events, {
        "bank.transfer": [("out", ["debtor_ref"], always)]}),
        lambda facts: counting(facts, 30 * MINUTE, lambda window: len(window) >= 3))
    big_cash = facts_by(events, {
        "bank.cash": [("big_cash", ["account_ref"], lambda data: data["amount_minor"] >= 500_000)]})
    run_and_bookings = each_group("run_and_bookings", as_facts(cash_run + many_bookings),
                                  both(("cash_run", "many_bookings"), 48 * HOUR))
    cash_quick_out = each_group("cash_quick_out", merged(as_facts(quick_out), big_cash),
                                both(("quick_out", "big_cash"), 24 * HOUR))
    big_purchase = [Alert("big_purchase", "", made["at"], frozenset([(made["source"], made["id"])]),
                          frozenset([(made["source"], made["id"])]), made["at"])
                    for made in events if made["type"] == "card.auth" and made["data"]["amount_minor"] >= 900_000]
    return cash_run + many_bookings + chain + no_boarding + run_and_bookings + cash_quick_out + big_purchase


def enough_bookings(window):
    return (len({fact.data["booking_ref"] for fact in window}) >= 4
            and sum(fact.data["pax_count"] for fact in window) >= 6)


GROUP_KIND = {"cash_run": "card", "many_bookings": "card", "run_and_bookings": "card", "new_cash_abroad": "account",
              "cash_no_boarding": "booking", "cash_quick_out": "account"}


def account_of(alerts):
    """Counter of (rule, group, state at the end, evidence): expected alerts in the desk's words."""
    return Counter((alert.rule, ((GROUP_KIND[alert.rule], alert.group),) if alert.group else None,
                    "closed" if alert.group else "opened", alert.evidence) for alert in alerts)
