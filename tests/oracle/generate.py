"""Random cases: a small rule, or two, one over the other's alerts, and events that meet it, often at its bounds."""
import datetime
import random

from catalogue import is_glob
from comparisons import COMPARING, placed_types, score
from correlations import MAKERS as COUNTING
from language import Rule
from emit import yaml_text
from replay import Case
from units import duration_text, instant, instant_text
from values import Values

SPANS = [100, 10_000, 60_000, 3_600_000, 86_400_000, 172_800_000]
BASES = ["2024-03-04T00:00:00Z", "2023-12-31T20:00:00Z", "2024-02-29T12:00:00Z"]
SOURCES = ["s1", "s2", "s3"]
PURPOSES = ["smuggling", "trafficking"]
STAGES = ["transport", "finance", "entry"]
WINDOWED = {"event_count", "value_count", "value_sum", "value_avg", "aggregate", "ratio", "temporal", "temporal_ordered",
            "score"}
MAKERS = {**COUNTING, **COMPARING, "score": score}
LOWER = [kind for kind in MAKERS if kind not in ("score", "link")]     # what may stand under another rule
TOGETHER = {"score", "derived", "levels"}                # of several rules


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
        self.lowers = []       # rules whose alerts the next one may add up
        self.by_share = 0.12   # of steps that name a path of their own
        self.window_share, self.close_share = 0.12, 0.1

    def chance(self, share):
        return self.rng.random() < share

    def piece(self, *parts):
        """A part of the time span: `piece(2, 4)` is its half or the whole."""
        return duration_text(max(1, self.span * self.rng.choice(parts) // 4))

    # groups and entries

    def choose_key(self, placed=False):
        """An identity kind that several types carry; `placed`: one of those that tell a place."""
        kinds = sorted(self.catalogue.kinds)
        carried = {kind: [name for name in self.catalogue.types if self.catalogue.fields_of(name, kind)]
                   for kind in kinds}
        adds_up = {kind for kind in kinds for name in carried[kind]
                   if any(field.tag in "nm" for field in self.catalogue.types[name].values())}
        self.key = self.rng.choice([kind for kind in kinds if len(carried[kind]) > 1 and kind in adds_up])
        if placed:
            self.key = self.rng.choice(["booking", "document"])
        self.carriers = self.rng.sample(carried[self.key], min(3, len(carried[self.key])))
        if placed:
            self.carriers = [name for name in carried[self.key] if any(
                field.style == "place" and not field.many for field in self.catalogue.types[name].values())]

    def common_fields(self, types):
        fields = [self.catalogue.types[name] for name in types]
        return {name: field for name, field in fields[0].items()
                if all(name in other and other[name].tag == field.tag and other[name].many == field.many
                       for other in fields)}

    def own_path(self, types):
        """A path by which events of these types have the key: the kind, one of its roles, or a field that carries it."""
        fields = [field for field in self.common_fields(sorted(types)).values() if field.kind == self.key]
        roles = [f"{self.key}/{field.role}" for field in fields if field.role]
        return self.rng.choice([self.key, *[field.name for field in fields], *roles])

    def types_of_entries(self, events):
        return self.types_of({"name": "", "purpose": [], "events": events, "correlation": {"type": ""}})

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
                "level": self.rng.choice(["low", "high"]), "stage": self.rng.choice(STAGES), "purpose": ["smuggling"],
                "legal-basis": ["wwft-fiu"], "owner": "desk-x"}

    def suppress(self, group_by, means):
        found = {"for": self.piece(2, 4, 6, 12)}
        if self.chance(0.3) and group_by:
            found["by"] = [next((element for element in group_by if means(element)), group_by[0])]
        found["then"] = self.rng.choice(["update", "drop"])
        return found

    def rule(self, kind, name="rule_a", lower=None, keyed=False):
        """A rule document of a kind; `keyed`: its alerts have the key."""
        document = self.head(name)
        if kind == "single":
            document.update(self.entry())
            document["unless"] = self.unless(self.types_of(document))
            if keyed:
                fields = [field.name for one in self.types_of(document) for field in self.catalogue.types[one].values()
                          if field.kind == self.key]
                document["alert"] = {"carry": [f"event.{self.rng.choice(sorted(fields))}"]}
            return document
        if kind == "velocity" and not placed_types(self):
            kind = "first_seen"
        events, correlation = MAKERS[kind](self, lower)
        closer = self.closer(events, correlation, lower) if kind != "link" and self.chance(self.close_share) else None
        if events:
            document["events"] = events
        types = self.types_of({**document, "correlation": {"type": kind}})
        document["unless"] = self.unless(types) if types else {"none": "random"}
        document["correlation"] = {"type": kind, **correlation}
        means = Rule(document, self.catalogue).kind_of
        if keyed and not any(means(part) == self.key for part in correlation["group-by"]):
            correlation["group-by"].append(self.key)
        if self.chance(0.25):
            correlation["close-after"] = self.piece(1, 2, 4)
        if kind in WINDOWED and self.chance(self.window_share):
            correlation.update(self.rng.choice([{"window": "tumbling"}, {"window": "session", "gap": self.piece(1, 2, 4)}]))
        if "aliases" in correlation:    # of events that are there
            correlation["aliases"] = {element: {name: path for name, path in paths.items() if name in events}
                                      for element, paths in correlation["aliases"].items()}
            if not any(correlation["aliases"].values()):
                del correlation["aliases"]
        document["correlation"] = {"type": kind, **correlation}
        alert = {"suppress": self.suppress(correlation["group-by"], means)} if kind != "link" and self.chance(0.35) else {}
        if closer:
            alert["close-on"] = closer
        if alert:
            document["alert"] = alert
        return document

    def closer(self, events, correlation, lower):
        """An event of the rule that closes its alerts, of the correlation or for this alone, or the lower rule."""
        if self.chance(0.5) or (not events and not lower):
            kinds_only = correlation["group-by"] == [self.key]
            same = sorted(self.types_of_entries({"a": events["a"]})) if "a" in events and not kinds_only else None
            beside_key = "aliases" in correlation and correlation["group-by"] != ["whose"]
            if (not kinds_only and not same) or beside_key:
                return None
            events["z"] = self.entry(same)
            if correlation["group-by"] == ["whose"]:
                correlation["aliases"]["whose"]["z"] = self.own_path(self.types_of_entries({"z": events["z"]}))
            return "z"
        reads = lower and correlation["group-by"] == [self.key]
        return self.rng.choice([*events, *([lower["name"]] if reads else [])] or [None])

    def types_of(self, document):
        """The types that a rule reads, as far as it reads them."""
        rule = Rule({"unless": {"none": ""}, **document}, self.catalogue)
        return {one for name in rule.events for one in rule.entry_types(name)}

    @staticmethod
    def listed(value):
        return value if isinstance(value, list) else [value]

    def exception(self, document, alone):
        types, name = self.types_of(document), document["name"]
        if not types:
            return None
        fields = self.catalogue.types[self.rng.choice(sorted(types))]
        ends = datetime.date.today() + datetime.timedelta(days=30)
        if self.chance(0.5):    # among the events
            ends = datetime.date(1970, 1, 1) + datetime.timedelta(milliseconds=self.base + self.steps * self.span // 8)
        globs = [name, name[:3] + "?" + name[4:], *([name[:-1] + "*"] if alone else [])]
        return {"schema": "seinpost/exception/1", "title": "random", "rules": [self.rng.choice(globs)],
                "match": self.search(fields), "reason": "random", "author": "a.a", "approved-by": ["b.b"],
                "expires": ends.isoformat()}

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


EASY = {"sequence": 0.8, "derived": 0.7, "levels": 0.8, "score": 0.75, "temporal": 0.6, "temporal_ordered": 0.75,
        "absence": 0.6, "velocity": 0.7, "ratio": 0.7, "change": 0.7, "first_seen": 0.6, "link": 0.7}


def several_rules(make, kind):
    """Rules that read each other's alerts, the lowest first."""
    rng = make.rng
    if kind == "score":
        make.lowers = [make.rule(rng.choice(["single", "single", *LOWER]), f"rule_low{at}", keyed=True)
                       for at in range(rng.choice([1, 2, 2, 3]))]
        return [*make.lowers, make.rule("score", "rule_top", make.lowers[0])]
    lower = make.rule(rng.choice(["single", *LOWER] if kind == "levels" else LOWER), "rule_low", keyed=True)
    if make.chance(0.4) and "correlation" in lower:
        carry(make, lower)
    if make.chance(0.08) and "correlation" in lower:
        lower["correlation"]["generate"] = "false"
    if kind == "derived":
        return [lower, make.rule(rng.choice(list(MAKERS)), "rule_high", lower)]
    middle = make.rule(rng.choice(LOWER), "rule_middle", lower, keyed=True)
    make.lowers = rng.choice([[middle], [middle, lower]])
    return [lower, middle, make.rule(rng.choice(["score", *MAKERS]), "rule_high", middle)]


def carry(make, lower):
    """Lets the lower rule's alerts carry an identity of another kind, by which the higher rule goes on."""
    pairs = []
    for name, spec in [pair for pair in lower["events"].items() if pair[0] != "z"]:    # what only closes is no evidence
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
    label, (kind, _, focus) = kind, kind.partition("+")
    make.choose_key(placed=kind == "velocity" or (kind in TOGETHER and make.chance(0.15)))
    make.easy_share = EASY.get(kind, 0.45)
    if focus == "window":
        make.window_share = 1
    elif focus == "close":
        make.close_share = 1
    elif focus == "by":
        make.by_share = 0.6
    documents = several_rules(make, kind) if kind in TOGETHER else [make.rule(kind, name)]
    events = make.events()
    exception = make.exception(documents[0], kind not in TOGETHER) if make.chance(0.15) else None
    documents += [exception] if exception else []
    documents += make.lists
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
    return Case([yaml_text(documents)], events, lateness, until, label)
