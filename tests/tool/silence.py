"""Comments that silence a warning."""
from tool import RULE, transfers

MEANT = "# seinpost:disable W703 until 2026-12-05 the review is on the fourth\n"
DUE = RULE.replace("review-by: 2027-06-01", MEANT + "review-by: 2026-11-01")


def told(tool, today):
    """The codes that `check` tells on a day."""
    done = tool.run("check", "--today", today, "r.yaml")
    assert done.returncode == 0, done.stdout
    return [line.split("[")[1].split("]")[0] for line in done.stdout.splitlines() if "warning[" in line]


def until_its_day(tool):
    """a warning is silent up to the day before DATE, and told with its comment from DATE on"""
    tool.write("r.yaml", DUE)
    assert told(tool, "2026-12-04") == []
    assert told(tool, "2026-12-05") == ["W711", "W703"]
    assert told(tool, "2027-01-01") == ["W711", "W703"]
    assert told(tool, "2026-10-31") == ["W712"], "the review is not due yet: nothing is silenced"


def other_code(tool):
    """only the warning that is named is silent, and only there"""
    tool.write("r.yaml", DUE.replace("W703", "W701"))
    assert told(tool, "2026-12-04") == ["W712", "W703"]
    tool.write("r.yaml", DUE.replace(MEANT, "").replace("owner: desk", MEANT + "owner: desk"))
    assert told(tool, "2026-12-04") == ["W712", "W703"]


def same_line(tool):
    """behind something a comment means its own line"""
    tool.write("r.yaml", DUE.replace(MEANT, "").replace("2026-11-01", "2026-11-01 " + MEANT.strip()))
    assert told(tool, "2026-12-04") == []


def meaning_stays(tool):
    """a comment changes no semantic hash: alert ids stay"""
    tool.write("e.ndjson", transfers([1, 2, 3]))
    tool.write("r.yaml", DUE)
    with_comment = tool.good("replay", "--events", "e.ndjson", "--rules", "r.yaml", "--format", "ndjson")
    tool.write("r.yaml", DUE.replace(MEANT, ""))
    assert tool.good("replay", "--events", "e.ndjson", "--rules", "r.yaml", "--format", "ndjson") == with_comment
    assert with_comment.count('"opened"') == 1, with_comment


CLAIMS = [until_its_day, other_code, same_line, meaning_stays]
