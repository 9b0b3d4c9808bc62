"""Avro on the wire: schemas of the house, the two framings, and the registry's client."""
import copy
import functools
import io
import json
import pathlib
import struct
import urllib.error
import urllib.request

import fastavro
from fastavro.schema import to_parsing_canonical_form

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "schemas"

CONFLUENT = "confluent"
SINGLE_OBJECT = "single-object"
EMPTY_FINGERPRINT = 0xC15D213AA4D7A795


def load_schema(path):
    return json.loads(pathlib.Path(path).read_text(encoding="utf-8"))


def own_schema(name):
    """`alert`, `reject`, ...: what the daemon writes."""
    return load_schema(SCHEMAS / f"{name}.avsc")


@functools.lru_cache(maxsize=None)
def _event_schema(event_type):
    return load_schema(SCHEMAS / "signals" / f"{event_type}.avsc")


def event_schema(event_type):
    """The catalogue's schema of an event type; a copy, to be changed at will."""
    return copy.deepcopy(_event_schema(event_type))


@functools.lru_cache(maxsize=None)
def _fingerprint_table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (EMPTY_FINGERPRINT & -(value & 1))
        table.append(value)
    return table


def fingerprint(schema):
    """CRC-64-AVRO of the Parsing Canonical Form, written from the Avro specification."""
    table, crc = _fingerprint_table(), EMPTY_FINGERPRINT
    for byte in to_parsing_canonical_form(schema).encode():
        crc = (crc >> 8) ^ table[(crc ^ byte) & 0xFF]
    return crc


def frame_confluent(schema_id, body):
    return b"\0" + struct.pack(">I", schema_id) + body


def frame_single_object(schema, body):
    return b"\xc3\x01" + struct.pack("<Q", fingerprint(schema)) + body


def encode(parsed, datum):
    out = io.BytesIO()
    fastavro.schemaless_writer(out, parsed, datum)
    return out.getvalue()


def decode(body, writer, reader=None):
    """Decodes and insists that nothing is left over."""
    source = io.BytesIO(body)
    datum = fastavro.schemaless_reader(source, writer, reader)
    rest = source.read()
    if rest:
        raise ValueError(f"{len(rest)} bytes after the datum")
    return datum


def plain(schema):
    """The schema without logical types, so that times stay the integers that they are on the wire."""
    if isinstance(schema, list):
        return [plain(branch) for branch in schema]
    if isinstance(schema, dict):
        return {key: plain(value) for key, value in schema.items() if key != "logicalType"}
    return schema


class RegistryClient:
    """The part of Confluent's REST API that partners and desks use."""

    def __init__(self, url):
        self.url = url
        self._schemas = {}

    def _call(self, path, payload=None):
        request = urllib.request.Request(
            self.url + path, data=None if payload is None else json.dumps(payload).encode(),
            headers={"Content-Type": "application/vnd.schemaregistry.v1+json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path}: {error.code} {error.read().decode(errors='replace')}") from error

    def register(self, subject, schema):
        return self._call(f"/subjects/{subject}/versions", {"schema": json.dumps(schema)})["id"]

    def schema(self, schema_id):
        if schema_id not in self._schemas:
            self._schemas[schema_id] = json.loads(self._call(f"/schemas/ids/{schema_id}")["schema"])
        return self._schemas[schema_id]
