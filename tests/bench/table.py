"""Prints the table of what Seinpost costs on this machine, as ratios measured in one run, in processor time.

usage: tests/bench/run [--quick] [--no-engines] [--only WORD[,WORD]] [--build DIR]

  --quick      fewer events and repetitions, and no other engines: under a minute
  --no-engines without Esper and Flink CEP, whose jars come from the package registry
  --only       rows whose name has one of these words
  --build DIR  what is measured (default: build)

Of each figure the median of several runs stands. Alerts are compared first: with what was worked out here, and with those
of the other engines. Exit: 0 all was measured, 1 something did not run, or alerts differ. No figure makes it fail.
"""
import argparse
import pathlib
import sys
import tempfile
import time
import traceback

import broker
import engines
import made
import stages
from station import Bench, Case

QUICK = {"messages": 100_000, "repeat": 2, "alerts": 20, "events": 50_000, "cards": 17_000, "million": 50_000}
FULL = {"messages": 1_000_000, "repeat": 3, "alerts": 100, "events": 300_000, "cards": 100_000, "million": 1_000_000}
PAIRS_ROUNDS = 12  # for so few events, until Java has compiled what is hot
PAIRS_MAX = 30_000  # events; replaying them under 10,000 rules takes its time
WIDTH = 63


class Table:
    """Rows as they are measured, each with its goal."""

    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.passed, self.failed = 0, []
        self.kept = {}  # what several rows stand on
        self.engines = None
        if not options.quick and not options.no_engines:
            (folder / "engines").mkdir()
            self.engines = engines.Engines(folder / "engines")
        (folder / "kafka-bench").mkdir()
        self.bench = Bench(options.build, "system", folder / "kafka-bench", options)

    def row(self, name, figure, goal, reached, note=""):
        mark = "" if reached is None else "reached" if reached else "not reached"
        print(f"{name:<{WIDTH}} {figure:>8}  {goal:>6}  {mark:<11}  {note}", flush=True)

    def claim(self, what, good):
        self.passed += 1 if good else 0
        if not good:
            self.failed.append(what)
            print(f"FAILED {what}", flush=True)

    def case(self, name, work, library="system"):
        self.bench.librdkafka = library
        case = Case(self.bench, name)
        try:
            return work(case)
        finally:
            case.close()

    def ingest(self, rules):
        if rules not in self.kept:
            self.kept[rules] = self.case(f"ingest{rules}", lambda case: broker.ingest(
                case, self.options, rules, with_bare=rules == 1000))
        return self.kept[rules]


def row_ingest(table):
    cost = table.ingest(1000)
    ratio = cost["all"] / cost["bare"]
    own = cost["threads"].get("seinpostd", 0)
    table.row("ingest, 1,000 rules, 1 % match / bare librdkafka loop", f"{ratio:.1f}", "<= 1.5", ratio <= 1.5,
              f"{cost['all']:.0f} ns an event, {own:.0f} in our thread; the bare loop {cost['bare']:.0f}")


def row_rules(table):
    few, many = table.ingest(10), table.ingest(10_000)
    ratio = many["all"] / few["all"]
    table.row("ingest, 10,000 rules / 10 rules", f"{ratio:.2f}", "<= 1.3", ratio <= 1.3,
              f"{many['all']:.0f} / {few['all']:.0f} ns an event")


def row_decode(table):
    middle, least, most = stages.decode(table.options)
    table.row("decode / Avro C's generic reader", f"{middle:.2f}", "<= 0.1", middle <= 0.1,
              f"{least:.2f} to {most:.2f} by event type; ours builds the whole event")


def ratio_of(table, name, what, mine, theirs, goal):
    """A row of nanoseconds an event by another engine's, as how many times as many events a processor second."""
    table.row(name, f"{theirs['ns'] / mine:.1f}", f">= {goal}", theirs["ns"] / mine >= goal, f"{what}; theirs {theirs['ns']:.0f} ns")


def row_chain(table):
    options = table.options
    events, rules, cost = stages.chain(options, table.folder, options.events, options.cards)
    wanted = made.chain_ends(made.chain_events(options.events, options.cards))
    told = stages.alerts(options, events, rules)
    table.claim(f"chain: {len(told)} alerts, worked out {len(wanted)}, the same", told == wanted and told)
    table.claim(f"chain: the stages tell {cost['alerts']:.0f}", cost["alerts"] == len(wanted))
    mine, whole = cost["correlate_ns_per_match"], cost["correlate_ns_per_match"] + cost["ingest_ns_per_event"]
    name, note = f"keyed A, B, C within 60 s, {options.cards:,} cards", f"{mine:.0f} ns a match, {whole:.0f} with ingest"
    table.row(f"{name}: correlate, M/s", f"{1e3 / mine:.2f}", "", None, note)
    for program, what in (("EsperBench", "context"), ("EsperBench", "chain"), ("FlinkBench", "chain")) if table.engines else ():
        theirs, alerts = table.engines.run(program, what, events, options.repeat)
        table.claim(f"{program} {what}: {len(alerts)} alerts, the same", alerts == wanted)
        engine = {"context": "Esper, a context by card", "chain": "Esper, one pattern"}[what] if program == "EsperBench" else "Flink CEP"
        ratio_of(table, f"the same / {engine}", note, mine, theirs, 20)


def row_pairs(table):
    options = table.options
    events, rules, cost = stages.pairs(options, table.folder, min(options.events, PAIRS_MAX), 10_000)
    each = cost["ingest_ns_per_event"] + cost["correlate_ns_per_match"] * cost["matches"] / cost["events"]
    table.claim("pairs: alerts", cost["alerts"] > 0)
    note = f"{each:.0f} ns an event, {cost['correlate_ns_per_match']:.0f} a match"
    table.row("10,000 rules, 1 % match: both stages, M events/s", f"{1e3 / each:.2f}", "", None, note)
    if table.engines:
        theirs, alerts = table.engines.run("EsperBench", "pairs", events, PAIRS_ROUNDS, 10_000)
        told = stages.alerts(options, events, rules)
        table.claim(f"pairs: {len(told)} alerts, Esper's {len(alerts)}, the same", told == alerts and told)
        ratio_of(table, "the same / Esper, compiled once", f"{note}; Esper loads {theirs['load_cpu_s']:.0f} s", each, theirs, 10)
    seconds = stages.load_seconds(options, rules)
    table.row("10,000 rules, load: seconds", f"{seconds:.2f}", "<= 2", seconds <= 2)


def row_counts(table):
    spread = stages.counts(table.options, table.folder, table.options.million, table.options.million // 100)
    size = spread["state_bytes_per_match"]
    table.row("memory per retained match: bytes", f"{size:.0f}", "<= 64", size <= 64, "a count by card, 100 matches a card")
    million = 1e3 / spread["replay_ns_per_match"]
    table.row("replay of retained matches: M/s", f"{million:.2f}", ">= 10", million >= 10,
              f"{spread['replay_ns_per_match']:.0f} ns a match")
    one = stages.counts(table.options, table.folder, table.options.million, 1)
    ratio = spread["correlate_ns_per_match"] / one["correlate_ns_per_match"]
    table.row(f"one card with {table.options.million:,} matches / spread over many", f"{ratio:.2f}", ">= 0.5", ratio >= 0.5,
              f"{one['correlate_ns_per_match']:.0f} / {spread['correlate_ns_per_match']:.0f} ns a match")


def row_delay(table):
    for library in ("newest", "system"):
        if library == "system" and table.options.quick:
            break
        middle, late = table.case(f"delay-{library}", lambda case: broker.alert_delay(case, table.options), library)
        table.row(f"produce to visible alert, idle, {library} librdkafka: p99 ms", f"{late:.0f}", "<= 100", late <= 100,
                  f"p50 {middle:.0f} ms, of {table.options.alerts} alerts; by the clock")


ROWS = {"decode": row_decode, "chain": row_chain, "pairs": row_pairs, "counts": row_counts, "ingest": row_ingest, "rules": row_rules,
        "delay": row_delay}


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--no-engines", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--build", type=pathlib.Path, default=stages.ROOT / "build")
    options = parser.parse_args()
    options.build = options.build.resolve()
    vars(options).update(QUICK if options.quick else FULL)
    with tempfile.TemporaryDirectory() as name:
        table = Table(options, pathlib.Path(name))
        print(f"{'what':<{WIDTH}} {'measured':>8}  {'goal':>6}", flush=True)
        for word, row in ROWS.items():
            if any(part in word for part in options.only.split(",")):
                begun = time.monotonic()
                try:
                    row(table)
                    table.claim(f"{word} ran", True)
                except Exception:  # the other rows are still worth to be seen
                    traceback.print_exc()
                    table.claim(f"{word} did not run", False)
                print(f"   {word}: {time.monotonic() - begun:.1f} s", file=sys.stderr, flush=True)
        table.bench.close()
    print(f"{table.passed} passed, {len(table.failed)} failed")
    return 1 if table.failed else 0


if __name__ == "__main__":
    sys.exit(main())
