"""Runs `seinpost replay` over a case, and holds what it says against the reference."""
import json
import pathlib
import re
import subprocess
import tempfile
from collections import Counter, defaultdict
from fractions import Fraction

from units import instant

REJECTED = re.compile(r".*:(\d+): rejected: (\S+?): (.+)")


class Said:
    """What one run of the program said."""

    def __init__(self, done):
        self.code, self.errors = done.returncode, (done.stdout + done.stderr) if done.returncode else ""
        self.stderr = done.stderr
        self.records = defaultdict(list)      # rule -> records
        self.rejected = defaultdict(set)      # rule -> positions
        self.other_rejects = []
        if not done.returncode:
            for line in done.stdout.splitlines():
                raw = json.loads(line, parse_float=Fraction)
                self.records[raw["rule"]].append(raw)
        for line in done.stderr.splitlines():
            found = REJECTED.match(line)
            if found and found.group(2) == "late":
                for rule in found.group(3).split(", "):
                    self.rejected[rule].add(int(found.group(1)))
            elif "rejected:" in line:
                self.other_rejects.append(line)


def write_case(case, folder):
    rules = pathlib.Path(folder, "rules")
    rules.mkdir(exist_ok=True)
    for at, text in enumerate(case.files):
        (rules / f"r{at}.yaml").write_text(text, encoding="utf-8")
    lines = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in case.events)
    events = pathlib.Path(folder, "events.ndjson")
    events.write_text(lines, encoding="utf-8")
    return rules, events


def words_of(case, rules, events, schemas):
    words = ["replay", "--events", events, "--rules", rules, "--schemas", schemas, "--format", "ndjson"]
    words += ["--lateness", case.lateness] if case.lateness else []
    return words + (["--until", case.until] if case.until else [])


def run_program(program, schemas, case):
    with tempfile.TemporaryDirectory(prefix="oracle-") as folder:
        rules, events = write_case(case, folder)
        words = [str(program), *map(str, words_of(case, rules, events, schemas))]
        return Said(subprocess.run(words, capture_output=True, text=True, check=False, timeout=60))


def canonical(state, at, late, opened_at, group, evidence, metrics, sectors):
    """A record as both sides are compared: a retraction's evidence is not (it says what is no more)."""
    if state == "retracted":
        evidence, metrics, sectors, opened_at = (), {}, (), None
    return (state, at, late, opened_at, tuple(sorted(group)), tuple(evidence),
            tuple(sorted((name, value if isinstance(value, str) else Fraction(value))
                         for name, value in metrics.items())), tuple(sorted(sectors)))


def of_program(raw):
    return canonical(raw["state"], instant(raw["at"]), raw["late"], instant(raw["opened_at"]), raw["group"].items(),
                     [(one["source"], one["id"]) for one in raw["events"]], raw["metrics"], raw["sectors"])


def of_reference(one):
    group = [pair for pair in one["key"][0] if pair[0] != "source" or ("event" not in dict(one["key"][0]))]
    return canonical(one["state"], one["at"], one["late"], one["opened_at"], group, one["evidence"], one["metrics"],
                     one["sectors"])


def lives(records, key, shape):
    """{alert: its records in order}."""
    found = defaultdict(list)
    for one in records:
        found[key(one)].append(shape(one))
    return {alert: tuple(life) for alert, life in found.items()}


def final(life):
    """What is left in the end: the last record, without how it came about."""
    state, at, _, opened_at, group, evidence, metrics, sectors = life[-1]
    return None if state == "retracted" else (state if state == "closed" else "open", at if state == "closed" else None,
                                              opened_at, group, evidence, metrics, sectors)


def coarse_life(life, coarse):
    """Of a group that several alerts reached at once only the end is compared."""
    return ("end", final(life)) if life[0][4] in coarse else life


def unlike(told, said):
    """(what only the reference says, what only the program says) of a rule's alerts."""
    coarse = {tuple(sorted(group)) for group in told.coarse}
    ours = lives(told.records, lambda one: one["key"], of_reference)
    theirs = lives(said.records[told.rule], lambda raw: raw["alert"], of_program)
    left = Counter(coarse_life(life, coarse) for life in ours.values())
    right = Counter(coarse_life(life, coarse) for life in theirs.values())
    for counter in (left, right):
        counter.pop(("end", None), None)
    return left - right, right - left


def ids_of(told, said):
    """{key of the reference: the program's id}, where both say the same of an alert."""
    ours = lives(told.records, lambda one: one["key"], of_reference)
    theirs = lives(said.records[told.rule], lambda raw: raw["alert"], of_program)
    by_life = defaultdict(list)
    for alert, life in theirs.items():
        by_life[life].append(alert)
    coarse = {tuple(sorted(group)) for group in told.coarse}
    by_end = {final(life): alert for alert, life in theirs.items()}
    found = {}
    for key, life in ours.items():
        if by_life.get(life):
            found[key] = by_life[life].pop()
        elif life[0][4] in coarse and final(life) in by_end:
            found[key] = by_end[final(life)]
    return found
