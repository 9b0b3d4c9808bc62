"""No word is resolved: what YAML would make a number, a truth value, a date or nothing stays text, as the event schema says."""
import json
import pathlib
import subprocess
import tempfile

# What the core, JSON or YAML 1.1 schemas would resolve; each is a carrier, a title and an owner here.
WORDS = ["NO", "no", "yes", "Yes", "on", "off", "y", "N", "true", "FALSE", "012", "0o14", "0x1F", "1e3", "1E3", "1_000", "+1", "-0", "1.0",
         ".5", ".inf", "-.INF", ".NaN", "12:30:45", "190:20:30", "2026-11-23", "2026-11-23T08:30:00Z", "=", "Null", "NULL", "None",
         "'null'", "'~'", '"null"', "0b1010", "685_230.15"]
RULE = """schema: seinpost/rule/1
title: %(word)s
name: words
version: 012
status: stable
level: low
stage: transport
purpose: [smuggling]
legal-basis: [pnr-6.2a]
owner: %(word)s
author: a
approved-by: b
review-by: 2999-01-01
expires: 2999-01-01
falsepositives: [NO]
unless: {none: %(word)s}
source: {type: air.booking.created}
detection: {carrier: {carrier: %(word)s}, condition: carrier}
tests:
  - {name: NO, given: [{at: 0, carrier: %(word)s}, {at: 1h, carrier: other}], expect: [{at: 0, evidence: [1]}]}
  - {name: 1e3, given: [], expect: none}
"""


def event(number, carrier):
    data = {} if carrier is None else {"carrier": carrier}
    return json.dumps({"id": f"e{number}", "type": "air.booking.created", "source": "air-partner-1", "time": "2026-11-23T08:30:00Z",
                       "purpose": ["smuggling"], "legal_basis": "pnr-6.2a", "data": data}) + "\n"


def replay(program, rule, carriers):
    """The alerts of a rule over events of these carriers; None: one without."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "rule.yaml").write_text(rule, encoding="utf-8")
        (folder / "events.ndjson").write_text("".join(event(i, word) for i, word in enumerate(carriers)), encoding="utf-8")
        tested = subprocess.run([program, "test", "rule.yaml"], cwd=folder, capture_output=True, text=True, check=False)
        done = subprocess.run([program, "replay", "--events", "events.ndjson", "--rules", "rule.yaml", "--format", "ndjson"], cwd=folder,
                              capture_output=True, text=True, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr + tested.stdout if tested.returncode else done.stderr


def word_claim(program, word):
    """The event that bears the very word, and no other, is alerted, and the alert says title and owner as they were written."""
    text = word.strip("'\"")
    alerts, errors = replay(program, RULE % {"word": word}, [text, text.lower() + "x", text.swapcase() + "z", None, "1000", "12", "false"])
    told = [(alert["evidence"], alert["title"], alert["owner"], alert["version"]) for alert in alerts]
    wanted = [(["e0"], text, text, 12)]
    return "" if told == wanted and "does not hold" not in errors else f"{told}, wanted {wanted}\n{errors}"


def null_claim(program, word):
    """A bare null asks for the event that has no carrier, not for one that is called so."""
    rule = (RULE % {"word": "null"}).replace("carrier: {carrier: null}", f"carrier: {{carrier: {word}}}")
    rule = rule.replace("title: null", "title: t").replace("owner: null", "owner: o").replace("none: null", "none: n")
    rule = rule.replace("carrier: null}, {at: 1h, carrier: other}", "bags: 1}, {at: 1h, carrier: other}")
    alerts, errors = replay(program, rule, ["null", "~", None])
    told = [alert["evidence"] for alert in alerts]
    return "" if told == [["e2"]] else f"{told}\n{errors}"


def claims(program):
    for word in WORDS:
        yield f"values: {word} stays text", word_claim(program, word)
    for word in ("null", "~", ""):
        yield f"values: a bare '{word}' asks for what is missing", null_claim(program, word)
