#!/usr/bin/env python3
"""Every numbered sentence of the language's text has a small case that is named after it.

usage: run.py --seinpost PROGRAM [WORD...]     WORD: only items whose name contains it

NN-title.yaml belongs to the numbered item `NN. **Title**` of deploy/rules/LANGUAGE.md; a case says which sentence it is about
by how that begins (without marks). A sentence without a case fails, and so does a case without a sentence. What a case holds:

  rule:       what its rule has besides head.yaml and the file's own `rule:`; `rules:` more rules, each under its name
  documents:  lists and exceptions beside them
  given, with, lists, watermark, expect: a test as inside a rule file, run by `seinpost test`
  replay:     {events, lateness, until}: run by `seinpost replay`; `records:` what the rule says, each with as much as is stated,
              all of it and in that order; `rejected:` which events came too late
  check:      the diagnostics that `seinpost check` must print, each by its code and a part of its text; [] for none of E
  ellipsoid:  by how many per cent the program's distances of shipped places may be off
  elsewhere:  {file, test}: the sentence is tested there, under that name
Ends with `N passed, M failed`.
"""
import argparse
import concurrent.futures
import copy
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests" / "oracle"))
from ellipsoid import farthest  # noqa: E402
from catalogue import Catalogue  # noqa: E402  the oracle's reader of schemas and of YAML
from language import Loader  # noqa: E402
from sentences import items, plain  # noqa: E402
from units import duration, instant, instant_text, money  # noqa: E402

START = instant("2026-01-01T00:00:00Z")
ENVELOPE = ("id", "source", "type", "purpose")
TEST = ("with", "lists", "given", "watermark", "expect")


def merged(base, over):
    """A tree with the parts of another one put over it; `null` takes a part away."""
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return copy.deepcopy(over)
    found = copy.deepcopy(base)
    for key, part in over.items():
        if part is None:
            found.pop(key, None)
        else:
            found[key] = merged(found[key], part) if key in found else copy.deepcopy(part)
    return found


class Case:
    def __init__(self, item, spec, head, common, at):
        self.item, self.spec = item, spec
        self.says = [plain(one) for one in spec["says"]] if isinstance(spec["says"], list) else [plain(spec["says"])]
        self.name = f"{item} [{at}] {spec.get('name', self.says[0])}"
        rule = merged(head, merged(common, spec.get("rule") or {}))
        rule.setdefault("name", "meaning")
        test = {key: spec[key] for key in TEST if key in spec}
        if "expect" in test:
            rule["tests"] = [{"name": "case", **test}]
        others = [merged(head, {"name": name, **part}) for name, part in (spec.get("rules") or {}).items()]
        self.rule_name = rule["name"]
        self.documents = [rule, *others, *(spec.get("documents") or [])]


def write_rules(case, folder):
    text = yaml.safe_dump_all(case.documents, default_style="'", allow_unicode=True, sort_keys=False)
    (folder / "rules").mkdir()
    (folder / "rules" / "r.yaml").write_text(text.replace("!!null 'null'", "null"), encoding="utf-8")


def typed(field, text):
    """A value as NDJSON has it."""
    if isinstance(text, list):
        return [typed(field, part) for part in text]
    if text is not None and field.tag in "nb":
        return text == "true" if field.tag == "b" else int(text)
    return text


def event_line(event, at, catalogue):
    """One event as NDJSON."""
    line = {"id": f"e{at}", "source": "s", "purpose": ["smuggling"], "legal_basis": "wwft-fiu", "schema": 1, "data": {}}
    line["time"] = instant_text(START + duration(event["at"]))
    line.update({key: event[key] for key in ENVELOPE if key in event})
    for name, text in event.items():
        if name in ENVELOPE or name == "at":
            continue
        field = catalogue.types[line["type"]][name]
        if field.tag == "m":
            minor, line["data"]["currency"] = money(text)
            line["data"][name + "_minor"] = int(minor)
        else:
            line["data"][name] = typed(field, text)
    return json.dumps(line)


def shown(value):
    """A value of a record, as a case states it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return {key: shown(part) for key, part in value.items()}
    return [shown(part) for part in value] if isinstance(value, list) else str(value)


def stated(wanted, record):
    """Whether a record has all that a case states of it."""
    for key, value in wanted.items():
        have = shown(record.get(key))
        if str(value).startswith("$"):    # see one_to_one()
            continue
        if key in ("at", "opened_at"):
            have, value = instant(record[key]), START + duration(value)
        if isinstance(value, dict):
            have = {name: have.get(name) for name in value}
        if have != value:
            return False
    return True


def one_to_one(wanted, records):
    """Whether `$name` stands for one value everywhere, and another name for another value."""
    pairs = {(value, record[key]) for want, record in zip(wanted, records) for key, value in want.items()
             if str(value).startswith("$")}
    return len(pairs) == len({name for name, _ in pairs}) == len({value for _, value in pairs})


class Bench:
    def __init__(self, program):
        self.program, self.catalogue = program, Catalogue(ROOT / "schemas")

    def tool(self, *words):
        done = subprocess.run([self.program, *map(str, words), "--schemas", str(ROOT / "schemas")], capture_output=True, text=True,
                              check=False, timeout=60)
        return done.returncode, done.stdout + done.stderr, done.stdout

    def replayed(self, case, folder):
        spec = case.spec["replay"]
        events = [merged(spec.get("with") or {}, event) for event in spec["events"]]
        path = folder / "events.ndjson"
        path.write_text("".join(event_line(event, at, self.catalogue) + "\n" for at, event in enumerate(events, 1)),
                        encoding="utf-8")
        words = ["--events", path, "--rules", folder / "rules", "--format", "ndjson"]
        words += ["--lateness", spec["lateness"]] if "lateness" in spec else []
        words += ["--until", instant_text(START + duration(spec["until"]))] if "until" in spec else []
        code, said, out = self.tool("replay", *words)
        rejected = re.findall(r":(\d+): rejected: late", said)
        records = [json.loads(line, parse_float=str) for line in out.splitlines() if line.startswith("{")]
        records = [one for one in records if one["rule"] == case.spec.get("of", case.rule_name)]
        wanted = case.spec["records"]
        good = code == 0 and len(records) == len(wanted) and all(map(stated, wanted, records)) and one_to_one(wanted, records)
        if not good or ("rejected" in case.spec and rejected != case.spec["rejected"]):
            return f"{code}, rejected {rejected}\n{said}"
        return ""

    def checked(self, case, folder):
        code, said, _ = self.tool("check", folder / "rules")
        wanted = case.spec["check"]
        missing = [one for one in wanted if not re.search(re.escape(one.split(" ", 1)[0]) + r"\].*"
                                                          + re.escape(one.partition(" ")[2]), said)]
        errors = [one for one in wanted if one.startswith("E")]
        return "" if not missing and (code == 1) == bool(errors) else f"missing {missing}\n{said}"

    def tested(self, folder):
        code, said, _ = self.tool("test", folder / "rules")
        return "" if code == 0 and re.search(r"^[1-9]\d* passed, 0 failed$", said, re.M) else f"{code}\n{said}"

    def fault(self, case):
        """What is wrong with a case, or ''."""
        if "ellipsoid" in case.spec:
            worst = farthest(ROOT / "schemas")
            return "" if worst <= float(case.spec["ellipsoid"]) / 100 else f"off by {worst:.4%}"
        if "elsewhere" in case.spec:
            place = case.spec["elsewhere"]
            path = ROOT / place["file"]
            return "" if path.is_file() and place["test"] in path.read_text(encoding="utf-8") else f"not there: {place}"
        with tempfile.TemporaryDirectory(prefix="meaning-") as name:
            folder = pathlib.Path(name)
            write_rules(case, folder)
            if "check" in case.spec:
                return self.checked(case, folder)
            return self.replayed(case, folder) if "replay" in case.spec else self.tested(folder)


def read_cases(words):
    head = yaml.load((HERE / "head.yaml").read_text(encoding="utf-8"), Loader)
    found = []
    for path in sorted(HERE.glob("[0-9]*.yaml")):
        if not words or any(word in path.stem for word in words):
            document = yaml.load(path.read_text(encoding="utf-8"), Loader)
            found += [Case(path.stem, spec, head, document.get("rule") or {}, at)
                      for at, spec in enumerate(document["cases"], 1)]
    return found


def unmatched(cases, text, words):
    """Sentences without a case, and cases without a sentence."""
    said = {name: sentences for name, sentences in items(text).items() if not words or any(word in name for word in words)}
    by_item = {}
    for case in cases:
        by_item.setdefault(case.item, []).append(case)
    for name in sorted(set(by_item) - set(said)):
        yield f"{name}.yaml: no such item in the text"
    for name, sentences in said.items():
        begun = {one for one in sentences for case in by_item.get(name, []) for says in case.says if one.startswith(says)}
        for sentence in sentences:
            if sentence not in begun:
                yield f"{name}: no case for '{sentence[:70]}'"
        for case in by_item.get(name, []):
            for says in case.says:
                if sum(one.startswith(says) for one in sentences) != 1:
                    yield f"{name}: no sentence, or several, begin with '{says}'"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seinpost", required=True, type=pathlib.Path)
    parser.add_argument("words", nargs="*", metavar="WORD")
    options = parser.parse_args()
    cases = read_cases(options.words)
    bench = Bench(str(options.seinpost.resolve()))
    faults = list(unmatched(cases, (ROOT / "deploy" / "rules" / "LANGUAGE.md").read_text(encoding="utf-8"), options.words))
    for fault in faults:
        print(f"FAILED {fault}")
    passed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for case, fault in zip(cases, pool.map(bench.fault, cases)):
            passed += not fault
            if fault:
                faults.append(fault)
                print(f"FAILED {case.name}\n{fault}")
    print(f"{passed} passed, {len(faults)} failed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
