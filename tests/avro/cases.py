"""Cases by hand: what a random schema does not hit, or what fastavro and the specification see otherwise.

Each is (name, what must be seen of the probe's answer or a word for it, event type, writer's schema, body). Bodies are
encoded by fastavro, but for those that no encoder would make.
"""
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
               '{"type":"record","name":"R","fields":[{"type":"int"}]}', "[" * 1000 + "]" * 1000)
GOOD, REFUSED, UNHARMED = "good", "refused", "unharmed"
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
    """A field of `data` written as another type: its value must be this one."""
    schema, event = plain({field: kind}, {field: datum})
    return name, {"data": {field: value}}, schema, records.encode(schema, event)


def never_wrong(name, kind, field, datum, value):
    """As value_case, but a refusal will do: only another value is wrong."""
    schema, event = plain({field: kind}, {field: datum})
    return name, ("refused or", {"data": {field: value}}), schema, records.encode(schema, event)


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
    yield never_wrong("time in microseconds", {"type": "long", "logicalType": "timestamp-micros"}, "depart_at",
                      MS * 1000, {"ms": MS})
    yield never_wrong("time in days", {"type": "int", "logicalType": "date"}, "depart_at", 20416,
                      {"ms": 20416 * 86400000})
    yield never_wrong("time in nanoseconds", {"type": "long", "logicalType": "timestamp-nanos"}, "depart_at",
                      MS * 1000000, {"ms": MS})
    yield never_wrong("time of day", {"type": "int", "logicalType": "time-millis"}, "depart_at", 3600000, None)
    yield never_wrong("double for an int", "double", "pax_count", 2.0, None)
    yield never_wrong("string for an int", "string", "pax_count", "2", None)
    yield never_wrong("map for a text", {"type": "map", "values": "string"}, "carrier", {"a": "b"}, None)
    yield never_wrong("fixed for a text", {"type": "fixed", "name": "F", "size": 2}, "carrier", b"KL", None)
    schema, event = plain(extra_types={"time": {"type": "long", "logicalType": "timestamp-micros"}},
                          extra={"time": MS * 1000})
    yield "event time in microseconds", ("refused or", {"time": {"ms": MS}}), schema, records.encode(schema, event)


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
    yield "fixed of size 0", ("refused or", {"data": {"carrier": "KL"}}), hollow, records.encode(hollow, event)


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
            ("a block with a wrong size", hostile.zigzag(-1) + hostile.zigzag(99) + item + end, 1),
            ("10,000 items", hostile.zigzag(10000) + item * 10000 + end, 10000),
            ("no items", end, 0)):
        yield name, {"data": {"route": ["AMS"] * count} if count else {}}, schema, head + blocks_bytes
    for name, bytes_ in (("10,001 items", hostile.zigzag(10001) + item * 10001 + end),
                         ("2^60 items", hostile.zigzag(2**60) + item + end),
                         ("a block of the least long", hostile.zigzag(-2**63) + end),
                         ("a block with a negative size", hostile.zigzag(-1) + hostile.zigzag(-5) + item + end)):
        yield name, REFUSED, schema, head + bytes_


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


def all_cases():
    for group in (promotions, shapes, missing, blocks, empty_items, bad_schemas):
        yield from group()
