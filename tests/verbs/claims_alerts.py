"""`seinpost explain ALERT-ID` from files: each alert that `replay` tells follows again, and what was changed does not."""
import difflib
import json
import pathlib
import random
import re
import subprocess
import tempfile

import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SCENARIOS = sorted((ROOT / "deploy" / "scenarios").glob("*.ndjson"))


def run(program, *words):
    return subprocess.run([program, *map(str, words)], cwd=ROOT, capture_output=True, text=True, check=False)


class Files:
    """Events, rules, and the alerts that replay makes of them, in a folder of its own."""

    def __init__(self, program, folder, lines, rules="deploy/rules", options=()):
        self.program, self.rules, self.options = program, rules, options
        self.events, self.alerts = pathlib.Path(folder, "events.ndjson"), pathlib.Path(folder, "alerts.ndjson")
        self.events.write_text("\n".join(lines) + "\n", encoding="utf-8")
        done = run(program, "replay", "--events", self.events, "--rules", rules, "--format", "ndjson", *options)
        self.alerts.write_text(done.stdout, encoding="utf-8")
        self.ids = sorted({json.loads(line)["alert"] for line in done.stdout.splitlines()})

    def explain(self, alert, rules=None, events=None):
        """(exit code, the account)."""
        done = run(self.program, "explain", alert, "--alerts", self.alerts, "--events", events or self.events,
                   "--rules", rules or self.rules, "--format", "json", *self.options)
        return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr


def with_files(function):
    def claim(program, lines, *words, **named):
        with tempfile.TemporaryDirectory() as folder:
            return function(Files(program, folder, lines, *words, **named), pathlib.Path(folder))
    return claim


@with_files
def reproduced(files, _folder):
    """All of them, whatever became of them."""
    faults = []
    for alert in files.ids:
        code, account = files.explain(alert)
        if code != 0 or account["result"] != "reproduced" or any(not item["as_event_of_rule"] for item in
                                                                 account["evidence"]):
            faults.append(f"{alert}: {code} {account}")
    return "; ".join(faults) if faults or files.ids else "no alert at all"


@with_files
def forged(files, _folder):
    """A word in a record that the rule did not say."""
    text = files.alerts.read_text(encoding="utf-8")
    files.alerts.write_text(text.replace('"count":10', '"count":11'), encoding="utf-8")
    alert = next(json.loads(line)["alert"] for line in text.splitlines() if '"count":10' in line)
    code, account = files.explain(alert)
    told = [record.get("difference", "") for record in account["records"]]
    return "" if code == 1 and account["result"] == "differs" and any("11" in word for word in told) else f"{code} {account}"


@with_files
def dropped(files, _folder):
    """A record that was published and is not in the file any more: what remains must follow, but not all was told."""
    lines = files.alerts.read_text(encoding="utf-8").splitlines()
    alert = next(alert for alert in files.ids if sum(alert in line for line in lines) > 2)
    own = [line for line in lines if alert in line]
    files.alerts.write_text("\n".join(line for line in lines if line != own[1]) + "\n", encoding="utf-8")
    code, account = files.explain(alert)
    return "" if code == 1 and "more follow" in account["reason"] else f"{code} {account}"


@with_files
def changed_event(files, folder):
    """The same event ids, but another amount: it all fires later, or says something else."""
    events = folder / "changed.ndjson"
    text = files.events.read_text(encoding="utf-8")
    events.write_text(text.replace('"amount_minor":95000', '"amount_minor":1'), encoding="utf-8")
    if events.read_text(encoding="utf-8") == text:
        return "no such amount in the scenario"
    code, account = files.explain(files.ids[0], events=events)
    return "" if code == 3 and "of the evidence" in account["reason"] else f"{code} {account}"


@with_files
def lost_event(files, folder):
    """One event of the evidence is not there any more."""
    lines = files.events.read_text(encoding="utf-8").splitlines()
    events = folder / "fewer.ndjson"
    _, account = files.explain(files.ids[0])
    lost = account["evidence"][0]["id"]
    events.write_text("\n".join(line for line in lines if f'"{lost}"' not in line) + "\n", encoding="utf-8")
    code, account = files.explain(files.ids[0], events=events)
    named = [item["id"] for item in account["evidence"] if not item["in_match_log"]]
    return "" if code == 3 and named == [lost] else f"{code} {account}"


@with_files
def other_version(files, folder):
    rules = folder / "rules"
    subprocess.run(["cp", "-r", ROOT / "deploy" / "rules", rules], check=True)
    for path in rules.rglob("*.yaml"):
        path.write_text(path.read_text(encoding="utf-8").replace("timespan: 7d", "timespan: 8d"), encoding="utf-8")
    alert = next(json.loads(line)["alert"] for line in files.alerts.read_text(encoding="utf-8").splitlines()
                 if '"bank_many_to_one"' in line)
    code, account = files.explain(alert, rules=rules)
    good = code == 3 and not account["same_rule"] and account["rule_hash_at_hand"] in account["reason"]
    return "" if good else f"{code} {account}"


def shown_fields():
    """By rule: what `alert.evidence` names."""
    documents = [document for path in (ROOT / "deploy" / "rules").rglob("*.yaml")
                 for document in yaml.load_all(path.read_text(encoding="utf-8"), yaml.BaseLoader) if document]
    return {document.get("name"): {path.split(".")[-1] for path in document.get("alert", {}).get("evidence", [])}
            for document in documents}


@with_files
def personal(files, _folder):
    """Only pseudonyms, and of an event only what the rule names."""
    allowed = shown_fields()
    faults = []
    for alert in files.ids:
        _, account = files.explain(alert)
        faults += [f"{alert} shows {name}" for item in account["evidence"] for name in item["fields"]
                   if name not in allowed[account["rule"]]]
    return "; ".join(faults)


@with_files
def as_text(files, _folder):
    """For people; ids, hashes and the folder are left out of the comparison."""
    faults = []
    for alert in files.ids:
        done = run(files.program, "explain", alert, "--alerts", files.alerts, "--events", files.events,
                   "--rules", files.rules)
        faults.append(re.sub(r"[0-9a-f]{32}", "HEX", done.stdout).replace(str(files.alerts), "ALERTS"))
    found = "\n".join(sorted(faults))
    golden = HERE / "data" / "accounts.txt"
    expected = golden.read_text(encoding="utf-8")
    return "" if found == expected else "\n" + "".join(difflib.unified_diff(
        expected.splitlines(True), found.splitlines(True), "expected", "found"))


def claims(program):
    everything = [line for path in SCENARIOS for line in path.read_text(encoding="utf-8").splitlines() if line]
    everything.sort(key=lambda line: json.loads(line)["time"])
    shuffled = list(everything)
    random.Random(7).shuffle(shuffled)
    payments = [line for line in everything if '"bank.transfer"' in line]
    yield "explain reproduces the scenarios", reproduced(program, everything)
    yield "explain reproduces events out of order", reproduced(program, shuffled)
    yield "explain reproduces under a lateness", reproduced(program, everything, options=("--lateness", "5w"))
    yield "explain reproduces absences that are proven", reproduced(
        program, everything, options=("--lateness", "5w", "--until", "2030-01-01"))
    yield "explain reproduces drafts and helpers", reproduced(program, everything, rules="tests/rules/runs",
                                                              options=("--drafts",))
    yield "explain tells a forged record", forged(program, everything)
    yield "explain tells a record that is missing", dropped(program, everything)
    yield "explain tells of evidence that is another event now", changed_event(program, payments)
    yield "explain tells of evidence that is lost", lost_event(program, payments)
    yield "explain tells another version of the rule", other_version(program, everything)
    yield "explain tells people an alert as tests/verbs/data/accounts.txt has it", as_text(
        program, everything, rules="tests/verbs/rules/deployed")
    yield "explain shows what the rule names and nothing else", personal(program, everything)
