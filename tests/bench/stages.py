"""What is measured without a broker: the decoder, the two stages, and the memory that a match takes."""
import argparse
import json
import statistics
import subprocess
import sys
import pathlib

import made

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SCHEMAS = ROOT / "schemas"


def stage_bench(options, events, rules, times=None):
    """The medians of what stage_bench says over some runs."""
    runs = []
    for _ in range(times or options.repeat):
        done = subprocess.run([options.build / "tests" / "stage_bench", events, rules, SCHEMAS], capture_output=True, text=True,
                              timeout=900, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"stage_bench: {done.returncode} {done.stdout}{done.stderr}")
        runs.append(json.loads(done.stdout))
    for what in ("events", "matches", "alerts"):
        if len({run[what] for run in runs}) != 1:
            raise RuntimeError(f"not the same each time: {what} of {runs}")
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def decode(options):
    """The daemon's time by Avro C's, over a typical record of each event type: (median, least, most)."""
    sys.path.insert(0, str(HERE.parent / "avro"))
    import probe
    import random
    import records
    asker, rng, ratios = probe.Probe(options.build / "tests" / "avro_probe", SCHEMAS / "signals"), random.Random(1), []
    for path in sorted((SCHEMAS / "signals").glob("*.avsc")):
        reader = json.loads(path.read_text(encoding="utf-8"))
        schema, datum = records.typical(rng, reader)
        question = (f"{reader['namespace']}.{reader['name']}", json.dumps(schema), records.encode(schema, datum).hex())
        answers = [asker.ask("measure", *question) for _ in range(options.repeat)]
        if any(answer["verdict"] != "good" for answer in answers):
            raise RuntimeError(f"{question[0]}: {answers}")
        ratios.append(statistics.median(answer["ns"] / answer["avro_c_ns"] for answer in answers))
    if trouble := asker.close():
        raise RuntimeError(trouble)
    return statistics.median(ratios), min(ratios), max(ratios)


def chain(options, folder, count, cards):
    """Keyed A, then B, then C within 60 s: (events, rules, what stage_bench says)."""
    events = made.write_events(folder / f"chain-{cards}.ndjson", made.chain_events(count, cards))
    rules = made.write_rules(folder / "chain", [made.CHAIN])
    return events, rules, stage_bench(options, events, rules)


def pairs(options, folder, count, rules_count, share=0.01):
    """So many rules with an indexable first step: (events, rules, what stage_bench says)."""
    events = made.write_events(folder / f"pairs-{rules_count}-{share}.ndjson", made.pair_events(count, rules_count, share))
    rules = made.write_rules(folder / f"pairs-{rules_count}", made.pairs(rules_count))
    return events, rules, stage_bench(options, events, rules)


def counts(options, folder, count, cards, window="24h"):
    """A count by card that never comes to its threshold, so that all matches of the window are kept."""
    events = made.write_events(folder / f"count-{cards}-{window}.ndjson", made.count_events(count, cards))
    rules = made.write_rules(folder / f"count-{window}", [made.COUNT.replace("WINDOW", window)])
    return stage_bench(options, events, rules)


def alerts(options, events, rules):
    """What `seinpost replay` alerts: sorted (rule, time, id of the deciding event)."""
    done = subprocess.run([options.build / "seinpost", "replay", "--events", events, "--rules", rules, "--schemas", SCHEMAS,
                           "--lateness", "1h", "--format", "ndjson"], capture_output=True, text=True, timeout=900, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"seinpost replay: {done.returncode} {done.stderr}")
    found = (json.loads(line) for line in done.stdout.splitlines() if line.startswith("{"))
    return sorted((alert["rule"], alert["evidence"][-1]) for alert in found if alert["state"] in ("opened", "updated"))


def load_seconds(options, rules):
    """Processor seconds to read, check and compile so many rules."""
    took = []
    for _ in range(options.repeat):
        script = ("import os, resource, subprocess, sys; done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=False); "
                  "used = resource.getrusage(resource.RUSAGE_CHILDREN); print(done.returncode, used.ru_utime + used.ru_stime)")
        done = subprocess.run([sys.executable, "-c", script, options.build / "seinpost", "replay", "--events", "/dev/null", "--rules",
                               rules, "--schemas", SCHEMAS], capture_output=True, text=True, timeout=300, check=True)
        code, seconds = done.stdout.split()
        if code != "0":
            raise RuntimeError(f"seinpost replay {rules}: exit {code}")
        took.append(float(seconds))
    return statistics.median(took)
