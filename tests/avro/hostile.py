"""Good records made bad: where a record's lengths, counts, branches and symbols stand, and what may be put there."""

HUGE = (2**60, -2**60, 2**31, 2**62, -1, 2**63 - 1, -2**63, 10001, -10001)


def zigzag(number, padding=0):
    """Avro's long; with padding, the same number in more bytes than it needs (the specification does not forbid it)."""
    bits = (number << 1 ^ number >> 63) & (2**64 - 1)
    out = bytearray()
    while bits > 0x7F:
        out.append(bits & 0x7F | 0x80)
        bits >>= 7
    out.append(bits)
    for _ in range(min(padding, 10 - len(out))):
        out[-1] |= 0x80
        out.append(0)
    return bytes(out)


class Walk:
    """Walks a good datum by its schema and notes (start, end, what) of each number that steers a reader."""

    def __init__(self, body):
        self.body, self.at, self.marks = body, 0, []

    def number(self, what):
        start, bits, shift = self.at, 0, 0
        while True:
            byte = self.body[self.at]
            self.at += 1
            bits |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        self.marks.append((start, self.at, what))
        return bits >> 1 ^ -(bits & 1)

    def skip(self, size):
        self.at += size

    def items(self, schema, is_map):
        while count := self.number("count"):
            if count < 0:
                self.number("size")
            for _ in range(abs(count)):
                if is_map:
                    self.skip(self.number("length"))
                self.datum(schema)

    def datum(self, schema):
        if isinstance(schema, list):
            return self.datum(schema[self.number("branch")])
        kind = schema if isinstance(schema, str) else schema["type"]
        if kind == "record":
            for field in schema["fields"]:
                self.datum(field["type"])
        elif kind in ("array", "map"):
            self.items(schema.get("items", schema.get("values")), kind == "map")
        elif kind in ("string", "bytes"):
            self.skip(self.number("length"))
        elif kind in ("int", "long", "enum"):
            self.number(kind)
        else:
            sizes = {"null": 0, "boolean": 1, "float": 4, "double": 8}
            self.skip(schema["size"] if kind == "fixed" else sizes[kind])
        return None


def marks_of(schema, body):
    walk = Walk(body)
    walk.datum(schema)
    assert walk.at == len(body)
    return walk.marks


def has_empty_items(schema):
    """An array of items for which fastavro believes any count: of no bytes, or fixed, of which it reads past the end."""
    if isinstance(schema, list):
        return any(map(has_empty_items, schema))
    if isinstance(schema, str):
        return False
    if schema["type"] == "record":
        return any(has_empty_items(field["type"]) for field in schema["fields"])
    if schema["type"] == "array":
        return takes_nothing(schema["items"]) or has_empty_items(schema["items"])
    return schema["type"] == "map" and has_empty_items(schema["values"])


def takes_nothing(schema):
    if isinstance(schema, dict):
        return schema["type"] == "fixed" or schema["type"] == "record" and all(
            takes_nothing(field["type"]) for field in schema["fields"])
    return not isinstance(schema, list) and schema not in (
        "boolean", "int", "long", "float", "double", "bytes", "string")  # null, or who knows


def put(body, mark, new):
    return body[:mark[0]] + new + body[mark[1]:]


def truncate(random, body, marks):
    return body[:random.randrange(len(body))]


def append(random, body, marks):
    return body + random.randbytes(random.randrange(1, 9))


def flip(random, body, marks):
    out = bytearray(body)
    for _ in range(random.randrange(1, 5)):
        out[random.randrange(len(out))] ^= 1 << random.randrange(8)
    return bytes(out)


def replace(random, body, marks):
    at = random.randrange(len(body))
    return body[:at] + random.randbytes(random.randrange(0, 4)) + body[at + 1:]


def huge(random, body, marks):
    return put(body, random.choice(marks), zigzag(random.choice(HUGE)))


def huge_length(random, body, marks):
    return put(body, random.choice([mark for mark in marks if mark[2] == "length"]), zigzag(random.choice(HUGE)))


def huge_count(random, body, marks):
    counts = [mark for mark in marks if mark[2] == "count"]
    return put(body, random.choice(counts or marks), zigzag(random.choice(HUGE)))


def endless(random, body, marks):
    return put(body, random.choice(marks), b"\xff" * random.choice([9, 10, 11, 100]))


def padded(random, body, marks):
    """Keeps the value: a number in more bytes."""
    mark = random.choice(marks)
    bits = 0
    for i, byte in enumerate(body[mark[0]:mark[1]]):
        bits |= (byte & 0x7F) << 7 * i
    return put(body, mark, zigzag(bits >> 1 ^ -(bits & 1), random.randrange(1, 4)))


def noise(random, body, marks):
    return random.randbytes(random.randrange(0, 300))


KINDS = (truncate, append, flip, replace, huge, huge_length, huge_count, endless, padded, noise)
