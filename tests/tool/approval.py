"""Four eyes: who approved what a rule means, and what becomes of one that nobody did."""
import re
import stat

from tool import ROOT, RULE

CONFIG = """\
schema: seinpost/config/1
instance: station-1
brokers: {bootstrap.servers: 127.0.0.1:9092}
rules: rules
approval:
  needed: 2
  lock: rules.lock
  approvers:
%s
sources:
  - name: bank-partner-1
    topic: partner.bank
    types: [bank.*]
    wire: single-object
    writers: .
    identities: pseudonym
    purposes: [smuggling]
    legal-bases: [wwft-fiu]
    lateness: 48h
    max-skew: 10m
    idle: 5m
    retention: 26w
topics: {matches: {partitions: 8, retention: 20w}}
"""
PEOPLE = ("j.jurist", "o.officer", "an.author")


def office(tool, people=PEOPLE, rule=RULE):
    """A rule, and a configuration with a key for each approver."""
    lines = []
    for name in people:
        lines.append(tool.good("approve", "--new-key", "--key", f"{name}.key", "--as", name).strip())
    tool.write("seinpost.yaml", CONFIG % "\n".join(f"    {line}" for line in lines))
    tool.write("rules/r.yaml", rule)


def approve(tool, name, *more, code=0, key=None):
    done = tool.run("approve", "--config", "seinpost.yaml", "--key", f"{key or name}.key", "--as", name, "--today",
                    "2026-12-01", *more)
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done.stdout + done.stderr


def verify(tool, code):
    return tool.bad(code, "approve", "--verify", "--config", "seinpost.yaml", "--today", "2026-12-01")


def check(tool):
    """What `check` warns of."""
    return re.findall(r"warning\[(W80\d)\]: (.*)", tool.bad(0, "check", "--config", "seinpost.yaml", "--today", "2026-12-01"))


def four_eyes(tool):
    """a rule is approved when two people signed it who are not its author"""
    office(tool)
    assert verify(tool, 1).startswith("open     many_transfers ")
    assert check(tool) == [("W801", "not approved: 0 of 2 people")]
    assert "approved by j.jurist" in approve(tool, "j.jurist")
    assert check(tool) == [("W801", "not approved: 1 of 2 people")]
    approve(tool, "j.jurist")
    assert check(tool) == [("W801", "not approved: 1 of 2 people")], "one person twice is one"
    approve(tool, "o.officer")
    assert check(tool) == []
    assert re.fullmatch(r"approved many_transfers [0-9a-f]{32} 2 of 2 \S+ \S+\n", verify(tool, 0))


def author(tool):
    """the author's own approval is refused, however the name is written"""
    office(tool, rule=RULE.replace("an.author", "An.Author"))
    assert "its author cannot, four eyes" in approve(tool, "an.author", code=1)
    assert not (tool.folder / "rules.lock").exists()


def wrong_key(tool):
    """an approval under another's name, with one's own key, counts for nothing"""
    office(tool)
    approve(tool, "j.jurist", key="an.author")
    approve(tool, "o.officer")
    assert [code for code, _ in check(tool)] == ["W801", "W802"]
    assert "j.jurist's approval of 'many_transfers' is void: the signature does not hold" in verify(tool, 1)


def changes(tool):
    """a change of meaning, author or expiry voids the approvals; other words do not"""
    office(tool)
    approve(tool, "j.jurist")
    approve(tool, "o.officer")
    rules = tool.folder / "rules" / "r.yaml"
    for was, now, why in (("timespan: 7d", "timespan: 8d", "the rule has changed since"),
                          ("status: stable", "status: test", "the rule has changed since"),
                          ("2027-12-01", "2028-12-01", "the signature does not hold"),
                          ("author: an", "author: no", "the signature does not hold")):
        rules.write_text(RULE.replace(was, now), encoding="utf-8")
        told = check(tool)
        assert [code for code, _ in told][-2:] == ["W802", "W802"] and why in told[-1][1], (was, told)
    rules.write_text(RULE.replace("title: Many", "title: Lots of").replace("a shop", "a market"), encoding="utf-8")
    assert check(tool) == []
    rules.write_text(RULE, encoding="utf-8")
    assert check(tool) == [], "a rule that comes back is approved again"


def one_rule(tool):
    """--rule approves some rules and keeps the other approvals"""
    office(tool)
    tool.write("rules/s.yaml", RULE.replace("many_transfers", "other"))
    approve(tool, "j.jurist", "--rule", "oth*")
    approve(tool, "o.officer")
    lines = [line.split()[:3:2] for line in (tool.folder / "rules.lock").read_text(encoding="utf-8").splitlines()[1:]]
    assert lines == [["many_transfers", "o.officer"], ["other", "j.jurist"], ["other", "o.officer"]]
    assert [code for code, _ in check(tool)] == ["W801"]
    assert "no stable rule is meant" in approve(tool, "j.jurist", "--rule", "nothing", code=1)


def keys(tool):
    """a new key is its owner's alone, replaces none, and signs what its public key verifies"""
    office(tool)
    assert stat.S_IMODE((tool.folder / "j.jurist.key").stat().st_mode) == 0o600
    assert "File exists" in tool.bad(3, "approve", "--new-key", "--key", "j.jurist.key", "--as", "x")
    assert "No such file" in approve(tool, "nobody", code=3)
    tool.write("short.key", "00ff")
    (tool.folder / "short.key").chmod(0o600)
    assert "a key is 64 hex digits" in approve(tool, "short", code=3)


def open_key(tool):
    """a key that others may read or write signs nothing"""
    office(tool)
    for mode in (0o640, 0o604, 0o620, 0o601):
        (tool.folder / "j.jurist.key").chmod(mode)
        assert "others than its owner may read or write this key" in approve(tool, "j.jurist", code=3), oct(mode)
    assert not (tool.folder / "rules.lock").exists()
    (tool.folder / "j.jurist.key").chmod(0o400)
    approve(tool, "j.jurist")


EXCEPTION = """\
schema: seinpost/exception/1
title: A shop that we know
rules: ['%s']
match: {creditor_ref: iban:t1:shop}
reason: seen on the spot
author: j.jurist
approved-by: [o.officer]
expires: %s
"""
LIST = """\
schema: seinpost/list/1
name: shops
key: account
owner: desk
expires: %s
entries:
%s"""


def around(tool):
    """an exception that comes, changes or goes voids the approvals of the rules that it means, and of no other"""
    office(tool)
    tool.write("rules/s.yaml", RULE.replace("many_transfers", "other"))
    sign = lambda: (approve(tool, "j.jurist"), approve(tool, "o.officer"))
    sign()
    assert check(tool) == []
    both = {"many_transfers", "other"}
    for glob, until, meant in (("*", "2027-01-01", both), ("*", "2027-01-02", both), ("many_*", "2027-01-02", both),
                               ("many_*", "2027-01-03", {"many_transfers"})):
        tool.write("rules/x.yaml", EXCEPTION % (glob, until))
        told = check(tool)
        assert {what.split("'")[2] for code, what in told if code == "W802"} == meant, (glob, until, told)
        assert "exceptions or lists have changed since" in verify(tool, 1)
        assert "with exceptions: 1, lists: 0" in sign()[0]
        assert check(tool) == [], (glob, until)
    tool.write("rules/a.yaml", EXCEPTION % ("many_*", "2027-01-03"))
    (tool.folder / "rules" / "x.yaml").unlink()
    assert check(tool) == [], "which file it stands in is of no matter"
    (tool.folder / "rules" / "a.yaml").unlink()
    assert [code for code, _ in check(tool)] == ["W801", "W802", "W802"], "nor may it go unseen"


def lists(tool):
    """a list that a rule asks is approved with its entries, their expiry and its own; their order is not"""
    office(tool, rule=RULE.replace("unless: {none: an example}", "unless: {shop: {creditor_ref|list: shops}}"))
    tool.write("rules/s.yaml", RULE.replace("many_transfers", "other"))
    one, two = "  - {value: 'iban:t1:x'}\n", "  - {value: 'iban:t1:y', expires: 2027-01-01}\n"
    tool.write("rules/l.yaml", LIST % ("2027-06-01", one + two))
    assert "with exceptions: 0, lists: 1" in approve(tool, "j.jurist")
    approve(tool, "o.officer")
    assert check(tool) == []
    for wrong in (one, one + two + "  - {value: 'iban:t1:z'}\n", one + two.replace("01-01", "01-02"), one.replace(":x", ":w") + two):
        tool.write("rules/l.yaml", LIST % ("2027-06-01", wrong))
        assert [what.split("'")[2] for code, what in check(tool) if code == "W802"] == ["many_transfers"] * 2, wrong
    tool.write("rules/l.yaml", LIST % ("2027-07-01", one + two))
    assert [code for code, _ in check(tool)] == ["W801", "W802", "W802"], "the list's own expiry is that of entries without one"
    tool.write("rules/l.yaml", LIST % ("2027-06-01", two + one.replace("'}", "', note: seen}")))
    assert check(tool) == []


def faulty_rules(tool):
    """rules with errors are not signed"""
    office(tool, rule=RULE.replace("amount|lt", "amout|lt"))
    assert "E304" in approve(tool, "j.jurist", code=1)
    assert not (tool.folder / "rules.lock").exists()


def faulty_config(tool):
    """a configuration with one key for two names, too few approvers or no key is refused"""
    office(tool)
    config = (tool.folder / "seinpost.yaml").read_text(encoding="utf-8")
    first, second = re.findall(r"key: ([0-9a-f]{64})", config)[:2]
    for wrong, code in ((config.replace(second, first), "E308"), (config.replace("needed: 2", "needed: 4"), "E205"),
                        (config.replace("needed: 2", "needed: 1"), "E221"), (config.replace("needed: 2", "needed: 0"), "E221"), (config.replace(second, second[:-1]), "E205"),
                        (config.replace("o.officer", "j.jurist"), "E308"), (config.replace("  lock: rules.lock\n", ""), "E202")):
        tool.write("seinpost.yaml", wrong)
        assert code in tool.bad(1, "check", "--config", "seinpost.yaml", "--today", "2026-12-01"), code


def without_approvers(tool):
    """a configuration that names no approvers asks for none"""
    assert "0 errors, 0 warnings" in tool.bad(0, "check", "--config", ROOT / "deploy" / "seinpost.yaml", "--today", "2026-12-01")
    assert "names no approvers" in tool.bad(2, "approve", "--verify", "--config", ROOT / "deploy" / "seinpost.yaml",
                                            "--today", "2026-12-01")


def wrong_use(tool):
    """without a key and a name, or with nothing to look at, it says how it is used"""
    for words in ([], ["rules"], ["--key", "k", "rules"], ["--as", "n", "rules"], ["--verify", "rules"],
                  ["--new-key", "--key", "k"], ["--key", "k", "--as", "a b", "rules"]):
        assert "usage: seinpost approve" in tool.bad(2, "approve", *words)


CLAIMS = [four_eyes, author, wrong_key, changes, one_rule, keys, open_key, around, lists, faulty_rules, faulty_config, without_approvers, wrong_use]
