"""`replay` over a file: the forms of its output, and what does not go together."""
import json

import fastavro

from tool import ROOT, RULE, transfers

SCHEMA = ROOT / "schemas" / "alert.avsc"


def replayed(tool, form, *words):
    tool.write("r.yaml", RULE)
    tool.write("e.ndjson", transfers((1, 2, 3, 4)) + transfers((5, 6, 7), "iban:t1:c"))
    return tool.good("replay", "--events", "e.ndjson", "--rules", "r.yaml", "--format", form, *words)


def container_is_avro(tool):
    """--format avro writes an object container file in our schema: the alerts of ndjson, the same bytes each time"""
    lines = [json.loads(line) for line in replayed(tool, "ndjson").splitlines()]
    for name in ("one.avro", "two.avro"):
        assert replayed(tool, "avro", "--output", name) == ""
    one, two = ((tool.folder / name).read_bytes() for name in ("one.avro", "two.avro"))
    assert one == two and one.startswith(b"Obj\x01")
    with open(tool.folder / "one.avro", "rb") as file:
        reader = fastavro.reader(file)
        assert reader.writer_schema["name"] == "seinpost.alert"
        alerts = list(reader)
    assert len(lines) >= 2
    assert [(alert["alert"], alert["state"], alert["metrics"]["count"]) for alert in alerts] == [
        (line["alert"], line["state"], str(line["metrics"]["count"])) for line in lines]
    schema = fastavro.parse_schema(json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert all(fastavro.validation.validate(alert, schema) for alert in alerts)


def output_goes_to_a_file(tool):
    """--output takes what stdout had; a folder that is not there is told"""
    wanted = replayed(tool, "ndjson")
    assert replayed(tool, "ndjson", "--output", "out.ndjson") == ""
    assert (tool.folder / "out.ndjson").read_text(encoding="utf-8") == wanted
    told = tool.bad(2, "replay", "--events", "e.ndjson", "--rules", "r.yaml", "--output", "no/such/out")
    assert "no/such/out: " in told


def what_does_not_go_together(tool):
    """options of a file and of topics are not mixed, avro needs a file, a bound is one"""
    tool.write("r.yaml", RULE)
    tool.write("e.ndjson", transfers((1,)))
    file = ["replay", "--events", "e.ndjson", "--rules", "r.yaml"]
    topics = ["replay", "--config", "c.yaml"]
    for words in ([*file, "--format", "avro"], [*file, "--from", "7d"], [*file, "--against", "live"],
                  [*file, "--source", "x"], [*file, "--config", "c.yaml"], [*topics, "--lateness", "1h"],
                  [*topics, "--rules", "a", "--rules", "b"], [*topics, "--from", "yesterday"], [*topics, "--to", "a:b:1"],
                  [*topics, "--from", "t:1"], [*topics, "--from", "-5"],
                  [*topics, "--against", "live", "--format", "ndjson"], ["replay", "--rules", "r.yaml"]):
        assert tool.bad(2, *words).startswith("usage: seinpost replay "), words
    assert "c.yaml" in tool.bad(2, *topics, "--from", "7d", "--to", "2026-03-01T12:00:00Z", "--from", "a.b:0:5")


CLAIMS = [container_is_avro, output_goes_to_a_file, what_does_not_go_together]
