"""`seinpost explain --group`: what it says of a group is what the engine did: over all groups of the scenarios."""
import collections
import json
import pathlib
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
KINDS = {"payer_ref": "card", "card_ref": "card", "account_ref": "account", "creditor_ref": "account",
         "phone_ref": "phone", "doc_ref": "document", "booking_ref": "booking", "agency_ref": "agency"}


def run(program, *words):
    return subprocess.run([program, *map(str, words)], cwd=ROOT, capture_output=True, text=True, check=False)


def why(program, events, group, *words):
    done = run(program, "explain", "--events", events, "--group", group, "--format", "json", *words)
    if done.returncode != 0:
        raise AssertionError(f"exit {done.returncode}: {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def lines_of(scenario):
    return [line for line in (ROOT / "deploy/scenarios" / f"{scenario}.ndjson").read_text(encoding="utf-8").splitlines()
            if line]


def groups_of(lines):
    """The groups that at least two events have, as kind=value."""
    found = collections.Counter()
    for line in lines:
        for name, value in json.loads(line)["data"].items():
            if name in KINDS and isinstance(value, str):
                found[f"{KINDS[name]}={value}"] += 1
    return sorted(group for group, count in found.items() if count > 1)


def agrees(program, scenario):
    """An alert where all clauses are met, and only there."""
    events = ROOT / "deploy/scenarios" / f"{scenario}.ndjson"
    replayed = run(program, "replay", "--events", events, "--rules", "deploy/rules", "--format", "ndjson").stdout
    opened = collections.Counter(json.loads(line)["rule"] for line in replayed.splitlines()
                                 if json.loads(line)["state"] == "opened")
    faults, told = [], collections.Counter()
    for group in groups_of(lines_of(scenario)):
        for answer in why(program, events, group, "--rules", "deploy/rules"):
            states = {clause["met"] for clause in answer["clauses"]} - {""}
            if (answer["alerts"] > 0) != (states == {"yes"}):
                faults.append(f"{answer['rule']}, {answer['group']}: {answer['alerts']} alerts, {answer['clauses']}")
            told[answer["rule"]] += answer["alerts"]
    faults += [f"{rule}: {told[rule]} of {count} alerts" for rule, count in opened.items() if told[rule] < 1]
    return "; ".join(faults)


def payments(program, count, *words):
    """What is said of the payee of S2 when so many of the payments have come."""
    lines = [line for line in lines_of("S2") if '"bank.transfer"' in line]
    group = f"account={json.loads(lines[0])['data']['creditor_ref']}"
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "events.ndjson")
        path.write_text("\n".join(lines[:count]) + "\n", encoding="utf-8")
        return why(program, path, group, "bank_many_to_one", "--rules", "deploy/rules", *words)


def counted(program):
    """One more payment, one more that is seen; the tenth makes the alert."""
    for count in range(1, 13):
        answer = payments(program, count)[0]
        clause = answer["clauses"][0]
        if clause["seen"] != str(count) or (clause["met"] == "yes") != (count >= 10) or answer["alerts"] != (count >= 10):
            return f"after {count}: {answer}"
    return ""


def waited(program):
    """An absence is waited for until the watermark passes, and then it is proven."""
    rule = """\
schema: seinpost/rule/1
title: Booked and never boarded
name: never_boarded
version: 1
status: test
level: low
stage: transport
purpose: [smuggling]
legal-basis: [pnr-6.2a]
owner: o
unless: {none: an example}
events:
  booked: {source: {type: air.booking.created}, detection: {some: {pax_count|gte: 1}, condition: some}}
  boarded: {source: {type: air.boarded}, detection: {some: {leg|gte: 1}, condition: some}}
correlation: {type: absence, group-by: [booking], timespan: 2d, after: booked, missing: boarded}
"""
    event = {"id": "1", "type": "air.booking.created", "source": "air-1", "time": "2026-01-01T00:00:00Z",
             "purpose": ["smuggling"], "legal_basis": "pnr-6.2a",
             "data": {"booking_ref": "booking:t1:" + "0" * 32, "pax_count": 1}}
    boarded = {**event, "id": "2", "type": "air.boarded", "time": "2026-01-02T00:00:00Z",
               "data": {"booking_ref": event["data"]["booking_ref"], "leg": 1}}
    with tempfile.TemporaryDirectory() as folder:
        rules, events = pathlib.Path(folder, "rule.yaml"), pathlib.Path(folder, "events.ndjson")
        rules.write_text(rule, encoding="utf-8")
        for lines, words, wanted in (([event], (), ("wait", "2026-01-03T00:00:00Z", 0)),
                                     ([event], ("--until", "2026-01-03T00:00:00Z"), ("yes", "passed", 1)),
                                     ([event, boarded], (), ("no", "answered by 2", 0))):
            events.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
            answer = why(program, events, f"booking={event['data']['booking_ref']}", "--rules", rules, *words)[0]
            clause = answer["clauses"][-1]
            if (clause["met"], answer["alerts"]) != (wanted[0], wanted[2]) or wanted[1] not in clause["seen"]:
                return f"{words}: {answer}"
    return ""


def claims(program):
    for scenario in ("S1", "S2", "S3", "L1", "L2", "L3"):
        yield f"why agrees with the engine over {scenario}", agrees(program, scenario)
    yield "why counts what has come so far", counted(program)
    yield "why says what is waited for, proven, and answered", waited(program)
