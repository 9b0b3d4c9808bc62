"""`import-sigma`: rules and correlations of Sigma become drafts that pass the checker. The rules are written for this test;
each has the shape of an example of the specification of correlation rules, version 2."""
import json

import yaml

from tool import ROOT

GIVEN = ("--type", "kvk.portal", "--stage", "work", "--purpose", "illegal_employment", "--legal-basis", "hrw-public",
         "--owner", "desk-kvk")
FIELDS = {"Computer": "code", "Workstation": "code", "User": "code", "Code": "int", "Tool": "text", "sourceip": "code", "targetip": "code"}
REFUSED = """\
title: A logon that was refused
id: 6f1f53f1-0000-4000-8000-000000000001
name: refused
logsource: {category: authentication}
detection:
  selection:
    Code: [4625, 4776]
  machine:
    User|endswith: '$'
  condition: selection and not machine
level: low
"""
ACCEPTED = """\
title: A logon that went well
name: accepted
logsource: {category: authentication}
detection:
  selection: {Code: 4624}
  condition: selection
"""
MANY = """\
title: Many logons refused
name: many_refused
id: 6f1f53f1-0000-4000-8000-000000000002
author: S. Igma
description: A door that is tried again and again.
level: high
correlation:
  type: event_count
  rules: [6f1f53f1-0000-4000-8000-000000000001]
  group-by: [Computer]
  timespan: 1h
  condition: {gte: 100}
"""
USERS = """\
title: Many users refused
correlation:
  type: value_count
  rules: [refused]
  group-by: [Computer, Workstation]
  timespan: 1d
  condition: {field: User, gte: 100}
"""
TOOLS = "".join("""\
title: Tool %s
name: tool_%s
logsource: {category: process_creation}
detection:
  selection: [{Tool|contains: '%s.exe'}, {Tool|startswith: "%s "}]
  condition: 1 of sel*
---
""" % (t, t, t, t) for t in "abc")
TOGETHER = """\
title: Three tools together
correlation:
  type: temporal
  rules: [tool_a, tool_b, tool_c]
  group-by: [Computer, User]
  timespan: 5m
"""
FOLLOWED = """\
title: Refused again and again, then accepted
correlation:
  type: temporal_ordered
  rules: [many_refused, accepted]
  group-by: [User]
  timespan: 1h
"""
ALIASES = """\
title: An error, and a connection the other way
correlation:
  type: temporal
  rules: [refused, accepted]
  group-by: [inside, outside]
  timespan: 10s
  aliases:
    inside: {refused: dst.ip, accepted: src.ip}
    outside: {refused: src.ip, accepted: dst.ip}
"""


def catalogue(tool):
    """Event types of a portal's log, beside our own formats."""
    schema = json.loads((ROOT / "schemas/signals/air.noshow.avsc").read_text(encoding="utf-8"))
    for name in ("portal", "network"):
        write_type(tool, schema, name)
    for path in [*(ROOT / "schemas").glob("*.avsc"), ROOT / "schemas/places"]:
        (tool.folder / "s" / path.name).symlink_to(path)


def write_type(tool, schema, name):
    """One event type, kvk.NAME, with all the fields of the examples."""
    schema["namespace"], schema["name"] = "kvk", name
    schema["fields"][-1]["type"]["name"] = f"{name}_data"
    schema["fields"][-1]["type"]["fields"] = [
        {"name": field, "type": ["null", "int" if kind == "int" else "string"], "default": None, "seinpost.class": "clear",
         **({} if kind == "int" else {"seinpost.type": kind})} for field, kind in FIELDS.items()]
    tool.write(f"s/signals/kvk.{name}.avsc", json.dumps(schema))


def imported(tool, *documents, more=()):
    """The drafts, which pass the checker."""
    catalogue(tool)
    tool.write("in.yml", "---\n".join(documents).replace("---\n---", "---"))
    text = tool.good("import-sigma", *GIVEN, *more, "in.yml")
    tool.write("out.yaml", text)
    told = tool.bad(0, "check", "--schemas", "s", "--today", "2026-12-01", "out.yaml")
    assert ", 0 errors" in told, told
    return {doc["name"]: doc for doc in yaml.load_all(text, yaml.BaseLoader)}


def event_count(tool):
    """a count of events, whose rule is named by its id; the draft says that a person must say what exonerates"""
    rule, = imported(tool, REFUSED, MANY).values()
    assert rule["name"] == "many_refused" and rule["status"] == "draft" and rule["level"] == "high"
    assert (rule["stage"], rule["purpose"], rule["legal-basis"], rule["owner"]) == ("work", ["illegal_employment"], ["hrw-public"], "desk-kvk")
    assert rule["author"] == "S. Igma" and rule["description"] == "A door that is tried again and again."
    assert "say what speaks for the person" in rule["unless"]["none"]
    assert rule["events"] == {"refused": {"source": {"type": "kvk.portal"}, "detection": {
        "selection": {"Code": ["4625", "4776"]}, "machine": {"User|endswith": "$"}, "condition": "selection and not machine"}}}
    assert rule["correlation"] == {"type": "event_count", "rules": ["refused"], "group-by": ["Computer"], "timespan": "1h",
                                   "condition": {"gte": "100"}}


def value_count(tool):
    """a count of values: the field moves out of the condition; a name is made of the title"""
    rule = imported(tool, REFUSED, USERS)["many_users_refused"]
    assert rule["correlation"] == {"type": "value_count", "rules": ["refused"], "group-by": ["Computer", "Workstation"],
                                   "timespan": "1d", "field": "User", "condition": {"gte": "100"}}


def temporal(tool):
    """several rules together; a list of maps stays one"""
    rule = imported(tool, TOOLS + TOGETHER)["three_tools_together"]
    assert list(rule["events"]) == ["tool_a", "tool_b", "tool_c"]
    assert rule["events"]["tool_b"]["detection"] == {
        "selection": [{"Tool|contains": "b.exe"}, {"Tool|startswith": "b "}], "condition": "1 of sel*"}
    assert rule["correlation"] == {"type": "temporal", "rules": ["tool_a", "tool_b", "tool_c"], "group-by": ["Computer", "User"], "timespan": "5m"}


def chained(tool):
    """a correlation of a correlation: the inner one speaks to no desk, and carries what the outer one groups by"""
    rules = imported(tool, REFUSED, MANY, ACCEPTED, FOLLOWED)
    inner, outer = rules["many_refused"], rules["refused_again_and_again_then_accepted"]
    assert inner["correlation"]["generate"] == "false" and inner["alert"] == {"carry": ["refused.User"]}
    assert list(outer["events"]) == ["accepted"]
    assert outer["correlation"]["rules"] == ["many_refused", "accepted"]


def aliases(tool):
    """fields of two names under one; --field says what they are called here"""
    rule = imported(tool, REFUSED, ACCEPTED, ALIASES, more=("--field", "src.ip=sourceip", "--field", "dst.ip=targetip",
                                                              "--type", "accepted=kvk.network"))
    assert rule["an_error_and_a_connection_the_other_way"]["correlation"]["aliases"] == {
        "inside": {"refused": "targetip", "accepted": "sourceip"}, "outside": {"refused": "sourceip", "accepted": "targetip"}}


def single(tool):
    """a rule that no correlation names is a rule of one event"""
    rule = imported(tool, REFUSED)["refused"]
    assert rule["source"] == {"type": "kvk.portal"} and "correlation" not in rule


def no_counterpart(tool):
    """what has no counterpart is told with its place, and nothing is printed"""
    catalogue(tool)
    for text, told in ((REFUSED.replace("endswith", "base64"), "E321]: Sigma's modifier 'base64'"),
                       (REFUSED.replace("selection and not machine", "selection | count() > 5"), "E321]: a list of conditions"),
                       (REFUSED.replace("{category", "{ category").replace("    Code: [4625, 4776]\n", "    - a word\n"), "E321]: keywords"),
                       (REFUSED.replace("detection:", "detektion:"), "E202]"), (MANY, "E321]: no rule of this file"),
                       (REFUSED.replace("title:", "title: [", 1), "E101]")):
        tool.write("in.yml", text)
        done = tool.run("import-sigma", *GIVEN, "in.yml")
        assert done.returncode == 1 and not done.stdout and told in done.stderr and "in.yml:" in done.stderr, (told, done)
    assert "No such file" in tool.bad(3, "import-sigma", *GIVEN, "none.yml")
    assert "usage: seinpost import-sigma" in tool.bad(2, "import-sigma", "in.yml")


BREAKS = ("\\n", "\\r\\n", "\\n\\n", "\\x85", "\\u2028", "\\n---\\n", "\\n...\\n")
CLEVER = "unless: {none: 'x'}"
HIDING = """\
title: "a%(x)s"
name: refused
level: "low%(x)s"
author: "b%(x)s"
description: "c%(x)s"
logsource: {category: authentication}
detection:
  "sel%(x)s": {"Code%(x)s": "1%(x)s", User: ["2%(x)s", '3'], Computer: "it's 100%% \\"so\\" \\\\ # no: comment"}
  condition: "sel%(x)s"
"""
GATHERED = """\
title: "d%(x)s"
name: gathered
correlation:
  type: "event_count%(x)s"
  rules: [refused]
  group-by: ["Computer%(x)s"]
  timespan: "1h%(x)s"
  aliases: {"in%(x)s": {refused: "dst%(x)s"}}
  condition: {"gte%(x)s": "100%(x)s", field: "User%(x)s"}
"""


def injection(tool):
    """no line break, comment or end of document in what Sigma says becomes a key, a document or another value here"""
    catalogue(tool)
    for broken in (" ", *(end + blanks for end in BREAKS for blanks in ("", "  ", "    "))):
        hidden = broken + CLEVER + ("" if broken == " " else broken)
        for documents in ((HIDING,), (HIDING, GATHERED)):
            tool.write("in.yml", "---\n".join(documents) % {"x": hidden})
            text = tool.good("import-sigma", *GIVEN, "in.yml")
            rule, = yaml.load_all(text, yaml.BaseLoader)
            said = json.loads('"%s"' % hidden.replace("\\x85", "\\u0085"))
            assert rule["unless"]["none"].startswith("imported"), text
            assert list(rule) == (SINGLE if len(documents) == 1 else JOINED), (broken, text)
            assert rule["level"] == ("low" + said if len(documents) == 1 else "medium")
            where = rule["detection"] if len(documents) == 1 else rule["events"]["refused"]["detection"]
            assert where == {"sel" + said: {"Code" + said: "1" + said, "User": ["2" + said, "3"], "Computer": "it's 100% \"so\" \\ # no: comment"},
                             "condition": "sel" + said}, (broken, text)
            if len(documents) == 2:
                assert rule["correlation"] == {
                    "type": "event_count" + said, "rules": ["refused"], "group-by": ["Computer" + said], "timespan": "1h" + said,
                    "aliases": {"in" + said: {"refused": "dst" + said}}, "field": "User" + said, "condition": {"gte" + said: "100" + said}}


HEAD = ["schema", "title", "name", "version", "status", "level", "stage", "purpose", "legal-basis", "owner"]
SINGLE = [*HEAD, "author", "description", "unless", "source", "detection"]
JOINED = [*HEAD, "unless", "events", "correlation"]
CLAIMS = [injection, event_count, value_count, temporal, chained, aliases, single, no_counterpart]
