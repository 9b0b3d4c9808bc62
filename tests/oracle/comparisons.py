"""Random correlations that hold events against each other, or alerts together: velocity, change, first seen, ratio, score."""
import math

from correlations import amounts, common, condition_of, names_of, shared_fields, summable
from places import Places, speed
from values import PLACES


def placed_types(make):
    """Types of the case's key that tell a place."""
    return [name for name in make.carriers
            if any(field.style == "place" and not field.many for field in make.catalogue.types[name].values())]


def _places_of(make, types):
    return [name for name, field in make.common_fields(types).items() if field.style == "place" and not field.many]


def velocity(make, _lower):
    rng, types = make.rng, placed_types(make)
    names = [rng.choice(types) for _ in range(rng.choice([1, 1, 2]))]
    fields = _places_of(make, names) or _places_of(make, names[:1])
    events = {one: make.entry([name]) for one, name in zip("ab", names if _places_of(make, names) else names[:1])}
    for name, spec in zip(names, events.values()):
        spec["source"]["type"] = name
    places = rng.choice(["airports", ["airports", "stations"], ["stations", "airports"], "stations"])
    known = Places(make.catalogue.folder, places if isinstance(places, list) else [places])
    one, other = rng.sample([code for code in PLACES if known.known(code)], 2)
    metres = known.metres(one, other)
    fast = math.floor(speed(metres, make.span * rng.choice([1, 2, 4]) // 4))
    condition = {"speed_kmh|" + rng.choice(["gte", "gt", "gt"]): str(rng.choice([fast, fast + 1, 1, 0]))}
    if make.chance(0.15):
        condition["speed_kmh|lt"] = str(fast * 4 + 7)
    least = rng.choice(["0km", "1km", "100km", f"{metres // 1000}.{metres % 1000:03d}km",
                        f"{(metres + 1) // 1000}.{(metres + 1) % 1000:03d}km"])
    return events, {"rules": list(events), "field": rng.choice(fields), "places": places, "min-distance": least,
                    **common(make, events, None), "condition": condition}


def _watched(make, lower):
    """Entries, and a field that all of them have."""
    events, used = names_of(make, lower if make.chance(0.3) else None)
    lower = lower if lower and lower["name"] in used else None
    fields = shared_fields(make, events, "snbmt") if events else []
    field = make.key if lower else make.rng.choice(fields + [make.key])
    return events, {"rules": used, "field": field, **common(make, events, lower)}


def change(make, lower):
    events, correlation = _watched(make, lower)
    if make.chance(0.4):
        correlation["ignore-null"] = make.rng.choice(["true", "true", "false"])
    return events, correlation


def first_seen(make, lower):
    events, correlation = _watched(make, lower)
    return events, {**correlation, "history": make.piece(1, 2, 4, 6)}


def _side(make, events, name, field):
    """One side of a ratio: what is counted or added up, and of whom."""
    types = make.types_of_entries({name: events[name]})
    texts = [one for one, what in make.common_fields(sorted(types)).items() if what.tag == "s"]
    calls = [f"count({name})", f"count({name})"] + [f"{function}({name}.{make.rng.choice(texts)})"
                                                  for function in ("count", "count_distinct") if texts]
    side = {"rule": name, "metric": f"sum({name}.{field.name})" if field else make.rng.choice(calls)}
    if make.chance(0.4):
        side["key"] = make.own_path(types)
    return side


def ratio(make, _lower):
    """Counts by counts, or a sum by a sum."""
    rng, field = make.rng, None
    if make.chance(0.35):
        name, field = summable(make)
        events = {one: make.entry([name]) for one in "ab"[:rng.choice([1, 2])]}
        for spec in events.values():
            spec["source"]["type"] = name
    else:
        events = {one: make.entry() for one in "ab"[:rng.choice([1, 2, 2])]}
    sides = [_side(make, events, name, field) for name in rng.sample([*events, *events][:2], 2)]
    least = amounts(make, field) if field else str(rng.choice([1, 1, 2]))
    condition = {f"ratio|{rng.choice(['gte', 'gt', 'lte', 'lt'])}": rng.choice(["0.5", "1", "0.334", "1.5", "2"])}
    if make.chance(0.2):
        condition["numerator|gte"] = least
    return events, {"numerator": sides[0], "denominator": sides[1], **common(make, events, None),
                    "min-denominator": least, "condition": condition}


def score(make, lower):
    """Over the alerts of one rule, or of all that the case has made before."""
    rng = make.rng
    names = [one["name"] for one in make.lowers] if make.lowers else [lower["name"]]
    weights = {name: rng.choice(["1", "2", "10", "0.5", "0.333"]) for name in names}
    if make.chance(0.3):
        weights = {names[0]: rng.choice(["3", "1"]), names[0][:6] + "*": "2", "rule_*w*": "1"}
        weights = dict(list(weights.items())[rng.choice([0, 0, 1]):2 if make.chance(0.5) else 3])
    bound = rng.choice(["1", "2", "1.5", "3", "0.75", "12"])
    condition = rng.choices([{f"score|{rng.choice(['gte', 'gte', 'gt'])}": bound}, {"score|lt": bound},
                             {"score|gte": bound, "score|lte": "4"}, {"stages|gte": "2"},
                             {"sectors|gte": "2", "score|gt": "0.5"}, {"stages|lte": "1", "score|gte": bound}],
                            [60, 6, 8, 10, 10, 6])[0]
    return {}, {"rules": weights, **common(make, {}, lower or make.lowers[0]),
                "decay": {"half-life": make.piece(1, 2, 4, 8)},
                "max-per-rule": rng.choice(["1", "2", "5", "20"]), "condition": condition}


COMPARING = {"velocity": velocity, "change": change, "first_seen": first_seen, "ratio": ratio}
