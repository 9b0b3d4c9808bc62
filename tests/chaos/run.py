#!/usr/bin/env python3
"""Runs Seinpost against three brokers while daemons, brokers, network, disk and clocks misbehave.

usage: run.py --seinpost-dir BUILD_DIR [--long] [--only NAME]... [--seed N] [--rounds N] [--librdkafka system|newest]

After each run the committed alerts must be those of the reference evaluator over the same log: none lost, none
twice, no gap in a sequence. Prints `ok NAME (seconds)` or `FAILED NAME` and ends with `N passed, M failed`;
--long strikes more often, on more events, and prints a table of figures. See README.md.
"""
import argparse
import importlib
import pathlib
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
import types

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(1, str(HERE.parent / "integration"))  # its station, partners, desk and reference serve here too

from cluster import Cluster  # noqa: E402
from scene import Skipped  # noqa: E402
from station import Bench, Case  # noqa: E402

MODULES = ("test_daemons", "test_brokers", "test_clocks", "test_endtxn")
PLANS = {  # name: (strikes, events) of the short run; (rounds, strikes, events) of the long one
    "kills": ((10, 4000), (10, 20, 12000)),
    "rebalances": ((8, 4000), (3, 30, 12000)),
    "zombies": ((1, 4000), (4, 10, 12000)),
    "clocks": ((8, 4000), (5, 20, 12000)),
    "brokers": ((2, 4000), (3, 10, 12000)),
    "network": ((6, 4000), (5, 20, 12000)),
    "disk": ((1, 4000), (2, 3, 12000)),
    "endtxn": ((2, 4000), (4, 10, 12000)),
}


class ChaosBench(Bench):
    def make_cluster(self):
        return Cluster(self.folder / "kafka")


def options_of(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seinpost-dir", type=pathlib.Path, required=True, help="folder with seinpostd and seinpost")
    parser.add_argument("--librdkafka", choices=("system", "newest"), default="system",
                        help="what the daemon runs on: the library it is linked with, or the Python client's")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="runs whose name contains NAME")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--rounds", type=int, help="how often each run is made, with other seeds")
    parser.add_argument("--strikes", type=int, help="how often something is done in each round")
    parser.add_argument("--events", type=int, help="generated events of each round")
    parser.add_argument("--seed", type=int, default=1, help="of the first round: of its events and of what is done")
    parser.add_argument("--logs", type=pathlib.Path, help="where to keep logs (default: a new temporary folder)")
    parser.add_argument("--keep", action="store_true", help="keep the logs of good runs as well")
    return parser.parse_args(arguments)


def tests_of(only):
    """(name, function) in order."""
    for module_name in MODULES:
        module = importlib.import_module(module_name)
        for name, function in vars(module).items():
            if name.startswith("test_") and callable(function) and function.__module__ == module_name:
                name = name[len("test_"):]
                if not only or any(part in name for part in only):
                    yield name, function


def rounds_of(name, options):
    """(seed, strikes, events) of each round of a run."""
    short, long = PLANS[name]
    rounds, strikes, events = long if options.long else (1, *short)
    for number in range(options.rounds or rounds):
        yield options.seed + number, options.strikes or strikes, options.events or events


def run_round(bench, name, function, plan):
    """(figures, fault): one of them is None."""
    seed, strikes, events = plan
    bench.options = types.SimpleNamespace(seed=seed, events=events)
    bench.memory.clear()
    case = Case(bench, f"{name}-{seed}")
    figures = fault = None
    try:
        figures = function(case, random.Random(f"{name} {seed}"), strikes)
    except Skipped:
        raise
    except Exception:  # whatever it is, it is a failed run
        fault = traceback.format_exc()
    finally:
        try:
            case.close()
        except Exception:
            fault = fault or traceback.format_exc()
    if fault:
        (case.folder / "failure.txt").write_text(fault, encoding="utf-8")
    elif not bench.keep:
        shutil.rmtree(case.folder, ignore_errors=True)
    return figures, fault


def run_one(bench, name, function, options, table):
    """'passed', 'failed' or 'skipped'."""
    begun = time.monotonic()
    print(f"  {name}: {(function.__doc__ or '').strip().splitlines()[0]}", file=sys.stderr, flush=True)
    for plan in rounds_of(name, options):
        try:
            figures, fault = run_round(bench, name, function, plan)
        except Skipped as why:
            print(f"skipped {name}: {why}", flush=True)
            return "skipped"
        if fault:
            print(f"FAILED {name}, seed {plan[0]} ({time.monotonic() - begun:.1f} s)\n{fault}", flush=True)
            print(f"  again: --only {name} --seed {plan[0]} --rounds 1 --strikes {plan[1]} --events {plan[2]}")
            return "failed"
        table.append({"run": name, "seed": plan[0], **figures})
        print(f"  seed {plan[0]}: " + ", ".join(f"{key} {value}" for key, value in figures.items()), file=sys.stderr,
              flush=True)
    print(f"ok {name} ({time.monotonic() - begun:.1f} s)", flush=True)
    return "passed"


def print_table(table):
    """One line per run: its rounds added up."""
    totals = {}
    for line in table:
        total = totals.setdefault(line["run"], {"rounds": 0})
        total["rounds"] += 1
        for key, value in line.items():
            if key not in ("run", "seed") and isinstance(value, (int, float)):
                total[key] = round(total.get(key, 0) + value, 1)
    columns = list(dict.fromkeys(key for total in totals.values() for key in total))
    print("| run | " + " | ".join(columns) + " |\n|---" * 1 + "|---" * len(columns) + "|")
    for name, total in totals.items():
        print(f"| {name} | " + " | ".join(str(total.get(key, "")) for key in columns) + " |")


def main(arguments=None):
    options = options_of(arguments)
    options.seinpost_dir = options.seinpost_dir.resolve()
    tests = list(tests_of(options.only))
    if not tests:
        print("no run has that name", file=sys.stderr)
        return 2
    folder = options.logs.resolve() if options.logs else pathlib.Path(tempfile.mkdtemp(prefix="seinpost-chaos-"))
    folder.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    bench = ChaosBench(options.seinpost_dir, options.librdkafka, folder, options)
    bench.keep = options.keep
    ends, table = [], []
    try:
        for name, function in tests:
            ends.append(run_one(bench, name, function, options, table))
    finally:
        bench.close()
    if options.long:
        print_table(table)
    if "failed" in ends:
        print(f"logs of failures: {folder}")
    elif not options.keep:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{ends.count('passed')} passed, {ends.count('failed')} failed")
    return 1 if "failed" in ends else 0


if __name__ == "__main__":
    sys.exit(main())
