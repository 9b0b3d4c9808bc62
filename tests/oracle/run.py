#!/usr/bin/env python3
"""Random rules and events: the program against an evaluator written from the language's text alone.

usage: run.py --seinpost PROGRAM --schemas schemas --rules deploy/rules
              [--cases N] [--seed S] [--show CASE] [--only KIND]

Each case is made from its own number, which a failure prints: `--show CASE` runs it again and prints all of it. Claims:
life (every record of every alert, and what is refused as late), order (two orders of arrival within the lateness leave
the same), alone (a rule beside others says what it says alone). Ends with `N passed, M failed`.
"""
import argparse
import json
import multiprocessing
import pathlib
import sys
import time
import traceback
from collections import Counter

from catalogue import Catalogue
from deployed import deployed_case
from generate import MAKERS, TOGETHER, generate
from judge import Judge, Verdict, alone_claim, life_claim, order_claim
from program import words_of
from shrink import shrink

FOCUSED = ["event_count+window", "aggregate+window", "temporal_ordered+window", "score+window", "event_count+close",
           "sequence+close", "absence+close", "sequence+by"]     # a kind, and what each case of it has besides
KINDS = ["single", *MAKERS, "derived", "levels", *FOCUSED, "deployed"]
SHOWN, SHRINK_SECONDS = 12, 6


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seinpost", required=True, type=pathlib.Path)
    parser.add_argument("--schemas", required=True, type=pathlib.Path)
    parser.add_argument("--rules", required=True, type=pathlib.Path)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--show", type=int, metavar="CASE")
    parser.add_argument("--only", choices=KINDS)
    return parser.parse_args()


class Bench:
    """One process's share of the work."""

    def __init__(self, options):
        self.options = options
        self.catalogue = Catalogue(options.schemas)
        self.judge = Judge(str(options.seinpost.resolve()), str(options.schemas.resolve()), self.catalogue)

    def kind_of(self, number):
        return self.options.only or KINDS[number % len(KINDS)]

    def case(self, number):
        kind = self.kind_of(number)
        if kind == "deployed":
            return deployed_case(number, self.catalogue, self.options.rules)
        return generate(number, self.catalogue, kind)

    def claims(self, number, case):
        """The claims that a case makes: name -> function of a case."""
        found = {"life": lambda one: life_claim(self.judge, one)}
        turn = number // len(KINDS)     # so that every kind has its turn at every claim
        if turn % 3 == 0:
            found["order"] = lambda one: order_claim(self.judge, one, number)
        if turn % 10 == 1 and case.label != "deployed":
            kind = self.kind_of(number + 2 if turn % 2 else number)
            alone = kind != "deployed" and kind.partition("+")[0] not in TOGETHER
            other = generate(number + 1, self.catalogue, kind if alone else "event_count", name="rule_b")
            found["alone"] = lambda one: alone_claim(self.judge, one, other)
        return found

    def run(self, number):
        """[(kind, Verdict)] of one case."""
        try:
            case = self.case(number)
            return number, [(case.label, claim(case)) for claim in self.claims(number, case).values()]
        except Exception:    # a fault of ours is a failure too, with its case
            return number, [(self.kind_of(number), Verdict("oracle", traceback.format_exc(limit=-3)))]

    def smallest(self, number, claim):
        """The case made small, while the same claim fails."""
        case = self.case(number)
        check = self.claims(number, case)["life" if claim == "reads" else claim]
        deadline = time.monotonic() + SHRINK_SECONDS

        def fails(one):
            if time.monotonic() > deadline:
                return False
            try:
                verdict = check(one)
            except Exception:    # cut down to something that is no rule: not smaller, other
                return False
            return bool(verdict.fault) and verdict.sign() == sign
        sign = check(case).sign()
        return (shrink(case, fails) if fails(case) else case), check


BENCH = None


def start(options):
    global BENCH
    BENCH = Bench(options)


def work(number):
    return BENCH.run(number)


def print_case(case, verdict):
    print("\n".join("    " + line for text in case.files for line in text.splitlines()))
    print("\n".join("    " + json.dumps(event) for event in case.events))
    print("    seinpost " + " ".join(map(str, words_of(case, "RULES", "EVENTS", "schemas"))))
    print(verdict.fault)


def show(bench, number):
    """One case as it is, and then made small."""
    case = bench.case(number)
    print(f"case {number}: {case.label}")
    for name, check in bench.claims(number, case).items():
        verdict = check(case)
        print(f"{'FAILED' if verdict.fault else 'ok'} {name}: {verdict.records} records")
        print_case(case, verdict)
        if verdict.fault:
            small, again = bench.smallest(number, verdict.claim)
            print("  made small:")
            print_case(small, again(small))


def report(bench, failures):
    """The first failures, each made small."""
    for number, kind, verdict in failures[:SHOWN]:
        print(f"FAILED {verdict.claim} {kind}, case {number}")
        if verdict.claim == "oracle":
            print(verdict.fault)
            continue
        small, check = bench.smallest(number, verdict.claim)
        print_case(small, check(small))
    for number, kind, verdict in failures[SHOWN:]:
        print(f"FAILED {verdict.claim} {kind}, case {number}: see --show {number}")


def main():
    options = parse()
    if options.show is not None:
        show(Bench(options), options.show)
        return 0
    seed = options.seed if options.seed is not None else int(time.time()) % 10_000_000
    print(f"seed {seed}, {options.cases} cases", flush=True)
    numbers = range(seed * 100_000, seed * 100_000 + options.cases)
    passed, failed, speaking, undecided, failures = Counter(), Counter(), Counter(), 0, []
    with multiprocessing.Pool(2, start, (options,)) as pool:
        for number, verdicts in pool.imap_unordered(work, numbers, 8):
            for kind, verdict in verdicts:
                (failed if verdict.fault else passed)[(verdict.claim, kind)] += 1
                speaking[kind] += verdict.claim == "life" and verdict.records > 0
                undecided += verdict.undecided
                if verdict.fault:
                    failures.append((number, kind, verdict))
    report(Bench(options), sorted(failures, key=lambda failure: failure[0]))
    for claim, kind in sorted(set(passed) | set(failed)):
        print(f"{claim} {kind}: {passed[(claim, kind)]} passed, {failed[(claim, kind)]} failed")
    print("cases with alerts: " + ", ".join(f"{kind} {speaking[kind]}" for kind in KINDS))
    print(f"left undecided (the order of helpers' alerts of one instant): {undecided}")
    print(f"{sum(passed.values())} passed, {sum(failed.values())} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
