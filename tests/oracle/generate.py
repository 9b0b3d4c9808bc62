"""Random cases: a small rule, or two, one over the other's alerts, and events that meet it, often at its bounds."""
import datetime
import random

from catalogue import is_glob
from correlations import MAKERS
from language import Rule
from emit import yaml_text
from replay import Case
from units import duration_text, instant, instant_text
from values import Values

SPANS = [100, 10_000, 60_000, 3_600_000, 86_400_000, 172_800_000]
BASES = ["2024-03-04T00:00:00Z", "2023-12-31T20:00:00Z", "2024-02-29T12:00:00Z"]
SOURCES = ["s1", "s2", "s3"]
PURPOSES = ["smuggling", "trafficking"]


class Maker:
    """What one case is made with."""

    def __init__(self, seed, catalogue):
        self.rng = random.Random(seed)
        self.catalogue = catalogue
        self.span = self.rng.choice(SPANS)
        self.base = instant(self.rng.choice(BASES))
        self.values = Values(self.rng, self.base, self.span)
        self.types = set()     # that the rules look at
        self.lists = []        # documents
        self.list_prefix = "list"
        self.easy_share = 0.45   # of detections that most events meet
        self.key = ""

    def chance(self, share):
        return self.rng.random() < share

    def piece(self, *parts):
        """A part of the time span: `piece(2, 4)` is its half or the whole."""
        return duration_text(max(1, self.span * self.rng.choice(parts) // 4))

    # groups and entries

    def choose_key(self):
        """An identity kind that several types carry."""
        kinds = sorted(self.catalogue.kinds)
        carried = {kind: [name for name in self.catalogue.types if self.catalogue.fields_of(name, kind)]
                   for kind in kinds}
        adds_up = {kind for kind in kinds for name in carried[kind]
                   if any(field.tag in "nm" for field in self.catalogue.types[name].values())}
        self.key = self.rng.choice([kind for kind in kinds if len(carried[kind]) > 1 and kind in adds_up])
        self.carriers = self.rng.sample(carried[self.key], min(3, len(carried[self.key])))

    def common_fields(self, types):
        fields = [self.catalogue.types[name] for name in types]
        return {name: field for name, field in fields[0].items()
                if all(name in other and other[name].tag == field.tag and other[name].many == field.many
                       for other in fields)}

    def entry(self, types=None):
        """One entry of `events`."""
        types = types or self.rng.sample(self.carriers, self.rng.choice([1, 1, 1, min(2, len(self.carriers))]))
        if not self.common_fields(types):
            types = types[:1]
        self.types |= set(types)
        fields = self.common_fields(types)
        wanted = types[0] if len(types) == 1 else types
        if len(types) == 1 and self.chance(0.08):
            wanted = types[0].rpartition(".")[0] + ".*"
            self.types |= set(self.catalogue.meant_by(wanted))
        source = {"type": wanted}
        if self.chance(0.05):
            source["source"] = self.rng.choice(["s*", "s1", "?2", "s3"])
        return {"source": source, "detection": self.detection(fields)}

    def easy(self, fields):
        """A search that most events meet."""
        mine = [field.name for field in fields.values() if field.kind == self.key]
        return {f"{self.rng.choice(mine) if mine else self.key}|exists": "true"}

    def search(self, fields):
        paths = list(fields)
        search = dict(self.values.condition(self.rng.choice(paths), fields) for _ in range(self.rng.choice([1, 1, 2])))
        if self.chance(0.1):
            search.update([self.values.of_clock()])
        return search

    def detection(self, fields):
        rng = self.rng
        if self.chance(self.easy_share):
            return {"s": self.easy(fields), "condition": "s"}
        easy, one, other = self.easy(fields), self.search(fields), self.search(fields)
        forms = [({"s": {**easy, **one}}, "s"), ({"s": easy, "f": one}, "s and not f"),
                 ({"s1": {**easy, **one}, "s2": {**easy, **other}}, rng.choice(["1 of s*", "any of them", "s1 or s2"])),
                 ({"s": easy, "x1": one, "x2": other}, rng.choice([
                     "s and not all of x*", "s and (x1 or x2)", "s and not (x1 and not x2)", "2 of them",
                     "not x1 and s", "s and not 1 of x*", "x1 and s or x2 and s"])),
                 ({"s": [{**easy, **one}, {**easy, **other}]}, "s")]
        searches, condition = rng.choice(forms)
        return {**searches, "condition": condition}

    def unless(self, types):
        """Reasons that exonerate; fields of some of the rule's types."""
        if self.chance(0.55):
            return {"none": "random"}
        fields = self.catalogue.types[self.rng.choice(sorted(types))]
        found = {"u1": self.search(fields)}
        if self.chance(0.3):
            found["u2"] = [self.search(fields), self.search(fields)] if self.chance(0.3) else self.search(fields)
        if self.chance(0.25):
            found["u3"] = {f"{self.key}|list": self.list_of(self.key)}
        return found

    def list_of(self, kind):
        name = f"{self.list_prefix}_{len(self.lists)}"
        entries = [{"value": f"{kind}-{self.rng.randrange(1, 4)}"}]
        if self.chance(0.6):
            entries[0]["expires"] = instant_text(self.values.moment())
        self.lists.append({"schema": "seinpost/list/1", "name": name, "title": "random", "key": kind,
                           "owner": "desk-x", "expires": "2099-01-01", "entries": entries})
        return name

    # documents

    def head(self, name):
        return {"schema": "seinpost/rule/1", "title": "random", "name": name, "version": "1", "status": "test",
                "level": self.rng.choice(["low", "high"]), "stage": "transport", "purpose": ["smuggling"],
                "legal-basis": ["wwft-fiu"], "owner": "desk-x"}

    def suppress(self, group_by):
        found = {"for": self.piece(2, 4, 6, 12)}
        if self.chance(0.3) and group_by:
            found["by"] = [self.key_element(group_by)]
        found["then"] = self.rng.choice(["update", "drop"])
        return found

    def key_element(self, group_by):
        return next((element for element in group_by if element.partition("/")[0] in self.catalogue.kinds), group_by[0])

    def rule(self, kind, name="rule_a", lower=None, keyed=False):
        """A rule document of a kind; `keyed`: its alerts have the key."""
        document = self.head(name)
        if kind == "single":
            document.update(self.entry())
            document["unless"] = self.unless(self.types_of(document))
            return document
        events, correlation = MAKERS[kind](self, lower)
        if events:
            document["events"] = events
        types = self.types_of({**document, "correlation": {"type": kind}})
        document["unless"] = self.unless(types) if types else {"none": "random"}
        if keyed and not any(part.partition("/")[0] == self.key for part in correlation["group-by"]):
            correlation["group-by"].append(self.key)
        if self.chance(0.25):
            correlation["close-after"] = self.piece(1, 2, 4)
        document["correlation"] = {"type": kind, **correlation}
        if self.chance(0.35):
            document["alert"] = {"suppress": self.suppress(correlation["group-by"])}
        return document

    def types_of(self, document):
        """The types that a rule reads, as far as it reads them."""
        rule = Rule({"unless": {"none": ""}, **document}, self.catalogue)
        return {one for name in rule.events for one in rule.entry_types(name)}

    @staticmethod
    def listed(value):
        return value if isinstance(value, list) else [value]

    def exception(self, document):
        types, name = self.types_of(document), document["name"]
        if not types:
            return None
        fields = self.catalogue.types[self.rng.choice(sorted(types))]
        ahead = datetime.date.today() + datetime.timedelta(days=30)
        globs = [name, name[:3] + "?" + name[4:], name[:-1] + "*"]
        return {"schema": "seinpost/exception/1", "title": "random", "rules": [self.rng.choice(globs)],
                "match": self.search(fields), "reason": "random", "author": "a.a", "approved-by": ["b.b"],
                "expires": ahead.isoformat()}

    # events

    def event(self, at):
        name = self.rng.choice(sorted(self.types))
        jitter = self.rng.choices([0, 1, -1, 1000, -1000], [70, 8, 8, 7, 7])[0]
        time = self.base + self.rng.randrange(0, self.steps) * self.span // 4 + (jitter if self.span >= 10_000 else 0)
        return {"id": f"e{at}", "type": name, "source": self.rng.choices(SOURCES, [6, 2, 1])[0],
                "time": instant_text(time), "schema": 1,
                "purpose": PURPOSES if self.chance(0.96) else [self.rng.choice(PURPOSES)],
                "legal_basis": "wwft-fiu", "data": self.values.data(self.catalogue.types[name])}

    def events(self):
        count = self.rng.choices([self.rng.randrange(5, 12), self.rng.randrange(12, 25), self.rng.randrange(25, 61)],
                                 [50, 40, 10])[0]
        self.steps = max(4, count // self.rng.choice([1, 2, 3]) + 2)
        events = [self.event(at) for at in range(count)]
        for event in list(events):
            if self.chance(0.05):
                events.append(dict(event))
            elif self.chance(0.03):
                events.append({**event, "source": self.rng.choice(SOURCES)})
            elif self.chance(0.02):
                events.append({**event, "time": instant_text(instant(event["time"]) + self.span // 4)})
        return events

    def arrival(self, events, lateness):
        """In the order of time, each at most so much late."""
        drawn = [(instant(event["time"]) + self.rng.randrange(lateness + 1), self.rng.random(), event)
                 for event in events]
        return [event for _, _, event in sorted(drawn, key=lambda one: one[:2])]


def carry(make, lower):
    """Lets the lower rule's alerts carry an identity of another kind, by which the higher rule goes on."""
    pairs = []
    for name, spec in lower["events"].items():
        for field in make.common_fields(make.listed(spec["source"]["type"])).values() if not is_glob(
                str(spec["source"]["type"])) else []:
            carriers = [one for one in make.catalogue.types if make.catalogue.fields_of(one, field.kind)]
            adds_up = any(other.tag in "nm" for one in carriers for other in make.catalogue.types[one].values())
            if field.kind and field.kind != make.key and len(carriers) > 1 and adds_up:
                pairs.append((name, field, carriers))
    if not pairs:
        return
    name, field, carriers = make.rng.choice(pairs)
    lower.setdefault("alert", {})["carry"] = [f"{name}.{field.name}"]
    make.key, make.carriers = field.kind, make.rng.sample(carriers, min(3, len(carriers)))


def generate(seed, catalogue, kind, name="rule_a"):
    """The case of a seed."""
    make = Maker(seed, catalogue)
    rng, make.list_prefix = make.rng, f"list_{name}"
    make.choose_key()
    make.easy_share = {"sequence": 0.8, "derived": 0.7, "temporal": 0.6, "absence": 0.6}.get(kind, 0.45)
    if kind == "derived":
        lower = make.rule(rng.choice(list(MAKERS)), "rule_low", keyed=True)
        if make.chance(0.4):
            carry(make, lower)
        documents = [lower, make.rule(rng.choice(list(MAKERS)), "rule_high", lower)]
    else:
        documents = [make.rule(kind, name)]
    exception = make.exception(documents[0]) if make.chance(0.15) else None
    documents += [exception] if exception else []
    documents += make.lists
    events = make.events()
    lateness, order = "", rng.choices(["sorted", "bounded", "late", "any"], [30, 30, 12, 28])[0]
    bound = make.span * rng.choice([1, 2, 4, 8]) // 4
    if order == "sorted":
        events = make.arrival(events, 0)
    elif order == "any":
        rng.shuffle(events)
    else:
        lateness = duration_text(bound)
        events = make.arrival(events, bound if order == "bounded" else bound * 2)
    far, near = make.base + 400 * make.span, make.base + make.steps * make.span // 8
    until = rng.choices([instant_text(far), instant_text(near), ""], [80, 10, 10])[0]
    return Case([yaml_text(documents)], events, lateness, until, kind)
