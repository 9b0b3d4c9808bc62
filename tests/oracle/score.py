"""Scores: what the alerts of a window add, each less with its age.

weight * 2^(-age / half-life), exactly, then rounded down to 1/1000.
"""
import functools
from decimal import Context, Decimal
from fractions import Fraction

from catalogue import glob_means, is_glob
from metrics import clauses
from units import compare, duration, literal, shown
from windows import windowed

EXACT = Context(prec=60)


def weight_of(rule, name):
    """A name in full goes before a glob, the first of two globs before the second."""
    weights = rule.correlation["rules"]
    if name in weights:
        return Fraction(weights[name])
    return Fraction(next(weights[glob] for glob in weights if is_glob(glob) and glob_means(glob, name)))


@functools.lru_cache(maxsize=4096)
def faded(weight, age, half_life):
    """What is left of a weight, in thousandths."""
    whole, rest = divmod(age, half_life)
    thousandths = weight * 1000 / 2 ** whole
    if not rest:
        return thousandths.numerator // thousandths.denominator
    left = EXACT.power(Decimal(2), EXACT.divide(Decimal(-rest), Decimal(half_life)))
    left = EXACT.divide(EXACT.multiply(Decimal(thousandths.numerator), left), Decimal(thousandths.denominator))
    return int(left)


def measured(rule, window, now):
    """The three metrics of a window as it is at an instant."""
    half_life = duration(rule.correlation["decay"]["half-life"])
    cap = Fraction(rule.correlation["max-per-rule"]) * 1000
    by_rule = {}
    for event, _ in window:
        left = faded(weight_of(rule, event.rule), now - event.time, half_life)
        by_rule[event.rule] = by_rule.get(event.rule, 0) + left
    values = {"score": Fraction(sum(min(points, cap) for points in by_rule.values()), 1000)}
    for name, path in (("sectors", "sector"), ("stages", "stage")):
        values[name] = Fraction(len({value for event, _ in window for value in event.values(path)}))
    return {name: ("n", value) for name, value in values.items()}


def score(rule, events, _world):
    wanted = list(clauses(rule.correlation["condition"]))
    span = duration(rule.correlation["timespan"])

    def true_of(window, now):
        values = measured(rule, window, now)
        return all(compare(values[name], operator, literal(text, "n")) for name, operator, text in wanted)

    def judge(window):
        now = window[-1][0].time
        return true_of(window, now), {name: shown(value) for name, value in measured(rule, window, now).items()}

    def left_at(window, now):
        return [pair for pair in window if pair[0].time >= now - span]

    def fades(window):
        """Everything only falls: what is true now and false once stays false."""
        good, bad = window[-1][0].time, window[-1][0].time + span + 1
        while bad - good > 1:
            middle = (good + bad) // 2
            rest = left_at(window, middle)
            if rest and true_of(rest, middle):
                good = middle
            else:
                bad = middle
        return good
    return windowed(rule, events, judge, fades)
