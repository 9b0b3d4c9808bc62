"""Reads rule files into rules, lists and exceptions, and says which events a rule's names mean."""
import functools
import re
from dataclasses import dataclass

import yaml
from conditions import detection_true, later_references, search_paths, search_true
from catalogue import glob_means, is_glob
from units import duration, instant


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """No tag resolution: every scalar is text, but a plain `null`."""


Loader.yaml_implicit_resolvers = {"n": [("tag:yaml.org,2002:null", re.compile("null$"))]}


@functools.lru_cache(maxsize=512)
def documents(text):
    """The documents of a file; nobody changes them."""
    return [document for document in yaml.load_all(text, Loader) if document]


def listed_of(value):
    return value if isinstance(value, list) else [value]


class World:
    """What a condition may look at besides the event."""

    def __init__(self, lists, seen=None):
        self.lists, self.seen = lists, seen

    def listed(self, name, value, moment):
        return any(entry["value"] == value[1] and moment < entry["expires"] for entry in self.lists.get(name, []))

    def within(self, seen):
        return World(self.lists, seen)


def list_entries(document):
    """The entries of a list, each with the instant from which it is no more."""
    entries = [entry if isinstance(entry, dict) else {"value": entry} for entry in document.get("entries") or []]
    return [{"value": entry["value"], "expires": min(expiry(entry), expiry(document))} for entry in entries]


def expiry(document):
    """The instant from which something is no more; a day is its first instant."""
    text = document.get("expires")
    if text is None:
        return float("inf")
    return instant(text if "T" in text else text + "T00:00:00Z")


@dataclass(frozen=True)
class Slot:
    """A place of the correlation that asks for events of a name: a step, a side of a ratio, or all that name it alike."""
    token: str      # what an event of the group bears
    name: str       # of `events` or of a rule
    by: tuple       # paths instead of those of `group-by`; () = those


CLOSES = "!close"   # the token of the event that closes, see Rule.slots


class Rule:
    """One rule document, with the exceptions that apply to it."""

    def __init__(self, document, catalogue, exceptions=()):
        self.document, self.catalogue = document, catalogue
        self.name = document["name"]
        self.purposes = set(listed_of(document["purpose"]))
        self.correlation = document.get("correlation")
        self.kind = self.correlation["type"] if self.correlation else "single"
        self.alert = document.get("alert") or {}
        self.carry = listed_of(self.alert.get("carry") or [])
        self.unless = {} if "none" in document["unless"] else document["unless"]
        self.exceptions = [(one["match"], expiry(one)) for one in exceptions
                           if any(glob_means(glob, self.name) for glob in listed_of(one["rules"]))]
        self.closer = self.alert.get("close-on")
        self.events = document.get("events") or {}
        if not self.correlation:
            self.events = {"": {"source": document["source"], "detection": document["detection"]}}
        self._types = {name: self._meant(spec) for name, spec in self.events.items()}
        self.lower = []   # names of the rules whose alerts it reads, see resolve()
        self.names = list(self.events)   # that the correlation names, in its order
        self.slots = []

    def resolve(self, rule_names):
        """Which names of `rules:` and steps are events of its own, and which are other rules."""
        others = [other for other in rule_names if other != self.name]
        self.names = []
        for want in self._wanted():
            own = [name for name in self.events if glob_means(want, name)]
            for name in own or [other for other in others if glob_means(want, other)]:
                if name not in self.names:
                    self.names.append(name)
        self.lower = [name for name in [*self.names, *([self.closer] if self.closer else [])]
                      if name not in self.events]
        self.lower = list(dict.fromkeys(self.lower))
        self.slots = list(dict.fromkeys(self._slots()))

    def _wanted(self):
        """What the correlation names; globs too."""
        if not self.correlation:
            return [""]
        if self.kind == "sequence":
            steps = [step.get("rule") or step["not"] for step in self.correlation["steps"]]
            return steps + ([self.correlation["until"]] if "until" in self.correlation else [])
        if self.kind == "absence":
            return [self.correlation["after"], self.correlation["missing"]]
        if self.kind == "ratio":
            return [self.correlation[side]["rule"] for side in ("numerator", "denominator")]
        return listed_of(self.correlation["rules"]) if self.kind != "score" else list(self.correlation["rules"])

    def _slots(self):
        """Where events are asked for: those with paths of their own stand apart."""
        places = []
        if self.kind == "sequence":
            places = [(step["rule"], step["by"], at) for at, step in enumerate(self.correlation["steps"]) if "by" in step]
            plain = [step.get("rule") or step["not"] for step in self.correlation["steps"] if "by" not in step]
            plain += [self.correlation["until"]] if "until" in self.correlation else []
        elif self.kind == "ratio":
            sides = [(self.correlation[side], side) for side in ("numerator", "denominator")]
            places = [(spec["rule"], spec.get("key", []), side) for spec, side in sides]
            plain = []
        else:
            plain = self.names
        slots = [Slot(name, name, ()) for name in plain]
        slots += [Slot(f"{at}#{name}", name, tuple(listed_of(by))) for name, by, at in places]
        if self.closer:
            slots.append(Slot(CLOSES, self.closer, ()))
        return slots

    def token_of(self, place, name):
        """What an event of a group bears at a step or a side."""
        token = f"{place}#{name}"
        return token if any(slot.token == token for slot in self.slots) else name

    def name_of(self, token):
        return token.partition("#")[2] or token

    def _meant(self, spec):
        """The types of one entry of `events`; of a glob's types those are left out that lack a field."""
        detection = spec["detection"]
        paths = [path for name, search in detection.items() if name != "condition" for path in search_paths(search)]
        found = set()
        for want in listed_of(spec["source"]["type"]):
            for name in self.catalogue.meant_by(want):
                if not is_glob(want) or all(self.catalogue.has(name, path) for path in paths):
                    found.add(name)
        return found

    def entry_types(self, name):
        return self._types.get(name, set())

    def referred_fields(self, names):
        """The (step, path) pairs that the detections of these names refer to."""
        found = []
        for name in names:
            for part, search in self.events.get(name, {}).get("detection", {}).items():
                if part != "condition":
                    found += later_references(search)
        return found

    def meets(self, name, event, world):
        """Whether an event is one of this name: of its type and source, and its detection is true."""
        if name not in self.events:
            return event.type == "alert" and event.rule == name
        spec = self.events[name]
        if event.type not in self._types[name]:
            return False
        if not glob_means(spec["source"].get("source", "*"), event.source):
            return False
        return detection_true(spec["detection"], event, world)

    def exonerated(self, event, world):
        return (any(search_true(search, event, world) for search in self.unless.values())
                or any(event.time < expires and search_true(match, event, world) for match, expires in self.exceptions))

    def names_of(self, event, world):
        """The names that an event meets, before anything is counted."""
        if not self.purposes <= event.purposes:
            return []
        wanted = dict.fromkeys([*self.names, *([self.closer] if self.closer else [])])
        names = [name for name in wanted if self.meets(name, event, world)]
        return [] if names and self.exonerated(event, world) else names

    def groups_of(self, event, names):
        """{group: tokens} of an event that meets these names."""
        found = {}
        elements = listed_of(self.correlation.get("group-by") or [])
        for slot in self.slots:
            if slot.name not in names:
                continue
            combos = [()]
            for element, path in zip(elements, self.paths_of(slot, elements)):
                values = self.element_values(path, event)
                combos = [combo + ((element, value),) for combo in combos for value in values]
            for combo in combos:
                found.setdefault(combo, []).append(slot.token)
        return found

    def paths_of(self, slot, elements):
        """By which paths an event at a place has the elements of `group-by`."""
        if len(slot.by) > 1 or len(slot.by) == len(elements):
            return slot.by
        aliases = self.correlation.get("aliases") or {}
        paths = [aliases.get(element, {}).get(slot.name, element) for element in elements]
        if slot.by:
            paths[self.key_at(elements)] = slot.by[0]
        return paths

    def key_at(self, elements):
        """The place of the key: the first identity kind, else the first path."""
        return next((at for at, element in enumerate(elements) if self.kind_of(element)), 0)

    def kind_of(self, element):
        """The identity kind of an element: its own, or the one of all fields that it means."""
        kind = element.partition("/")[0]
        if kind in self.catalogue.kinds:
            return kind
        aliases = (self.correlation.get("aliases") or {}).get(element, {})
        kinds = set()
        for name in self.events:
            path = aliases.get(name, element)
            if path.partition("/")[0] in self.catalogue.kinds:
                kinds.add(path.partition("/")[0])
                continue
            fields = [field for one in self.entry_types(name) for field in self.catalogue.fields_of(one, path) or []]
            kinds |= {field.kind for field in fields}
        return kinds.pop() if len(kinds) == 1 else ""

    @staticmethod
    def element_values(path, event):
        """The values of one element of `group-by`."""
        unique = []
        for _, value in event.values(path) or []:
            text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
            if text not in unique:
                unique.append(text)
        return unique
