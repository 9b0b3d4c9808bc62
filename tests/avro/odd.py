"""Events with fields that may not be read as ours: other types, logical types, unions, texts that are none."""
import records
import strict

LOGICAL = [(kind, logical) for kind in ("int", "long") for logical in (
    None, "date", "time-millis", "time-micros", "timestamp-millis", "timestamp-micros", "timestamp-nanos",
    "local-timestamp-millis", "local-timestamp-micros", "of-no-list")]

TIMES = ("2026-02-29", "2024-02-29", "2025-12-31t23:59:60.5z", "0000-01-01T00:00:00Z", "2025-01-01T00:00:00", "2025-1-1",
         " 2025-01-01", "2025-01-01 00:00:00+23:59")


def odd_number(random):
    kind, logical = random.choice(LOGICAL)
    number = random.choice([0, -1, 20416, 2**31 - 1, -2**31, random.randrange(-10**6, 10**6)])
    if kind == "long":
        ms = records.instant(random)
        number = random.choice([number, ms, ms * 1000 + 999, ms * 10**6, -2**63])
    return {"type": kind, **({"logicalType": logical} if logical else {})}, number


def odd_text(random):
    text = random.choice([*records.WORDS, *TIMES, records.rfc3339(random, records.instant(random))])
    return random.choice([("string", text), ("bytes", text.encode()), ("bytes", b"\xff" + text.encode())])


def odd_list(random):
    items = ["string", "bytes", "null"]
    random.shuffle(items)
    written = [("string", random.choice(records.WORDS)) for _ in range(random.randrange(0, 4))]
    if random.random() < 0.4:
        written.append(random.choice([("bytes", b"by"), ("bytes", b"\xe2\x82"), ("null", None)]))
    return {"type": "array", "items": items}, written


def odd_type(random, name):
    """(type, datum) that a field of ours may or may not take."""
    draw = random.random()
    if draw < 0.25:
        return records.any_type(random, name, 0)
    if draw < 0.45:
        return odd_number(random)
    if draw < 0.6:
        return odd_text(random)
    if draw < 0.7:
        return odd_list(random)
    options = [("null", None), ("boolean", True), ("double", 2.0), odd_number(random), odd_number(random), odd_text(random),
               odd_list(random), ({"type": "map", "values": "string"}, {"k": "v"})]
    union, seen = [], set()
    for avro_type, datum in random.sample(options, random.randrange(1, 6)):
        kind = strict.kind_of(avro_type)
        if kind not in seen:
            union.append((avro_type, datum))
            seen.add(kind)
    avro_type, datum = random.choice(union)
    return [branch for branch, _ in union], (strict.kind_of(avro_type), datum)


def odd_event(random, reader):
    """(writer's schema, datum) of an event with some fields of types that may not be theirs."""
    schema, datum, _ = records.event(random, reader, True)
    inner = next(field for field in schema["fields"] if field["name"] == "data")
    places = [(field, datum) for field in schema["fields"] if field is not inner]
    places += [(field, datum["data"]) for field in inner["type"]["fields"]]
    for i, (field, record) in enumerate(random.sample(places, random.choice([1, 1, 2]))):
        field["type"], odd = odd_type(random, f"odd_{i}")
        record[field["name"]] = records.qualified(odd, reader["namespace"])
    if random.random() < 0.2:
        written = random.random() < 0.7
        inner["type"] = random.sample([inner["type"], "null", {"type": "map", "values": "string"}], 3)
        record = f"{reader['namespace']}.{records.data_of(reader)['name']}"
        datum["data"] = (record, datum["data"]) if written else random.choice([("null", None), ("map", {"k": "v"})])
    return schema, datum
