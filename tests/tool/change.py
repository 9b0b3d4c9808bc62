"""`diff`: what another set of rules changes."""
from tool import ROOT, RULE, transfers

EXCEPTION = """\
---
schema: seinpost/exception/1
title: A shop
rules: [many_transfers]
match: {debtor_ref: iban:t1:shop}
reason: it was heard
author: an.author
approved-by: [j.jurist]
expires: 2026-12-20
"""


def diff(tool, now, *more, old=RULE, code=1):
    tool.write("old/r.yaml", old)
    tool.write("new/r.yaml", now)
    return tool.bad(code, "diff", "old", "new", *more).splitlines()


def words_alone(tool):
    """title, description, people, dates and tests change nothing in meaning"""
    now = RULE.replace("Many transfers", "Lots").replace("an.author", "b.author").replace("2027-12-01", "2028-12-01").replace("are silent", "say nothing")
    assert diff(tool, now, code=0) == []


def threshold(tool):
    """a threshold or window that changes keeps the history of each event"""
    told = diff(tool, RULE.replace("gte: 3", "gte: 4").replace("7d", "8d").replace("status: stable", "status: test")
                .replace("expect: [{at: 2d, metrics: {count: 3}, evidence: [1, 2, 3]}]", "expect: none"))
    assert told[0].startswith("~ many_transfers: ")
    assert told[1:] == ["    ~ status: stable -> test", "    ~ correlation.timespan: 7d -> 8d", "    ~ correlation.condition.gte: 3 -> 4",
                        "    event out: history is kept", "    rebuilt with its full history; open alerts are superseded"]


def condition(tool):
    """a condition, exoneration, key or exception that changes starts the event anew"""
    anew = ["    event out: starts anew: what it asks of an event has changed",
            "    rebuilt, in part without history; open alerts are superseded"]
    assert diff(tool, RULE.replace("1000.00", "2000.00"))[1:] == [
        "    ~ events.out.detection.small.amount|lt: 1000.00 EUR -> 2000.00 EUR", *anew]
    assert diff(tool, RULE.replace("{none: an example}", "{firm: {debtor_kvk: K1}}"))[1:] == [
        "    - unless.none: an example", "    + unless.firm.debtor_kvk: K1", *anew]
    assert diff(tool, RULE.replace("[account/creditor]", "[account/debtor]"))[1:] == [
        "    ~ correlation.group-by[1]: account/creditor -> account/debtor", *anew]
    assert diff(tool, RULE + EXCEPTION)[1:] == anew


def more_and_less(tool):
    """rules that come and go are named with their status"""
    told = diff(tool, RULE.replace("many_transfers", "other"))
    assert len(told) == 2 and told[0].startswith("- many_transfers: stable, ") and told[1].startswith("+ other: stable, ")


def alerts(tool):
    """over a recorded log the alerts that vanish, appear and change are told, and no other"""
    tool.write("e.ndjson", transfers([1, 2, 3, 4]) + transfers([1, 2], "iban:t1:c"))
    less = RULE.replace("gte: 3", "gte: 2").replace("expect: none", "expect: [{at: 1d}]").replace("status: stable", "status: test")
    less = less.replace("expect: [{at: 2d, metrics: {count: 3}, evidence: [1, 2, 3]}]", "expect: [{at: 1d}]")
    told = diff(tool, less, "--events", "e.ndjson")
    assert told[-4:] == ["alerts over e.ndjson: 1 -> 2",
                         "  - many_transfers 2026-01-03T00:00:00Z account/creditor=iban:t1:a: level low, 4 events, count=4",
                         "  + many_transfers 2026-01-02T00:00:00Z account/creditor=iban:t1:a: level low, 4 events, count=4",
                         "  + many_transfers 2026-01-02T00:00:00Z account/creditor=iban:t1:c: level low, 2 events, count=2"]
    told = diff(tool, RULE.replace("level: low", "level: high"), "--events", "e.ndjson")
    assert told[-1].startswith("  ~ many_transfers 2026-01-03T00:00:00Z ") and told[-1].endswith("count=4; was level low, 4 events, count=4")
    assert diff(tool, RULE, "--events", "e.ndjson", code=0) == ["alerts over e.ndjson: 1 -> 1"]
    assert "No such file" in tool.bad(3, "diff", "old", "new", "--events", "none.ndjson")


def readers(tool):
    """a rule that reads a changed one changes with it"""
    tool.write("old.yaml", (ROOT / "deploy/rules/air/transit_dropoff.yaml").read_text(encoding="utf-8"))
    tool.write("new.yaml", (ROOT / "deploy/rules/air/transit_dropoff.yaml").read_text(encoding="utf-8").replace("within: 24h", "within: 20h"))
    told = tool.bad(1, "diff", "old.yaml", "new.yaml")
    assert "    event air_leg_not_flown: starts anew: the rule that it reads has changed\n" in told


CLAIMS = [words_alone, threshold, condition, more_and_less, alerts, readers]
