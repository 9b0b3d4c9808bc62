"""Random correlations, one maker for each kind: (maker, lower rule or None) -> (events, correlation)."""


def names_of(make, lower, least=1):
    """Entries of a rule: {name: spec}, and the names that it may use (a lower rule's too)."""
    count = max(least - (1 if lower else 0), make.rng.choice([1, 1, 2]) - (1 if lower else 0))
    events = {name: make.entry() for name in "abc"[:count]}
    used = list(events) + ([lower["name"]] if lower else [])
    return events, used


def _group_by(make, events, lower):
    """An identity kind, now and then a role of it, or a path beside it."""
    fields = [make.common_fields([name]) for name in sorted(make.types_of({"name": "", "purpose": [], "events": events,
                                                                          "correlation": {"type": ""}}))]
    if lower:
        return [make.key]
    if make.chance(0.12):
        return ["whose"]     # an element of any name, see aliases()
    roles = [{field.role for field in one.values() if field.kind == make.key} for one in fields]
    shared = set.intersection(*roles) - {""}
    if shared and make.chance(0.5):
        return [f"{make.key}/{make.rng.choice(sorted(shared))}"]
    named = [name for name, field in fields[0].items() if field.kind == make.key and all(name in one for one in fields)]
    if named and make.chance(0.15):
        return [make.rng.choice(named)]     # a field is the kind that it carries
    paths = [name for name, field in fields[0].items() if field.tag == "s" and not field.kind
             and all(name in other for other in fields)]
    if paths and make.chance(0.3):
        beside = make.rng.choice(paths)
        return [beside] if make.chance(0.2) else make.rng.choice([[make.key, beside], [beside, make.key]])
    return [make.key]


def _aliases(make, events, element):
    """By which path an event has an element. An event that may be two of the rule's has all but the key by one path."""
    types = {name: make.types_of_entries({name: spec}) for name, spec in events.items()}
    paths = {name: make.own_path(types[name]) for name in events}
    if element == "whose":
        return {element: paths}
    apart = sum(map(len, types.values())) == len(set().union(*types.values()))
    return {element: dict([make.rng.choice(sorted(paths.items()))])} if apart or element.startswith(make.key) else {}


def common(make, events, lower):
    found = {"group-by": _group_by(make, events, lower), "timespan": make.piece(2, 4, 4, 8)}
    if found["group-by"] == ["whose"] or (events and make.chance(0.06)):
        aliases = _aliases(make, events, make.rng.choice(found["group-by"]))
        if aliases:
            found["aliases"] = aliases
    if make.chance(0.06):
        found["lateness"] = make.piece(2, 4, 8)
    return found


def condition_of(make, *low):
    rng, first = make.rng, make.rng.choice(low)
    return rng.choices([{"gte": str(first)}, {"gt": str(first - 1)}, {"gte": str(first), "lt": str(first + 2)},
                        {"eq": str(first)}, {"neq": "1"}, {"lte": str(first)}], [60, 12, 12, 8, 4, 4])[0]


def shared_fields(make, events, tags, many=True):
    """Fields that all types of the entries have."""
    types = [name for spec in events.values() for want in make.listed(spec["source"]["type"])
             for name in make.catalogue.meant_by(want)]
    return [name for name, field in make.common_fields(types).items() if field.tag in tags and (many or not field.many)]


def event_count(make, lower):
    events, used = names_of(make, lower)
    return events, {"rules": used, **common(make, events, lower), "condition": condition_of(make, 1, 2, 2, 3)}


def value_count(make, lower):
    events, used = names_of(make, lower if make.chance(0.3) else None)
    lower = lower if lower and lower["name"] in used else None
    fields = shared_fields(make, events, "snb") if events else []
    field = make.key if lower else make.rng.choice(fields + [make.key])
    if lower and make.chance(0.5):
        field = make.key
    return events, {"rules": used, "field": field, **common(make, events, lower),
                    "condition": condition_of(make, 1, 2, 2)}


def summable(make):
    """A type that carries the key, and a field that adds up."""
    found = [(name, field) for name, fields in make.catalogue.types.items() for field in fields.values()
             if field.tag in "nm" and make.catalogue.fields_of(name, make.key)]
    return make.rng.choice(found)


def amounts(make, field):
    low = make.rng.choice([0, 1, 2, 3]) if field.tag == "n" else make.rng.choice([1, 1000, 2000, 2001, 2500])
    return str(low) if field.tag == "n" else f"{low // 100}.{low % 100:02d} {make.rng.choice(['EUR', 'EUR', 'USD'])}"


def value_sum(make, _lower):
    name, field = summable(make)
    events = {"a": make.entry([name])}
    events["a"]["source"]["type"] = name
    operator = make.rng.choice(["gte", "gte", "gt", "lt", "lte"])
    return events, {"rules": ["a"], "field": field.name, **common(make, events, None),
                    "condition": {operator: amounts(make, field)}}


def value_avg(make, lower):
    return value_sum(make, lower)


def aggregate(make, lower):
    name, field = summable(make)
    events = {"a": make.entry([name])}
    events["a"]["source"]["type"] = name
    if make.chance(0.6) and not lower:
        events["b"] = make.entry()
    used = list(events) + ([lower["name"]] if lower else [])
    path = f"a.{field.name}"
    texts = [one for one, what in make.catalogue.types[name].items() if what.tag == "s"]
    metrics = {"m_sum": f"sum({path})", "m_min": f"min({path})", "m_max": f"max({path})", "m_avg": f"avg({path})",
               "m_n": f"count({make.rng.choice(used)})", "m_have": f"count(a.{make.rng.choice(texts)})",
               "m_kinds": f"count_distinct(a.{make.rng.choice(texts)})", "m_keys": f"count_distinct({make.key})"}
    chosen = dict(make.rng.sample(sorted(metrics.items()), make.rng.choice([1, 2, 3])))
    condition = {}
    for metric, call in list(chosen.items()):
        money = field.tag == "m" and call.startswith(("sum", "min", "max", "avg"))
        counts = call.startswith("count")
        if money or make.chance(0.7):
            amount = str(make.rng.choice([1, 2, 2, 3])) if counts else amounts(make, field)
            condition[f"{metric}|{make.rng.choice(['gte', 'gte', 'gte', 'gt', 'lte'])}"] = amount
    if make.chance(0.4):
        _add_ratio(make, chosen, condition, used)
    if not condition:
        chosen["m_all"] = f"count({used[0]})"
        condition["m_all|gte"] = "2"
    return events, {"rules": used, **common(make, events, lower), "metrics": chosen, "condition": condition}


def _add_ratio(make, metrics, condition, used):
    """A ratio of two counts, or of what is there."""
    metrics["m_one"] = f"count({used[-1]})"
    metrics["m_two"] = f"count_distinct({make.key})"
    metrics["m_ratio"] = "ratio(m_one, m_two)" if make.chance(0.5) else "ratio(m_two, m_one)"
    if make.chance(0.8):
        condition[f"m_ratio|{make.rng.choice(['gte', 'gt', 'lte'])}"] = make.rng.choice(["0.5", "1", "0.334", "1.5"])


def temporal(make, lower):
    events, used = names_of(make, lower, 2)
    correlation = {"rules": used, **common(make, events, lower)}
    if make.chance(0.3):
        correlation["min-count"] = {make.rng.choice(used): "2"}
    elif make.chance(0.3):
        correlation["condition"] = {"gte": str(len(used) - make.rng.choice([0, 0, 1]) or 1)}
    return events, correlation


def temporal_ordered(make, lower):
    events, used = names_of(make, lower, make.rng.choice([2, 2, 3]))
    make.rng.shuffle(used)
    correlation = {"rules": used, **common(make, events, lower)}
    if make.chance(0.3):
        correlation["min-count"] = {make.rng.choice(used): "2"}
    if make.chance(0.3):
        correlation["condition"] = {"gte": str(len(used) - make.rng.choice([0, 0, 1]) or 1)}
    return events, correlation


def absence(make, lower):
    events, used = names_of(make, lower, 2)
    make.rng.shuffle(used)
    correlation = {"after": used[0], "missing": used[1], **common(make, events, lower)}
    if make.chance(0.5):
        correlation["lookback"] = make.piece(1, 2, 4)
    return {name: spec for name, spec in events.items() if name in used[:2]}, correlation


def _refer(make, events, one, other):
    """Lets entry `other` compare a field of its own with one of an earlier step."""
    fields = [make.common_fields([type_name for want in make.listed(events[name]["source"]["type"])
                                  for type_name in make.catalogue.meant_by(want)]) for name in (one, other)]
    pairs = [(mine, theirs) for mine, field in fields[1].items() for theirs, what in fields[0].items()
             if field.tag == what.tag != "t" and not field.many and not what.many and what.kind != make.key]
    if not pairs:
        return
    mine, theirs = make.rng.choice(pairs)
    operator = make.rng.choice(["", "|gte", "|lt", "|neq"] if fields[1][mine].tag == "n" else ["", "", "|neq"])
    detection = events[other]["detection"]
    detection["r"] = {f"{mine}{operator}|fieldref": f"{one}.{theirs}"}
    detection["condition"] = f"({detection['condition']}) and r"


def _step(make, events, name, first):
    step = {"rule": name}
    if not first and make.chance(0.6):
        step["within"] = make.piece(1, 2, 4)
    if make.chance(0.25):
        step["count"] = make.rng.choice(["2", "2", "3"])
    if make.chance(0.2) and name in events:
        fields = shared_fields(make, {name: events[name]}, "snb", many=False)
        if fields:
            step["distinct"] = make.rng.choice(fields)
    if ("count" in step or "distinct" in step) and make.chance(0.4):
        step["span"] = make.piece(1, 2)
    if name in events and make.by_share and make.chance(make.by_share):
        step["by"] = make.own_path(make.types_of_entries({name: events[name]}))
    return step


def sequence(make, lower):
    rng = make.rng
    events = {name: make.entry() for name in "abc"[:rng.choice([1, 2, 2, 3])]}
    used = list(events)
    if lower:
        used[rng.randrange(len(used))] = lower["name"]
        events = {name: spec for name, spec in events.items() if name in used}
    if len(used) > 1 and not lower and make.chance(0.3):
        _refer(make, events, used[0], used[-1])
    steps = [_step(make, events, name, at == 0) for at, name in enumerate(used)]
    if make.chance(0.3):
        events["x"] = make.entry()
        at = rng.randrange(1, len(steps) + 1)
        last = at == len(steps)
        steps.insert(at, {"not": "x", **({"within": make.piece(1, 2)} if last or make.chance(0.5) else {})})
    if len(steps) == 1:
        steps[0].setdefault("count", "2")
    if make.chance(0.2):
        events["y"] = make.entry()
    correlation = {"steps": steps, **common(make, events, lower)}
    if "y" in events:
        correlation["until"] = "y"
    if make.chance(0.2):
        correlation["overlap"] = rng.choice(["first", "latest"])
    return events, correlation


def link(make, lower):
    """What hangs together by the key, and by one more kind or two that the events carry."""
    rng = make.rng
    events, used = names_of(make, lower, make.rng.choice([1, 2]))
    others = {field.kind for one in make.types_of_entries(events) for field in make.catalogue.types[one].values()
              if field.kind} - {make.key} if events else set()
    via = [make.key, *rng.sample(sorted(others), min(len(others), rng.choice([0, 1, 1, 2])))]
    condition = {f"{name}|{rng.choice(['gte', 'gte', 'gt'])}": str(rng.choice(low)) for name, low in rng.choice(
        [{"entities": [1, 2, 3, 4]}, {"entities": [2, 3, 4]}, {"sectors": [1, 2]}, {"entities": [1, 2], "sectors": [1, 2]},
         {"stages": [0, 1], "indicators": [0, 1, 2]} if lower else {"entities": [1, 3, 5]}]).items()}
    correlation = {"rules": used, "via": via, "timespan": make.piece(2, 4, 4, 8), "hub-limit": rng.choice(["1", "2", "3", "4", "20"]),
                   "max-size": "500", "condition": condition}
    if make.chance(0.06):
        correlation["lateness"] = make.piece(2, 4, 8)
    return events, correlation


MAKERS = {"event_count": event_count, "value_count": value_count, "value_sum": value_sum, "value_avg": value_avg,
          "aggregate": aggregate, "temporal": temporal, "temporal_ordered": temporal_ordered, "sequence": sequence,
          "absence": absence, "link": link}
