"""The program under test, in a folder of its own."""
import json
import os
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = sorted((ROOT / "deploy" / "rules").rglob("*.yaml"))
EXAMPLES = sorted((ROOT / "tests" / "rules" / "runs").glob("*.yaml"))

# A rule with one test that fires and one that stays silent; parts of it are replaced by the tests.
RULE = """\
schema: seinpost/rule/1
title: Many transfers
name: many_transfers
version: 1
status: stable
level: low
stage: finance
purpose: [smuggling]
legal-basis: [wwft-fiu]
owner: desk
author: an.author
approved-by: [someone.else]
review-by: 2027-06-01
expires: 2027-12-01
falsepositives: [a shop]
unless: {none: an example}
events:
  out:
    source: {type: bank.transfer}
    detection: {small: {amount|lt: 1000.00 EUR}, condition: small}
correlation:
  type: event_count
  rules: out
  group-by: [account/creditor]
  timespan: 7d
  condition: {gte: 3}
tests:
  - name: three fire
    with: {type: bank.transfer, amount: 950.00 EUR, creditor_ref: iban:t1:a, debtor_ref: iban:t1:b}
    given:
      - {at: 0}
      - {at: 1d}
      - {at: 2d}
    expect: [{at: 2d, metrics: {count: 3}, evidence: [1, 2, 3]}]
  - name: two are silent
    with: {type: bank.transfer, amount: 950.00 EUR, creditor_ref: iban:t1:a, debtor_ref: iban:t1:b}
    given:
      - {at: 0}
      - {at: 1d}
    expect: none
"""


def transfers(days, creditor="iban:t1:a"):
    """Lines of events for RULE: one on each of these days of January 2026."""
    return "".join(json.dumps({
        "id": f"{creditor}-{day}", "type": "bank.transfer", "source": "bank-partner-1",
        "time": f"2026-01-{day:02}T00:00:00Z", "schema": 1, "purpose": ["smuggling"], "legal_basis": "wwft-fiu",
        "eval": "B2", "handling": "H1", "tlp": "AMBER", "pseudo_key": "t1",
        "data": {"amount_minor": 95000, "currency": "EUR", "creditor_ref": creditor, "debtor_ref": "iban:t1:b"}}) + "\n"
        for day in days)


class Tool:
    """Runs the program in an empty folder that goes away."""

    def __init__(self, program):
        self.program = program
        self.folder = None
        self.kept = None

    def __enter__(self):
        self.kept = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.kept.name)
        return self

    def __exit__(self, *_):
        self.kept.cleanup()

    def write(self, name, text):
        """Writes a file into the folder. Returns its path."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, *words, stdout=subprocess.PIPE, cwd=None, text=None):
        """Runs a verb. Returns what it did."""
        return subprocess.run([self.program, *map(str, words)], cwd=cwd or self.folder, stdout=stdout,
                              stderr=subprocess.PIPE, text=True, timeout=60, check=False, input=text,
                              env={**os.environ, "SEINPOST_SCHEMAS": str(ROOT / "schemas")})

    def good(self, *words, **options):
        """Runs a verb that must succeed. Returns what it printed."""
        done = self.run(*words, **options)
        assert done.returncode == 0, (done.returncode, done.stdout, done.stderr)
        return done.stdout

    def bad(self, code, *words, **options):
        """Runs a verb that must end with the code. Returns all that it said."""
        done = self.run(*words, **options)
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        return (done.stdout or "") + done.stderr
