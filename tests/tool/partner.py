"""`seinpost partner`: what becomes of a partner's records and of their fields, and what a new partner gets."""
import io
import json
import re
import shutil
import struct
import subprocess
import sys

import fastavro
import yaml

from tool import ROOT, RULE, transfers

NAME, PHONE = "Jan Jansen", "+31612345678"
SCHEMA = json.loads((ROOT / "schemas/signals/bank.transfer.avsc").read_text(encoding="utf-8"))


def config(tool, **source):
    """A configuration with one source, a bank, whose rule is RULE. Returns its path."""
    tool.write("rules/rule.yaml", RULE)
    made = yaml.safe_load((ROOT / "deploy/seinpost.yaml").read_text(encoding="utf-8"))
    made.pop("model", None)  # it stands beside that file
    bank = next(each for each in made["sources"] if each["name"] == "bank-partner-1")
    made.update(schemas=str(ROOT / "schemas"), sources=[{**bank, "retention": "52w", **source}],
                registry="http://127.0.0.1:1")
    return tool.write("seinpost.yaml", yaml.safe_dump(made))


def event(**changes):
    made = json.loads(transfers([1], f"iban:t1:{'a' * 32}"))
    made["id"], made["data"]["debtor_ref"] = "e", f"iban:t1:{'b' * 32}"
    for key, value in changes.items():
        (made["data"] if key in made["data"] else made)[key] = value
    return made


def check(tool, path, *samples, code=0, options=()):
    """Runs the verb. Returns its records, its fields and its sums."""
    done = tool.run("partner", "check", "--config", path, "--source", "bank-partner-1", "--format", "json", *options, *samples)
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    return ([each for each in told if "verdict" in each], {each["field"]: each for each in told if "field" in each}, told[-1])


def lines(tool, *events):
    return tool.write("sample.ndjson", "".join(json.dumps(each) + "\n" for each in events))


def ours(data=None):
    """The catalogue's schema, with more fields of `data`."""
    made = json.loads(json.dumps(SCHEMA))
    next(each for each in made["fields"] if each["name"] == "data")["type"]["fields"].extend(data or [])
    return made


def container(tool, schema, events, **options):
    out = io.BytesIO()
    fastavro.writer(out, fastavro.parse_schema(schema), events, **options)
    path = tool.folder / "sample.avro"
    path.write_bytes(out.getvalue())
    return path


def body(schema, made):
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(schema), made)
    return out.getvalue()


def fates_of_fields(tool):
    """of a bank transfer the rule keeps the key as a pseudonym, compares the amount, and drops what it does not name"""
    path = config(tool)
    small, large = event(id="a"), event(id="b", amount_minor=500000)
    small["data"]["seat"] = "12A"
    records, fields, sums = check(tool, path, lines(tool, small, large))
    fates = {"creditor_ref": "pseudonymised", "amount_minor": "compared", "currency": "compared", "debtor_ref": "dropped"}
    assert records[0]["fields"] == {**fates, "seat": "dropped"} and records[0]["rules"] == ["many_transfers"], records
    assert records[1]["fields"] == {**fates, "creditor_ref": "dropped"} and records[1]["rules"] == [], records
    assert fields["creditor_ref"]["pseudonymised"] == fields["creditor_ref"]["dropped"] == 1
    assert fields["creditor_ref"]["kept_by"] == ["many_transfers"] and fields["amount_minor"]["compared_by"] == ["many_transfers"]
    assert not fields["debtor_ref"]["kept_by"] + fields["debtor_ref"]["compared_by"] and not fields["seat"]["known"]
    assert (sums["records"], sums["good"], sums["unasked"]) == (2, 2, 1)
    told = tool.good("partner", "check", "--config", path, "--source", "bank-partner-1", tool.folder / "sample.ndjson")
    assert "debtor_ref: 2 dropped; no rule asks for it: it need not be sent" in told, told
    assert "seat: 1 dropped; the catalogue has no such field" in told


def refused_by_code(tool):
    """each record that the daemon refuses is refused with its code, and no value of it is printed"""
    path = config(tool)
    unwritable = event()
    unwritable["data"]["amount_minor"] = NAME
    named = event()
    named["data"][PHONE] = PHONE
    wanted = [("good", event(id=NAME)), ("source_mismatch", event(source=NAME)), ("purpose_not_allowed", event(purpose=[NAME])),
              ("basis_not_allowed", event(legal_basis=NAME)), ("basis_not_allowed", event(legal_basis="pnr-6.2a")),
              ("id_missing", event(id="")), ("id_missing", event(id=PHONE * 6)), ("time_range", event(time=NAME)),
              ("time_range", event(time="1912-01-01T00:00:00Z")), ("time_future", event(time="2190-01-01T00:00:00Z")),
              ("type_not_allowed", event(type=NAME)), ("type_not_allowed", event(type="card.issued", data={})),
              ("identity_clear", event(creditor_ref=NAME)), ("decode", unwritable), ("good", named)]
    sample = lines(tool, *(each for _, each in wanted))
    records, fields, sums = check(tool, path, sample, code=1)
    assert [each["verdict"] for each in records] == [code for code, _ in wanted], records
    assert sums["good"] == 2 and sum(sums["refused"].values()) == len(wanted) - 2
    assert "(no name of a field)" in fields and fields["creditor_ref"]["refused"] > 0
    for form in ("text", "json"):
        told = tool.bad(1, "partner", "check", "--config", path, "--source", "bank-partner-1", "--format", form, sample)
        assert not any(part in told for part in (NAME, PHONE, "iban:", "95000")), told
    assert "`purpose` may have smuggling" in tool.bad(1, "partner", "check", "--config", path, "--source", "bank-partner-1", sample)


def late_by_its_rules(tool):
    """an event further behind the newest than its rules wait is late, as in a topic"""
    old, new = event(id="old", time="2026-01-01T00:00:00Z"), event(id="new", time="2026-01-10T00:00:00Z")
    path = config(tool, lateness="1d")
    assert [each["verdict"] for each in check(tool, path, lines(tool, new, old), code=1)[0]] == ["good", "late"]
    assert [each["verdict"] for each in check(tool, path, lines(tool, old, new))[0]] == ["good", "good"]


def containers(tool):
    """all records of an Avro container are read, over its blocks; one that is compressed or cut off is told"""
    path = config(tool)
    schema = ours([{"name": "branch", "type": "string"}])
    events = [event(id=f"e{number}", time=1767225600000 + number) for number in range(300)]
    for each in events:
        each["data"]["branch"] = "x" * 50
    records, fields, _ = check(tool, path, container(tool, schema, events, sync_interval=2000))
    assert [each["record"] for each in records] == list(range(1, 301)) and {each["verdict"] for each in records} == {"good"}
    assert fields["branch"]["dropped"] == fields["creditor_ref"]["pseudonymised"] == 300 and not fields["branch"]["known"]
    whole = (tool.folder / "sample.avro").read_bytes()
    (tool.folder / "sample.avro").write_bytes(whole[:-40])
    assert "cut off" in tool.bad(2, "partner", "check", "--config", path, "--source", "bank-partner-1", "sample.avro")
    container(tool, schema, events, codec="deflate")
    assert "compressed" in tool.bad(2, "partner", "check", "--config", path, "--source", "bank-partner-1", "sample.avro")
    other = {**schema, "namespace": "bank", "name": "gossip"}
    records, _, _ = check(tool, path, container(tool, other, events[:3]), code=1)
    assert {each["verdict"] for each in records} == {"schema_mismatch"}, records


def framed_records(tool):
    """a record as on the wire is read by the schema of the source's folder, or the one given; another wire is told"""
    made = event(time=1767225600000)
    path = config(tool, wire="single-object", writers=str(tool.folder / "writers"))
    tool.write("writers/bank.transfer.avsc", json.dumps(SCHEMA))
    encoded = body(SCHEMA, made)
    for name, head in (("good", b"\xc3\x01" + fingerprint(SCHEMA)), ("unknown", b"\xc3\x01" + b"\x07" * 8), ("other", b"\0\0\0\0\1"),
                       ("short", b"\xc3\x01\0")):
        (tool.folder / name).write_bytes(head + (encoded if name != "short" else b""))
    (tool.folder / "long").write_bytes((tool.folder / "good").read_bytes() + b"!")
    names = ("good", "unknown", "other", "short", "long")
    records, fields, _ = check(tool, path, *names, code=1)
    assert [each["verdict"] for each in records] == ["good", "schema_unknown", "frame_magic", "frame_short", "decode"], records
    assert fields["creditor_ref"]["pseudonymised"] == 1
    tool.write("given.avsc", json.dumps(SCHEMA))
    assert check(tool, path, "unknown", options=("--schema", "given.avsc"))[0][0]["verdict"] == "good"
    confluent = config(tool, wire="confluent")  # nobody is the registry
    assert "registry does not answer" in tool.bad(3, "partner", "check", "--config", confluent, "--source", "bank-partner-1", "other")
    assert check(tool, confluent, "other", options=("--schema", "given.avsc"))[0][0]["verdict"] == "good"


def fingerprint(schema):
    """CRC-64-AVRO of the canonical form, little-endian."""
    crc = 0xC15D213AA4D7A795
    for byte in fastavro.schema.to_parsing_canonical_form(schema).encode():
        value = (crc ^ byte) & 0xFF
        for _ in range(8):
            value = (value >> 1) ^ (0xC15D213AA4D7A795 & -(value & 1))
        crc = (crc >> 8) ^ value
    return struct.pack("<Q", crc)


def clear_identities(tool):
    """a source of clear identities is checked without the daemon's key, and none is printed"""
    path = config(tool, identities="clear")
    sample = lines(tool, event(creditor_ref="NL91 ABNA 0417 1643 00", debtor_ref="nl91abna0417164300"), event(creditor_ref=NAME))
    records, fields, _ = check(tool, path, sample, code=1)
    assert [each["verdict"] for each in records] == ["good", "identity_malformed"] and fields["creditor_ref"]["pseudonymised"] == 1
    told = tool.bad(1, "partner", "check", "--config", path, "--source", "bank-partner-1", sample)
    assert "key of its own" in told and "0417" not in told and NAME not in told, told


def cannot_be_asked(tool):
    """without a source of that name, a file or a record nothing is answered"""
    path = config(tool)
    assert "it has bank-partner-1" in tool.bad(2, "partner", "check", "--config", path, "--source", "nobody", lines(tool, event()))
    tool.bad(2, "partner", "check", "--config", path, "--source", "bank-partner-1", "no-such-file")
    assert "no record" in tool.bad(2, "partner", "check", "--config", path, "--source", "bank-partner-1", tool.write("empty", ""))
    tool.bad(2, "partner", "check", "--config", path, "--source", "bank-partner-1")
    tool.bad(2, "partner", "dance")


SECTORS = ("air", "rail", "bank", "card", "housing", "kvk")
SHIPPED = yaml.safe_load((ROOT / "deploy/seinpost.yaml").read_text(encoding="utf-8"))["sources"]


def add(tool, sector, *options):
    return tool.good("partner", "add", f"{sector}-7", "--sector", sector, "--topic", f"partner.{sector}-7", *options)


def blocks(guide, language):
    """The pieces of code of a guide."""
    return re.findall(rf"^```{language}\n(.*?)^```$", guide, re.M | re.S)


def source_as_shipped(tool):
    """the source that add prints is one of the configuration, with what deploy/seinpost.yaml has for its sector"""
    for sector in SECTORS:
        (printed,) = yaml.safe_load(add(tool, sector, "--part", "source"))
        shipped = next(each for each in SHIPPED if each["types"] == [f"{sector}.*"])
        assert printed.get("enabled", True) == shipped.get("enabled", True), sector
        for key in ("types", "identities", "purposes", "legal-bases", "lateness", "max-skew", "idle", "retention"):
            assert printed[key] == shipped[key], (sector, key, printed)
        assert (printed["name"], printed["topic"]) == (f"{sector}-7", f"partner.{sector}-7")
    (printed,) = yaml.safe_load(add(tool, "air", "--part", "source", "--types", "air.boarded,air.booking.*"))
    assert printed["types"] == ["air.boarded", "air.booking.*"]


def examples_are_good(tool):
    """each event type of a sector has an example, and the daemon would take it from the source that add prints"""
    for sector in SECTORS:
        guide = add(tool, sector, "--guide")
        events = [json.loads(block) for block in blocks(guide, "json")]
        wanted = sorted(path.stem for path in (ROOT / "schemas/signals").glob(f"{sector}.*.avsc"))
        assert sorted(each["type"] for each in events) == wanted, sector
        path = config(tool)
        made = yaml.safe_load(path.read_text(encoding="utf-8"))
        made["sources"] = yaml.safe_load(add(tool, sector, "--part", "source"))
        made["sources"][0]["enabled"] = True
        made["topics"]["matches"]["retention"] = made["sources"][0]["retention"]  # no longer than the law allows
        made["rules"] = str(tool.folder / "none")
        (tool.folder / "none").mkdir(exist_ok=True)
        (tool.folder / f"writers/{sector}-7").mkdir(parents=True)
        path.write_text(yaml.safe_dump(made), encoding="utf-8")
        told = tool.good("partner", "check", "--config", path, "--source", f"{sector}-7", lines(tool, *events))
        assert f"{len(wanted)} records: {len(wanted)} good" in told, told
        for each in events:  # every field of the type is there
            schema = json.loads((ROOT / f"schemas/signals/{each['type']}.avsc").read_text(encoding="utf-8"))
            data = next(field for field in schema["fields"] if field["name"] == "data")["type"]["fields"]
            assert list(each["data"]) == [field["name"] for field in data], each


def guide_code_writes_records(tool):
    """the guide's Python, as it stands, writes records that the daemon would take by the guide's schemas"""
    guide = add(tool, "bank", "--guide")
    (code,) = blocks(guide, "python")
    tool.write("publish.py", code)
    tool.write("client.conf", "bootstrap.servers=127.0.0.1:1\n")
    lines(tool, *(json.loads(block) for block in blocks(guide, "json")))
    shutil.copytree(ROOT / "schemas/signals", tool.folder / "schemas")
    shutil.copytree(ROOT / "schemas/signals", tool.folder / "writers/bank-7")
    done = subprocess.run([sys.executable, "publish.py", "--now", "--files", "sample.ndjson"], cwd=tool.folder, check=False,
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    path = config(tool)
    made = yaml.safe_load(path.read_text(encoding="utf-8"))
    made["sources"] = yaml.safe_load(add(tool, "bank", "--part", "source"))
    path.write_text(yaml.safe_dump({**made, "rules": str(ROOT / "deploy/rules/bank")}), encoding="utf-8")
    files = sorted(tool.folder.glob("*.bin"))
    told = tool.good("partner", "check", "--config", path, "--source", "bank-7", *files)
    assert len(files) >= 4 and f"{len(files)} records: {len(files)} good" in told, told
    assert "bank.transfer: serves " in told
    java, kcat = blocks(guide, "java")[0], blocks(guide, "sh")[0]
    assert '"partner.bank-7"' in java and "-t partner.bank-7 " in kcat and "@" not in guide


def commands_are_few(tool):
    """the scripts are shell, and allow the partner one operation on one topic, and the daemon no All, Create, Delete or Alter"""
    script = add(tool, "bank", "--part", "commands")
    rights = tool.good("partner", "rights", "--config", ROOT / "deploy/seinpost.yaml")
    desk = tool.good("partner", "rights", "--config", ROOT / "deploy/seinpost.yaml", "--reader", "kmar:seinpost.alerts")
    for text in (script, rights, desk):
        assert subprocess.run(["sh", "-n"], input=text, text=True, check=False).returncode == 0
    allowed = [line for line in script.splitlines() if "User:bank-7" in line]
    assert len(allowed) == 1 and re.findall(r"--operation (\w+)", allowed[0]) == ["Write"] and "--topic partner.bank-7 " in allowed[0]
    assert set(re.findall(r"--operation (\w+)", rights)) == {"Read", "Write", "Describe", "DescribeConfigs"}
    assert "--topic seinpost.alerts" not in "".join(line for line in rights.splitlines() if "--operation Read" in line).replace(
        "--topic seinpost.alerts.current", "")
    assert re.findall(r"--operation (\w+) --(\w+) (\S+)", desk) == [("Read", "topic", "seinpost.alerts"), ("Read", "group", "kmar.")]


def add_refuses(tool):
    """a name that a shell or YAML would read otherwise, another sector or event type is refused, and nothing printed"""
    for words in (["a b"], ["a;b"], ["$(x)"], ["-a"], ["1"], ["a", "--topic", "b c"], ["a", "--sector", "sea"],
                  ["a", "--types", "card.issued"], ["a", "--types", ""], ["a", "b"], []):
        done = tool.run("partner", "add", "--sector", "bank", "--topic", "t", *words)
        assert done.returncode == 2 and not done.stdout and done.stderr, (words, done.stdout)
    tool.bad(2, "partner", "rights", "--config", ROOT / "deploy/seinpost.yaml", "--reader", "kmar")
    tool.bad(2, "partner", "rights")


CLAIMS = [fates_of_fields, refused_by_code, late_by_its_rules, containers, framed_records, clear_identities, cannot_be_asked,
          source_as_shipped, examples_are_good, guide_code_writes_records, commands_are_few, add_refuses]
