"""Detections: what a field, a map, a search and an expression say of one event.

`seen` is what a sequence has so far: {name of a step: its events}. Without it (None) a comparison with an earlier
step is taken to be true: such an event may still match.
"""
import ipaddress
import re
from fractions import Fraction

from catalogue import glob_means
from units import compare, literal, utc

CLOCK = {"hour": lambda moment: moment.hour, "day": lambda moment: moment.day,
         "week": lambda moment: moment.isocalendar()[1], "month": lambda moment: moment.month}
ORDER = ("lt", "lte", "gt", "gte")


def arithmetic(left, sign, right):
    """One value, or None where there is none (a division by zero, different currencies)."""
    tags, one, other = left[0] + right[0], left[1], right[1]
    if tags == "nn":
        if sign == "/":
            return ("n", one / other) if other else None
        return ("n", {"+": one + other, "-": one - other, "*": one * other}[sign])
    if tags == "tt" and sign == "-":
        return ("d", one - other)
    if tags == "mm":
        if one[1] != other[1]:
            return None
        if sign == "/":
            return ("n", one[0] / other[0]) if other[0] else None
        return ("m", ({"+": one[0] + other[0], "-": one[0] - other[0]}[sign], one[1]))
    if tags == "mn":
        if sign == "/":
            return ("m", (one[0] / other, one[1])) if other else None
        return ("m", (one[0] * other, one[1]))
    raise ValueError(f"no such arithmetic: {tags} {sign}")


def operand_paths(operand):
    return [part for part in operand.split(" ") if part not in ("+", "-", "*", "/")]


def operand_values(operand, event):
    """All values; [] where missing; None where the event's type lacks a field of it."""
    parts = operand.split(" ")
    if len(parts) == 1:
        return event.values(operand)
    left, right = event.values(parts[0]), event.values(parts[2])
    if left is None or right is None:
        return None
    results = [arithmetic(one, parts[1], other) for one in left for other in right]
    return [result for result in results if result is not None]


def sigma_pattern(text):
    """A text's wildcards `*` and `?`, with a backslash before either (or itself) for the sign as it is."""
    out, at = "", 0
    while at < len(text):
        sign = text[at]
        if sign == "\\" and at + 1 < len(text) and text[at + 1] in "*?\\":
            out, at = out + re.escape(text[at + 1]), at + 2
            continue
        out, at = out + {"*": ".*", "?": "."}.get(sign, re.escape(sign)), at + 1
    return out


def text_meets(have, want, modifiers, style):
    """One text against one wanted text."""
    fold = style == "text" and "cased" not in modifiers
    if "re" in modifiers:
        return re.search(want, have) is not None
    if "cidr" in modifiers:
        try:
            return ipaddress.ip_address(have) in ipaddress.ip_network(want, strict=False)
        except ValueError:
            return False
    one, other = (have.casefold(), want.casefold()) if fold else (have, want)
    if "contains" in modifiers:
        return other in one
    if "startswith" in modifiers:
        return one.startswith(other)
    if "endswith" in modifiers:
        return one.endswith(other)
    if style == "text":
        return re.fullmatch(sigma_pattern(want), have, re.S | (re.I if fold else 0)) is not None
    return have == want


def value_meets(have, want, modifiers, style):
    """One value against one scalar of the rule."""
    operator = next((name for name in ORDER if name in modifiers), "eq")
    if have[0] == "s" and operator == "eq":
        return text_meets(have[1], want, modifiers, style)
    return compare(have, operator, literal(want, have[0]))


def referred(target, event, seen):
    """The values that a fieldref means; None: not known yet."""
    name, dot, path = target.partition(".")
    if dot and name != "event":
        if seen is None:
            return None
        return [value for earlier in seen.get(name, []) for value in earlier.values(path) or []]
    return event.values(target) or []


def reference_true(have, target, modifiers, event, seen):
    others = referred(target, event, seen)
    if "neq" in modifiers:
        return bool(others) and not any(compare(one, "eq", other) for one in have for other in others)
    operator = next((name for name in ORDER if name in modifiers), "eq")
    return any(compare(one, operator, other) for one in have for other in others)


def field_true(key, wanted, event, world):
    """One line of a map. `world` has the lists and, within a sequence, `seen`."""
    operand, *modifiers = key.split("|")
    have = operand_values(operand, event)
    if have is None:
        return False
    if "exists" in modifiers:
        return bool(have) == (wanted == "true")
    clock = next((name for name in CLOCK if name in modifiers), None)
    if clock:
        have = [("n", Fraction(CLOCK[clock](utc(value[1])))) for value in have]
    wants = wanted if isinstance(wanted, list) else [wanted]
    if None in wants and not have:
        return True
    if "fieldref" in modifiers and referred(wanted, event, world.seen) is None:
        return True
    if not have:
        return False
    if "fieldref" in modifiers:
        return reference_true(have, wanted, modifiers, event, world.seen)
    if "list" in modifiers:
        return any(world.listed(name, value, event.time) for name in wants for value in have)
    if "between" in modifiers:
        return any(compare(value, "gte", literal(wants[0], value[0])) and
                   compare(value, "lte", literal(wants[1], value[0])) for value in have)
    met = [any(value_meets(value, want, modifiers, event.style(operand)) for value in have)
           for want in wants if want is not None]
    if "neq" in modifiers:
        return not any(met)
    return all(met) if "all" in modifiers else any(met)


def search_true(search, event, world):
    if isinstance(search, list):
        return any(search_true(one, event, world) for one in search)
    return all(field_true(key, wanted, event, world) for key, wanted in search.items())


class Expression:
    """`condition:` by recursive descent over its words."""

    def __init__(self, text, detection, event, world):
        self.words = re.findall(r"[()]|[^\s()]+", text)
        self.at = 0
        self.names = [name for name in detection if name != "condition"]
        self.says = lambda name: search_true(detection[name], event, world)

    def peek(self):
        return self.words[self.at] if self.at < len(self.words) else ""

    def take(self):
        self.at += 1
        return self.words[self.at - 1]

    def either(self):
        result = self.both()
        while self.peek() == "or":
            self.take()
            result = self.both() or result
        return result

    def both(self):
        result = self.negated()
        while self.peek() == "and":
            self.take()
            result = self.negated() and result
        return result

    def negated(self):
        if self.peek() == "not":
            self.take()
            return not self.primary()
        return self.primary()

    def primary(self):
        word = self.take()
        if word == "(":
            result = self.either()
            self.take()
            return result
        if self.peek() == "of":
            self.take()
            glob = self.take()
            said = [self.says(name) for name in self.names if glob == "them" or glob_means(glob, name)]
            needed = {"any": 1, "all": len(said)}.get(word) if not word.isdigit() else int(word)
            return sum(said) >= needed
        return self.says(word)


def detection_true(detection, event, world):
    return Expression(detection["condition"], detection, event, world).either()


def search_paths(search):
    """The paths that a search reads of its own event."""
    maps = search if isinstance(search, list) else [search]
    found = []
    for one in maps:
        for key, wanted in one.items():
            operand, *modifiers = key.split("|")
            found += operand_paths(operand)
            if "fieldref" in modifiers and ("." not in wanted or wanted.startswith("event.")):
                found.append(wanted)
    return found


def later_references(search):
    """The (name of an earlier step, path) pairs that a search refers to."""
    maps = search if isinstance(search, list) else [search]
    found = []
    for one in maps:
        for key, wanted in one.items():
            if "fieldref" in key.split("|")[1:] and "." in wanted and not wanted.startswith("event."):
                found.append(tuple(wanted.split(".", 1)))
    return found
