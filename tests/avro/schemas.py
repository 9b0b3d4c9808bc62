"""Random Avro schemas, with all that the specification allows and the canonical form strips."""
import json

import fastavro
from fastavro.schema import parse_schema, to_parsing_canonical_form

PRIMITIVES = ("null", "boolean", "int", "long", "float", "double", "bytes", "string")
SPACES = (None, None, "", "a", "nl.partner", "nl.partner.v2", "X_1.y")
LOGICAL = {"int": ("date", "time-millis"), "long": ("timestamp-millis", "timestamp-micros", "time-micros"),
           "string": ("uuid",), "bytes": ("decimal",)}
NOISE = (("doc", "Ça va: \"quoted\", \\ and é€🙂"), ("x-note", {"type": "record", "fields": []}), ("order", "ignore"),
         ("avro.java.string", "String"), ("aliases", ["older", "x.oldest"]), ("size2", 7))


class Maker:
    """Makes one random schema; names are used once, and may be named again afterwards."""

    def __init__(self, random, depth=4):
        self.random, self.depth_max = random, depth
        self.count = 0
        self.known = []  # full names
        self.recursive = random.random() < 0.2

    def shuffled(self, attributes, noise=True):
        """Attributes in any order, with some that the canonical form drops."""
        items = list(attributes.items())
        if noise:
            items += [item for item in NOISE if item[0] not in attributes and self.random.random() < 0.15]
        self.random.shuffle(items)
        return dict(items)

    def primitive(self):
        name = self.random.choice(PRIMITIVES)
        draw = self.random.random()
        if draw < 0.6:
            return name
        if draw < 0.8 or name not in LOGICAL:
            return self.shuffled({"type": name})
        logical = self.random.choice(LOGICAL[name])
        extra = {"precision": 9, "scale": 2} if logical == "decimal" else {}
        return self.shuffled({"type": name, "logicalType": logical, **extra})

    def named(self, space, attributes):
        """Gives a named type its name in one of the three ways; returns (schema, its namespace, full name)."""
        self.count += 1
        stem = f"{self.random.choice(['Type', 'e_', 'R'])}{self.count}"
        way = self.random.randrange(3)
        # fastavro takes an explicit "" inside a namespace for a missing one; the cases by hand have it, by the specification
        own = self.random.choice([own for own in SPACES if own or not space])
        if way == 0 and own:
            return {"name": f"{own}.{stem}", **attributes}, own, f"{own}.{stem}"
        if way == 1 and own is not None:
            return {"name": stem, "namespace": own, **attributes}, own, f"{own}.{stem}" if own else stem
        return {"name": stem, **attributes}, space, f"{space}.{stem}" if space else stem

    def reference(self, space):
        """The name of a type told before: in full, or short where the namespace around is its own."""
        full = self.random.choice(self.known)
        its_space, _, stem = full.rpartition(".")
        if its_space == (space or "") and self.random.random() < 0.5:
            return stem
        return full if its_space or not space else None  # a name without namespace cannot be told from inside one

    def record(self, space, depth):
        schema, inside, full = self.named(space, {"type": "record"})
        if self.recursive:
            self.known.append(full)
        fields = []
        for i in range(self.random.randrange(0, 6)):
            fields.append(self.shuffled({"name": f"f{i}", "type": self.schema(inside, depth + 1)}))
        if not self.recursive:
            self.known.append(full)
        return self.shuffled({**schema, "fields": fields})

    def enum(self, space):
        symbols = [f"{self.random.choice('ABC')}_{i}" for i in range(self.random.randrange(1, 5))]
        schema, _, full = self.named(space, {"type": "enum", "symbols": symbols})
        self.known.append(full)
        return self.shuffled({**schema, **({"default": symbols[0]} if self.random.random() < 0.3 else {})})

    def fixed(self, space):
        schema, _, full = self.named(space, {"type": "fixed", "size": self.random.choice([0, 1, 12, 4096])})
        self.known.append(full)
        return self.shuffled(schema)

    def union(self, space, depth):
        branches, kinds = [], set()
        for _ in range(self.random.randrange(1, 5)):
            known = list(self.known)
            branch = self.schema(space, depth + 1, union=True)
            kind = branch if isinstance(branch, str) else branch["type"]
            if kind in ("record", "enum", "fixed") or kind not in kinds:
                branches.append(branch)
                kinds.add(kind)
            else:
                self.known = known  # what the branch named went with it
        return branches

    def schema(self, space=None, depth=0, union=False):
        if depth >= self.depth_max:
            return self.primitive()
        draw = self.random.random()
        if draw < 0.3:
            return self.primitive()
        if draw < 0.4 and self.known and not union:
            name = self.reference(space)
            if name is not None:
                return name
        if draw < 0.5 and not union:
            return self.union(space, depth)
        if draw < 0.6:
            return self.shuffled({"type": "array", "items": self.schema(space, depth + 1)})
        if draw < 0.7:
            return self.shuffled({"type": "map", "values": self.schema(space, depth + 1)})
        if draw < 0.78:
            return self.enum(space)
        if draw < 0.84:
            return self.fixed(space)
        return self.record(space, depth)


def as_text(random, schema):
    """The schema as JSON on one line, its non-ASCII escaped or not, its blanks as partners have them."""
    return json.dumps(schema, ensure_ascii=random.random() < 0.5,
                      separators=random.choice([(",", ":"), (", ", ": "), (" , ", " : ")]))


def identity(schema):
    """(canonical form, CRC-64-AVRO as 16 hex digits) by fastavro."""
    canonical = to_parsing_canonical_form(parse_schema(schema, _write_hint=False))
    # fastavro gives the fingerprint's bytes as they stand on the wire: little endian
    return canonical, bytes.fromhex(fastavro.schema.fingerprint(canonical, "CRC-64-AVRO"))[::-1].hex()
