"""What `check` and `test` report, in each of their forms."""
import json
import pathlib
import re
import xml.etree.ElementTree as ET

import jsonschema

from tool import ROOT, RULE, RULES

HERE = pathlib.Path(__file__).resolve().parent
DIAGNOSIS = ROOT / "tests" / "diagnosis"
WRONG = RULE.replace("amount|lt", "amout|lt").replace("{gte: 3}", "{gte: 3}\n  lateness: 2x")


def sarif(tool, *words):
    """A log that the schema accepts."""
    done = tool.run("check", "--format", "sarif", "--today", "2026-12-01", *words)
    log = json.loads(done.stdout)
    jsonschema.Draft202012Validator(json.loads((HERE / "sarif.schema.json").read_text(encoding="utf-8")),
                                    format_checker=jsonschema.FormatChecker()).validate(log)
    return log["runs"][0]


def lines(tool, *words):
    """The faults as `--format json` has them."""
    done = tool.run("check", "--format", "json", "--today", "2026-12-01", *words)
    return [json.loads(line) for line in done.stdout.splitlines()]


def sarif_is_sarif(tool):
    """every golden fault of a code is a result of a SARIF log that the schema accepts, at its place"""
    for folder in sorted(DIAGNOSIS.glob("[EW][0-9]*")):
        run, faults = sarif(tool, folder), lines(tool, folder)
        assert len(run["results"]) == len(faults), folder
        for result, fault in zip(run["results"], faults):
            assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == fault["code"]
            assert result["level"] == fault["severity"]
            assert result["message"]["text"].startswith(fault["message"])
            region = result["locations"][0]["physicalLocation"].get("region")
            assert (region is None) == (fault["line"] == 0), fault
            if region:
                assert region["startLine"] == fault["line"], fault
                assert region["startColumn"] == max(1, fault["column"]), fault
                assert region["endColumn"] - region["startColumn"] == max(1, fault["length"]), fault


def sarif_without_faults(tool):
    """rules without a fault give a log without results"""
    assert sarif(tool, ROOT / "deploy" / "rules")["results"] == []


def sarif_escapes_paths(tool):
    """a path with blanks and letters beyond ASCII is a URI"""
    tool.write("a rule é.yaml", WRONG)
    run = sarif(tool, "a rule é.yaml")
    assert {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in run["results"]} == {
        "a%20rule%20%C3%A9.yaml"}


def schema_refuses(tool):
    """the schema of this test refuses a log without a version, a message, or with a line 0"""
    tool.write("a.yaml", WRONG)
    good = tool.run("check", "--format", "sarif", "a.yaml").stdout
    validator = jsonschema.Draft202012Validator(json.loads((HERE / "sarif.schema.json").read_text(encoding="utf-8")))
    for was, now in (('"version":"2.1.0"', '"version":"2.0"'), ('"message":', '"mesage":'),
                     (re.search('"startLine":[0-9]+', good)[0], '"startLine":0'), ('"results":', '"result":')):
        assert was in good, was
        assert list(validator.iter_errors(json.loads(good.replace(was, now, 1)))), was


def junit_check(tool):
    """`check --format junit`: a suite for each file, errors are failures, warnings are not"""
    tool.write("good.yaml", RULE)
    tool.write("wrong.yaml", WRONG.replace("many_transfers", "other"))
    tool.write("warned.yaml", RULE.replace("many_transfers", "third").replace("2027-06-01", "2026-11-01"))
    root = ET.fromstring(tool.bad(1, "check", "--format", "junit", "--today", "2026-12-01", ".").split("\n", 1)[1])
    suites = {suite.get("file"): suite for suite in root}
    assert set(suites) == {"./good.yaml", "./warned.yaml", "./wrong.yaml"}, suites
    assert [(s.get("tests"), s.get("failures")) for s in suites.values()] == [("1", "0"), ("1", "0"), ("2", "2")]
    assert (root.get("tests"), root.get("failures")) == ("4", "2")
    assert "W703" in suites["./warned.yaml"][0].get("name") and suites["./warned.yaml"][0][0].tag == "system-out"
    assert re.match(r"E206 ./wrong.yaml:\d+:\d+$", suites["./wrong.yaml"][1].get("name"))
    assert suites["./wrong.yaml"][0][0].get("message") == "unknown field 'amout' in bank.transfer"


def exits(tool):
    """`check` ends with 0 without errors, 1 with one, 2 when it is called wrongly, 3 when its report is lost"""
    tool.write("good.yaml", RULE)
    tool.write("wrong.yaml", WRONG)
    tool.good("check", "--today", "2026-12-01", "good.yaml")
    for form in ("text", "json", "sarif", "junit"):
        tool.bad(1, "check", "--format", form, "wrong.yaml")
        with open("/dev/full", "w", encoding="utf-8") as full:
            assert "No space left" in tool.bad(3, "check", "--format", form, "wrong.yaml", stdout=full)
    for wrong in (["--format", "xml", "good.yaml"], ["--today", "soon", "good.yaml"], [], ["--no-such", "good.yaml"]):
        assert "usage: seinpost check" in tool.bad(2, "check", *wrong)


def junit_test(tool):
    """`test --format junit`: a suite for each rule, a case for each test, the difference in the failure"""
    tool.write("r.yaml", RULE.replace("evidence: [1, 2, 3]", "evidence: [1, 3]"))
    root = ET.fromstring(tool.run("test", "--format", "junit", "r.yaml").stdout.split("\n", 1)[1])
    suite, = root
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("many_transfers", "2", "1")
    assert [case.get("name") for case in suite] == ["three fire", "two are silent"]
    assert int(suite[0].get("line")) == RULE[:RULE.index("- name: three")].count("\n") + 1
    assert "evidence: +2" in suite[0][0].text, suite[0][0].text
    assert len(suite[1]) == 0


def junit_of_all_rules(tool):
    """`test --format junit` of the deployed rules has as many cases as their files have tests"""
    root = ET.fromstring(tool.good("test", "--format", "junit", ROOT / "deploy" / "rules").split("\n", 1)[1])
    text = "\n".join(path.read_text(encoding="utf-8") for path in RULES)
    assert root.get("failures") == "0"
    assert int(root.get("tests")) == len(root.findall("testsuite/testcase")) == len(re.findall(r"^  - name:", text, re.M))


def difference(tool, expect):
    tool.write("r.yaml", RULE.replace("stable", "test").replace("[{at: 2d, metrics: {count: 3}, evidence: [1, 2, 3]}]", expect))
    return tool.bad(1, "test", "r.yaml").splitlines()[1:-1]


def minimal_difference(tool):
    """a test that fails names what is other, and nothing else"""
    came = "    ~  {rule: many_transfers, state: opened, at: 2d, group: {account/creditor: iban:t1:a}} came, with a difference:"
    assert difference(tool, "[{at: 1d}]") == [came, "       at: 1d expected, 2d came"]
    assert difference(tool, "[{at: 2d, metrics: {count: 4}}]") == [came, "       metrics.count: 4 expected, 3 came"]
    assert difference(tool, "[{evidence: [1, 2]}]") == [came, "       evidence: +3 (events by their position in 'given')"]
    assert difference(tool, "[{at: 2d, group: {account/creditor: x}}]") == [
        came, "       group.account/creditor: x expected, iban:t1:a came"]
    assert difference(tool, "none")[0].startswith("    +  {rule: many_transfers, state: opened, at: 2d, ")
    assert difference(tool, "[{at: 2d}, {at: 3d}]") == ["    -  {rule: many_transfers, state: opened, at: 3d}"]


CLAIMS = [sarif_is_sarif, sarif_without_faults, sarif_escapes_paths, schema_refuses, junit_check, exits, junit_test,
          junit_of_all_rules, minimal_difference]
