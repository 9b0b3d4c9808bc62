#!/usr/bin/env python3
"""Rules against the built tool: the examples of the rule language, the deployed rules, the shipped scenarios.

usage: run.py --seinpost PROGRAM

`runs/` holds the language's examples: each passes its own tests. Ends with `N passed, M failed`.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TOGETHER = {"watch_list_and_score"}  # it reads rules of other files: it is tested with all of them
INDICATORS = 55  # of the partners' list


def tool(program, *words):
    return subprocess.run([program, *map(str, words)], cwd=ROOT, capture_output=True, text=True, check=False)


def tests_pass(program, path):
    """All tests inside the files pass, and there are some. Returns what is wrong, or ''."""
    done = tool(program, "test", path)
    counts = re.findall(r"^(\d+) passed, (\d+) failed$", done.stdout + done.stderr, re.M)
    if done.returncode == 0 and counts and int(counts[-1][0]) > 0 and counts[-1][1] == "0":
        return ""
    return f"{done.returncode}\n{done.stdout}{done.stderr}"


def deployed_check(program):
    """The deployed rules have no fault under the deployed configuration, and all run, some in the shadow."""
    done = tool(program, "check", "--config", "deploy/seinpost.yaml", "--measures", "deploy/model/measures.yaml",
                "deploy/rules")
    statuses = set(re.findall(r"^status: (\w+)", "\n".join(
        path.read_text(encoding="utf-8") for path in sorted((ROOT / "deploy" / "rules").rglob("*.yaml"))), re.M))
    if done.returncode == 0 and ", 0 errors, 0 warnings" in done.stderr and statuses == {"stable", "test"}:
        return ""
    return f"{done.returncode} {statuses}\n{done.stdout}{done.stderr}"


def scenario(program, name, expected, *options):
    """A replay opens exactly the expected indicators, each once."""
    done = tool(program, "replay", "--events", f"deploy/scenarios/{name}.ndjson", "--rules", "deploy/rules",
                "--format", "ndjson", *options)
    alerts = [json.loads(line) for line in done.stdout.splitlines()]
    opened = sorted(alert["id"] for alert in alerts if alert["state"] == "opened")
    if done.returncode == 0 and opened == sorted(expected):
        return ""
    return f"{done.returncode}: opened {opened}, expected {expected}\n{done.stderr}"


def indicator_table():
    """What is wrong with the table of indicators: each is a rule of this id, or has a reason why not; no rule is left out."""
    folder, faults, told = ROOT / "deploy" / "rules", [], {}
    text = "\n---\n".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.yaml"))
    ids, names = set(re.findall(r"^id: (\w+)$", text, re.M)), set(re.findall(r"^name: (\w+)$", text, re.M))
    for line in (folder / "INDICATORS.md").read_text(encoding="utf-8").splitlines():
        if cells := re.match(r"\| ([A-Z]\d+) \|.*\| ([^|]+) \|$", line):
            told[cells[1]] = cells[2]
    for key, cell in told.items():
        rules = re.findall(r"`(\w+)`", cell)
        if (key in ids) == cell.startswith("none. ") or not set(rules) <= names or (key in ids) != bool(rules):
            faults.append(f"{key}: {cell}")
    return "; ".join(faults + sorted(ids - told.keys())) or ("" if len(told) == INDICATORS else f"{len(told)} indicators")


def claims(program):
    """(name, what is wrong) one after the other."""
    for path in sorted((HERE / "runs").glob("*.yaml")):
        yield f"tests of {path.name}", tests_pass(program, HERE / "runs" if path.stem in TOGETHER else path)
    yield "tests of deploy/rules", tests_pass(program, ROOT / "deploy" / "rules")
    yield "check of deploy/rules", deployed_check(program)
    yield "each indicator is a rule or has a reason", indicator_table()
    expected = json.loads((ROOT / "deploy" / "scenarios" / "expected.json").read_text(encoding="utf-8"))
    for name, indicators in expected.items():
        yield f"scenario {name}", scenario(program, name, indicators)
        yield f"scenario {name} with lateness", scenario(program, name, indicators, "--lateness", "5w")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seinpost", required=True, type=pathlib.Path)
    program = parser.parse_args().seinpost.resolve()
    passed = failed = 0
    for name, fault in claims(program):
        if fault:
            failed += 1
            print(f"FAILED {name}: {fault}")
        else:
            passed += 1
            print(f"ok {name}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
