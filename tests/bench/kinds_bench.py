#!/usr/bin/env python3
"""What a match costs by kind of rule, when all events have one identity and when they are spread evenly over many.

Prints, as CSV: kind, nanoseconds of correlate per match spread and with one identity, and the ratio of the throughputs
(1: the length of an identity's history costs nothing). Both are measured in the same run.

usage: kinds_bench.py --bench build/tests/stage_bench --schemas schemas [--events N] [--spread N] [--only KIND[,KIND]]
"""
import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

HEAD = """schema: seinpost/rule/1
title: {name}
name: {name}
version: 1
status: test
level: low
stage: finance
purpose: [smuggling]
legal-basis: [wwft-fiu]
owner: bench
unless: {{none: made for measuring}}
events:
  a: {{source: {{type: card.auth}}, detection: {{s: {{amount|lt: 100.00 EUR}}, condition: s}}}}
  b: {{source: {{type: card.auth}}, detection: {{s: {{amount|gte: 100.00 EUR}}, condition: s}}}}
correlation:
  group-by: [card]
  timespan: 30m
"""
KINDS = {
    "count_never": "type: event_count\n  rules: [a, b]\n  condition: {gte: 1000000000}",
    "count_always": "type: event_count\n  rules: [a, b]\n  condition: {gte: 2}",
    "count_session": "type: event_count\n  rules: [a, b]\n  window: session\n  gap: 10m\n  condition: {gte: 1000000000}",
    "values": "type: value_count\n  rules: [a, b]\n  field: merchant_id\n  condition: {gte: 5}",
    "sum": "type: value_sum\n  rules: [a, b]\n  field: amount\n  condition: {gte: 1000.00 EUR}",
    "average": "type: value_avg\n  rules: [a, b]\n  field: amount\n  condition: {gte: 10.00 EUR}",
    "extremes": "type: aggregate\n  rules: [a, b]\n  metrics: {most: max(amount), least: min(amount)}\n"
                "  condition: {most|gte: 150.00 EUR, least|lte: 20.00 EUR}",
    "ratio": "type: ratio\n  numerator: {rule: a, metric: count(a)}\n  denominator: {rule: b, metric: count(b)}\n  min-denominator: 1\n  condition: {ratio|gte: 0.1}",
    "temporal": "type: temporal\n  rules: [a, b]\n  min-count: {a: 2}",
    "ordered": "type: temporal_ordered\n  rules: [a, b]\n  min-count: {a: 2}",
    "sequence": "type: sequence\n  steps: [{rule: a}, {rule: b, within: 1m}]",
    "repeated": "type: sequence\n  steps: [{rule: a, count: 3, span: 20m}, {rule: b, count: 3, span: 20m}]",
    "absence": "type: absence\n  after: a\n  missing: b",
    "first_seen": "type: first_seen\n  rules: [a, b]\n  field: merchant_id\n  history: 30m",
    "change": "type: change\n  rules: [a, b]\n  field: mcc\n  ignore-null: true",
    "score": "type: score\n  rules: {a: 1, b: 2}\n  decay: {half-life: 5m}\n  max-per-rule: 50\n  condition: {score|gte: 40}",
}
START = 1_767_225_600_000  # 2026-01-01


def write_rule(folder, kind):
    folder.mkdir()
    (folder / "rule.yaml").write_text(HEAD.format(name=kind) + "  " + KINDS[kind] + "\n", encoding="utf-8")
    return folder


def write_events(path, count, cards, late_one_in):
    pick = random.Random(1)
    lines = []
    for number in range(count):
        at = START + number * 10
        if late_one_in and pick.randrange(late_one_in) == 0:
            at = max(START, at - pick.randrange(5_000))
        lines.append(json.dumps({
            "id": f"e{number}", "type": "card.auth", "source": "file",
            "time": f"2026-01-01T{(at - START) // 3_600_000:02d}:{at // 60_000 % 60:02d}:{at // 1000 % 60:02d}.{at % 1000:03d}Z",
            "schema": 1, "purpose": ["smuggling"], "legal_basis": "wwft-fiu", "eval": "B2", "handling": "H1",
            "tlp": "AMBER", "pseudo_key": "t1",
            "data": {"payer_ref": f"pay:t1:{pick.randrange(cards):032x}", "mcc": pick.choice(("5411", "5541", "7011")),
                     "country": "NL", "amount_minor": pick.randrange(100, 20_000), "currency": "EUR",
                     "merchant_id": f"M{pick.randrange(300)}", "entry": "05", "approved": True,
                     "account_kind": "consumer"}}))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def run(options, events, rules):
    done = subprocess.run([options.bench, events, rules, options.schemas], capture_output=True, text=True,
                          timeout=options.timeout)
    if done.returncode != 0:
        sys.exit(done.stdout + done.stderr)
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", required=True)
    parser.add_argument("--schemas", required=True)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--spread", type=int, default=5_000, help="identities of the spread events")
    parser.add_argument("--late-one-in", type=int, default=0, help="one in so many comes up to 5 s late")
    parser.add_argument("--only", default=",".join(KINDS))
    parser.add_argument("--timeout", type=int, default=120)
    options = parser.parse_args()
    print("kind,spread_ns,one_ns,ratio,spread_bytes,one_bytes,replay_spread_ns,alerts_spread,alerts_one")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        spread = write_events(folder / "spread.ndjson", options.events, options.spread, options.late_one_in)
        one = write_events(folder / "one.ndjson", options.events, 1, options.late_one_in)
        for kind in options.only.split(","):
            rules = write_rule(folder / kind, kind)
            a, b = run(options, spread, rules), run(options, one, rules)
            times = a["correlate_ns_per_match"], b["correlate_ns_per_match"]
            print(f"{kind},{times[0]},{times[1]},{times[0] / times[1]:.2f},{a['state_bytes_per_match']},"
                  f"{b['state_bytes_per_match']},{a['replay_ns_per_match']},{a['alerts']},{b['alerts']}", flush=True)


if __name__ == "__main__":
    main()
