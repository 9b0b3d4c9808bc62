"""Records that a partner should never send, between records that are good."""
import json
import random
import struct
import time
from dataclasses import dataclass, field

import fastavro

import station
import wire
from claim import claim, claim_none, claim_same
from desk import Desk, check_all, evidence_ids, standing
from partners import Partner, event, pseudonym, rfc3339
from progress import Progress
from stream import HOUR, MINUTE

NOW = 1_717_200_000_000  # 2024-06-01; the good records' time
CANARY = "KANARIE-%s-MAG-NERGENS-STAAN"
NOISE_BYTES = 5_000_000
TRUNCATED = ("truncated", "length")  # a length that runs past the end may be told as either
SOURCE = {wire.CONFLUENT: "bank-partner-1", wire.SINGLE_OBJECT: "bank-partner-2"}


@dataclass
class Broken:
    name: str
    value: bytes
    reasons: tuple
    details: tuple = ()
    place: tuple = None
    seen: list = field(default_factory=list)


def varint(number):
    """Avro's zig-zag long."""
    number = (number << 1) ^ (number >> 63)
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out + bytes([number]))


class Kitchen:
    """Makes broken records of one wire format. A partner's own schema of bank.cash, built by hand so that the
    place of every byte is known."""

    def __init__(self, case, wire_format, topic):
        self.case, self.wire_format, self.topic = case, wire_format, topic
        self.registry = case.bench.registry.client if wire_format == wire.CONFLUENT else None
        self.writers = case.folder / "writers" / topic
        self.writers.mkdir(parents=True, exist_ok=True)
        self.source = SOURCE[wire_format]
        self.random = random.Random(wire_format)
        self.schema = self.cash_schema()
        self.parsed = fastavro.parse_schema(self.schema)
        self.header = self.register("cash", self.schema)
        self.count = 0

    def cash_schema(self, data_extra=(), **replaced):
        amount = replaced.get("amount_minor", ["null", "long"])
        fields = [{"name": "id", "type": "string"}, {"name": "source", "type": "string"},
                  {"name": "time", "type": replaced.get("time", ["long", "string"])},
                  {"name": "purpose", "type": {"type": "array", "items": "string"}},
                  {"name": "legal_basis", "type": "string"},
                  {"name": "data", "type": {"type": "record", "name": "cash_data", "fields": [
                      {"name": "account_ref", "type": "string"}, {"name": "amount_minor", "type": amount},
                      {"name": "currency", "type": "string"},
                      {"name": "direction", "type": {"type": "enum", "name": "cash_direction",
                                                     "symbols": ["in", "out"]}},
                      {"name": "remark", "type": "string"}, *data_extra]}}]
        return {"type": "record", "namespace": "bank", "name": "cash", "fields": fields}

    def register(self, name, schema):
        if self.wire_format == wire.CONFLUENT:
            return wire.frame_confluent(self.registry.register(f"{self.topic}-{name}", schema), b"")
        (self.writers / f"{name}.avsc").write_text(json.dumps(schema), encoding="utf-8")
        return wire.frame_single_object(schema, b"")

    def datum(self, **changes):
        self.count += 1
        data = {"account_ref": pseudonym("account", f"broken {self.count}"), "amount_minor": 5, "currency": "EUR",
                "direction": "in", "remark": CANARY % self.count}
        data.update(changes.pop("data", {}))
        return {"id": f"broken-{self.count}", "source": self.source, "time": NOW, "purpose": ["smuggling"],
                "legal_basis": "wwft-fiu", "data": data, **changes}

    def body(self, **changes):
        return wire.encode(self.parsed, self.datum(**changes))

    def whole(self, **changes):
        return self.header + self.body(**changes)

    # the menu ---------------------------------------------------------------------------------

    def menu(self):
        yield from self.frames()
        yield from self.truncations()
        yield from self.numbers()
        yield from self.schemas()
        yield from self.times()
        yield from self.envelopes()
        yield from self.noise()

    def frames(self):
        yield Broken("no value at all", None, ("frame_short",))
        start = b"\0\0\0\0" if self.wire_format == wire.CONFLUENT else b"\xc3\x01" + b"\x11" * 7
        for size in range(len(start) + 1):
            yield Broken(f"a value of {size} bytes", start[:size], ("frame_short",))
        yield Broken("another magic byte", b"\x07" + self.whole()[1:], ("frame_magic",))
        other = (wire.frame_single_object(self.schema, b"") if self.wire_format == wire.CONFLUENT
                 else wire.frame_confluent(1, b"xxxxxx"))
        yield Broken("the other framing", other + self.body(), ("frame_magic",))
        unknown = (wire.frame_confluent(987_654_321, b"") if self.wire_format == wire.CONFLUENT
                   else b"\xc3\x01" + struct.pack("<Q", 0x0123456789ABCDEF))
        yield Broken("an unknown schema", unknown + self.body(), ("schema_unknown",))
        yield Broken("an unknown schema again", unknown + self.body(), ("schema_unknown",))

    def truncations(self):
        body = self.body()
        for size in range(len(body)):
            yield Broken(f"cut after {size} of {len(body)} bytes", self.header + body[:size], ("decode",), TRUNCATED)
        for tail in (b"\0", b"\0" * 100, body):
            yield Broken(f"{len(tail)} bytes too many", self.header + body + tail, ("decode",), ("trailing",))

    def numbers(self):
        """Lengths, counts and indexes that lie."""
        text = {"length of 2^60": (varint(1 << 60), TRUNCATED), "length of 2^62": (varint(1 << 62), TRUNCATED),
                "length of -1": (varint(-1), ("length",)), "length of -2^63": (varint(-(1 << 63)), ("length",)),
                "endless varint": (b"\xff" * 11, TRUNCATED + ("varint",))}
        datum = self.datum()
        for name, (number, details) in text.items():
            yield Broken(f"id with {name}", self.header + number + self.body()[1:], ("decode",), details)
        before = wire.encode("string", datum["id"]) + wire.encode("string", datum["source"])
        time_at = before + varint(0) + varint(NOW)  # branch 0: long
        for count in (1 << 60, -(1 << 60)):
            size = varint(16) if count < 0 else b""
            yield Broken(f"array of {count}", self.header + time_at + varint(count) + size + b"\2a" * 8,
                         ("decode",), TRUNCATED + ("count", "items"))
        for index in (2, 7, -1, 1 << 40):
            yield Broken(f"union branch {index}", self.header + before + varint(index) + varint(NOW),
                         ("decode",), ("union",))
        rest = time_at + wire.encode(fastavro.parse_schema({"type": "array", "items": "string"}), ["smuggling"])
        rest += wire.encode("string", "wwft-fiu") + wire.encode("string", datum["data"]["account_ref"])
        rest += varint(1) + varint(5) + wire.encode("string", "EUR")
        for index in (2, -1, 1 << 31, 1 << 40):
            yield Broken(f"enum symbol {index}", self.header + rest + varint(index) + wire.encode("string", "x"),
                         ("decode",), ("enum",))

    def schemas(self):
        mismatch = self.cash_schema(amount_minor={"type": "map", "values": "long"})
        body = wire.encode(fastavro.parse_schema(mismatch), self.datum(data={"amount_minor": {"a": 1}}))
        yield Broken("an amount that is a map", self.register("mismatch", mismatch) + body, ("schema_mismatch",))
        mismatch = self.cash_schema(time="boolean")
        body = wire.encode(fastavro.parse_schema(mismatch), self.datum(time=True))
        yield Broken("a time that is a boolean", self.register("mismatch2", mismatch) + body, ("schema_mismatch",))
        less = self.cash_schema()
        less["fields"] = [item for item in less["fields"] if item["name"] != "source"]
        body = wire.encode(fastavro.parse_schema(less), self.datum())
        yield Broken("a schema without the source", self.register("less", less) + body, ("schema_mismatch",))
        unheard = {**self.cash_schema(), "name": "unheard"}
        body = wire.encode(fastavro.parse_schema(unheard), self.datum())
        yield Broken("a type that nobody knows", self.register("unheard", unheard) + body,
                     ("type_not_allowed", "schema_mismatch"))
        chain = {"type": "record", "name": "chain", "namespace": "own", "fields": [
            {"name": "next", "type": ["null", "own.chain"]}]}
        recursive = self.cash_schema(data_extra=[{"name": "chain", "type": chain}])
        parsed = fastavro.parse_schema(recursive)
        body = wire.encode(parsed, self.datum(data={"chain": {"next": None}}))
        header = self.register("recursive", recursive)
        for depth in (1000, 100_000):
            yield Broken(f"a chain {depth} deep", header + body[:-1] + b"\2" * depth + b"\0",
                         ("decode", "schema_mismatch"))
        nest = "int"
        for _ in range(200):
            nest = {"type": "array", "items": nest}
        deep = self.cash_schema(data_extra=[{"name": "nest", "type": nest}])
        yield Broken("a schema 200 deep", self.register("deep", deep) + self.body() + b"\2" * 200 + b"\0" * 200,
                     ("schema_mismatch", "schema_unknown", "decode"))

    def times(self):
        now = int(time.time() * 1000)
        for name, at, reasons in (
                ("tomorrow", now + 24 * HOUR, ("time_future",)),
                ("eleven minutes ahead", now + 11 * MINUTE, ("time_future",)),
                ("year 9999", 253_402_300_799_000, ("time_future", "time_range")),
                ("year 1", -62_135_596_800_000, ("time_range",)),
                ("1969", -1000, ("time_range", "late")), ("the least long", -(1 << 63), ("time_range",)),
                ("the greatest long", (1 << 63) - 1, ("time_range", "time_future"))):
            yield Broken(f"{name} in milliseconds", self.whole(time=at), reasons)
            if abs(at) < 1 << 60:
                yield Broken(f"{name} as text", self.whole(time=rfc3339(at)), reasons)
        for text in ("", "yesterday", "2024-13-01T00:00:00Z", "2024-06-01T25:00:00Z"):
            yield Broken(f"the time '{text}'", self.whole(time=text), ("time_range", "decode"))

    def envelopes(self):
        other = SOURCE[wire.CONFLUENT if self.wire_format == wire.SINGLE_OBJECT else wire.SINGLE_OBJECT]
        yield Broken("another's source", self.whole(source=other), ("source_mismatch",))
        yield Broken("no source", self.whole(source=""), ("source_mismatch",))
        yield Broken("a purpose of others", self.whole(purpose=["illegal_employment"]), ("purpose_not_allowed",))
        yield Broken("an unheard purpose", self.whole(purpose=["sightseeing"]), ("purpose_not_allowed",))
        yield Broken("a basis of others", self.whole(legal_basis="hrw-public"), ("basis_not_allowed",))
        yield Broken("an unheard basis", self.whole(legal_basis="because"), ("basis_not_allowed",))
        yield Broken("no id", self.whole(id=""), ("id_missing",))
        yield Broken("an account in clear", self.whole(data={"account_ref": "NL91ABNA0417164300"}), ("identity_clear",))
        yield Broken("a pseudonym cut short", self.whole(data={"account_ref": "iban:t1:00112233"}),
                     ("identity_clear", "identity_malformed"))
        changed = event("bank.account.changed", "broken-type", self.source, NOW,
                        {"account_ref": pseudonym("account", "x")})
        schema = wire.event_schema("bank.account.changed")
        body = wire.encode(fastavro.parse_schema(wire.plain(schema)), changed)
        yield Broken("a type of others", self.register("changed", schema) + body, ("type_not_allowed",))

    def noise(self):
        noise = self.random.randbytes(NOISE_BYTES)
        yield Broken("five megabytes of noise", b"\x55" + noise, ("too_large", "frame_magic"))
        yield Broken("five megabytes of noise in a frame", self.header + noise, ("too_large", "decode"))


def good_events(source, label, count):
    """Pairs that each owe an alert: {evidence}, and the events in order of time."""
    events, wanted = [], set()
    for number in range(count):
        account = pseudonym("account", f"{source} {label} {number}")
        pair = [event("bank.cash", f"{label}-{number}-{half}", source, NOW + number * MINUTE + half,
                      {"account_ref": account, "amount_minor": 100, "currency": "EUR", "direction": "in"})
                for half in (0, 1)]
        events += pair
        wanted.add(frozenset((source, made["id"]) for made in pair))
    return events, wanted


def run_broken(case, wire_format):
    topic, source_name = case.topic("bank"), SOURCE[wire_format]
    case.bench.cluster.create_topic(topic, 2, max_message_bytes=10_000_000)
    kitchen = Kitchen(case, wire_format, topic)
    menu = list(kitchen.menu())
    good, wanted = good_events(source_name, "good", len(menu) // 4 + 1)
    partner = Partner(case.bench.cluster.bootstrap, topic, wire_format, good, kitchen.registry, kitchen.writers)
    source = station.source(source_name, topic, ["bank.cash", "bank.transfer"], lateness="48h", wire_format=wire_format,
                            writers=kitchen.writers if wire_format == wire.SINGLE_OBJECT else None)
    config = station.base_config(case, [source], station.RULES / "broken")
    if wire_format == wire.CONFLUENT:
        config["registry"] = case.bench.registry.url
    case.create_topics(config)
    daemon = case.daemon(config).start().wait_ready()

    rest = iter(good)
    for number, broken in enumerate(menu):
        if number % 2 == 0 and (made := next(rest, None)):
            partner.publish(made, 0)
        partner.publish_raw(broken.value, 0,
                            on_place=lambda *place, broken=broken: setattr(broken, "place", (topic, *place)))
    for made in rest:
        partner.publish(made, 0)
    partner.flush()
    Progress(case, [topic]).wait_done(120, lambda: claim(daemon.alive, f"the daemon ended: {daemon.last_words()}"))
    claim(daemon.starts == 1 and daemon.alive, "the daemon did not live through it")
    judge(case, menu, wanted)
    daemon.stop()


def judge(case, menu, wanted):
    desk = Desk(case)
    by_place = {broken.place: broken for broken in menu}
    faults = []
    for reject in desk.rejects():
        place = (reject["topic"], reject["partition"], reject["offset"])
        if place in by_place:
            by_place[place].seen.append(reject)
        else:
            faults.append(f"a good record was rejected: {reject}")
    for broken in menu:
        if len(broken.seen) != 1:
            faults.append(f"{broken.name}: {len(broken.seen)} rejects")
            continue
        reject = broken.seen[0]
        if reject["reason"] not in broken.reasons:
            faults.append(f"{broken.name}: {reject['reason']} ({reject['detail']}), wanted {'|'.join(broken.reasons)}")
        elif broken.details and not any(word in reject["detail"] for word in broken.details):
            faults.append(f"{broken.name}: detail '{reject['detail']}' has none of {broken.details}")
    alerts = desk.alerts()
    faults += check_all(desk, alerts)
    needles = {broken.name: broken.value[-40:-10] for broken in menu
               if broken.value and len(broken.value) > 1_000_000}
    needles |= {"a canary": CANARY.split("%", maxsplit=1)[0].encode(), "a clear account": b"NL91ABNA0417164300"}
    faults += desk.raw_scan(needles)
    claim_none(faults, "broken records")
    claim_same({evidence_ids(alert) for alert in standing(alerts).values()}, wanted, "alerts of the good records")


def test_broken_confluent(case):
    """Each broken record is rejected once, with its reason and its place; the good ones around it are alerted."""
    run_broken(case, wire.CONFLUENT)


def test_broken_single_object(case):
    """The same in single-object encoding, with the fingerprint in the place of the registry's id."""
    run_broken(case, wire.SINGLE_OBJECT)
