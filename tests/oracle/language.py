"""Reads rule files into rules, lists and exceptions, and says which events a rule's names mean."""
import re

import yaml
from conditions import detection_true, later_references, search_paths, search_true
from catalogue import glob_means, is_glob
from units import duration, instant


class Loader(yaml.SafeLoader):
    """No tag resolution: every scalar is text, but a plain `null`."""


Loader.yaml_implicit_resolvers = {"n": [("tag:yaml.org,2002:null", re.compile("null"))]}


def documents(text):
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
    found = []
    for entry in document.get("entries") or []:
        entry = entry if isinstance(entry, dict) else {"value": entry}
        expires = entry.get("expires")
        if expires is None:
            moment = float("inf")
        elif "T" in expires:
            moment = instant(expires)
        else:
            moment = instant(expires + "T00:00:00Z") + duration("1d")
        found.append({"value": entry["value"], "expires": moment})
    return found


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
        self.exceptions = [one["match"] for one in exceptions
                           if any(glob_means(glob, self.name) for glob in listed_of(one["rules"]))]
        self.events = document.get("events") or {}
        if not self.correlation:
            self.events = {"": {"source": document["source"], "detection": document["detection"]}}
        self._types = {name: self._meant(spec) for name, spec in self.events.items()}
        self.lower = []   # names of the rules whose alerts it reads, see resolve()
        self.names = list(self.events)

    def resolve(self, rule_names):
        """Which names of `rules:` and steps are events of its own, and which are other rules."""
        wanted = self._wanted()
        self.names = []
        for want in wanted:
            for name in [*self.events, *(other for other in rule_names if other != self.name)]:
                if (name == want or (is_glob(want) and glob_means(want, name))) and name not in self.names:
                    self.names.append(name)
        self.lower = [name for name in self.names if name not in self.events]

    def _wanted(self):
        if not self.correlation:
            return [""]
        if self.kind == "sequence":
            steps = [step.get("rule") or step["not"] for step in self.correlation["steps"]]
            return steps + ([self.correlation["until"]] if "until" in self.correlation else [])
        if self.kind == "absence":
            return [self.correlation["after"], self.correlation["missing"]]
        return list(self.correlation["rules"])

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
        if name in self.lower:
            return event.type == "alert" and event.rule == name
        spec = self.events[name]
        if event.type not in self._types[name]:
            return False
        if not glob_means(spec["source"].get("source", "*"), event.source):
            return False
        return detection_true(spec["detection"], event, world)

    def exonerated(self, event, world):
        return any(search_true(search, event, world) for search in [*self.unless.values(), *self.exceptions])

    def names_of(self, event, world):
        """The names that an event meets, before anything is counted."""
        if not self.purposes <= event.purposes:
            return []
        names = [name for name in self.names if self.meets(name, event, world)]
        return [] if names and self.exonerated(event, world) else names

    def group_values(self, element, name, event):
        """The values of one element of `group-by` for an event under one of its names."""
        alias = (self.correlation.get("aliases") or {}).get(element, {}).get(name)
        values = event.values(alias or element)
        unique = []
        for _, value in values or []:
            text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
            if text not in unique:
                unique.append(text)
        return unique
