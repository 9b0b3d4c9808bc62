"""The kinds of rules: from the events of one group, in content order, to what the rule finds there.

A kind is a function (rule, events, world) -> [Finding], entered in KINDS. `events` is a list of (event, names): the
names of the rule's events that it meets. It knows neither arrival nor watermark: a finding that must wait says for
what.
"""
from fractions import Fraction
from itertools import combinations

from metrics import LEAST, MOST, aggregate, condition_true, money_wanted, ratio_of_sides
from places import Places, metres_of, speed
from score import score
from sequence import sequence
from units import compare, duration, literal, shown
from windows import Finding, windowed


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


def numbers_of(rule, window, currency):
    """The values that add up, in one currency."""
    values = [value for event, _ in window for value in event.values(rule.correlation["field"]) or []]
    if currency:
        return [value[0] for tag, value in values if tag == "m" and value[1] == currency]
    return [number for tag, number in values if tag == "n"]


def value_sum(rule, events, _world):
    wanted = rule.correlation["condition"]
    currency = money_wanted(wanted.values())

    def judge(window):
        total = min(max(sum(numbers_of(rule, window, currency), Fraction(0)), LEAST), MOST)
        total = ("m", (total, currency)) if currency else ("n", total)
        return condition_true(wanted, total), {"sum": shown(total)}
    return windowed(rule, events, judge)


def value_avg(rule, events, _world):
    wanted = rule.correlation["condition"]
    currency = money_wanted(wanted.values())

    def judge(window):
        numbers = numbers_of(rule, window, currency)
        if not numbers:
            return False, {}
        mean = sum(numbers, Fraction(0)) / len(numbers)
        mean = ("m", (mean, currency)) if currency else ("n", mean)
        return condition_true(wanted, mean), {"avg": shown(mean)}
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


def in_order(window, chosen, needed):
    """Whether these names are met one after the other, each as often as it must be; as early as can be."""
    left = list(window)
    for name in chosen:
        count = int(needed.get(name, "1"))
        at = [place for place, (_, names) in enumerate(left) if name in names][:count]
        if len(at) < count:
            return False
        left = left[at[-1] + 1:] if at else left
    return True


def temporal_ordered(rule, events, _world):
    needed = rule.correlation.get("min-count") or {}
    wanted = rule.correlation.get("condition") or {"gte": str(len(rule.names))}

    def judge(window):
        most = max(size for size in range(len(rule.names) + 1)
                   if any(in_order(window, chosen, needed) for chosen in combinations(rule.names, size)))
        count = ("n", Fraction(most))
        return condition_true(wanted, count), {"count": shown(count)}
    return windowed(rule, events, judge)


def sides(rule, events, _world):
    return windowed(rule, events, lambda window: ratio_of_sides(rule, window))


def velocity(rule, events, _world):
    correlation = rule.correlation
    span, least = duration(correlation["timespan"]), metres_of(correlation["min-distance"])
    lists = correlation["places"] if isinstance(correlation["places"], list) else [correlation["places"]]
    places = Places(rule.catalogue.folder, lists)
    wanted = [(key.partition("|")[2] or "eq", text) for key, text in correlation["condition"].items()]
    found, before = [], []
    for event, names in events:
        code = next((value for _, value in event.values(correlation["field"]) or [] if places.known(value)), None)
        if code is None:
            continue
        pairs = []
        for other, also, there in before:
            metres = places.metres(code, there)
            fast = ("n", speed(metres, event.time - other.time))
            if event.time - other.time <= span and metres >= least and \
                    all(compare(fast, operator, literal(text, "n")) for operator, text in wanted):
                pairs.append((fast[1], other.order, metres, other, also))
        before.append((event, names, code))
        if pairs:
            fast, _, metres, other, also = max(pairs, key=lambda pair: pair[:2])
            metrics = {"speed_kmh": shown(("n", fast)), "distance_km": shown(("n", Fraction(metres, 1000)))}
            found.append(Finding(event.time, event.order, [other, event], [(other, also), (event, names)],
                                 other.time + span, metrics))
    return found


def change(rule, events, _world):
    field, span = rule.correlation["field"], duration(rule.correlation["timespan"])
    found, before = [], None
    for event, names in events:
        value = set(event.values(field) or [])
        if not value and rule.correlation.get("ignore-null") == "true":
            continue
        if before and event.time - before[0].time <= span and value != before[2]:
            found.append(Finding(event.time, event.order, [before[0], event], [before[:2], (event, names)],
                                 before[0].time + span))
        before = event, names, value
    return found


def first_seen(rule, events, _world):
    field, span = rule.correlation["field"], duration(rule.correlation["timespan"])
    history = duration(rule.correlation["history"])
    found = []
    for at, (event, names) in enumerate(events):
        seen = {value for other, _ in events[:at] if event.time - other.time <= history
                for value in other.values(field) or []}
        if set(event.values(field) or []) - seen:
            found.append(Finding(event.time, event.order, [event], [(event, names)], event.time + span))
    return found


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
         "value_avg": value_avg, "ratio": sides, "temporal_ordered": temporal_ordered, "velocity": velocity,
         "change": change, "first_seen": first_seen, "score": score,
         "aggregate": aggregated, "temporal": temporal, "sequence": sequenced, "absence": absence}
