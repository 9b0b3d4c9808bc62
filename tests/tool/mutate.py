"""`test --mutate`: which small mistakes in a rule none of its tests would notice."""
import re

from tool import ROOT, RULE

WATCHED = RULE.replace("status: stable", "status: test").replace("unless: {none: an example}", "unless: {firm: {debtor_kvk: K1}}")
TESTS = """\
  - name: a sum at the bound is silent
    with: {type: bank.transfer, creditor_ref: iban:t1:a}
    given: [{at: 0, amount: 950.00 EUR}, {at: 1d, amount: 950.00 EUR}, {at: 2d, amount: 1000.00 EUR}]
    expect: none
  - name: a sum below it counts
    with: {type: bank.transfer, creditor_ref: iban:t1:a}
    given: [{at: 0, amount: 950.00 EUR}, {at: 1d, amount: 950.00 EUR}, {at: 2d, amount: 999.99 EUR}]
    expect: [{at: 2d}]
  - name: at the end of the window
    with: {type: bank.transfer, amount: 950.00 EUR, creditor_ref: iban:t1:a}
    given: [{at: 0}, {at: 1d}, {at: 7d}]
    expect: [{at: 7d}]
  - name: a second behind it
    with: {type: bank.transfer, amount: 950.00 EUR, creditor_ref: iban:t1:a}
    given: [{at: 0}, {at: 1d}, {at: 7d1s}]
    expect: none
  - name: a firm
    with: {type: bank.transfer, amount: 950.00 EUR, creditor_ref: iban:t1:a, debtor_kvk: K1}
    given: [{at: 0}, {at: 1d}, {at: 2d}]
    expect: none
"""


def mutate(tool, rule, code):
    tool.write("r.yaml", rule)
    lines = tool.bad(code, "test", "--mutate", "r.yaml").splitlines()
    told = [re.sub(r"^r.yaml:\d+:\d+: many_transfers: no test notices: ", "", line) for line in lines[1:-1]]
    made, unnoticed = map(int, re.fullmatch(r"(\d+) mistakes, (\d+) of them noticed by no test", lines[-1]).groups())
    assert unnoticed == len(told), lines
    return made, told


def thin_tests(tool):
    """two tests leave the bounds, the window's end and the exoneration unproved, each named"""
    made, told = mutate(tool, WATCHED, 1)
    assert made == 8
    assert told == ["events.out.detection.small.amount|lt: dropped",
                    "events.out.detection.small.amount|lt: 1000.00 EUR -> 999.99 EUR",
                    "events.out.detection.small.amount|lt: 1000.00 EUR -> 1000.01 EUR",
                    "unless.firm.debtor_kvk: exonerates nobody any more",
                    "correlation.timespan: 7d -> 6d23h59m59s", "correlation.timespan: 7d -> 7d1s"], told


def full_tests(tool):
    """tests at each bound notice every mistake"""
    assert mutate(tool, WATCHED + TESTS, 0) == (8, [])


def each_test_counts(tool):
    """without one of these tests a mistake goes unnoticed, and the place of it is told"""
    for name, mistake in (("a sum at the bound", "1000.00 EUR -> 1000.01 EUR"), ("a sum below it", "1000.00 EUR -> 999.99 EUR"),
                          ("at the end", "7d -> 6d23h59m59s"), ("a second behind", "7d -> 7d1s"), ("a firm", "exonerates nobody")):
        left = re.sub(r"  - name: %s.*?(?=  - name|\Z)" % name, "", TESTS, flags=re.S)
        assert left != TESTS
        _, told = mutate(tool, WATCHED + left, 1)
        assert len(told) <= 2 and mistake in told[-1], (name, told)


def expressions(tool):
    """`and`, `or` and `not` of a condition are mistaken too"""
    rule = WATCHED.replace("detection: {small: {amount|lt: 1000.00 EUR}, condition: small}",
                           "detection: {small: {amount|lt: 1000.00 EUR}, home: {creditor_country: NL}, condition: small and not home}")
    _, told = mutate(tool, rule, 1)
    assert "events.out.detection.condition: small and not home -> small or not home" in told
    rule = rule.replace("creditor_ref: iban:t1:a, debtor_ref", "creditor_ref: iban:t1:a, creditor_country: BE, debtor_ref")
    _, told = mutate(tool, rule, 1)
    assert "events.out.detection.condition: small and not home -> small and home" not in told, "it would be silent"


def readers_and_scenarios(tool):
    """the tests of a rule that reads it, and of several rules, notice for it"""
    _, alone = mutate(tool, WATCHED, 1)
    tool.write("s.yaml", "schema: seinpost/test/1\ntests:\n" + TESTS.replace("expect: [{at", "expect: [{rule: many_transfers, at"))
    tool.write("r.yaml", WATCHED)
    assert tool.good("test", "--mutate", "r.yaml", "s.yaml").splitlines()[-1] == "8 mistakes, 0 of them noticed by no test"
    assert alone


def failing_tests(tool):
    """where a test fails nothing is mistaken on purpose"""
    tool.write("r.yaml", WATCHED.replace("metrics: {count: 3}", "metrics: {count: 4}"))
    told = tool.bad(1, "test", "--mutate", "r.yaml")
    assert "FAIL" in told and "mistakes" not in told


def of_the_deployed(tool):
    """the deployed rules' files are read, not written"""
    before = {path: path.read_bytes() for path in (ROOT / "deploy/rules").rglob("*.yaml")}
    assert "mistakes" in tool.run("test", "--mutate", ROOT / "deploy/rules/card", ROOT / "deploy/rules/lists").stdout
    assert before == {path: path.read_bytes() for path in (ROOT / "deploy/rules").rglob("*.yaml")}


CLAIMS = [thin_tests, full_tests, each_test_counts, expressions, readers_and_scenarios, failing_tests, of_the_deployed]
