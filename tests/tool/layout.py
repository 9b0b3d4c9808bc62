"""`fmt`: one layout; comments and meaning stay."""
import random
import re

import yaml

from tool import ROOT, RULE, RULES

ODD = """\


#  first word
schema:   seinpost/rule/1   # the kind
title: 'Many  transfers'
name: many_transfers
version: 1
status: test
level: low
stage: finance
purpose:
- smuggling   # a list as deep as its key
-    trafficking
legal-basis: [ wwft-fiu ,amlr-75 ]
owner: desk
description: >-
      Words in
      several lines,
        one of them deeper.


falsepositives: ['a shop', "a
   market"]
# above unless
unless:
      # why
      none: an
        example


events:
    out:
        source: {type: bank.transfer}
        detection:
            # small ones
            small:
                -   amount|lt: 1000.00 EUR
                    creditor_country: [NL, BE, DE, FR, ES, IT, PT, PL, RO, BG, GR, HU, CZ, SK, SI, HR, AT, LU, IE, DK, SE, FI]
                - {debtor_country: NL}
            condition: small
correlation: {type: event_count, rules: out, # in brackets
  group-by: [account/creditor], timespan: 7d, condition: {gte: 3}}
tests:
  -   name: silent

      given: []
      expect: none
# last word
"""
LAID_OUT = """\
#  first word
schema: seinpost/rule/1 # the kind
title: 'Many  transfers'
name: many_transfers
version: 1
status: test
level: low
stage: finance
purpose:
  - smuggling # a list as deep as its key
  - trafficking
legal-basis: [wwft-fiu, amlr-75]
owner: desk
description: >-
  Words in
  several lines,
    one of them deeper.

falsepositives: ['a shop', "a market"]
# above unless
unless:
  # why
  none: an
    example

events:
  out:
    source: {type: bank.transfer}
    detection:
      # small ones
      small:
        - amount|lt: 1000.00 EUR
          creditor_country: [NL, BE, DE, FR, ES, IT, PT, PL, RO, BG, GR, HU, CZ, SK, SI, HR, AT, LU, IE, DK, SE, FI]
        - {debtor_country: NL}
      condition: small
correlation: {type: event_count, rules: out, # in brackets
              group-by: [account/creditor], timespan: 7d, condition: {gte: 3}}
tests:
  - name: silent

    given: []
    expect: none
# last word
"""


def fmt(tool, text, name="r.yaml"):
    """The text laid out; a second time changes nothing."""
    path = tool.write(name, text)
    tool.good("fmt", name)
    once = path.read_text(encoding="utf-8")
    assert tool.good("fmt", name) == "" and path.read_text(encoding="utf-8") == once, "not the same twice"
    return once


def one_layout(tool):
    """indents, blanks, blank lines and brackets are laid out; order, quotes and comments stay"""
    assert fmt(tool, ODD) == LAID_OUT
    assert fmt(tool, LAID_OUT) == LAID_OUT


def all_rules(tool):
    """of every rule file that can be read, meaning, comments and semantic hash stay, and twice is once"""
    paths = [*RULES, *sorted((ROOT / "tests" / "rules").rglob("*.yaml")), *sorted((ROOT / "tests/diagnosis").glob("[EW]*/*.yaml"))]
    changed = 0
    for path in paths:
        text = path.read_bytes()
        copy = tool.folder / "r.yaml"
        copy.write_bytes(text)
        done = tool.run("fmt", "r.yaml")
        if done.returncode != 0:
            assert copy.read_bytes() == text, path
            assert "error[E1" in done.stderr, (path, done.stderr)
            continue
        laid = copy.read_text(encoding="utf-8")
        before, after = (list(yaml.load_all(words, yaml.BaseLoader)) for words in (text.decode("utf-8-sig"), laid))
        assert before == after, path
        assert re.findall(r"(?m)(?:^| )(#.*?)\s*$", text.decode()) == re.findall(r"(?m)(?:^| )(#.*?)\s*$", laid), path
        assert tool.good("fmt", "r.yaml") == "", path
        changed += text.decode() != laid
    assert changed > 20, changed
    tool.write("own/r.yaml", fmt(tool, RULE))
    assert tool.good("doc", "--rules", "own", "many_transfers").split("hash")[1][:40] in tool.good(
        "doc", "--rules", tool.write("raw.yaml", RULE), "many_transfers")


def any_style(tool):
    """whatever indent, width and style a file had, its layout is the same twice and says the same"""
    draw = random.Random(1)
    documents = [doc for path in RULES for doc in yaml.load_all(path.read_text(encoding="utf-8"), yaml.BaseLoader)]
    for number in range(60):
        document = documents[number % len(documents)]
        text = yaml.dump(document, indent=draw.choice([2, 3, 4, 7]), width=draw.choice([20, 60, 200]), sort_keys=False,
                         default_flow_style=draw.choice([True, False, None]), default_style=draw.choice([None, None, '"', "'"]),
                         Dumper=NoAnchors, allow_unicode=True)
        assert yaml.load(fmt(tool, text), yaml.BaseLoader) == document, text


class NoAnchors(yaml.SafeDumper):
    """YAML without anchors, which rule files may not have."""

    def ignore_aliases(self, data):
        return True


def only_checks(tool):
    """--check names what is laid out otherwise, writes nothing, and ends with 1"""
    tool.write("a.yaml", LAID_OUT)
    path = tool.write("b.yaml", ODD)
    assert tool.bad(1, "fmt", "--check", ".").splitlines() == ["./b.yaml"]
    assert path.read_text(encoding="utf-8") == ODD
    assert tool.good("fmt", ".").splitlines() == ["./b.yaml"]
    assert tool.good("fmt", "--check", ".") == ""


def faults_stay(tool):
    """a file with a fault of YAML is left as it is, and the fault is told"""
    path = tool.write("a.yaml", ODD.replace("owner: desk", "owner: [desk"))
    assert "E101" in tool.bad(1, "fmt", "a.yaml") and "[desk" in path.read_text(encoding="utf-8")
    assert "No such file" in tool.bad(3, "fmt", "none.yaml")
    assert "usage: seinpost fmt" in tool.bad(2, "fmt")


CLAIMS = [one_layout, all_rules, any_style, only_checks, faults_stay]
