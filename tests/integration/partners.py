"""Six partners who publish events with writer schemas of their own.

Each partner's schema of an event type differs from the catalogue's in every way that Avro's schema
resolution allows: the order of fields, fields that we do not know, fields of ours that they leave
out, narrower integers, plain types for our unions, unions in another order, enumerations in another
order or strings in their place, times as text or as milliseconds. Which differences a type gets is
drawn from a seed, so a failure comes again.
"""
import datetime
import hashlib
import hmac
import json
import random

import fastavro
from confluent_kafka import Producer

import wire

PARTNERS = ("air", "rail", "bank", "card", "housing", "kvk")
TIMESTAMP = {"type": "long", "logicalType": "timestamp-millis"}
ENVELOPE_OPTIONAL = ("type", "schema", "eval", "handling", "tlp", "pseudo_key", "expires")
INT_MAX = 2**31 - 1


def millis(text):
    """RFC 3339 in UTC to milliseconds."""
    at = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return round((at - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc))
                 / datetime.timedelta(milliseconds=1))


def rfc3339(ms):
    at = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=ms)
    return at.isoformat(timespec="milliseconds" if ms % 1000 else "seconds") + "Z"


def sector_of(event_type):
    return event_type.split(".", 1)[0]


def _named(branches, kind):
    return next((branch for branch in branches
                 if isinstance(branch, dict) and branch.get("type") == kind), None)


class Writer:
    """How one partner writes one event type: a schema and the change of a datum into it."""

    def __init__(self, event_type, events, seed=0):
        self.event_type = event_type
        self.random = random.Random(f"{seed}:{event_type}")
        self.changes = []  # datum -> None, in place
        ours = wire.event_schema(event_type)
        self.data_used = set().union(*(event["data"] for event in events)) if events else set()
        fields = [self._envelope(field, events) for field in ours["fields"]]
        fields = [field for field in fields if field is not None]
        fields += self._extras("partner_")
        self.random.shuffle(fields)
        self.schema = {"type": "record", "namespace": ours["namespace"], "name": ours["name"], "fields": fields}
        self.parsed = fastavro.parse_schema(self.schema)
        self.fingerprint = wire.fingerprint(self.schema)

    def encode(self, event):
        datum = {**event, "data": dict(event["data"])}
        for change in self.changes:
            change(datum)
        return wire.encode(self.parsed, datum)

    # fields of the envelope -------------------------------------------------------------------

    def _envelope(self, field, events):
        name = field["name"]
        if name == "data":
            return {"name": "data", "type": self._data(field["type"], events)}
        if name == "time":
            return {"name": name, "type": self._time(name, lambda datum: datum)}
        if name in ENVELOPE_OPTIONAL and self.random.random() < 0.4:
            return None  # ours has a default for it
        if name == "expires":
            self.changes.append(lambda datum: datum.setdefault("expires", None))
            return {"name": name, "type": ["string", "null"]}
        if name == "purpose":
            return {"name": name, "type": {"type": "array", "items": "string"}}
        return {"name": name, "type": "int" if field["type"] == "int" else "string"}

    def _time(self, name, owner, nullable=False):
        """One of: milliseconds, text, a union of both in the other order."""
        form = self.random.choice(("millis", "text", "union"))

        def change(datum):
            record = owner(datum)
            value = record.get(name)
            if value is not None:
                as_millis = form == "millis" or (form == "union" and hash_even(datum["id"]))
                record[name] = (millis(value) if isinstance(value, str) else value) if as_millis else \
                    (value if isinstance(value, str) else rfc3339(value))

        self.changes.append(change)
        branches = {"millis": [TIMESTAMP], "text": ["string"], "union": ["string", TIMESTAMP]}[form]
        branches = branches + ["null"] if nullable else branches
        return branches if len(branches) > 1 else branches[0]

    # fields of `data` -------------------------------------------------------------------------

    def _data(self, record, events):
        fields = []
        for field in record["fields"]:
            values = [event["data"].get(field["name"]) for event in events]
            if field["name"] not in self.data_used or all(value is None for value in values):
                if self.random.random() < 0.7:
                    continue  # ours has the default null
            fields.append(self._field(field, values))
        fields += self._extras("own_", lambda datum: datum["data"])
        self.random.shuffle(fields)
        return {"type": "record", "name": record["name"], "fields": fields}

    def _field(self, field, values):
        name = field["name"]
        branches = [branch for branch in field["type"] if branch != "null"]
        nullable = not values or any(value is None for value in values)
        self.changes.append(lambda datum: datum["data"].setdefault(name, None))
        if field.get("seinpost.type") == "time":
            return {"name": name, "type": self._time(name, lambda datum: datum["data"], nullable)}
        enum = _named(branches, "enum")
        if enum is not None:
            written = self._enum(enum)
        elif branches == ["long"] and all(value is None or abs(value) <= INT_MAX for value in values):
            written = self.random.choice(("int", "long"))  # Avro promotes int to long
        else:
            written = branches[0]
        return {"name": name, "type": [written, "null"] if nullable else written}

    def _enum(self, enum):
        """A string in its place, or the same enumeration with its symbols in another order."""
        if self.random.random() < 0.5:
            return "string"
        symbols = list(enum["symbols"])
        self.random.shuffle(symbols)
        return {"type": "enum", "name": enum["name"], "symbols": symbols}

    # fields that we do not know ---------------------------------------------------------------

    def _extras(self, prefix, owner=lambda datum: datum):
        nested, array, flag = prefix + "system", prefix + "trace", prefix + "flag"
        name = f"{self.event_type.replace('.', '_')}_{nested}"

        def change(datum):
            record, mark = owner(datum), len(datum["id"])
            record[nested] = {"host": "h" * (mark % 7), "loads": [mark / 2, -1.5], "labels": {"a": b"\0\xff", "b": b""},
                              "parent": None if mark % 2 else {"depth": -mark}}
            record[array] = [{"hop": hop, "key": b"0123456789abcdef"} for hop in range(mark % 4)]
            record[flag] = mark % 2 == 0

        self.changes.append(change)
        return [
            {"name": nested, "type": {"type": "record", "name": name, "fields": [
                {"name": "host", "type": "string"},
                {"name": "loads", "type": {"type": "array", "items": "double"}},
                {"name": "labels", "type": {"type": "map", "values": "bytes"}},
                {"name": "parent", "type": ["null", {"type": "record", "name": name + "_parent", "fields": [
                    {"name": "depth", "type": "long"}]}]}]}},
            {"name": array, "type": {"type": "array", "items": {
                "type": "record", "name": name + "_hop", "fields": [
                    {"name": "hop", "type": "int"},
                    {"name": "key", "type": {"type": "fixed", "name": name + "_key", "size": 16}}]}}},
            {"name": flag, "type": "boolean"},
        ]


def hash_even(text):
    return sum(text.encode()) % 2 == 0


class Partner:
    """One partner's topic: schemas in the registry or in a folder, and a producer."""

    def __init__(self, bootstrap, topic, wire_format, events, registry=None, writers_folder=None, seed=0):
        self.topic = topic
        self.wire_format = wire_format
        self.producer = Producer({"bootstrap.servers": bootstrap, "log_level": 2, "linger.ms": 5,
                                  "enable.idempotence": True,  # in the log they stand in the order of publication
                                  "compression.type": "lz4", "message.max.bytes": 10_000_000,
                                  "queue.buffering.max.messages": 1_000_000})
        self.faults = []
        by_type = {}
        for event in events:
            by_type.setdefault(event["type"], []).append(event)
        self.writers = {kind: Writer(kind, group, seed) for kind, group in sorted(by_type.items())}
        self.headers = {kind: self._header(writer, registry, writers_folder)
                        for kind, writer in self.writers.items()}

    def _header(self, writer, registry, folder):
        if self.wire_format == wire.CONFLUENT:
            schema_id = registry.register(f"{self.topic}-{writer.event_type}", writer.schema)
            return wire.frame_confluent(schema_id, b"")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{writer.event_type}.avsc").write_text(json.dumps(writer.schema), encoding="utf-8")
        return wire.frame_single_object(writer.schema, b"")

    def value(self, event):
        kind = event["type"]
        return self.headers[kind] + self.writers[kind].encode(event)

    def publish(self, event, partition=None):
        self.publish_raw(self.value(event), partition, key=event["id"])

    def publish_raw(self, value, partition=None, key=None, on_place=None):
        """`on_place(partition, offset)` is told where the record came to stand."""
        def delivered(error, message):
            if error is not None:
                self.faults.append(str(error))
            elif on_place is not None:
                on_place(message.partition(), message.offset())

        where = {} if partition is None else {"partition": partition}
        while True:
            try:
                self.producer.produce(self.topic, value, key=key, on_delivery=delivered, **where)
                break
            except BufferError:
                self.producer.poll(0.1)
        self.producer.poll(0)

    def flush(self):
        left = self.producer.flush(60)
        if left or self.faults:
            raise RuntimeError(f"{self.topic}: {left} records not delivered, {self.faults[:3]}")


def load_events(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def event(event_type, event_id, source, at, data, purpose="smuggling", legal_basis="wwft-fiu"):
    """An event as NDJSON has it; `at` in milliseconds."""
    return {"id": event_id, "type": event_type, "source": source, "time": rfc3339(at), "schema": 1,
            "purpose": [purpose], "legal_basis": legal_basis, "eval": "B2", "handling": "H1", "tlp": "AMBER",
            "pseudo_key": "t1", "data": data}


def pseudonym(kind, name):
    """A pseudonym as a partner's gateway would make it (of a public test key)."""
    prefixes = {"card": "pay", "account": "iban", "document": "doc", "company": "kvk", "address": "bag",
                "vehicle": "plate"}
    digest = hmac.new(b"public test key", f"{kind}\0{name}".encode(), hashlib.sha256).hexdigest()
    return f"{prefixes.get(kind, kind)}:t1:{digest[:32]}"
