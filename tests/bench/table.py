"""Prints the table of what Seinpost costs on this machine, as ratios measured in one run, in processor time.

usage: tests/bench/run [--quick] [--only WORD[,WORD]] [--build DIR]

  --quick      fewer events and repetitions, and no other engines: under a minute
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
import made
import stages
from station import Bench, Case

QUICK = {"messages": 100_000, "repeat": 2, "alerts": 20, "events": 50_000, "cards": 17_000, "million": 50_000}
FULL = {"messages": 1_000_000, "repeat": 5, "alerts": 200, "events": 300_000, "cards": 100_000, "million": 1_000_000}
WIDTH = 63


class Table:
    """Rows as they are measured, each with its goal."""

    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.passed, self.failed = 0, []
        self.kept = {}  # what several rows stand on
        self.bench = Bench(options.build, "system", folder / "kafka-bench", options)

    def row(self, name, figure, goal, reached, note=""):
        mark = "reached" if reached else "not reached"
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


def row_chain(table):
    events, rules, cost = stages.chain(table.options, table.folder, table.options.events, table.options.cards)
    wanted = made.chain_ends(made.chain_events(table.options.events, table.options.cards))
    told = stages.alerts(table.options, events, rules)
    table.claim(f"chain: {len(told)} alerts, worked out {len(wanted)}, the same", told == wanted and told)
    table.claim(f"chain: the stages tell {cost['alerts']:.0f}", cost["alerts"] == len(wanted))
    table.row(f"correlate, keyed A, B, C within 60 s, {table.options.cards:,} cards: M/s", f"{1e3 / cost['correlate_ns_per_match']:.2f}",
              "2-3", cost["correlate_ns_per_match"] <= 400, f"{cost['correlate_ns_per_match']:.0f} ns a match; 20 x Esper's 0.11-0.17")


def row_pairs(table):
    _, rules, cost = stages.pairs(table.options, table.folder, table.options.events, 10_000)
    each = cost["ingest_ns_per_event"] + cost["correlate_ns_per_match"] * cost["matches"] / cost["events"]
    table.claim("pairs: alerts", cost["alerts"] > 0)
    table.row("10,000 rules, both stages: M events/s", f"{1e3 / each:.2f}", "1.4-2.7", each <= 1e3 / 1.4,
              f"{each:.0f} ns an event, {cost['correlate_ns_per_match']:.0f} a match; 10 x Esper's 0.14-0.27")
    seconds = stages.load_seconds(table.options, rules)
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
