"""The kinds of rules: from the events of one group, in content order, to what the rule finds there.

A kind is a function (rule, events, world) -> [Finding], entered in KINDS. `events` is a list of (event, names): the
names of the rule's events that it meets. It knows neither arrival nor watermark: a finding that must wait says for
what.
"""
from dataclasses import dataclass, field
from fractions import Fraction

from metrics import aggregate, condition_true, money_wanted
from sequence import sequence
from units import duration, shown


@dataclass
class Finding:
    at: int                 # its event time, or the instant at which it fell due
    order: tuple            # content order of its last event
    evidence: list          # events in content order
    named: list             # the same as (event, names)
    holds: float            # last instant at which it is true
    metrics: dict = field(default_factory=dict)
    due: int = None         # the watermark that it waits for


def windows(rule, events):
    """Each event with the events of its window, itself the last."""
    span = duration(rule.correlation["timespan"])
    for at, (event, _) in enumerate(events):
        yield event, [pair for pair in events[:at + 1] if pair[0].time >= event.time - span]


def slides_until(rule, window, judge):
    """The last instant at which the window, with no other event, still meets the condition."""
    span = duration(rule.correlation["timespan"])
    for moment in sorted({event.time for event, _ in window}):
        rest = [pair for pair in window if pair[0].time > moment]
        if not rest or not judge(rest)[0]:
            return moment + span
    raise AssertionError("an empty window ends every condition")


def windowed(rule, events, judge):
    """Findings of a kind whose condition is true or false of a window. judge(window) -> (true, metrics)."""
    found, open_one = [], None
    for event, window in windows(rule, events):
        true, metrics = judge(window)
        if open_one:    # from here on this event decides
            open_one.holds = min(open_one.holds, event.time)
        open_one = None
        if not true:
            continue
        open_one = Finding(event.time, event.order, [one for one, _ in window], window,
                           slides_until(rule, window, judge), metrics)
        found.append(open_one)
    return found


def event_count(rule, events, _world):
    def judge(window):
        count = ("n", Fraction(len(window)))
        return condition_true(rule.correlation["condition"], count), {"count": shown(count)}
    return windowed(rule, events, judge)


def value_count(rule, events, _world):
    def judge(window):
        values = {value for event, _ in window for value in event.values(rule.correlation["field"]) or []}
        count = ("n", Fraction(len(values)))
        return condition_true(rule.correlation["condition"], count), {"count": shown(count)}
    return windowed(rule, events, judge)


def value_sum(rule, events, _world):
    wanted = rule.correlation["condition"]
    currency = money_wanted(wanted.values())

    def judge(window):
        values = [value for event, _ in window for value in event.values(rule.correlation["field"]) or []]
        total = ("n", sum((number for tag, number in values if tag == "n"), Fraction(0)))
        if currency:
            total = ("m", (sum((value[0] for _, value in values if value[1] == currency), Fraction(0)), currency))
        return condition_true(wanted, total), {"sum": shown(total)}
    return windowed(rule, events, judge)


def aggregated(rule, events, _world):
    return windowed(rule, events, lambda window: aggregate(rule, window))


def temporal(rule, events, _world):
    needed = rule.correlation.get("min-count") or {}
    wanted = rule.correlation.get("condition") or {"gte": str(len(rule.names))}

    def judge(window):
        seen = [name for name in rule.names
                if sum(name in names for _, names in window) >= int(needed.get(name, "1"))]
        count = ("n", Fraction(len(seen)))
        return condition_true(wanted, count), {"count": shown(count)}
    return windowed(rule, events, judge)


def absence(rule, events, _world):
    correlation = rule.correlation
    span, back = duration(correlation["timespan"]), duration(correlation.get("lookback", "0s"))
    found = []
    for start, names in events:
        if correlation["after"] not in names:
            continue
        end = start.time + span
        answers = [event.time for event, also in events if correlation["missing"] in also]
        if any(start.time - back <= moment <= end for moment in answers):
            continue
        holds = min([end + span, *(moment for moment in answers if moment > end)])
        found.append(Finding(end, start.order, [start], [(start, {correlation["after"]})], holds, due=end))
    return found


def sequenced(rule, events, world):
    return [Finding(**found) for found in sequence(rule, events, world)]


def single(_rule, events, _world):
    return [Finding(event.time, event.order, [event], [(event, names)], float("inf")) for event, names in events]


KINDS = {"single": single, "event_count": event_count, "value_count": value_count, "value_sum": value_sum,
         "aggregate": aggregated, "temporal": temporal, "sequence": sequenced, "absence": absence}
