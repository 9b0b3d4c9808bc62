"""Durations, instants, numbers and money, as the language writes them.

A value is a pair (tag, value): ('s', text), ('n', Fraction), ('b', bool), ('t', milliseconds since 1970),
('d', milliseconds), ('m', (Fraction of minor units, currency)).
"""
import datetime
import math
import re
from fractions import Fraction

UNIT_MS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
DURATION = re.compile(r"(?:\d+(?:ms|s|m|h|d|w))+")
MONEY = re.compile(r"(-?)(\d+)\.(\d\d) ([A-Z]{3})")
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def duration(text):
    """`1h30m` in milliseconds."""
    if not DURATION.fullmatch(text):
        raise ValueError(f"no duration: {text}")
    return sum(int(count) * UNIT_MS[unit] for count, unit in re.findall(r"(\d+)(ms|s|m|h|d|w)", text))


def duration_text(milliseconds):
    """The shortest way to write a duration."""
    parts = []
    for unit in ("w", "d", "h", "m", "s", "ms"):
        count, milliseconds = divmod(milliseconds, UNIT_MS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def instant(text):
    """RFC 3339 in milliseconds since 1970."""
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (moment - EPOCH) // datetime.timedelta(milliseconds=1)


def instant_text(milliseconds):
    """RFC 3339 in UTC; milliseconds only where there are some."""
    moment = EPOCH + datetime.timedelta(milliseconds=milliseconds)
    rest = f".{milliseconds % 1000:03d}" if milliseconds % 1000 else ""
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + rest + "Z"


def utc(milliseconds):
    return EPOCH + datetime.timedelta(milliseconds=milliseconds)


def money(text):
    """`12.50 EUR` as (minor units, currency)."""
    sign, whole, cents, currency = MONEY.fullmatch(text).groups()
    minor = int(whole) * 100 + int(cents)
    return Fraction(-minor if sign else minor), currency


def literal(text, tag):
    """A scalar of a rule, typed by what it is compared with."""
    if tag == "n":
        return ("n", Fraction(text))
    if tag == "b":
        return ("b", {"true": True, "false": False}[text])
    if tag == "t":
        return ("t", instant(text))
    if tag == "d":
        return ("d", duration(text))
    if tag == "m":
        return ("m", money(text))
    return ("s", text)


def shown(value):
    """A metric as the alert shows it: numbers rounded down to 1/1000, money to minor units."""
    if value is None:
        return "none"
    tag, number = value
    if tag == "m":
        minor = math.floor(number[0])
        sign = "-" if minor < 0 else ""
        return f"{sign}{abs(minor) // 100}.{abs(minor) % 100:02d} {number[1]}"
    if tag == "n":
        return Fraction(math.floor(number * 1000), 1000)
    raise ValueError(f"no metric: {value}")


def compare(left, operator, right):
    """Whether `left operator right`; values of different tags or currencies are never equal, less or greater."""
    if left[0] != right[0] or (left[0] == "m" and left[1][1] != right[1][1]):
        return operator == "neq"
    one, other = (left[1][0], right[1][0]) if left[0] == "m" else (left[1], right[1])
    return {"eq": one == other, "neq": one != other, "lt": one < other, "lte": one <= other,
            "gt": one > other, "gte": one >= other}[operator]
