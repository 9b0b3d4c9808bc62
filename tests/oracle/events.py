"""An event as a rule sees it: a signal of a partner, or an alert of another rule."""
from fractions import Fraction

from units import instant

ENVELOPE = {"event.id": "id", "event.source": "source", "event.type": "type"}


class Signal:
    """One line of NDJSON."""

    def __init__(self, line, catalogue):
        self.line, self.catalogue = line, catalogue
        self.id, self.source, self.type = line["id"], line["source"], line["type"]
        self.time = instant(line["time"])
        self.purposes = set(line["purpose"])
        self.order = (self.time, self.source.encode(), self.id.encode())
        self.identity = (self.source, self.id)
        self.made_of = [self]
        self.sectors = {self.type.split(".")[0]}
        self._values = {}

    def _of_field(self, field):
        if field.tag == "m":
            minor, currency = self.line["data"].get(field.name + "_minor"), self.line["data"].get("currency")
            return [("m", (Fraction(minor), currency))] if minor is not None and currency else []
        raw = self.line["data"].get(field.name)
        parts = raw if isinstance(raw, list) else [raw]
        found = []
        for part in parts:
            if part is None or part == "":
                continue
            if field.tag == "t":
                part = instant(part) if isinstance(part, str) else part
            found.append((field.tag, Fraction(part) if field.tag == "n" else part))
        return found

    def _find(self, path):
        if path == "event.time":
            return [("t", self.time)]
        if path in ENVELOPE:
            return [("s", getattr(self, ENVELOPE[path]))]
        fields = self.catalogue.fields_of(self.type, path.removeprefix("event."))
        if fields is None:
            return None
        return [value for field in fields for value in self._of_field(field)]

    def values(self, path):
        """All values of a path; none where it is missing; None where the type has no such field."""
        if path not in self._values:
            self._values[path] = self._find(path)
        return self._values[path]

    def style(self, path):
        fields = self.catalogue.fields_of(self.type, path)
        return fields[0].style if fields else "code"


class Derived:
    """An alert as an event of a higher rule: its opening, and nothing that came after."""

    def __init__(self, rule, alert_id, alert, catalogue):
        self.id, self.source, self.type, self.catalogue = alert_id, "seinpost", "alert", catalogue
        self.rule = rule.name
        self.coarse = False     # of a group that several alerts reached at once
        self.time = alert.opening.at
        self.order = (self.time, b"seinpost", alert_id.encode())
        self.identity = ("seinpost", alert_id)
        self.purposes = set(rule.purposes)
        base = {event.identity: event for one in alert.opening.evidence for event in one.made_of}
        self.made_of = sorted(base.values(), key=lambda event: event.order)
        self.sectors = {sector for event in self.made_of for sector in event.sectors}
        self._values = {}
        for element, value in alert.group if rule.correlation else ():
            for name in {rule.kind_of(element) or element, element}:
                self._values.setdefault(name, []).append(("s", value))
        self._carry(rule, alert)
        self._values["rule"] = [("s", rule.name)]
        self._values["stage"] = [("s", rule.document["stage"])]
        self._values["level"] = [("s", rule.document["level"])]
        self._values["sector"] = [("s", sector) for sector in sorted(self.sectors)]

    def _carry(self, rule, alert):
        for path in rule.carry:
            name, _, field = path.partition(".")
            found = []
            for event, names in sorted(alert.opening.named, key=lambda pair: pair[0].order):
                if name in names or (name == "event" and not rule.correlation):
                    found += event.values(field) or []
            found = found[:16]
            self._values.setdefault(field, []).extend(found)
            kind = self._kind_of(rule, name, field)
            if kind and kind != field:
                self._values.setdefault(kind, []).extend(value for value in found
                                                         if value not in self._values.get(kind, []))

    def _kind_of(self, rule, name, field):
        for type_name in rule.entry_types(name if rule.correlation else ""):
            fields = self.catalogue.fields_of(type_name, field)
            if fields:
                return fields[0].kind
        return ""

    def values(self, path):
        return self._values.get(path)

    def style(self, _path):
        return "code"
