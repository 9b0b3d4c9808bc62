#!/usr/bin/env python3
"""Avro as the daemon reads and writes it, against fastavro, which somebody else wrote.

usage: run.py (--build DIR | --probe PROGRAM) [--schemas DIR] [--seinpost PROGRAM] [--seed N] [--cases N]

  fingerprints  canonical form and CRC-64-AVRO of random schemas, and of those that Avro itself publishes
  judge         strict.py, the reader that judges bad records, by the specification's examples
  decoding      random events of every type by writers' schemas that differ from ours
  odd           events with fields of types that may not be ours
  by hand       resolution, blocks, and schemas that nobody should have, partners or we
  hostile       good records made bad: no crash, no 100 ms, and what strict.py reads or refuses
  speed         how long the daemon takes for typical records
  alerts        what the scenarios give, read by schemas/alert.avsc; with --seinpost, beside `seinpost replay`

--cases N makes N of each random kind (default: 2000 schemas, 2000 events, 5000 hostile records, 2000 hostile schemas).
Ends with `N passed, M failed`.
"""
import argparse
import collections
import io
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import cases
import fastavro
import hostile
import odd
import probe as probes
import records
import schemas
import strict

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHOWN_MAX = 3
SLOW_US = 100000  # of processor time


class Bench:
    """What all groups use: the probe, our schemas, the counts."""

    def __init__(self, options):
        self.options = options
        self.probe = probes.Probe(options.probe, options.schemas / "signals")
        self.readers = {}
        for path in sorted((options.schemas / "signals").glob("*.avsc")):
            schema = json.loads(path.read_text(encoding="utf-8"))
            self.readers[f"{schema['namespace']}.{schema['name']}"] = schema
        self.passed = self.failed = 0

    def random(self, group):
        """Each group has numbers of its own, so that one can change without the others."""
        return random.Random(f"{self.options.seed} {group}")

    def count(self, default):
        return self.options.cases or default

    def claim(self, name, faults, note=""):
        """One claim: it holds when there are no faults."""
        if not faults:
            self.passed += 1
            print(f"ok {name}{note}", flush=True)
            return
        self.failed += 1
        print(f"FAILED {name}: {len(faults)} times{note}", flush=True)
        for fault in faults[:SHOWN_MAX]:
            print(f"    {fault}"[:1500])

    def decode(self, name, schema, text, body):
        """The probe's answer for a body under this schema, framed as single object."""
        try:
            head = b"\xc3\x01" + bytes.fromhex(schemas.identity(schema)[1])[::-1]
        except Exception:  # no schema in fastavro's eyes: then any head will do, for the daemon must refuse it before
            head = b"\xc3\x01" + bytes(8)
        return self.ask("decode", name, text, (head + body).hex())

    def ask(self, *words):
        try:
            return self.probe.ask(*words)
        except probes.Dead as dead:
            return {"verdict": "crash", "detail": str(dead), "us": 0}


def fingerprints(bench):
    rng, faults = bench.random("fingerprints"), []
    total = bench.count(2000)
    for _ in range(total):
        schema = schemas.Maker(rng).schema()
        text = schemas.as_text(rng, schema)
        canonical, fingerprint = schemas.identity(schema)
        answer = bench.ask("fingerprint", text)
        if answer != {"canonical": canonical, "fingerprint": fingerprint}:
            faults.append(f"{text}\n    daemon {answer}\n    fastavro {canonical} {fingerprint}")
    bench.claim(f"{total} random schemas have fastavro's canonical form and fingerprint", faults)
    faults = [f"{text}: {answer}" for text, number in cases.FINGERPRINTS
              if (answer := bench.ask("fingerprint", text)).get("fingerprint") != f"{number & 2**64 - 1:016x}"]
    bench.claim("the fingerprints that Avro publishes", faults)
    faults = [f"{text}: {answer}" for text, canonical in cases.CANONICAL
              if (answer := bench.ask("fingerprint", text)).get("canonical") != canonical]
    bench.claim("canonical forms by the specification's text", faults)
    faults = [f"{text[:80]}: {answer}" for text in cases.NOT_SCHEMAS
              if "fault" not in (answer := bench.ask("fingerprint", text))]
    bench.claim("what is no schema has no fingerprint", faults)


def try_fastavro(schema, body, reader):
    """(what fastavro reads, '') or (None, why not)."""
    try:
        return records.resolved(schema, body, reader), ""
    except Exception as error:  # fastavro refuses by many classes
        return None, type(error).__name__


def try_judge(reader, schema):
    """The strict reader for this schema, or its refusal."""
    try:
        return records.judge(reader, schema)
    except strict.Refused as refused:
        return refused


def shown(answer, wanted):
    """The daemon's answer, as far as it is compared."""
    return {key: answer.get(key) for key in wanted}


def wrong_with(answer, wanted):
    """What is wrong with an answer, or ''. `wanted` is a part of it, or a word of cases.py."""
    if answer["verdict"] == "crash":
        return answer["detail"]
    if answer["us"] > SLOW_US:
        return f"{answer['us']} us"
    if answer.get("avro_c") not in (None, "", "unreadable"):  # it cannot read arrays of nothing
        return f"Avro C reads otherwise: {answer['avro_c']}"
    if wanted == cases.UNHARMED:
        return ""
    if wanted == cases.REFUSED:
        return "" if answer["verdict"] != "good" else "not refused"
    return "" if shown(answer, wanted) == wanted else f"wanted {wanted}"


def judging(bench):
    """The judge itself: without it, all that follows proves nothing."""
    faults = []
    for schema, body, wanted in cases.SPECIFIED:
        try:
            value = cases.bare(strict.read(schema, bytes.fromhex(body))[0])
        except strict.Refused as refused:
            value = refused
        if (value.detail if isinstance(value, strict.Refused) else value) != wanted:
            faults.append(f"{schema} {body}: {value!r}, wanted {wanted!r}")
    bench.claim("the strict reader reads as the specification says", faults)
    faults = [f"{text}: {strict.instant(text)}" for text, ms in cases.INSTANTS
              if strict.instant(text) != (None if ms is None else {"ms": ms})]
    bench.claim("the strict reader knows RFC 3339", faults)


def decoding(bench):
    rng = bench.random("decoding")
    each = max(1, bench.count(2000) // len(bench.readers))
    loose_count = 0
    for name, reader in bench.readers.items():
        faults = []
        for i in range(each):
            loose = i % 3 == 0
            schema, datum, wanted = records.event(rng, reader, loose)
            body = records.encode(schema, datum)
            if (judged := records.judged(try_judge(reader, schema), body)) != wanted:
                faults.append(f"the test itself: strict reader {judged}, made {wanted}")
                continue
            other, why = try_fastavro(schema, body, reader)
            loose_count += other is None
            if other is not None and other != wanted or other is None and not loose:
                faults.append(f"the test itself: fastavro {other} {why}, made {wanted}")
            answer = bench.decode(name, schema, schemas.as_text(rng, schema), body)
            if why := wrong_with(answer, wanted):
                faults.append(f"{why}\n    {json.dumps(schema)} {body.hex()}\n    daemon {answer}")
        bench.claim(f"{each} events of {name}", faults)
    print(f"   {loose_count} of them by schemas that Avro's rules do not resolve and the daemon does")


def oddities(bench):
    """Events some fields of which are of another type: read as the rules say, or refused by the field's name."""
    rng, faults, verdicts = bench.random("odd"), [], collections.Counter()
    total = bench.count(2000)
    for _ in range(total):
        name = rng.choice(list(bench.readers))
        schema, datum = odd.odd_event(rng, bench.readers[name])
        body = records.encode(schema, datum)
        wanted = records.judged(try_judge(bench.readers[name], schema), body)
        answer = bench.decode(name, schema, schemas.as_text(rng, schema), body)
        verdicts[answer["verdict"]] += 1
        if why := wrong_with(answer, wanted):
            faults.append(f"{why}\n    {json.dumps(schema)} {body.hex()}\n    daemon {answer}")
    bench.claim(f"{total} events with odd fields", faults, f" {dict(verdicts.most_common())}")
    least = {"good": total // 10, "decode": total // 50, "schema_mismatch": total // 10}
    bench.claim("of odd events there are of each kind", [verdicts] if any(
        verdicts[verdict] < count for verdict, count in least.items()) else [])


def by_hand(bench):
    name = "air.booking.created"
    for case, wanted, schema, body in cases.all_cases():
        text = json.dumps(schema)
        answer = bench.decode(name, schema, text, body)
        why = wrong_with(answer, wanted)
        said = f"{answer['verdict']} {answer['detail']}".strip()
        bench.claim(case, [f"{why}; daemon: {str(answer)[:400]}; schema {text[:300]}"] if why else [], f" ({said[:60]})")


def own_schemas(bench):
    """Schemas of ours that the catalogue must not take."""
    for case, code, text in cases.own_schemas(bench.options.schemas / "signals"):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "x.avsc").write_text(text, encoding="utf-8")
            done = subprocess.run([bench.options.probe, folder], input="", capture_output=True, text=True, check=False)
        good = done.returncode == (1 if code else 0) and code in done.stderr
        bench.claim(case, [] if good else [f"exit {done.returncode}: {done.stderr}"])


def hostile_records(bench):
    rng = bench.random("hostile")
    faults, verdicts, slowest = collections.defaultdict(list), collections.Counter(), 0
    total = bench.count(5000)
    for i in range(total):
        if i % 20 == 0:
            name = rng.choice(list(bench.readers))
            schema, datum, original = records.event(rng, bench.readers[name], True)
            victim = hostile.Victim(schema, records.encode(schema, datum))
            writer, text = records.judge(bench.readers[name], schema), json.dumps(schema)
        mutate = hostile.KINDS[i % len(hostile.KINDS)]
        bad = mutate(rng, victim)
        answer = bench.decode(name, schema, text, bad)
        wanted = original if mutate is hostile.rewritten else records.judged(writer, bad)
        verdicts[f"{answer['verdict']} {answer['detail'].split(' ')[0]}".strip()[:40]] += 1
        slowest = max(slowest, answer["us"])
        if why := wrong_with(answer, wanted):
            faults[mutate].append(f"{why}\n    {name} {text} {bad.hex()}\n    daemon {answer}")
    for mutate in hostile.KINDS:
        bench.claim(f"{total // len(hostile.KINDS)} hostile records: {mutate.__name__}", faults[mutate])
    print(f"   slowest {slowest} us; {dict(verdicts.most_common())}")


def speed(bench):
    """Not a claim, but a figure: how long the daemon takes for a typical record, by schemas that are ours."""
    rng, times, ratios = bench.random("speed"), [], []
    for name, reader in bench.readers.items():
        schema, datum = records.typical(rng, reader)
        body = records.encode(schema, datum)
        answer = bench.ask("measure", name, json.dumps(schema), body.hex())
        times.append((answer["ns"] / 1000, len(body), name))
        ratios.append(answer["ns"] / answer["avro_c_ns"])
    times.sort()
    said = [f"{us:.2f} us {name} ({size} bytes)" for us, size, name in (times[0], times[len(times) // 2], times[-1])]
    ratios.sort()
    print(f"   decoding takes {', '.join(said)}")
    print(f"   processor time, by Avro C's generic reader: {ratios[0]:.2f} to {ratios[-1]:.2f}, median {ratios[len(ratios) // 2]:.2f}")


def hostile_heads(bench):
    """Records with another head: none may be read."""
    rng, faults = bench.random("heads"), []
    schema, event = cases.plain({"carrier": "string"}, {"carrier": "KL"})
    good = b"\xc3\x01" + bytes.fromhex(schemas.identity(schema)[1])[::-1] + records.encode(schema, event)
    total = bench.count(1000) // 2
    for i in range(total):
        head = bytearray(good[:10])
        head[rng.randrange(10)] ^= 1 << rng.randrange(8)
        bad = bytes(head) + good[10:] if i % 2 else good[:rng.randrange(0, 10)]
        answer = bench.ask("decode", "air.booking.created", json.dumps(schema), bad.hex())
        if answer["verdict"] not in ("frame_short", "frame_magic", "schema_unknown"):
            faults.append(f"{bad.hex()}: {answer}")
    bench.claim(f"{total} hostile heads", faults)


def hostile_schemas(bench):
    """Schemas with a few bytes changed: the parser may take or leave them, but must live."""
    rng, faults = bench.random("hostile schemas"), []
    total = bench.count(2000)
    for _ in range(total):
        name = rng.choice(list(bench.readers))
        schema, datum, _ = records.event(rng, bench.readers[name], True)
        text = bytearray(json.dumps(schema).encode())
        for _ in range(rng.randrange(1, 4)):
            at = rng.randrange(len(text))
            text[at:at + rng.randrange(0, 3)] = rng.choice([b"", b"{", b"]", b"\"", b"0", b"-9", b"null", b"\xff", b"[]",
                                                             b",", b"\\u0000", b"string", b"record", b"e"])
        line = bytes(text).replace(b"\n", b" ").replace(b"\t", b" ").decode("latin-1")
        answer = bench.ask("decode", name, line, (b"\xc3\x01" + bytes(8) + records.encode(schema, datum)).hex())
        if answer["verdict"] == "crash":
            faults.append(f"{answer['detail']}\n    {line}")
    bench.claim(f"{total} hostile schemas", faults)


def times_as_told(datum):
    """fastavro's alert as alert_json prints it: times as text, metrics as text, the evidence's ids by themselves."""
    def at(value):
        ms = (value - records.EPOCH) // records.datetime.timedelta(milliseconds=1)
        return value.strftime("%Y-%m-%dT%H:%M:%S") + (f".{ms % 1000:03d}Z" if ms % 1000 else "Z")
    events = [{**event, "time": at(event["time"])} for event in datum["evidence"]]
    return {**datum, "at": at(datum["at"]), "opened_at": at(datum["opened_at"]), "events": events,
            "evidence": [event["id"] for event in events]}


def json_as_told(line):
    """The daemon's JSON with its metrics as the texts that they are on the wire, and the fields of every event."""
    alert = json.loads(line, parse_float=str, parse_int=lambda digits: digits)
    alert["events"] = [{"fields": {}, **event} for event in alert["events"]]
    alert.pop("shadow", None)
    return alert


def numbers_as_text(value):
    """Numbers as texts, but not truths: both sides are compared so, for no float may blur a metric."""
    if isinstance(value, dict):
        return {key: numbers_as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [numbers_as_text(item) for item in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def alert_faults(line, schema):
    """What is wrong with one line of alert_probe: record in hex, tab, JSON."""
    body, told = line.split("\t", 1)
    stream = io.BytesIO(bytes.fromhex(body))
    read = times_as_told(fastavro.schemaless_reader(stream, schema))
    if stream.read():
        yield f"bytes left over in {body}"
    ours = numbers_as_text(json_as_told(told))
    theirs = numbers_as_text(read)
    if ours != theirs:
        keys = [key for key in {*ours, *theirs} if ours.get(key) != theirs.get(key)]
        yield f"{ {key: (ours.get(key), theirs.get(key)) for key in keys} }"
    out = io.BytesIO()
    fastavro.schemaless_writer(out, schema, fastavro.schemaless_reader(io.BytesIO(bytes.fromhex(body)), schema))
    if out.getvalue().hex() != body:
        yield f"fastavro writes it as {out.getvalue().hex()}, the daemon as {body}"


def alerts(bench):
    program = bench.options.probe.with_name("alert_probe")
    schema = fastavro.schema.load_schema(bench.options.schemas / "alert.avsc")
    for events in sorted((ROOT / "deploy" / "scenarios").glob("*.ndjson")):
        done = subprocess.run([program, events, ROOT / "deploy" / "rules", bench.options.schemas], capture_output=True,
                              text=True, check=False)
        lines = done.stdout.splitlines()
        faults = [fault for line in lines for fault in alert_faults(line, schema)]
        if done.returncode != 0 or bool(lines) != events.stem.startswith("S"):  # L1-L3 are lawful and give none
            faults.append(f"exit {done.returncode}, {len(lines)} alerts: {done.stderr[-500:]}")
        if bench.options.seinpost:
            replayed = subprocess.run([bench.options.seinpost, "replay", "--events", events, "--rules",
                                       ROOT / "deploy" / "rules", "--format", "ndjson"], capture_output=True, text=True,
                                      check=False).stdout.splitlines()
            if replayed != [line.split("\t", 1)[1] for line in lines]:
                faults.append("seinpost replay tells other alerts")
        bench.claim(f"alerts of {events.stem}", faults, f" ({len(lines)} records)")


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--build", type=pathlib.Path)
    where.add_argument("--probe", type=pathlib.Path)
    parser.add_argument("--schemas", type=pathlib.Path, default=ROOT / "schemas")
    parser.add_argument("--seinpost", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=20261124)
    parser.add_argument("--cases", type=int)
    given = parser.parse_args()
    given.probe = (given.probe or given.build / "tests" / "avro_probe").resolve()
    given.seinpost = given.seinpost.resolve() if given.seinpost else None
    return given


def main():
    bench = Bench(options())
    print(f"seed {bench.options.seed}", flush=True)
    for group in (fingerprints, judging, decoding, oddities, by_hand, own_schemas, hostile_records, hostile_heads,
                  hostile_schemas, speed, alerts):
        group(bench)
    end = bench.probe.close()
    bench.claim("the probe ends well", [end] if end else [])
    print(f"{bench.passed} passed, {bench.failed} failed")
    return 1 if bench.failed else 0


if __name__ == "__main__":
    sys.exit(main())
