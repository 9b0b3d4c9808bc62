"""Cases by hand: what a random schema does not hit, or what fastavro and the specification see otherwise.

Each is (name, what must be seen of the probe's answer or a word for it, event type, writer's schema, body). Bodies are
encoded by fastavro, but for those that no encoder would make.
"""
import json

import hostile
import records

# Avro's own test data (share/test/data/schema-tests.txt of its source tree): canonical form, CRC-64-AVRO as a signed long.
FINGERPRINTS = (('"null"', 7195948357588979594), ('"boolean"', -6970731678124411036), ('"int"', 8247732601305521295),
                ('"long"', -3434872931120570953), ('"float"', 5583340709985441680), ('"double"', -8181574048448539266),
                ('"bytes"', 5746618253357095269), ('"string"', -8142146995180207161))
# (schema, its canonical form) by the specification's text, where fastavro gives another or none.
CANONICAL = (
    ('{"type":"record","name":"R","namespace":"a","fields":[{"name":"f","type":{"type":"enum","name":"E","namespace":"",'
     '"symbols":["A"]}}]}',
     '{"name":"a.R","type":"record","fields":[{"name":"f","type":{"name":"E","type":"enum","symbols":["A"]}}]}'),
    ('{"type":{"type":"string"}}', '"string"'),
    ('{"type":["null",{"type":"int"}]}', '["null","int"]'),
    ('{"type":"fixed","size":4,"name":"a.b.F","namespace":"ignored"}', '{"name":"a.b.F","type":"fixed","size":4}'),
)
NOT_SCHEMAS = ("", "{", '{"type":"record"}', '{"name":"x"}', "7", "null", "[1]", '{"type":"array"}', '{"type":"map"}',
               '{"type":"record","name":"R"}', '{"type":"record","name":"R","fields":[{"name":"f"}]}',
               '{"type":"record","name":"R","fields":[{"type":"int"}]}',
               '[{"type":"fixed","name":"a.F","size":1},{"type":"fixed","name":"F","namespace":"a","size":1}]',
               "[" * 1000 + "]" * 1000)
# (schema, bytes in hex, what is read or why not), of "Binary Encoding": its own examples, and what it rules out.
SPECIFIED = (
    *(("long", data, number) for data, number in (("00", 0), ("01", -1), ("02", 1), ("03", -2), ("04", 2), ("7f", -64),
                                                  ("8001", 64), ("feffffffffffffffff01", 2**63 - 1),
                                                  ("ffffffffffffffffff01", -2**63), ("808000", 0))),
    ("string", "06666f6f", "foo"),
    ({"type": "record", "name": "test", "fields": [{"name": "a", "type": "long"}, {"name": "b", "type": "string"}]},
     "3606666f6f", {"a": 27, "b": "foo"}),
    *(({"type": "enum", "name": "Foo", "symbols": ["A", "B", "C", "D"]}, data, symbol) for data, symbol in (
        ("00", "A"), ("06", "D"), ("08", "enum"), ("01", "enum"))),
    *(({"type": "array", "items": "long"}, data, value) for data, value in (
        ("04063600", [3, 27]), ("0304063600", [3, 27]), ("0206023600", [3, 27]), ("00", []), ("03020636", "length"),
        ("0304063602", "truncated"), ("030106363600", "length"), ("0406", "truncated"))),
    ({"type": "map", "values": "boolean"}, "0202610100", [("a", True)]),
    *((["null", "string"], data, value) for data, value in (
        ("00", None), ("020261", "a"), ("04", "union"), ("01", "union"), ("", "truncated"))),
    ({"type": "fixed", "name": "F", "size": 2}, "0001", b"\0\1"),
    *(("boolean", data, value) for data, value in (("00", False), ("01", True), ("02", "boolean"), ("0101", "trailing"))),
    ("int", "feffffff0f", 2**31 - 1), ("int", "8080808010", "int"), ("float", "0000803f", b"\0\0\x80\x3f"),
    ("double", "00000000000000", "truncated"), ("null", "", None), ("string", "06666f", "truncated"),
    ("string", "0266", "f"), ("string", "06eda080", "utf8"), ("string", "04c0af", "utf8"), ("string", "08f4908080", "utf8"),
    ("string", "02ff", "utf8"), ("string", "0400c3", "utf8"), ("bytes", "02ff", b"\xff"),
    ("bytes", "01", "length"), ("long", "80808080808080808002", "truncated"), ("long", "80", "truncated"),
    ({"type": "array", "items": "null"}, "80808080808080808001", "items"),
)
REASONS = {"enum", "length", "truncated", "union", "boolean", "trailing", "int", "utf8", "items"}
INSTANTS = (("1970-01-01", 0), ("1970-01-01T00:00:00Z", 0), ("1985-04-12T23:20:50.52Z", 482196050520),
            ("1996-12-19T16:39:57-08:00", 851042397000), ("1990-12-31T23:59:60Z", 662688000000),
            ("1937-01-01T12:00:27.87+00:20", -1041337172130), ("1970-01-01T00:00:00", None), ("1970-1-1", None),
            ("2025-02-29", None), ("1970-01-01T24:00:00Z", None), ("1970-01-01T00:00:00.Z", None), ("", None))
REFUSED, UNHARMED = "refused", "unharmed"
MS = 1764000000123


def plain(data_types=None, data=None, extra_types=None, extra=None):
    """(schema, datum) of an air.booking.created with these fields in `data` and in the envelope."""
    fields = [{"name": "id", "type": "string"}, {"name": "source", "type": "string"}, {"name": "time", "type": "long"},
              {"name": "data", "type": {"type": "record", "name": "created_data", "fields": [
                  {"name": name, "type": kind} for name, kind in (data_types or {}).items()]}}]
    for name, kind in (extra_types or {}).items():
        fields = [field for field in fields if field["name"] != name] + [{"name": name, "type": kind}]
    schema = {"type": "record", "name": "created", "namespace": "air.booking", "fields": fields}
    return schema, {"id": "i", "source": "s", "time": MS, "data": data or {}, **(extra or {})}


def value_case(name, kind, datum, field, value):
    """A field of `data` written as another type: its value must be this one; None: it is missing."""
    schema, event = plain({field: kind}, {field: datum})
    return name, {"data": {} if value is None else {field: value}}, schema, records.encode(schema, event)


def refused_case(name, kind, datum, field):
    """A field of `data` written as a type that it cannot be read from."""
    schema, event = plain({field: kind}, {field: datum})
    return name, REFUSED, schema, records.encode(schema, event)


def bare(datum):
    """The values of what the strict reader read, without their types."""
    if datum.kind == "record":
        return {name: bare(field) for name, field in datum.value.items()}
    if datum.kind == "array":
        return [bare(item) for item in datum.value]
    if datum.kind == "map":
        return [(key, bare(item)) for key, item in datum.value]
    return None if datum.kind == "null" else datum.value


def promotions():
    """Schema resolution, by the specification: what the writer's type may be."""
    yield value_case("int written for long", "int", 5, "amount_minor", 5)
    yield value_case("bytes written for string", "bytes", b"KL", "carrier", "KL")
    yield value_case("int for a time", "int", 86400000, "depart_at", {"ms": 86400000})
    yield value_case("array of string or null", {"type": "array", "items": ["null", "string"]}, ["AMS", "ATH"], "route",
                     ["AMS", "ATH"])
    yield value_case("array of one-branch union", {"type": "array", "items": ["string"]}, ["AMS"], "route", ["AMS"])
    yield value_case("union of one branch", ["string"], "KL", "carrier", "KL")
    yield value_case("array in a union", ["null", {"type": "array", "items": "string"}], ["AMS"], "route", ["AMS"])
    yield value_case("enum for a text", {"type": "enum", "name": "E", "symbols": ["X", "KL"], "default": "X"}, "KL",
                     "carrier", "KL")
    yield value_case("null of a union that has nothing of ours", ["null", {"type": "map", "values": "string"}], None,
                     "carrier", None)
    yield value_case("a field of null", "null", None, "carrier", None)
    yield value_case("a union of null alone", ["null"], None, "route", None)
    map_type = {"type": "map", "values": "string"}
    yield refused_case("the branch of a union that is not ours", ["null", map_type, "string"], {"a": "b"}, "carrier")
    yield refused_case("a null in a list", {"type": "array", "items": ["null", "string"]}, ["AMS", None], "route")
    yield refused_case("bytes that are no text", "bytes", b"K\xff", "carrier")
    yield refused_case("double for an int", "double", 2.0, "pax_count")
    yield refused_case("float for a long", "float", 2.0, "amount_minor")
    yield refused_case("string for an int", "string", "2", "pax_count")
    yield refused_case("int for a truth", "int", 1, "one_way")
    yield refused_case("map for a text", map_type, {"a": "b"}, "carrier")
    yield refused_case("fixed for a text", {"type": "fixed", "name": "F", "size": 2}, b"KL", "carrier")
    yield refused_case("a text for a list", "string", "AMS", "route")
    yield refused_case("enum for a time", {"type": "enum", "name": "E", "symbols": ["X"]}, "X", "depart_at")


def times():
    """The units in which a number is a time ("Logical Types")."""
    def number(kind, logical):
        return {"type": kind, "logicalType": logical}
    for kind, logical, written, ms in (
            ("long", "timestamp-millis", MS, MS), ("long", "timestamp-micros", MS * 1000 + 999, MS),
            ("long", "timestamp-micros", -1, -1), ("long", "timestamp-nanos", MS * 10**6, MS),
            ("int", "date", 20416, 20416 * 86400000), ("int", "date", -2**31, -2**31 * 86400000),
            # a logical type that is not of this Avro type, or of none, is to be ignored
            ("int", "timestamp-micros", 5000, 5000), ("long", "date", MS, MS), ("long", "time-millis", MS, MS),
            ("long", "of-no-list", MS, MS)):
        yield value_case(f"{logical} of {kind}: {written}", number(kind, logical), written, "depart_at", {"ms": ms})
    for kind, logical in (("int", "time-millis"), ("long", "time-micros"), ("long", "local-timestamp-millis"),
                          ("long", "local-timestamp-micros"), ("long", "local-timestamp-nanos")):
        yield refused_case(f"{logical} is no moment", number(kind, logical), 3600000, "depart_at")
    union = ["null", number("int", "date"), number("long", "timestamp-micros"), "string"]
    for branch, written, ms in (("int", 20416, 20416 * 86400000), ("long", MS * 1000, MS),
                                ("string", "2025-11-24T16:00:00.123Z", MS)):
        yield value_case(f"each branch has its unit: {branch}", union, (branch, written), "depart_at", {"ms": ms})
    both = ["null", number("int", "time-millis"), "long"]
    yield value_case("a moment beside a time of day", both, ("long", MS), "depart_at", {"ms": MS})
    yield refused_case("a time of day beside a moment", both, ("int", 5), "depart_at")
    schema, _ = plain({"depart_at": "int"})  # forbidden, but Avro C takes it: which unit is it?
    schema["fields"][3]["type"]["fields"][0]["type"] = ["int", number("int", "date")]
    body = records.encode(*plain()) + hostile.zigzag(1) + hostile.zigzag(20416)
    yield "a union of two ints in two units", REFUSED, schema, body
    attribute, event = plain({"depart_at": "long"}, {"depart_at": MS})
    attribute["fields"][3]["type"]["fields"][0]["logicalType"] = "timestamp-micros"  # says nothing: it is not the type's
    yield "a logical type beside the type", {"data": {"depart_at": {"ms": MS}}}, attribute, records.encode(attribute, event)
    schema, event = plain(extra_types={"time": number("long", "timestamp-micros")}, extra={"time": MS * 1000})
    yield "event time in microseconds", {"time": {"ms": MS}}, schema, records.encode(schema, event)
    before, data = ({"type": "record", "name": "created_data", "namespace": space, "fields": [
        {"name": "depart_at", "type": number("long", logical)}]} for space, logical in (
            ("old", "timestamp-millis"), ("new", "timestamp-micros")))
    schema, event = plain(extra_types={"data": data}, extra={"data": {"depart_at": MS * 1000}})
    schema["fields"].insert(0, {"name": "before", "type": before})
    body = records.encode(schema, {**event, "before": {"depart_at": 1}})
    yield "two records of one name in two namespaces", {"data": {"depart_at": {"ms": MS}}}, schema, body


def envelopes():
    """What the envelope says must be readable: a purpose that is not must not pass for none."""
    map_type = {"type": "map", "values": "string"}
    for name, good in (("purpose", {"type": "array", "items": "string"}), ("legal_basis", "string"), ("type", "string"),
                       ("id", "string"), ("source", "string")):
        schema, event = plain(extra_types={name: [map_type, good]}, extra={name: {"a": "b"}})
        yield f"{name} of another branch", REFUSED, schema, records.encode(schema, event)
        schema, event = plain(extra_types={name: ["null", good]}, extra={name: None})
        yield f"{name} of null", {"purposes" if name == "purpose" else name: [] if name == "purpose" else ""}, schema, \
            records.encode(schema, event)
    schema, event = plain(extra_types={"purpose": {"type": "array", "items": ["null", "string"]}},
                          extra={"purpose": ["smuggling", None]})
    yield "a purpose that is null", REFUSED, schema, records.encode(schema, event)
    schema, event = plain(extra_types={"purpose": "string"}, extra={"purpose": "smuggling"})
    yield "a purpose that is no list", REFUSED, schema, records.encode(schema, event)
    schema, event = plain(extra_types={"time": ["null", "long"]}, extra={"time": None})
    yield "time of null", {"time": None}, schema, records.encode(schema, event)
    schema, event = plain()
    twice = {**schema, "fields": [schema["fields"][0], *schema["fields"]]}
    yield "id told twice", REFUSED, twice, records.encode(schema, event)[:2] + records.encode(schema, event)


def limits():
    """The daemon's limits hold, and no earlier than they say (writer.h)."""
    for name, size, good in (("carrier", 8192, True), ("carrier", 8193, False), ("unread", 8193, True),
                             ("unread", 200000, True), ("unread", 262144, False)):
        schema, event = plain({name: "string"}, {name: "x" * size})
        wanted = {"data": {"carrier": "x" * size} if name == "carrier" else {}} if good else REFUSED
        yield f"{size} bytes of {name}", wanted, schema, records.encode(schema, event)
    for counts, good in (((5000, 5000), True), ((5000, 5001), False)):
        ints = {"type": "array", "items": "int"}
        schema, event = plain({"a": ints, "b": ints}, {"a": [1] * counts[0], "b": [2] * counts[1]})
        yield f"{counts} items of two arrays", {"data": {}} if good else REFUSED, schema, records.encode(schema, event)
    for fields, good in ((18, True), (20, False)):
        wide = {"type": "record", "name": "Wide", "fields": [{"name": f"f{i}", "type": "null"} for i in range(fields)]}
        nulls = [{f"f{i}": None for i in range(fields)}] * 10000
        schema, event = plain({"w": {"type": "array", "items": wide}}, {"w": nulls})
        yield f"10,000 items of {fields} nulls", {"data": {}} if good else REFUSED, schema, records.encode(schema, event)


def shapes():
    """Where the record of the data may stand, and how types may be named."""
    schema, event = plain({"carrier": "string"}, {"carrier": "KL"})
    data = schema["fields"][3]["type"]
    wrapped = {**schema, "fields": schema["fields"][:3] + [{"name": "data", "type": ["null", data]}]}
    yield "data in a union", {"data": {"carrier": "KL"}}, wrapped, records.encode(wrapped, event)
    linked = {**schema, "fields": [{"name": "before", "type": data}, *schema["fields"][:3],
                                   {"name": "data", "type": "air.booking.created_data"}]}
    body = records.encode(linked, {**event, "before": {"carrier": "XX"}})
    yield "data by its name", {"data": {"carrier": "KL"}}, linked, body
    short = {**linked, "fields": linked["fields"][:-1] + [{"name": "data", "type": "created_data"}]}
    yield "data by its short name", {"data": {"carrier": "KL"}}, short, body
    dotted = {**schema, "name": "air.booking.created", "namespace": "to.be.ignored"}
    yield "a dotted name beside a namespace", {"name": "air.booking.created"}, dotted, records.encode(dotted, event)
    noted = {**schema, "doc": "é€🙂 \"quoted\"", "aliases": ["older"], "connect.version": 2}
    yield "doc, aliases and a registry's attributes", {"data": {"carrier": "KL"}}, noted, records.encode(noted, event)
    with_null = {**schema, "fields": schema["fields"] + [{"name": "none", "type": "null"}]}
    yield "a field of null", {"data": {"carrier": "KL"}}, with_null, records.encode(with_null, {**event, "none": None})
    hollow, event = plain({"carrier": "string"}, {"carrier": "KL"}, {"x": {"type": "fixed", "name": "F", "size": 0}},
                          {"x": b""})
    yield "fixed of size 0", {"data": {"carrier": "KL"}}, hollow, records.encode(hollow, event)
    for name, items, count in (("nulls", "null", 10000), ("empty records", {"type": "record", "name": "E", "fields": []}, 3),
                               ("fixed 0", {"type": "fixed", "name": "F", "size": 0}, 3)):
        item = {"nulls": None, "empty records": {}, "fixed 0": b""}[name]
        hollow, event = plain({"carrier": "string"}, {"carrier": "KL"}, {"x": {"type": "array", "items": items}},
                              {"x": [item] * count})
        yield f"an array of {name}", {"data": {"carrier": "KL"}}, hollow, records.encode(hollow, event)
    renamed, event = plain({"carrier_old": "string"}, {"carrier_old": "KL"})
    renamed["fields"][3]["type"]["fields"][0]["aliases"] = ["carrier"]  # only the reader's aliases rename
    yield "a writer's alias", {"data": {}}, renamed, records.encode(renamed, event)
    yield from unions_of_data()


def unions_of_data():
    """The data in a union with other types, and with records that are not ours."""
    schema, event = plain({"carrier": "string"}, {"carrier": "KL"})
    data = schema["fields"][3]["type"]
    note = {"type": "record", "name": "note", "fields": [{"name": "carrier", "type": "string"}]}
    other = {**data, "namespace": "elsewhere"}
    ours, good = ("air.booking.created_data", {"carrier": "KL"}), {"data": {"carrier": "KL"}}
    for name, union, datum, wanted in (
            ("text", ["null", "string", data], ours, good), ("a text that is written", ["string", data], "x", REFUSED),
            ("null that is written", ["null", data], None, REFUSED), ("another record", [note, data], ours, good),
            ("another record behind", [data, note], ours, good),
            ("another record that is written", [note, data], ("air.booking.note", {"carrier": "XX"}), REFUSED),
            ("another alone", [note], ("air.booking.note", {"carrier": "KL"}), good),
            ("two of our name", [other, data], ours, REFUSED),
            ("two of another name", [note, {**note, "name": "memo"}], ("air.booking.memo", {"carrier": "KL"}), REFUSED)):
        changed = {**schema, "fields": schema["fields"][:3] + [{"name": "data", "type": union}]}
        yield f"data in a union with {name}", wanted, changed, records.encode(changed, {**event, "data": datum})


def missing():
    """Required fields that the writer does not have, or has as null."""
    for name in ("id", "source", "time", "data"):
        schema, event = plain()
        schema = {**schema, "fields": [field for field in schema["fields"] if field["name"] != name]}
        yield f"no field {name}", REFUSED, schema, records.encode(schema, event)
    schema, event = plain(extra_types={"id": ["null", "string"]}, extra={"id": None})
    yield "id is null", {"id": ""}, schema, records.encode(schema, event)
    schema, event = plain({"carrier": "string"}, {"carrier": ""})
    yield "an empty text is missing", {"data": {}}, schema, records.encode(schema, event)


def blocks():
    """Arrays in several blocks, with and without their sizes (specification, "Arrays")."""
    schema, event = plain({"route": {"type": "array", "items": "string"}}, {"route": ["AMS"]})
    body = records.encode(schema, event)
    item, end = hostile.zigzag(3) + b"AMS", hostile.zigzag(0)
    one = hostile.zigzag(1) + item + end
    assert body.endswith(one)
    head = body[:-len(one)]
    for name, blocks_bytes, count in (
            ("two blocks", (hostile.zigzag(1) + item) * 2 + end, 2),
            ("a block with its size", hostile.zigzag(-2) + hostile.zigzag(8) + item * 2 + end, 2),
            ("10,000 items", hostile.zigzag(10000) + item * 10000 + end, 10000),
            ("10,000 items and their size", hostile.zigzag(-10000) + hostile.zigzag(40000) + item * 10000 + end, 10000),
            ("no items", end, 0)):
        yield name, {"data": {"route": ["AMS"] * count} if count else {}}, schema, head + blocks_bytes
    for name, bytes_ in (("10,001 items", hostile.zigzag(10001) + item * 10001 + end),
                         ("2^60 items", hostile.zigzag(2**60) + item + end),
                         ("a block of the least long", hostile.zigzag(-2**63) + end),
                         ("a block with too long a size", hostile.zigzag(-1) + hostile.zigzag(5) + item + end),
                         ("a block with too short a size", hostile.zigzag(-1) + hostile.zigzag(3) + item + end),
                         ("a block with a negative size", hostile.zigzag(-1) + hostile.zigzag(-5) + item + end)):
        yield name, REFUSED, schema, head + bytes_


def specified():
    """What the specification says of bytes, in a field that is passed over: it is looked at all the same."""
    for schema, body, read in SPECIFIED:
        refused = isinstance(read, str) and read in REASONS
        outer, event = plain()
        head = records.encode(outer, event)
        outer["fields"].append({"name": "x", "type": schema})
        wanted = {"verdict": "decode", "detail": read} if refused else {"verdict": "good"}
        name = schema if isinstance(schema, str) else json.dumps(schema)
        yield f"{name} of {body or 'nothing'}", wanted, outer, head + bytes.fromhex(body)


def empty_items():
    """2^60 items that take no bytes: they must be refused at once."""
    for name, items in (("null", "null"), ("empty record", {"type": "record", "name": "E", "fields": []}),
                        ("fixed 0", {"type": "fixed", "name": "F", "size": 0})):
        schema, event = plain(extra_types={"x": {"type": "array", "items": items}}, extra={"x": []})
        body = records.encode(schema, event)[:-1]
        yield f"2^60 items of {name}", REFUSED, schema, body + hostile.zigzag(2**60) + hostile.zigzag(0)
        yield f"blocks without end of {name}", REFUSED, schema, body + hostile.zigzag(9000) * 20000 + hostile.zigzag(0)


def nested(depth):
    kind = "long"
    for _ in range(depth):
        kind = {"type": "array", "items": kind}
    return kind


def doubling(levels):
    """A schema of few bytes whose types, written out, are 2^levels."""
    fields = [{"name": "f0", "type": {"type": "record", "name": "D0", "fields": [{"name": "x", "type": "null"}]}}]
    for i in range(1, levels):
        fields.append({"name": f"f{i}", "type": {"type": "record", "name": f"D{i}", "fields": [
            {"name": "a", "type": f"D{i - 1}"}, {"name": "b", "type": f"D{i - 1}"}]}})
    return {"type": "record", "name": "Doubling", "fields": fields}


def bad_schemas():
    """Schemas that no partner should have; the daemon must live on, and say no where nothing can be read."""
    def odd(kind, name="x"):
        return plain(extra_types={name: kind})[0]
    looped = {"type": "record", "name": "L", "fields": [{"name": "next", "type": ["null", "L"]}]}
    yield "a schema that contains itself", REFUSED, odd(looped), b""
    yield "33 arrays deep", REFUSED, odd(nested(33)), b""
    yield "1,000 arrays deep", REFUSED, odd(nested(400)), b""
    yield "a doubling schema", REFUSED, odd(doubling(28)), b""
    for size in (-1, 2**31 - 1, 2**31, 2**40, 2**62, 2**63 - 1):
        yield f"fixed of size {size}", REFUSED, odd({"type": "fixed", "name": "F", "size": size}), b""
    yield "fixed without a size", REFUSED, odd({"type": "fixed", "name": "F"}), b""
    yield "enum without symbols", REFUSED, odd({"type": "enum", "name": "E", "symbols": []}), b""
    yield "enum with a number", REFUSED, odd({"type": "enum", "name": "E", "symbols": [1]}), b""
    yield "enum that says a symbol twice", UNHARMED, odd({"type": "enum", "name": "E", "symbols": ["A", "A"]}), b""
    yield "union without branches", UNHARMED, odd([]), b""
    yield "union in a union", UNHARMED, odd(["null", ["null", "int"]]), b""
    yield "union that says int twice", UNHARMED, odd(["int", "int"]), b""
    yield "an unknown type", REFUSED, odd("nobody"), b""
    yield "a type of a number", REFUSED, odd(7), b""
    yield "an empty name", UNHARMED, odd({"type": "record", "name": "", "fields": []}), b""
    yield "a name of 100,000 bytes", UNHARMED, odd({"type": "record", "name": "n" * 100000, "fields": []}), b""
    yield "a field of 200,000 bytes", UNHARMED, odd("int", "n" * 200000), b""
    yield "a schema above its limit", REFUSED, {**plain()[0], "doc": "d" * 300000}, b""
    wide = plain()[0]
    wide = {**wide, "fields": wide["fields"] + [{"name": f"f{i}", "type": "int"} for i in range(8000)]}
    yield "8,000 fields", UNHARMED, wide, b""
    twice = plain()[0]
    yield "a field told twice", UNHARMED, {**twice, "fields": twice["fields"] * 2}, b""
    yield "not a record", REFUSED, {"type": "array", "items": "int"}, b""


def own_schemas(folder):
    """(name, code of the fault or "", text) of schemas in our own catalogue."""
    text = (folder / "air.booking.created.avsc").read_text(encoding="utf-8")
    def changed(name, **attributes):
        schema = json.loads(text)
        field = next(field for field in records.data_of(schema)["fields"] if field["name"] == name)
        field.update(attributes)
        return json.dumps(schema)
    yield "our schema as it is", "", text
    yield "a default that is not null", "E251", changed("currency", type="string", default="EUR")
    yield "a default of none", "", changed("currency", type="string", default=None)
    yield "a personal list", "E252", changed("payer_ref", type=["null", {"type": "array", "items": "string"}])
    yield "a personal number", "E252", changed("payer_ref", type=["null", "long"])


def all_cases():
    for group in (promotions, times, shapes, envelopes, missing, limits, blocks, specified, empty_items, bad_schemas):
        yield from group()
