"""Metrics of a window, and the conditions on them."""
import re
from fractions import Fraction

from units import MONEY, compare, literal, money, shown

CALL = re.compile(r"(\w+)\(([^)]*)\)")
LEAST, MOST = Fraction(-2 ** 63), Fraction(2 ** 63 - 1)     # where a sum stands at most


def condition_true(wanted, value):
    """`{gte: 2, lt: 5}` of one value."""
    return all(compare(value, operator, literal(text, value[0])) for operator, text in wanted.items())


def money_wanted(texts):
    """The currency that a condition names, or ''."""
    return next((money(text)[1] for text in texts if MONEY.fullmatch(text)), "")


def clauses(condition):
    for key, text in condition.items():
        name, _, operator = key.partition("|")
        yield name, operator or "eq", text


def _currency(metrics, condition, name):
    """Of its own condition, or from the other side of its ratio."""
    own = money_wanted(text for metric, _, text in clauses(condition) if metric == name)
    if own:
        return own
    for call in metrics.values():
        function, inside = CALL.fullmatch(call).groups()
        sides = [part.strip() for part in inside.split(",")]
        if function == "ratio" and name in sides:
            for side in sides:
                other = money_wanted(text for metric, _, text in clauses(condition) if metric == side)
                if other:
                    return other
    return ""


def _events(rule, window, argument, token):
    """(events, path) of `field` or `event.field`: those of the event's name, or of a side's place."""
    name, dot, path = argument.partition(".")
    if not (dot and name in rule.names):
        name, path = "", argument
    wanted = token or name
    return [event for event, names in window if not wanted or wanted in names], path


def _values(rule, window, argument, currency, token):
    """The values of `field` or `event.field` in the window."""
    events, path = _events(rule, window, argument, token)
    values = [value for event in events for value in event.values(path) or []]
    if currency:
        values = [value for value in values if value[0] == "m" and value[1][1] == currency]
    return values


def _number(value):
    return value[1][0] if value[0] == "m" else value[1]


def _like(value, number, currency):
    return ("m", (number, currency)) if currency else ("n", number) if value is None else (value[0], number)


def _count(rule, window, argument, token):
    if argument in rule.names:
        return sum((token or argument) in names for _, names in window)
    events, path = _events(rule, window, argument, token)
    return sum(bool(event.values(path)) for event in events)


def _measure(rule, window, call, currency, token=""):
    """One metric. `token`: of one place of the correlation only, where a side of a ratio is meant."""
    function, argument = CALL.fullmatch(call).groups()
    if function == "count":
        return ("n", Fraction(_count(rule, window, argument, token)))
    values = _values(rule, window, argument, currency, token)
    if function == "count_distinct":
        return ("n", Fraction(len(set(values))))
    numbers = [_number(value) for value in values]
    first = values[0] if values else None
    if function == "sum":
        return _like(first if not currency else None, min(max(sum(numbers, Fraction(0)), LEAST), MOST), currency)
    if not numbers:
        return None
    number = {"min": min, "max": max, "avg": lambda them: sum(them, Fraction(0)) / len(them)}[function](numbers)
    return _like(first, number, currency)


def ratio(one, other):
    """One metric by another; None where a side is none or the lower one 0."""
    if one is None or other is None or not _number(other):
        return None
    return ("n", Fraction(_number(one)) / _number(other))


def aggregate(rule, window):
    """(whether the condition is true, the metrics as shown)."""
    metrics, condition = rule.correlation["metrics"], rule.correlation["condition"]
    values = {}
    for name, call in metrics.items():
        if CALL.fullmatch(call).group(1) != "ratio":
            values[name] = _measure(rule, window, call, _currency(metrics, condition, name))
    for name, call in metrics.items():
        function, inside = CALL.fullmatch(call).groups()
        if function == "ratio":
            values[name] = ratio(*(values[part.strip()] for part in inside.split(",")))
    return judged(values, condition)


def judged(values, condition):
    true = all(values[name] is not None and compare(values[name], operator, literal(text, values[name][0]))
               for name, operator, text in clauses(condition))
    return true, {name: shown(value) for name, value in values.items()}


def ratio_of_sides(rule, window):
    """A rule of kind `ratio`: (whether the condition is true, its three metrics as shown)."""
    correlation, condition = rule.correlation, rule.correlation["condition"]
    least = correlation["min-denominator"]
    currency = money_wanted([least, *(text for name, _, text in clauses(condition) if name != "ratio")])
    values = {}
    for side in ("numerator", "denominator"):
        spec = correlation[side]
        values[side] = _measure(rule, window, spec["metric"], currency, rule.token_of(side, spec["rule"]))
    values["ratio"] = ratio(values["numerator"], values["denominator"])
    if values["denominator"] is None:
        return False, {}
    true, metrics = judged(values, condition)
    return true and compare(values["denominator"], "gte", literal(least, values["denominator"][0])), metrics
