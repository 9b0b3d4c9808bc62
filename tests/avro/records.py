"""Random events and the ways in which a partner's schema may differ from ours, and what must be read of each.

What is read is told three times: by how the event was made, by the strict reader, and by fastavro's resolution of the
writer's schema to ours. Where fastavro refuses (the daemon takes more than Avro's rules: an enum for a string, a long for
an int), only the first two hold; of an event with odd fields, only the strict reader's word.
"""
import copy
import datetime
import io

import fastavro
import strict
from fastavro.schema import parse_schema

PURPOSES = ("smuggling", "illegal_employment", "trafficking")
WORDS = ("A", "NL", "Ørsted", "x" * 300, "🙂 é", "a b\tc", "0012", "NO", "nul\0here", "'quote\"", "")
ENVELOPE_TEXTS = ("type", "legal_basis", "eval", "handling", "tlp", "pseudo_key")
PRIMITIVES = ("null", "boolean", "int", "long", "float", "double", "bytes", "string")
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
MILLIS = {"type": "long", "logicalType": "timestamp-millis"}


def branches(avro_type):
    """The branches of a union that are not null; of another type, itself."""
    return [branch for branch in avro_type if branch != "null"] if isinstance(avro_type, list) else [avro_type]


def kind_of(avro_type):
    """time, enum, list, bool, int, long or text: what a field of ours holds."""
    for branch in branches(avro_type):
        if isinstance(branch, dict):
            if branch.get("logicalType") == "timestamp-millis":
                return "time"
            return {"enum": "enum", "array": "list"}[branch["type"]]
    return {"boolean": "bool", "int": "int", "long": "long", "string": "text"}[branches(avro_type)[0]]


def rfc3339(random, ms):
    """The instant as text: with a fraction where it needs one, in UTC or at an offset."""
    offset = random.choice([0, 0, 60, -330])
    at = EPOCH + datetime.timedelta(milliseconds=ms) + datetime.timedelta(minutes=offset)
    fraction = f".{ms % 1000:03d}" + random.choice(["", "000", "999"]) if ms % 1000 or random.random() < 0.2 else ""
    zone = "Z" if offset == 0 else f"{'+' if offset > 0 else '-'}{abs(offset) // 60:02d}:{abs(offset) % 60:02d}"
    return at.strftime("%Y-%m-%dT%H:%M:%S") + fraction + zone


def instant(random):
    return random.choice([0, 1, 1764000000000, 7258118399999]) if random.random() < 0.2 else random.randrange(
        631152000000, 4102444800000)


class Field:
    """One field of the writer's record: its schema's type, the datum that is written, and the value it must give."""

    def __init__(self, name, avro_type, datum, value):
        self.name, self.type, self.datum, self.value = name, avro_type, datum, value


def wrapped(random, avro_type, datum):
    """The type alone or in a union, at any branch; the datum tells its branch."""
    draw = random.random()
    if draw < 0.35:
        return avro_type, datum
    union = ["null", avro_type]
    if random.random() < 0.3:
        spare = "bytes" if random.random() < 0.5 else {"type": "map", "values": "long"}
        union.append(spare)
    random.shuffle(union)
    kind = avro_type if isinstance(avro_type, str) else avro_type.get("name", avro_type["type"])
    return union, (kind, datum)


def java_string(random):
    """A string as Java's tools write its schema, or plainly."""
    return {"type": "string", "avro.java.string": "String"} if random.random() < 0.2 else "string"


def text_type(random, symbol_of, value, loose):
    """A type for a text: string, or an enum that has it."""
    if symbol_of is not None or (loose and random.random() < 0.4 and value.isidentifier() and value.isascii()):
        name = symbol_of["name"] if symbol_of else f"loose_{random.randrange(10**9)}"
        symbols = list(symbol_of["symbols"]) if symbol_of else [value, "other"]
        random.shuffle(symbols)
        if value in symbols and (symbol_of is None or random.random() < 0.6):
            return {"type": "enum", "name": name, "symbols": symbols}
    return java_string(random)


def time_type(random, ms):
    """(type, datum) for a time: milliseconds with or without the logical type, or text."""
    draw = random.random()
    if draw < 0.4:
        return dict(MILLIS), ms
    if draw < 0.6:
        return "long", ms
    return "string", rfc3339(random, ms)


def random_value(random, kind, enum):
    """A value of a field: what the daemon must read; texts that are empty and lists without items are missing."""
    if kind == "bool":
        return random.random() < 0.5
    if kind in ("int", "long"):
        bits = 31 if kind == "int" else 63
        return random.choice([0, -1, 2**bits - 1, -2**bits, random.randrange(-1000, 100000)])
    if kind == "time":
        return {"ms": instant(random)}
    if kind == "list":
        return [random.choice(WORDS) for _ in range(random.choice([0, 1, 2, 3, 100]))]
    return random.choice(enum["symbols"]) if enum and random.random() < 0.8 else random.choice(WORDS)


def differing(random, kind, enum, value, loose):
    """(type, datum) by which a writer may write the value."""
    if kind == "bool":
        return "boolean", value
    if kind in ("int", "long"):
        small = -2**31 <= value < 2**31
        return random.choice((["int"] if small else []) + (["long"] if kind == "long" or loose else []) or ["int"]), value
    if kind == "time":
        return time_type(random, value["ms"])
    if kind == "list":
        return {"type": "array", "items": java_string(random)}, value
    return text_type(random, enum, value, loose), value


def data_field(random, field, loose):
    """One of our fields as some writer has it; None where the writer does not have it at all."""
    kind = kind_of(field["type"])
    enum = next((branch for branch in branches(field["type"]) if isinstance(branch, dict) and branch["type"] == "enum"),
                None)
    if random.random() < 0.2:
        return None
    value = random_value(random, kind, enum)
    if field["name"] == "currency":
        value = random.choice(["EUR", "USD", "JPY", "EURO", ""])
    avro_type, datum = differing(random, kind, enum, value, loose)
    union, written = wrapped(random, avro_type, datum)
    if isinstance(union, list) and random.random() < 0.25:
        return Field(field["name"], union, ("null", None), None)
    return Field(field["name"], union, written, None if value in ("", []) else value)


def extra_field(random, name, depth=0):
    """A field that we do not know, of any type that Avro has: it is passed over."""
    avro_type, datum = any_type(random, name, depth)
    return Field(name, avro_type, datum, None)


def any_named(random, name, depth, kind):
    if kind == "record":
        fields = [extra_field(random, f"{name}_{i}", depth + 1) for i in range(random.randrange(0, 4))]
        return record_type(name, fields), record_datum(fields)
    if kind == "enum":
        return {"type": "enum", "name": name, "symbols": ["P", "Q"], "default": "P"}, random.choice("PQ")
    size = random.choice([1, 16, 100])  # Avro C cannot read one of size 0: that is a case by hand
    return {"type": "fixed", "name": name, "size": size}, random.randbytes(size)


def any_type(random, name, depth):
    """(type, datum) of a random type."""
    simple = {"null": None, "boolean": True, "int": -7, "long": 2**62, "float": 0.5, "double": -0.25, "bytes": b"\xff\0",
              "string": "passed over 🙂"}
    kind = random.choice([*simple, "record", "enum", "fixed", "array", "map", "union", "decimal"])
    if depth > 2 or kind in simple:
        kind = kind if kind in simple else "long"
        return kind, simple[kind]
    if kind == "decimal":
        return {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}, b"\x01\x02"
    if kind in ("record", "enum", "fixed"):
        return any_named(random, name, depth, kind)
    inner, datum = any_type(random, f"{name}_i", depth + 1)
    if kind == "array":
        return {"type": "array", "items": inner}, [datum] * random.choice([0, 1, 3, 2 if depth else 50])
    if kind == "map":
        return {"type": "map", "values": inner}, {f"k{i}é": datum for i in range(random.choice([0, 1, 3]))}
    if isinstance(inner, list) or inner == "null":
        return inner, datum
    label = inner if isinstance(inner, str) else inner.get("name", inner["type"])
    return ["null", inner], (label, datum)


def record_type(name, fields):
    return {"type": "record", "name": name, "fields": [{"name": f.name, "type": f.type} for f in fields]}


def record_datum(fields):
    return {f.name: f.datum for f in fields}


def mixed(random, fields, prefix):
    """The fields in another order, with some that we do not know between them."""
    fields = [field for field in fields if field is not None]
    fields += [extra_field(random, f"{prefix}{i}") for i in range(random.randrange(0, 4))]
    if random.random() < 0.7:
        random.shuffle(fields)
    return fields


def envelope(random, name, loose):
    """The fields of the envelope, but for `data`."""
    ms = instant(random)
    time_schema, time = time_type(random, ms)
    purposes = random.sample((*PURPOSES, "of no list"), random.randrange(0, 4))
    fields = [Field("id", java_string(random), f"id-{random.randrange(10**9)}", None),
              Field("source", text_type(random, None, "partner", loose), "partner", "partner"),
              Field("time", *wrapped(random, time_schema, time), {"ms": ms})]
    fields[0].value = fields[0].datum
    for text in ENVELOPE_TEXTS:
        if random.random() < 0.6:
            value = name if text == "type" and random.random() < 0.8 else random.choice(["", "pnr-6.2a", "odd"])
            fields.append(Field(text, java_string(random), value, value))
    if random.random() < 0.6:
        fields.append(Field("purpose", {"type": "array", "items": "string"}, purposes, purposes))
    if random.random() < 0.5:
        fields.append(Field("schema", "int", 3, None))
    return fields


def data_of(reader):
    """Our record of the data."""
    return next(field for field in reader["fields"] if field["name"] == "data")["type"]


def judge(reader, schema):
    """The strict reader for a writer's schema; raises Refused."""
    ours = data_of(reader)
    return strict.Writer(schema, ours["name"], {field["name"]: kind_of(field["type"]) for field in ours["fields"]})


def judged(writer, body):
    """What the daemon must say of a body, by the strict reader (or of its schema: then `writer` is the refusal)."""
    try:
        if isinstance(writer, strict.Refused):
            raise writer
        told, values = writer.told(body)
        return told_by(told, with_money(values))
    except strict.Refused as refused:
        return {"verdict": refused.verdict, "detail": refused.detail}


def event(random, reader, loose):
    """(writer's schema, datum, what must be read) of a random event of our type."""
    name = f"{reader['namespace']}.{reader['name']}"
    ours = data_of(reader)
    data = mixed(random, [data_field(random, field, loose) for field in ours["fields"]], "d_extra")
    outer = envelope(random, name, loose)
    outer.append(Field("data", record_type(ours["name"], data), record_datum(data), None))
    fields = mixed(random, outer, "extra")
    schema = record_type(reader["name"], fields)
    schema["namespace"] = reader["namespace"]
    if random.random() < 0.2:
        schema["name"] = f"{schema.pop('namespace')}.{schema['name']}"
    return schema, qualified(record_datum(fields), reader["namespace"]), wanted(fields, data, ours)


def typical(random, reader):
    """(our own schema, datum) of an event that has all its fields, with short values."""
    short = {"bool": True, "int": 3, "long": 12500, "text": "EUR", "list": ["AMS", "ATH", "AMS"], "time": 1764000000123}

    def some(field):
        enum = next((branch for branch in branches(field["type"]) if kind_of(branch) == "enum"), None)
        value = enum["symbols"][0] if enum else short[kind_of(field["type"])]
        value = f"{value}-{random.randrange(10**6)}" if field.get("seinpost.class") == "personal" else value
        return ("long", value) if kind_of(field["type"]) == "time" else value

    datum = {"id": f"id-{random.randrange(10**9)}", "source": "partner", "time": ("long", short["time"]),
             "purpose": ["smuggling"], "legal_basis": "pnr-6.2a",
             "data": {field["name"]: some(field) for field in data_of(reader)["fields"]}}
    return reader, datum


def qualified(datum, space):
    """The datum with the names of its unions' named branches in full, as fastavro looks for them."""
    if isinstance(datum, tuple):
        unnamed = (*PRIMITIVES, "array", "map")
        return datum[0] if datum[0] in unnamed else f"{space}.{datum[0]}", qualified(datum[1], space)
    if isinstance(datum, dict):
        return {key: qualified(value, space) for key, value in datum.items()}
    return [qualified(value, space) for value in datum] if isinstance(datum, list) else datum


def wanted(fields, data, ours):
    """What the daemon must say of the event."""
    told = {f.name: f.value for f in fields}
    known = {field["name"] for field in ours["fields"]}
    values = {f.name: f.value for f in data if f.name in known and f.value is not None}
    return told_by(told, with_money(values))


def with_money(values):
    """The pair X_minor and currency, both there, is the money X."""
    currency = values.get("currency")
    for name in [name for name in values if name.endswith("_minor")]:
        if currency is not None and len(currency.encode()) == 3:
            values[name.removesuffix("_minor")] = [values[name], currency]
    return values


def told_by(told, values):
    """The daemon's answer for these values of the envelope and of the data."""
    purposes = told.get("purpose") or []
    return {"verdict": "good", "detail": "", "id": told.get("id") or "", "source": told.get("source") or "",
            "type": told.get("type") or "", "time": told.get("time"),
            "legal_basis": told.get("legal_basis") or "", "purposes": [word for word in PURPOSES if word in purposes],
            "purposes_known": set(purposes) <= set(PURPOSES), "data": values}


def parsed(schema):
    """fastavro's own form of a schema; ours stays as it is."""
    return schema if "__fastavro_parsed__" in schema else parse_schema(copy.deepcopy(schema))


def encode(schema, datum):
    """The datum's bytes, by fastavro."""
    out = io.BytesIO()
    fastavro.schemaless_writer(out, parsed(schema), datum)
    return out.getvalue()


def parse_time(value):
    """{"ms": n} of what fastavro gives for a time."""
    if isinstance(value, datetime.datetime):
        return {"ms": (value - EPOCH) // datetime.timedelta(milliseconds=1)}
    if isinstance(value, int):
        return {"ms": value}
    at = datetime.datetime.fromisoformat(value)
    return {"ms": (at - EPOCH) // datetime.timedelta(milliseconds=1)}


def resolved(schema, body, reader):
    """What fastavro reads of the bytes by both schemas, as the daemon would tell it; all bytes must be read.

    Only for bytes that the strict reader has read: fastavro itself counts to 2^60 where the bytes say so.
    """
    stream = io.BytesIO(body)
    datum = fastavro.schemaless_reader(stream, parsed(schema), parsed(reader))
    if stream.tell() != len(body):
        raise ValueError("bytes left over")
    values = {}
    for field in data_of(reader)["fields"]:
        value = datum["data"][field["name"]]
        if value not in (None, "", []) or value is False:
            values[field["name"]] = parse_time(value) if kind_of(field["type"]) == "time" else value
    return told_by({**datum, "time": parse_time(datum["time"])}, with_money(values))
