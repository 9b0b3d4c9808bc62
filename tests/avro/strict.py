"""A reader of Avro, written from the specification, that believes no byte: the judge of records that nobody should write.

fastavro is no judge of those: it takes union index -1 for the last branch, 2 for true, passes over texts without looking
at them, and counts to 2^60 where the items end. Here each read is bounded by the bytes, and items by the daemon's own limits
(include/seinpost/signal/writer.h), which are part of the claim. On good records this reader must agree with fastavro, and
on the specification's own examples with the specification (`run.py`, groups decoding and judge).
"""
import datetime
import re
import typing

ITEMS_MAX, DATA_MAX, TEXT_MAX, RECORD_MAX = 10000, 200000, 8 * 1024, 256 * 1024
EPOCH_DAY = datetime.date(1970, 1, 1).toordinal()
RFC3339 = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d)))?", re.ASCII)
# "Logical Types": how many milliseconds a number counts, over and under; None: it is no moment.
UNITS = {("long", "timestamp-millis"): (1, 1), ("long", "timestamp-micros"): (1, 1000), ("int", "date"): (86400000, 1),
         ("long", "timestamp-nanos"): (1, 1000000), ("int", "time-millis"): None, ("long", "time-micros"): None,
         ("long", "local-timestamp-millis"): None, ("long", "local-timestamp-micros"): None,
         ("long", "local-timestamp-nanos"): None}
TEXTS = {"string", "bytes", "enum"}
# What a field of ours can be read from: by the specification, and by the daemon's word (layout.h) an enum for a text, a
# long for an int, a null for anything.
ACCEPTED = {"bool": {"boolean"}, "int": {"int", "long"}, "long": {"int", "long"}, "time": {"int", "long", "string", "bytes"},
            "text": TEXTS, "enum": TEXTS, "list": {"array"}}
ENVELOPE = {"id": "text", "type": "text", "source": "text", "time": "time", "purpose": "list", "legal_basis": "text"}
REQUIRED = ("id", "source", "time")


class Refused(Exception):
    """The record or the schema is none; says why in the daemon's words."""

    def __init__(self, detail, verdict="decode"):
        super().__init__(verdict, detail)
        self.verdict, self.detail = verdict, detail


class Datum(typing.NamedTuple):
    """What was read: of which Avro type, by which schema, which value (of a record, an array, a map: of data)."""
    kind: str
    schema: object
    value: object
    branch: int = -1  # of the union that it was in


def kind_of(schema):
    if isinstance(schema, list):
        return "union"
    return schema["type"] if isinstance(schema, dict) else schema


def full_name(name, space):
    return name if "." in name or not space else f"{space}.{name}"


def spelled_out(schema, space, known):
    """The schema with each name in full, where it is given and where it is used ("Names"); fills `known` by them."""
    if isinstance(schema, str):
        return full_name(schema, space) if full_name(schema, space) in known else schema
    if isinstance(schema, list):
        return [spelled_out(branch, space, known) for branch in schema]
    out = dict(schema)
    if schema["type"] in ("record", "enum", "fixed"):
        out["name"] = full_name(schema["name"], schema.get("namespace", space))
        space, known[out["name"]] = out["name"].rpartition(".")[0], out
    if "fields" in schema:
        out["fields"] = [{**field, "type": spelled_out(field["type"], space, known)} for field in schema["fields"]]
    for inner in {"items", "values"} & schema.keys():
        out[inner] = spelled_out(schema[inner], space, known)
    return out


class Reader:
    """Reads data of a schema that is spelled out; notes where the numbers stand that steer a reader."""

    def __init__(self, body, names):
        self.body, self.names, self.at = body, names, 0
        self.items = self.data = 0
        self.marks = []  # (start, end, what)

    def take(self, size):
        if size > len(self.body) - self.at:
            raise Refused("truncated")
        self.at += size
        return self.body[self.at - size:self.at]

    def number(self, what):
        """ "int and long values are written using variable-length zig-zag coding": 64 bits, no more."""
        start, bits, shift = self.at, 0, 0
        while True:
            byte = self.take(1)[0]
            if shift == 63 and byte > 1:
                raise Refused("truncated")  # the daemon's word for a number that does not end
            bits |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                self.marks.append((start, self.at, what))
                return bits >> 1 ^ -(bits & 1)

    def sized(self, text_max):
        size = self.number("length")
        if not 0 <= size <= text_max:
            raise Refused("length")
        return self.take(size)

    def text(self, text_max):
        try:
            return self.sized(text_max).decode()
        except UnicodeDecodeError:
            raise Refused("utf8") from None

    def blocks(self, read_item):
        """ "a series of blocks"; the size that a block tells must be its own."""
        values = []
        while count := self.number("count"):
            if abs(count) > ITEMS_MAX:
                raise Refused("items")
            size = self.number("size") if count < 0 else None
            if size is not None and size < 0:
                raise Refused("length")
            start = self.at
            for _ in range(abs(count)):
                self.items += 1
                if self.items > ITEMS_MAX:
                    raise Refused("items")
                values.append(read_item())
            if size not in (None, self.at - start):
                raise Refused("length")
        return values

    def index(self, what, count):
        """The place of a branch or of a symbol."""
        index = self.number(what)
        if not 0 <= index < count:
            raise Refused(what)
        return index

    def datum(self, schema, text_max=RECORD_MAX):
        self.data += 1
        if self.data > DATA_MAX:
            raise Refused("items")
        if isinstance(schema, str) and schema in self.names:
            return self.datum(self.names[schema], text_max)
        kind = kind_of(schema)
        if kind == "union":
            branch = self.index("union", len(schema))
            return self.datum(schema[branch], text_max)._replace(branch=branch)
        if kind == "record":
            return Datum(kind, schema, self.record(schema, text_max))
        if kind == "array":
            return Datum(kind, schema, self.blocks(lambda: self.datum(schema["items"], text_max)))
        if kind == "map":
            return Datum(kind, schema, self.blocks(lambda: (self.text(text_max), self.datum(schema["values"], text_max))))
        return Datum(kind, schema, self.simple(kind, schema, text_max))

    def record(self, schema, text_max, wanted=()):
        """A record, of which the `wanted` fields have shorter texts."""
        return {field["name"]: self.datum(field["type"], TEXT_MAX if field["name"] in wanted else text_max)
                for field in schema["fields"]}

    def simple(self, kind, schema, text_max):
        if kind == "boolean":
            byte = self.take(1)[0]
            if byte > 1:
                raise Refused("boolean")
            return byte == 1
        if kind == "int":
            number = self.number(kind)
            if not -2**31 <= number < 2**31:
                raise Refused("int")
            return number
        if kind == "long":
            return self.number(kind)
        if kind in ("bytes", "string"):
            return self.sized(text_max) if kind == "bytes" else self.text(text_max)
        if kind == "enum":
            return schema["symbols"][self.index(kind, len(schema["symbols"]))]
        return self.take(schema["size"] if kind == "fixed" else {"null": 0, "float": 4, "double": 8}[kind])


def read(schema, body):
    """(datum, marks) of bytes that must be one datum of any schema; raises Refused."""
    known = {}
    schema = spelled_out(schema, "", known)
    reader = Reader(body, known)
    datum = reader.datum(schema)
    if reader.at != len(body):
        raise Refused("trailing")
    return datum, reader.marks


class Writer:
    """A writer's schema, resolved to ours ("Schema Resolution"); raises Refused where it cannot be."""

    def __init__(self, schema, ours, kinds):
        """`ours` is the name of our record of the data, `kinds` what its fields hold."""
        self.ours, self.kinds, self.names = ours, kinds, {}
        self.schema = spelled_out(schema, "", self.names)
        for name, kind in ENVELOPE.items():
            self.resolve(self.schema, name, kind, name in REQUIRED)
        self.union, self.data_branch, self.data = self.find_data()
        for name, kind in kinds.items():
            self.resolve(self.data, name, kind, False)

    def follow(self, schema):
        return self.names.get(schema, schema) if isinstance(schema, str) else schema

    def branches(self, schema):
        schema = self.follow(schema)
        return [self.follow(branch) for branch in schema] if isinstance(schema, list) else [schema]

    def resolve(self, record, name, kind, required):
        found = [field["type"] for field in record["fields"] if field["name"] == name]
        if len(found) > 1 or required and not found:
            raise Refused(name, "schema_mismatch")
        if found and not any(self.accepts(kind, branch) for branch in self.branches(found[0])):
            raise Refused(name, "schema_mismatch")

    def accepts(self, kind, schema):
        """Whether a field of ours can be read from this type of the writer's, which is no union."""
        told = kind_of(schema)
        if told == "array" and kind == "list":
            return any(kind_of(branch) in TEXTS | {"null"} for branch in self.branches(schema["items"]))
        return told == "null" or told in ACCEPTED[kind] and (kind != "time" or unit_of(schema) is not None)

    def find_data(self):
        """(type, branch or -1, record) of the data: the only record of a union, or the one that is called as ours."""
        found = [field["type"] for field in self.schema["fields"] if field["name"] == "data"]
        if len(found) != 1:
            raise Refused("data", "schema_mismatch")
        records = [(i, branch) for i, branch in enumerate(self.branches(found[0])) if kind_of(branch) == "record"]
        named = [pair for pair in records if pair[1]["name"].rpartition(".")[2] == self.ours]
        if len(named or records) != 1:
            raise Refused("data", "schema_mismatch")
        branch, record = (named or records)[0]
        return found[0], branch if isinstance(found[0], list) else -1, record

    def decode(self, body):
        """(envelope, data or None for another branch): {name: datum}; raises Refused."""
        if len(body) > RECORD_MAX:
            raise Refused("", "too_large")
        reader, outer, data = Reader(body, self.names), {}, None
        for field in self.schema["fields"]:
            if field["name"] == "data":
                data = self.decode_data(reader)
            else:
                limit = TEXT_MAX if field["name"] in ENVELOPE else RECORD_MAX
                outer[field["name"]] = reader.datum(field["type"], limit)
        if reader.at != len(body):
            raise Refused("trailing")
        return outer, data

    def decode_data(self, reader):
        if self.data_branch >= 0:
            branch = reader.index("union", len(self.union))
            if branch != self.data_branch:
                reader.datum(self.union[branch])
                return None
        return reader.record(self.data, RECORD_MAX, self.kinds)

    def told(self, body):
        """(of the envelope, of the data): {name: value} of what is there; raises Refused."""
        outer, data = self.decode(body)
        told = {name: datum for name, datum in outer.items() if name in ENVELOPE and datum.kind != "null"}
        for name, kind in ENVELOPE.items():
            if name == "time" and name in told:
                told[name] = time_of(told[name])  # None, no time, has a verdict of its own, later
            elif name in told:
                told[name] = value_of(name, kind, told[name])
        if data is None:
            raise Refused("field data")
        values = {name: value_of(name, kind, data[name]) for name, kind in self.kinds.items()
                  if name in data and data[name].kind != "null"}
        return told, {name: value for name, value in values.items() if value not in ("", [])}


def unit_of(schema):
    """(over, under) of milliseconds; None: no moment. A logical type that is not of this Avro type is ignored."""
    logical = schema.get("logicalType") if isinstance(schema, dict) else None
    return UNITS.get((kind_of(schema), logical), (1, 1))


def text_of(datum):
    """The text of a datum; None: it is of another type, or its bytes are no text."""
    if datum.kind not in TEXTS:
        return None
    try:
        return datum.value.decode() if datum.kind == "bytes" else datum.value
    except UnicodeDecodeError:
        return None


def time_of(datum):
    """{"ms": n}, or None when the datum is no moment."""
    if datum.kind in ("int", "long"):
        unit = unit_of(datum.schema)
        return unit and {"ms": datum.value * unit[0] // unit[1]}
    text = text_of(datum)
    return None if text is None else instant(text)


def instant(text):
    """RFC 3339, or a date alone; as the daemon's instant.h promises."""
    found = RFC3339.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    hours, minutes = int(found[9] or 0), int(found[10] or 0)
    try:
        days = datetime.date(year % 400 + 400, month, day).toordinal() + (year // 400 - 1) * 146097 - EPOCH_DAY
    except ValueError:
        return None
    if hour > 23 or minute > 59 or second > 60 or hours > 23 or minutes > 59:
        return None
    offset = (hours * 60 + minutes) * (-1 if found[8] == "-" else 1)
    fraction = int((found[7] or "")[:3].ljust(3, "0"))
    return {"ms": (((days * 24 + hour) * 60 + minute - offset) * 60 + second) * 1000 + fraction}


def list_of(datum):
    texts = [text_of(item) for item in datum.value] if datum.kind == "array" else [None]
    return None if None in texts else texts


def value_of(name, kind, datum):
    """The value of a field of ours, which is not null; raises Refused."""
    value = None
    if datum.kind in ACCEPTED[kind]:
        value = {"time": time_of, "list": list_of, "text": text_of, "enum": text_of}.get(kind, lambda it: it.value)(datum)
    if value is None:
        raise Refused(f"field {name}")
    return value
