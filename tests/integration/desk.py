"""A desk: a third party that reads what the daemon publishes, committed records only, and judges it."""
import struct
import uuid
from collections import defaultdict
from dataclasses import dataclass

import fastavro
from confluent_kafka import Consumer, IsolationLevel, KafkaError, TopicPartition
from confluent_kafka.admin import OffsetSpec
from fastavro.validation import validate

import wire
from claim import Failed

NEXT_STATES = {  # what may follow what in the life of one alert
    None: {"opened"},
    "opened": {"updated", "closed", "retracted", "superseded"},
    "updated": {"updated", "closed", "retracted", "superseded"},
    "retracted": {"opened"},  # late events may take an alert back and bring it again
    "closed": set(),
    "superseded": {"opened"},  # the rule is back as it was, and there is news of the alert
}
STANDING = ("opened", "updated", "closed")


@dataclass(frozen=True)
class Record:
    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes
    headers: tuple

    def raw(self):
        """Every byte that a subscriber could read."""
        return b"\0".join([self.key or b"", self.value or b"", *(part for name, value in self.headers
                                                                  for part in (name.encode(), value or b""))])


class Reader:
    """Reads one topic from its beginning; each `read()` goes on to the end as it is then."""

    def __init__(self, cluster, topic, isolation="read_committed"):
        self.cluster = cluster
        self.topic = topic
        self.records = []
        self.positions = {}
        self.consumer = Consumer({
            "bootstrap.servers": cluster.bootstrap, "log_level": 2, "group.id": f"desk-{uuid.uuid4()}",
            "enable.auto.commit": False, "enable.partition.eof": True, "isolation.level": isolation,
            "auto.offset.reset": "earliest",
            "fetch.wait.max.ms": 20, "check.crcs": True, "message.max.bytes": 12_000_000})

    def close(self):
        self.consumer.close()

    def _ends(self):
        places = {TopicPartition(self.topic, number): OffsetSpec.latest()
                  for number in range(self.cluster.partitions(self.topic))}
        if not places:
            raise Failed(f"there is no topic {self.topic}")
        # the high watermark, not the last stable offset: open transactions are waited for
        futures = self.cluster.admin.list_offsets(places, isolation_level=IsolationLevel.READ_UNCOMMITTED,
                                                  request_timeout=20)
        return {place.partition: future.result(30).offset for place, future in futures.items()}

    def read(self, seconds=30):
        """Everything so far. Waits for transactions that were open when it began."""
        ends = self._ends()
        waiting = {number for number, end in ends.items() if self.positions.get(number, 0) < end}
        if not waiting:
            return self.records
        self.consumer.assign([TopicPartition(self.topic, number, self.positions.get(number, 0))
                              for number in sorted(waiting)])
        while waiting:
            message = self.consumer.poll(seconds)
            if message is None:
                raise Failed(f"{self.topic}: partitions {sorted(waiting)} have no end within {seconds} s")
            number = message.partition()
            if message.error() is None:
                self.records.append(Record(self.topic, number, message.offset(), message.key(), message.value(),
                                           tuple(message.headers() or ())))
                self.positions[number] = message.offset() + 1
            elif message.error().code() == KafkaError._PARTITION_EOF:
                if message.offset() >= ends[number]:
                    waiting.discard(number)
                    self.positions[number] = max(self.positions.get(number, 0), message.offset())
            else:
                raise Failed(f"{self.topic}: {message.error()}")
        self.consumer.unassign()
        return self.records


class Desk:
    """All topics of one daemon's prefix, decoded."""

    def __init__(self, case, alerts_wire=wire.SINGLE_OBJECT, registry=None):
        self.case = case
        self.alerts_wire = alerts_wire
        self.registry = registry
        self.readers = {}
        self.schemas = {name: wire.plain(wire.own_schema(name)) for name in ("alert", "reject")}
        self.parsed = {name: fastavro.parse_schema(schema) for name, schema in self.schemas.items()}

    def records(self, name):
        if name not in self.readers:
            self.readers[name] = Reader(self.case.bench.cluster, f"{self.case.prefix}.{name}")
            self.case.stack.callback(self.readers[name].close)
        return self.readers[name].read()

    def decode_own(self, name, value):
        """Single-object encoding of one of our schemas; the fingerprint has to be right."""
        wanted = wire.frame_single_object(wire.own_schema(name), b"")
        if value[:10] != wanted:
            raise Failed(f"not framed as {name}.avsc: begins {value[:10].hex()}, wanted {wanted.hex()}")
        return wire.decode(value[10:], self.parsed[name])

    def decode_registered(self, value):
        """Confluent framing: decoded by the schema that the registry has, read as ours."""
        if len(value) < 5 or value[0] != 0:
            raise Failed(f"not framed as the registry's: begins {value[:5].hex()}")
        writer = wire.plain(self.registry.schema(struct.unpack(">I", value[1:5])[0]))
        return wire.decode(value[5:], writer, self.schemas["alert"])

    def alerts(self, name="alerts"):
        """The alerts in the order of (topic partition, offset), each with its place as `_place`."""
        decoded = []
        for record in self.records(name):
            if record.value is None:
                continue  # a tombstone of alerts.current
            if self.alerts_wire == wire.CONFLUENT:
                alert = self.decode_registered(record.value)
            else:
                alert = self.decode_own("alert", record.value)
            if record.key != alert["alert"].encode():
                raise Failed(f"key {record.key!r} of alert {alert['alert']}")
            decoded.append({**alert, "_place": (record.partition, record.offset)})
        return decoded

    def rejects(self):
        return [self.decode_own("reject", record.value) for record in self.records("rejects")]

    def raw_scan(self, needles):
        """Complaints: needles (name -> bytes) found in any byte of any topic below the prefix."""
        cluster = self.case.bench.cluster
        for topic in cluster.topics(self.case.prefix + "."):
            for record in self.records(topic[len(self.case.prefix) + 1:]):
                raw = record.raw()
                for name, needle in needles.items():
                    if needle in raw:
                        yield f"{name} stands in {topic}[{record.partition}] at {record.offset}"


# judgements of alerts ------------------------------------------------------------------------


def in_sequence(alerts):
    return sorted(alerts, key=lambda alert: (alert["partition"], alert["sequence"]))


def final_state(alerts):
    """{alert id: its last record}."""
    return {alert["alert"]: alert for alert in in_sequence(alerts)}


def standing(alerts):
    """{alert id: last record} of the alerts that were not taken back."""
    return {key: alert for key, alert in final_state(alerts).items() if alert["state"] in STANDING}


def check_valid(alerts, schema):
    """Complaints about alerts that the schema refuses, or that decide instead of propose."""
    for alert in alerts:
        datum = {key: value for key, value in alert.items() if key != "_place"}
        if not validate(datum, schema, raise_errors=False):
            yield f"alert {alert['alert']} is not valid"
        if alert["review"] != "required":
            yield f"alert {alert['alert']} has review {alert['review']}"
        if not alert["purpose"] or not alert["legal_basis"] or not alert["explain"] or not alert["summary"]:
            yield f"alert {alert['alert']} lacks purpose, legal basis, explanation or summary"
        if len(alert["evidence"]) != min(alert["evidence_count"], 100):
            yield f"alert {alert['alert']} names {len(alert['evidence'])} of {alert['evidence_count']} events"


def check_sequences(alerts):
    """Complaints about gaps and doubles: (partition, sequence) is contiguous per match partition."""
    by_partition = defaultdict(list)
    for alert in alerts:
        by_partition[alert["partition"]].append(alert["sequence"])
    for partition, seen in sorted(by_partition.items()):
        seen.sort()
        if seen[0] not in (0, 1):
            yield f"match partition {partition} begins at sequence {seen[0]}"
        for before, after in zip(seen, seen[1:]):
            if after == before:
                yield f"match partition {partition} has sequence {after} twice"
            elif after != before + 1:
                yield f"match partition {partition} jumps from sequence {before} to {after}"


def check_lives(alerts):
    """Complaints about alerts that do not open exactly once, or live on after their end.

    An alert that was taken back may open again; each opening still needs exactly one end between.
    """
    lives = defaultdict(list)
    for alert in in_sequence(alerts):
        lives[alert["alert"]].append(alert)
    for key, life in lives.items():
        last = None
        for alert in life:
            if alert["state"] not in NEXT_STATES[last]:
                yield f"alert {key} of {alert['rule']}: {alert['state']} after {last}"
            last = alert["state"]
        if len({alert["partition"] for alert in life}) > 1:
            yield f"alert {key} comes from several match partitions"
        if [alert["_place"] for alert in life] != sorted(alert["_place"] for alert in life):
            yield f"alert {key}: its records stand in another order than its sequence numbers"


def check_current(alerts, current):
    """Complaints: the last record per key in alerts.current is the alert's last record."""
    wanted = {key: alert["sequence"] for key, alert in final_state(alerts).items()}
    seen = {alert["alert"]: alert["sequence"] for alert in current}  # in the order of the log
    for key in wanted.keys() | seen.keys():
        if wanted.get(key) != seen.get(key):
            yield f"alert {key}: alerts ends at sequence {wanted.get(key)}, alerts.current at {seen.get(key)}"


def check_all(desk, alerts):
    yield from check_valid(alerts, desk.parsed["alert"])
    yield from check_sequences(alerts)
    yield from check_lives(alerts)
    yield from check_current(alerts, desk.alerts("alerts.current"))


def evidence_ids(alert):
    return frozenset((piece["source"], piece["id"]) for piece in alert["evidence"])


def meaning(alert):
    """What of an alert may not depend on how its making went."""
    return (alert["state"], alert["rule"], tuple(sorted(alert["group"].items())), evidence_ids(alert),
            tuple(sorted(alert["metrics"].items())))
