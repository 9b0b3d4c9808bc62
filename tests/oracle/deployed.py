"""Random events for the rules that are shipped: values and times drawn from what the rules ask for."""
import pathlib

from conditions import operand_paths
from generate import Maker
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


def deployed_case(seed, catalogue, folder):
    """All shipped rules, and events for one of them and those whose alerts it reads."""
    files = [path.read_text(encoding="utf-8") for path in sorted(pathlib.Path(folder).rglob("*.yaml"))]
    make = Maker(seed, catalogue)
    rules, _ = read_rules(files, catalogue)
    rng = make.rng
    rule = rules[rng.choice(sorted(rules))]
    chosen = [rule, *(rules[name] for name in rule.lower)]
    types = sorted({one for each in chosen for name in each.events for one in each.entry_types(name)})
    make.span = duration(rule.correlation["timespan"]) if rule.correlation else 3_600_000
    make.values.span, make.types = make.span, set(types)
    wanted = literals({each.name: each for each in chosen})
    draw = make.values.value

    def value(field):
        if field.name in wanted and rng.random() < 0.8:
            one = near(field.tag, field, wanted[field.name], rng)
            return [one] if field.many else one
        return draw(field)

    make.values.value = value
    events = make.events()
    lateness = rng.choice(["", duration_text(make.span // 2)])
    events = make.arrival(events, make.span // 2 if rng.random() < 0.5 else 0)
    return Case(files, events, lateness, instant_text(make.base + 400 * make.span), "deployed")

