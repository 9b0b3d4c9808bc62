"""Random events for a rule that is shipped: values and times drawn from what it asks for."""
import functools
import pathlib
import re

from conditions import operand_paths
from catalogue import glob_means
from generate import Maker
from language import documents, listed_of
from replay import Case, read_rules
from units import duration, duration_text, instant_text


def literals(rules):
    """{field: the scalars that conditions on it name}."""
    found = {}
    for rule in rules.values():
        searches = [search for spec in rule.events.values() for name, search in spec["detection"].items()
                    if name != "condition"] + list(rule.unless.values())
        for search in searches:
            for one in search if isinstance(search, list) else [search]:
                for key, wanted in one.items():
                    operand, *modifiers = key.split("|")
                    if not {"exists", "list", "fieldref"} & set(modifiers):
                        for path in operand_paths(operand):
                            found.setdefault(path, set()).update(wanted if isinstance(wanted, list) else [wanted])
    return found


def near(tag, field, wanted, rng):
    """A value that a condition's scalar decides about."""
    text = rng.choice(sorted(part for part in wanted if part is not None))
    if tag == "n":
        return int(float(text)) + rng.choice([-1, 0, 0, 1])
    if tag == "b":
        return text == "true"
    if tag == "m":
        return int(text.split(" ")[0].replace(".", "")) + rng.choice([-1, 0, 0, 100])
    return text


@functools.lru_cache(maxsize=1)
def shipped(folder):
    """The text of each document, and all documents as one."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(pathlib.Path(folder).rglob("*.yaml"))]
    return [part for text in texts for part in re.split(r"^---\s*$", text, flags=re.M) if documents(part)]


@functools.lru_cache(maxsize=1)
def shipped_rules(folder, catalogue):
    return read_rules(shipped(folder), catalogue)[0]


def belongs(part, names):
    """Whether a document is one of these rules, or means one of them, or is a list."""
    document = documents(part)[0]
    if "/exception/" in document["schema"]:
        return any(glob_means(glob, name) for glob in listed_of(document["rules"]) for name in names)
    return "/list/" in document["schema"] or document.get("name") in names


def with_lower(rules, name):
    """The names of a rule and of all whose alerts it reads."""
    found = [name]
    for one in found:
        found += [lower for lower in rules[one].lower if lower not in found]
    return found


def deployed_case(seed, catalogue, folder):
    """A shipped rule, and events for it and those whose alerts it reads."""
    make, rules = Maker(seed, catalogue), shipped_rules(folder, catalogue)
    rng = make.rng
    names = with_lower(rules, rng.choice(sorted(rules)))
    rule, chosen = rules[names[0]], [rules[name] for name in names]
    files = [part for part in shipped(folder) if belongs(part, names)]
    types = sorted({one for each in chosen for name in each.events for one in each.entry_types(name)})
    make.span = duration(rule.correlation["timespan"]) if rule.correlation else 3_600_000
    make.values.span, make.types = make.span, set(types)
    wanted = literals({each.name: each for each in chosen})
    draw = make.values.value

    def value(field):
        if field.name in wanted and field.tag != "t" and rng.random() < 0.8:    # times are asked for as distances
            one = near(field.tag, field, wanted[field.name], rng)
            return [one] if field.many else one
        return draw(field)

    make.values.value = value
    events = make.events()
    lateness = rng.choice(["", duration_text(make.span // 2)])
    events = make.arrival(events, make.span // 2 if rng.random() < 0.5 else 0)
    return Case(files, events, lateness, instant_text(make.base + 400 * make.span), "deployed")

