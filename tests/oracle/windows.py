"""Windows: which events a rule sees together at each of its events, and how long that holds without another one."""
from dataclasses import dataclass, field

from units import duration


@dataclass
class Finding:
    at: int                 # its event time, or the instant at which it fell due
    order: tuple            # content order of its last event
    evidence: list          # events in content order
    named: list             # the same as (event, names)
    holds: float            # last instant at which it is true
    metrics: dict = field(default_factory=dict)
    due: int = None         # the watermark that it waits for


def session_of(events, span, gap):
    """The events of the last one's session."""
    found = [events[0]]
    for before, pair in zip(events, events[1:]):
        joins = pair[0].time - before[0].time <= gap and pair[0].time - found[0][0].time <= span
        found = [*found, pair] if joins else [pair]
    return found


def windows(rule, events):
    """Each event with the events of its window, itself the last."""
    span, form = duration(rule.correlation["timespan"]), rule.correlation.get("window", "sliding")
    for at, (event, _) in enumerate(events):
        before = events[:at + 1]
        if form == "tumbling":
            yield event, [pair for pair in before if pair[0].time // span == event.time // span]
        elif form == "session":
            yield event, session_of(before, span, duration(rule.correlation["gap"]))
        else:
            yield event, [pair for pair in before if pair[0].time >= event.time - span]


def slides_until(window, span, judge):
    """The last instant at which the window, with no other event, still meets the condition."""
    for moment in sorted({event.time for event, _ in window}):
        rest = [pair for pair in window if pair[0].time > moment]
        if not rest or not judge(rest)[0]:
            return moment + span
    raise AssertionError("an empty window ends every condition")


def form_ends(rule, window):
    """The last instant of a bucket, or at which an event could still join a session; a sliding window has none."""
    span, form, last = duration(rule.correlation["timespan"]), rule.correlation.get("window"), window[-1][0].time
    if form == "tumbling":
        return (last // span + 1) * span - 1
    if form == "session":
        return min(last + duration(rule.correlation["gap"]), window[0][0].time + span)
    return None


def windowed(rule, events, judge, fades=None):
    """Findings of a kind whose condition is true or false of a window. judge(window) -> (true, metrics).

    fades(window): the last instant at which it is true of what is left of the window; by itself or by sliding.
    """
    span = duration(rule.correlation["timespan"])
    found, open_one = [], None
    for event, window in windows(rule, events):
        true, metrics = judge(window)
        if open_one:    # from here on this event decides
            open_one.holds = min(open_one.holds, event.time)
        open_one = None
        if not true:
            continue
        limit = form_ends(rule, window)
        if fades:
            limit = min(fades(window), limit if limit is not None else float("inf"))
        elif limit is None:
            limit = slides_until(window, span, judge)
        named = [(one, {rule.name_of(token) for token in tokens}) for one, tokens in window]
        open_one = Finding(event.time, event.order, [one for one, _ in window], named, limit, metrics)
        found.append(open_one)
    return found
