"""Good records made bad: where a record's lengths, counts, branches and symbols stand, and what may be put there."""
import strict

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


class Victim:
    """A good record: its bytes, what they say, and where the numbers stand that steer a reader."""

    def __init__(self, schema, body):
        self.body = body
        self.datum, self.marks = strict.read(schema, body)

    def mark(self, random, *kinds):
        """(start, end, what) of a number, of these kinds if there are any."""
        return random.choice([mark for mark in self.marks if mark[2] in kinds] or self.marks)

    def put(self, mark, new):
        return self.body[:mark[0]] + new + self.body[mark[1]:]


def truncate(random, victim):
    return victim.body[:random.randrange(len(victim.body))]


def append(random, victim):
    return victim.body + random.randbytes(random.randrange(1, 9))


def flip(random, victim):
    out = bytearray(victim.body)
    for _ in range(random.randrange(1, 5)):
        out[random.randrange(len(out))] ^= 1 << random.randrange(8)
    return bytes(out)


def replace(random, victim):
    at = random.randrange(len(victim.body))
    return victim.body[:at] + random.randbytes(random.randrange(0, 4)) + victim.body[at + 1:]


def huge(random, victim):
    return victim.put(victim.mark(random), zigzag(random.choice(HUGE)))


def huge_length(random, victim):
    return victim.put(victim.mark(random, "length"), zigzag(random.choice(HUGE)))


def huge_count(random, victim):
    return victim.put(victim.mark(random, "count"), zigzag(random.choice(HUGE)))


def small(random, victim):
    """A number that may well be another branch, symbol, count or length."""
    return victim.put(victim.mark(random), zigzag(random.randrange(-3, 6)))


def branch(random, victim):
    """Another branch of a union, in front of the same bytes."""
    return victim.put(victim.mark(random, "union"), zigzag(random.randrange(-2, 4)))


def endless(random, victim):
    return victim.put(victim.mark(random), random.choice([b"\xff", b"\x80"]) * random.choice([9, 10, 11, 100]))


def wide(random, victim):
    """Ten bytes of a number: up to 64 bits it is one, beyond not."""
    return victim.put(victim.mark(random), bytes(random.randrange(128, 256) for _ in range(9)) + bytes(
        [random.choice([0, 1, 2, 127])]))


def rewritten(random, victim):
    """The same record in other words, which each reader must read as the same."""
    return other_words(random, victim.datum)


def other_words(random, datum):
    """A datum with its arrays and maps in any blocks, and its numbers in more bytes than they need."""
    def number(value):
        return zigzag(value, random.choice([0, 0, 0, 1, 2, 9]))

    def plain(value):
        if datum.kind in ("int", "long"):
            return number(value)
        if datum.kind == "enum":
            return number(datum.schema["symbols"].index(value))
        if datum.kind in ("string", "bytes"):
            value = value.encode() if datum.kind == "string" else value
            return number(len(value)) + value
        return bytes([value]) if datum.kind == "boolean" else value  # the others are their bytes

    def blocks(items):
        out = b""
        while items:
            count = random.randrange(1, len(items) + 1)
            block, items = b"".join(items[:count]), items[count:]
            out += random.choice([number(count), number(-count) + number(len(block))]) + block
        return out + number(0)

    head = number(datum.branch) if datum.branch >= 0 else b""
    if datum.kind == "record":
        return head + b"".join(other_words(random, field) for field in datum.value.values())
    if datum.kind == "array":
        return head + blocks([other_words(random, item) for item in datum.value])
    if datum.kind == "map":
        return head + blocks([number(len(key.encode())) + key.encode() + other_words(random, item)
                              for key, item in datum.value])
    return head + plain(datum.value)


def noise(random, victim):
    return random.randbytes(random.randrange(0, 300))


KINDS = (truncate, append, flip, replace, huge, huge_length, huge_count, small, branch, endless, wide, rewritten, noise)
