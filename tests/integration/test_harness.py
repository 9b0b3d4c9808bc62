"""The harness itself, without the daemon: that its partners write what they say, and that its desk can fail."""
import copy
import os
import random
import stat
import subprocess
import sys
import types
from collections import Counter

import confluent_kafka
import fastavro
from confluent_kafka import Consumer, Producer, TopicPartition

import desk
import reference
import station
import wire
from claim import Failed, claim, claim_none, claim_same, wait_until
from partners import Partner, Writer, millis, rfc3339
from progress import Progress
from stream import HOUR, MINUTE, Stream
from test_broken import SOURCE, Kitchen
from test_scenarios import load_scenarios

DAEMON = False


def as_ours(datum):
    """Times as milliseconds, so that text and number compare equal."""
    if isinstance(datum, dict):
        return {key: as_ours(value) for key, value in datum.items()}
    if isinstance(datum, list):
        return [as_ours(value) for value in datum]
    if isinstance(datum, str) and datum[4:5] == "-" and datum[10:11] == "T":
        return millis(datum)
    return datum


def by_type(events):
    groups = {}
    for made in events:
        groups.setdefault(made["type"], []).append(made)
    return groups


def refuses(action, what):
    try:
        action()
    except (Failed, AssertionError):
        return
    raise Failed(f"not refused: {what}")


def test_fingerprint(case):
    """The fingerprint of the schema "int" is the one that the Avro specification's algorithm is known to give."""
    del case
    claim(wire.fingerprint("int") == 0x7275D51A3F395C8F, f"{wire.fingerprint('int'):x}")
    with_docs = {"type": "record", "name": "a.b.r", "doc": "x", "fields": [{"name": "t", "type": {
        "type": "long", "logicalType": "timestamp-millis"}, "doc": "y", "default": 0}]}
    bare = {"type": "record", "name": "r", "namespace": "a.b", "fields": [{"name": "t", "type": "long"}]}
    claim(wire.fingerprint(with_docs) == wire.fingerprint(bare), "docs, defaults and logical types count")


def test_partner_schemas(case):
    """Each partner's schema differs from the catalogue's, and Avro resolves it to the catalogue's without loss."""
    del case
    events = load_scenarios()[0] + [item.event for item in Stream(7, 2000).sent]
    for kind, group in by_type(events).items():
        ours = wire.plain(wire.event_schema(kind))
        for seed in range(3):
            writer = Writer(kind, group, seed)
            claim(writer.fingerprint != wire.fingerprint(wire.event_schema(kind)), f"{kind}: the same schema")
            for made in group[:200]:
                read = wire.decode(writer.encode(made), wire.plain(writer.schema), ours)
                for name, value in made["data"].items():
                    claim(as_ours(read["data"][name]) == as_ours(value),
                          f"{kind} {made['id']} {name}: {read['data'][name]}")
                claim(read["id"] == made["id"] and as_ours(read["time"]) == millis(made["time"]),
                      f"{kind} {made['id']}")


def test_publish_and_read(case):
    """What the partners publish in either framing is read back and decoded, through the registry or the folder."""
    events = load_scenarios()[0]
    cluster, registry = case.bench.cluster, case.bench.registry.client
    for wire_format in (wire.CONFLUENT, wire.SINGLE_OBJECT):
        name = case.topic(wire_format)
        cluster.create_topic(name, 2)
        partner = Partner(cluster.bootstrap, name, wire_format, events, registry, case.folder / wire_format)
        for made in events:
            partner.publish(made)
        partner.flush()
        reader = desk.Reader(cluster, name)
        case.stack.callback(reader.close)
        schemas = {wire.fingerprint(schema): schema for schema in map(wire.load_schema, case.folder.rglob("*.avsc"))}
        seen = Counter()
        for record in reader.read():
            if wire_format == wire.CONFLUENT:
                schema, body = registry.schema(int.from_bytes(record.value[1:5], "big")), record.value[5:]
            else:
                schema, body = schemas[int.from_bytes(record.value[2:10], "little")], record.value[10:]
            kind = f"{schema['namespace']}.{schema['name']}"
            seen[wire.decode(body, wire.plain(schema), wire.plain(wire.event_schema(kind)))["id"]] += 1
        claim_same(dict(seen), {made["id"]: 1 for made in events}, f"events read back ({wire_format})")


def test_desk_reads_committed(case):
    """The desk sees committed records only, each once, and waits for a transaction that is still open."""
    cluster = case.bench.cluster
    name = case.topic("transactions")
    cluster.create_topic(name, 1)
    writer = Producer({"bootstrap.servers": cluster.bootstrap, "log_level": 2, "transactional.id": case.prefix})
    writer.init_transactions(30)
    reader = desk.Reader(cluster, name)
    case.stack.callback(reader.close)
    for text, commit in (("a", True), ("b", False), ("c", True)):
        writer.begin_transaction()
        writer.produce(name, text)
        writer.flush(10)
        if not commit:
            writer.abort_transaction(30)
        elif text == "c":
            refuses(lambda: reader.read(1), "an open transaction")
            writer.commit_transaction(30)
        else:
            writer.commit_transaction(30)
            claim([record.value for record in reader.read()] == [b"a"], "after the first")
    values = [record.value for record in reader.read()]
    claim(values == [b"a", b"c"] and len(reader.read()) == 2, f"read {values}")


def test_progress(case):
    """All is done when the case's groups have committed every record, commit markers aside, and not before."""
    cluster = case.bench.cluster
    source, inner = case.topic("s"), f"{case.prefix}.matches"
    for name in (source, inner):
        cluster.create_topic(name, 2)
    progress = Progress(case, [source])
    plain = Producer({"bootstrap.servers": cluster.bootstrap, "log_level": 2})
    plain.produce(source, "x", partition=0)
    plain.flush(10)
    claim(progress.behind(), "nothing is committed, and all is done")
    keeper = Consumer({"bootstrap.servers": cluster.bootstrap, "log_level": 2, "group.id": f"{case.prefix}-ingest"})
    case.stack.callback(keeper.close)

    def commit(topic, partition, offset):
        keeper.commit(offsets=[TopicPartition(topic, partition, offset)], asynchronous=False)

    commit(source, 0, 1)
    claim(not progress.behind() and progress.consumed() == 1, f"behind: {progress.behind()}")
    writer = Producer({"bootstrap.servers": cluster.bootstrap, "log_level": 2, "transactional.id": case.prefix})
    writer.init_transactions(30)
    for end in (writer.commit_transaction, writer.abort_transaction):
        writer.begin_transaction()
        writer.produce(inner, "y", partition=1)
        writer.flush(10)
        claim(progress.behind(), "an open transaction, and all is done")
        end(30)
        commit(inner, 1, 0)
        claim(progress.behind(), "a committed record, and all is done")
        commit(inner, 1, 1)
        claim(not progress.behind(), f"only markers and aborted records are left: {progress.behind()}")


def alert(number, state="opened", **changes):
    return {"alert": f"{number:032x}", "state": state, "rule": "r", "id": "R", "version": 1, "rule_hash": "0" * 32,
            "title": "t", "level": "low", "score": 1, "stage": "work", "track": "admin", "purpose": ["smuggling"],
            "legal_basis": ["wwft-fiu"], "owner": "o", "at": 1, "opened_at": 1, "late": False, "capped": False,
            "group": {"card": "x"}, "metrics": {}, "sectors": ["card"], "evidence_count": 0, "summary": "s",
            "explain": "e", "measures": [], "review": "required", "evidence": [], "partition": 0, "sequence": number,
            "_place": (0, number), **changes}


def test_desk_finds_faults(case):
    """The desk's checks find a gap, a double, a second opening, a wrong order, an invalid and a deciding alert."""
    del case
    parsed = fastavro.parse_schema(wire.plain(wire.own_schema("alert")))
    good = [alert(0), alert(1), {**alert(0, "updated"), "sequence": 2, "_place": (0, 2)},
            {**alert(0, "closed"), "sequence": 3, "_place": (0, 3)}]

    def faults(alerts):
        return [*desk.check_valid(alerts, parsed), *desk.check_sequences(alerts), *desk.check_lives(alerts)]

    claim_none(faults(good), "good alerts")
    bad = {"a gap": good[:2] + good[3:], "a double": [*good, good[1]],
           "a late start": [{**item, "sequence": item["sequence"] + 5} for item in good],
           "a second opening": [*good[:2], {**alert(0), "sequence": 2, "_place": (0, 2)}],
           "an update without opening": [alert(0, "updated")],
           "life after the end": [*good, {**alert(0, "updated"), "sequence": 4, "_place": (0, 4)}],
           "another order on the topic": [*good[:2], {**good[2], "_place": (0, 9)}, good[3]],
           "two match partitions": [*good[:2], {**good[2], "partition": 1, "sequence": 0}, {**good[3], "sequence": 2}],
           "a field of another type": [alert(0, score="high")], "a decision": [alert(0, review="none")],
           "no legal basis": [alert(0, legal_basis=[])], "evidence lost": [alert(0, evidence_count=3)]}
    for name, alerts in bad.items():
        claim(faults(alerts), f"not found: {name}")
    claim(not list(desk.check_current(good, [good[1], good[3]])), "good alerts.current")
    claim(list(desk.check_current(good, [good[1], good[2]])), "not found: an old record in alerts.current")
    claim(set(desk.standing([alert(0), {**alert(1), "alert": "b"}, {**alert(2, "retracted"), "alert": "b"}])) ==
          {alert(0)["alert"]}, "what was taken back stands")


def test_broken_records_are_broken(case):
    """Avro's own reader in Python refuses every record that the tests call undecodable, and reads what is whole."""
    quiet = types.SimpleNamespace(register=lambda subject, schema: 1)
    bench = types.SimpleNamespace(registry=types.SimpleNamespace(client=quiet))
    for wire_format, size in ((wire.CONFLUENT, 5), (wire.SINGLE_OBJECT, 10)):
        kitchen = Kitchen(types.SimpleNamespace(bench=bench, folder=case.folder), wire_format, "t")
        kitchen.writers.mkdir(parents=True, exist_ok=True)
        reader = wire.plain(wire.event_schema("bank.cash"))
        wire.decode(kitchen.body(), kitchen.schema, reader)
        menu = list(kitchen.menu())
        claim(len({broken.name for broken in menu}) > 150, f"only {len(menu)} broken records")
        for broken in menu:
            if "decode" in broken.reasons[:1] and broken.value.startswith(kitchen.header):
                try:
                    wire.decode(broken.value[size:], kitchen.schema)
                except (ValueError, EOFError, IndexError, KeyError, MemoryError, OverflowError, UnicodeDecodeError,
                        RecursionError, StopIteration):
                    continue
                claim("-" in broken.name, f"{broken.name} can be decoded")  # Python indexes from the end
        claim(kitchen.source == SOURCE[wire_format], "source")


def facts(*times, name="e"):
    return [reference.Fact(at, "s", f"{name}{number}", name, {}, frozenset([("s", f"{name}{number}")]))
            for number, at in enumerate(times)]


def test_reference(case):
    """The independent expectation gives by hand-made cases what the rule language says of them."""
    del case

    def three(window):
        return len(window) >= 3

    claim([found.at for found in reference.counting(facts(0, 30, 60), 60, three)] == [60],
          "both ends of a window count")
    claim(not reference.counting(facts(0, 30, 61), 60, three), "one past the window")
    alerts = reference.lifecycle("r", "g", reference.counting(facts(0, 1, 2, 50, 61, 200, 201, 202), 60, three))
    claim([(found.opened_at, len(found.evidence)) for found in alerts] == [(2, 5), (202, 3)], f"{alerts}")

    def chain(*pairs):
        made = [reference.Fact(at, "s", f"{number}", name, {}, frozenset([number]))
                for number, (at, name) in enumerate(pairs)]
        return [sorted(found.evidence) for found in reference.sequence(made, "ABC", 10, 15, "U")]

    claim(chain((0, "A"), (5, "B"), (10, "C")) == [[0, 1, 2]], "in order")
    claim(chain((0, "A"), (11, "B"), (12, "C")) == [], "a step too late")
    claim(chain((0, "A"), (9, "B"), (16, "C")) == [], "over the timespan")
    claim(chain((0, "A"), (1, "A"), (5, "B"), (10, "C"), (11, "C")) == [[1, 2, 3]], "the latest start, consumed")
    claim(chain((0, "A"), (5, "B"), (6, "U"), (10, "C")) == [], "thrown away")
    ticket = facts(0, name="ticket")
    claim(len(reference.absence(ticket, "ticket", "boarded", 6)) == 1, "nothing came")
    claim(not reference.absence(ticket + facts(6, name="boarded"), "ticket", "boarded", 6), "came at the end")
    claim(not reference.absence(ticket + facts(0, name="boarded"), "ticket", "boarded", 6), "came at once")


def test_stream(case):
    """The stream is the same for the same seed, has every pattern and near miss, and is late only where it says so."""
    del case
    first, second, other = Stream(3, 3000), Stream(3, 3000), Stream(4, 3000)
    claim([item.event for item in first.sent] == [item.event for item in second.sent], "the same seed, another stream")
    claim([item.event for item in first.sent] != [item.event for item in other.sent], "another seed, the same stream")
    expected = reference.expected_alerts(first.accepted())
    claim(len({found.rule for found in expected}) == 7, f"rules: {Counter(found.rule for found in expected)}")
    claim(first.too_late() and len(first.sent) > len(first.accepted()) + len(first.too_late()), "no late, no doubles")
    everything = [item.event | {"at": item.at} for item in first.sent]
    claim(len(reference.expected_alerts(sorted(everything, key=lambda made: made["at"]))) > len(expected),
          "late and doubled events would change nothing")
    shuffled = first.accepted()
    random.Random(1).shuffle(shuffled)
    claim(reference.account_of(reference.expected_alerts(shuffled)) == reference.account_of(expected),
          "the expectation hangs on the order of arrival")
    claim(all(millis(item.event["time"]) == item.at and item.event["time"] == rfc3339(item.at) for item in first.sent),
          "times as text")
    claim(HOUR == 60 * MINUTE, "units")


def test_newest_librdkafka(case):
    """With --librdkafka newest the dynamic linker finds the Python client's librdkafka, and it works."""
    ask = ("import ctypes; l = ctypes.CDLL('librdkafka.so.1'); l.rd_kafka_version_str.restype = ctypes.c_char_p; "
           "print(l.rd_kafka_version_str().decode())")
    environment = dict(os.environ, LD_LIBRARY_PATH=station.newest_librdkafka(case.folder / "librdkafka"))
    seen = subprocess.run([sys.executable, "-c", ask], env=environment, capture_output=True, text=True, check=True)
    claim(seen.stdout.strip() == confluent_kafka.libversion()[0], f"{seen.stdout} {seen.stderr}")


def test_daemon_life(case):
    """Starting, killing and stopping: an exit code other than 0, a hang and a sudden end are told."""
    build = case.folder / "build"
    build.mkdir()
    binary = build / "seinpostd"
    bench = copy.copy(case.bench)
    bench.build_dir = build
    corner = copy.copy(case)
    corner.bench = bench

    def daemon(script, name):
        binary.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        binary.chmod(binary.stat().st_mode | stat.S_IXUSR)
        made = corner.daemon({}, name).start()
        wait_until(lambda: "ready" in made.log.read_text(encoding="utf-8"), "the script's first line", 10)
        return made

    good = daemon("trap 'exit 0' TERM; echo ready; while :; do sleep 0.05; done", "good")
    good.stop()
    good.start().kill()
    claim(not good.alive and good.starts == 2, "killed and dead")
    refuses(daemon("trap 'exit 3' TERM; echo ready; while :; do sleep 0.05; done", "sour").stop, "exit code 3")
    refuses(lambda: daemon("trap '' TERM; echo ready; while :; do sleep 0.05; done", "deaf").stop(1), "a hang")
    refuses(daemon("echo ready", "short").wait_ready, "a daemon that ended by itself")
