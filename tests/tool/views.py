"""`coverage` and `doc`: what a set of rules watches, and one page about a rule."""
import json
import re

import yaml

from tool import ROOT, RULE, RULES

DEPLOYED = ROOT / "deploy" / "rules"


def documents():
    """The deployed rules as a YAML reader has them."""
    return [doc for path in RULES for doc in yaml.load_all(path.read_text(encoding="utf-8"), yaml.BaseLoader)
            if doc["schema"] == "seinpost/rule/1"]


def types_of(doc):
    """The event types that a rule reads itself."""
    sources = [event["source"]["type"] for event in [*doc.get("events", {}).values(), doc] if "source" in event]
    return [name for source in sources for name in ([source] if isinstance(source, str) else source)]


def coverage_of_deployed(tool):
    """each cell of stage and sector is there once, gaps first, with the rules whose events are of that sector"""
    cells = json.loads(tool.good("coverage", "--format", "json", DEPLOYED))
    assert len({(cell["stage"], cell["sector"]) for cell in cells}) == len(cells) == 9 * 6
    gaps = [cell["gap"] for cell in cells]
    assert gaps == sorted(gaps, reverse=True)
    assert all(cell["gap"] == all(rule["status"] != "stable" for rule in cell["rules"]) for cell in cells)
    seen = {(rule["rule"], cell["stage"]) for cell in cells for rule in cell["rules"]}
    assert seen == {(doc["name"], doc["stage"]) for doc in documents()
                    if doc.get("correlation", {}).get("generate") != "false"}
    for doc in documents():
        own = {name.split(".")[0] for name in types_of(doc)}
        told = {cell["sector"] for cell in cells for rule in cell["rules"] if rule["rule"] == doc["name"]}
        assert not told or own <= told, doc["name"]


def coverage_text(tool):
    """the text begins with the gaps and names the rules behind them"""
    lines = tool.good("coverage", DEPLOYED).splitlines()
    cells = json.loads(tool.good("coverage", "--format", "json", DEPLOYED))
    assert lines[0] == f"Not watched by any stable rule: {sum(cell['gap'] for cell in cells)}"
    assert "  exit         every sector" in lines[:lines.index("Watched by")]
    assert any(line.startswith("  finance      bank     ") and "bank_cash_then_wire" in line and "bank_many_to_one" in line
               for line in lines[lines.index("Watched by"):])


def coverage_of_tests(tool):
    """a rule under test is told as such, and its cell is a gap"""
    tool.write("r.yaml", RULE.replace("status: stable", "status: test"))
    cell, = [cell for cell in json.loads(tool.good("coverage", "--format", "json", "r.yaml")) if cell["rules"]]
    assert cell == {"stage": "finance", "sector": "bank", "gap": True, "rules": [{"rule": "many_transfers", "status": "test"}]}


def doc_of_every_rule(tool):
    """the page of each deployed rule names its purpose, basis, people, tests and each line of its condition"""
    for doc in documents():
        page = tool.good("doc", "--rules", DEPLOYED, doc["name"])
        plain = page.replace("\\", "")
        for key in ("title", "level", "stage", "owner", "author", "expires"):
            assert doc[key] in plain, (doc["name"], key)
        for key in ("purpose", "legal-basis", "measures", "falsepositives"):
            assert all(word in plain for word in doc.get(key, [])), (doc["name"], key)
        block = yaml.load(re.search(r"```yaml\n(.*?)```", page, re.S)[1], yaml.BaseLoader)
        keys = ("source", "detection", "events", "unless", "correlation", "alert")
        assert block == {key: doc[key] for key in keys if key in doc}, doc["name"]
        for test in doc["tests"]:
            assert f"- {test['name']} ({'silent' if test['expect'] == 'none' else 'fires'})" in plain, test["name"]


def doc_is_no_markup(tool):
    """words of a rule are no markup of the page"""
    tool.write("r.yaml", RULE.replace("title: Many transfers", "title: 'A <b> | [x](y) `z`'"))
    assert tool.good("doc", "--rules", "r.yaml", "many_transfers").startswith("# A \\<b\\> \\| \\[x\\](y) \\`z\\`\n")


def doc_of_none(tool):
    """a name that no rule has ends with 1"""
    tool.write("r.yaml", RULE)
    assert "no rule 'other'" in tool.bad(1, "doc", "--rules", "r.yaml", "other")
    assert "usage: seinpost doc" in tool.bad(2, "doc", "many_transfers")


def labels_of_the_model(tool):
    """with the model, coverage and doc bear its labels in both languages, and the measures with authority and basis"""
    model = ROOT / "deploy" / "model"
    cells = json.loads(tool.good("coverage", "--model", model, "--format", "json", DEPLOYED))
    assert {(cell["nl"], cell["en"]) for cell in cells if cell["stage"] == "entry"} == {("Toegang (binnenkomst)", "Entry")}
    lines = tool.good("coverage", "--model", model, DEPLOYED).splitlines()
    assert "  exit         Uitreis / doormigratie / terugkeer / Exit, onward move, return" in lines[lines.index("Stages"):]
    page = tool.good("doc", "--model", model, "--rules", DEPLOYED, "air_one_payer_many")
    assert "| Stage | transport: Vervoer en doorreis / Transport and transit (model barriers-nl, version 1) |" in page
    assert "- `data_order`: Vordering gegevens / Data order to partner; OvJ; Sv 126nd e.v.; track criminal" in page


CLAIMS = [labels_of_the_model, coverage_of_deployed, coverage_text, coverage_of_tests, doc_of_every_rule, doc_is_no_markup, doc_of_none]
