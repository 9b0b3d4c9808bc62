"""The event types of a schema folder: which fields a type has, and which identity kinds they carry."""
import json
import pathlib
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    name: str
    tag: str          # of its values, see units.py
    style: str        # code, token, text, place, or ''
    kind: str         # identity kind, or ''
    role: str
    many: bool        # a list of values
    symbols: tuple    # of an enumeration


def is_glob(text):
    return "*" in text or "?" in text


def glob_means(glob, name):
    """`*` stands for any signs, `?` for one; nothing else is special."""
    pattern = "".join({"*": ".*", "?": "."}.get(sign, re.escape(sign)) for sign in glob)
    return re.fullmatch(pattern, name, re.S) is not None


def _field(spec):
    name, types = spec["name"], spec["type"] if isinstance(spec["type"], list) else [spec["type"]]
    names = [part if isinstance(part, str) else part.get("logicalType", part["type"]) for part in types]
    style = spec.get("seinpost.type", "")
    tag = "s"
    if style == "money":
        name, tag = name.removesuffix("_minor"), "m"
    elif style == "time":
        tag = "t"
    elif "boolean" in names:
        tag = "b"
    elif {"int", "long", "double"} & set(names):
        tag = "n"
    symbols = next((tuple(part["symbols"]) for part in types if isinstance(part, dict) and "symbols" in part), ())
    return Field(name, tag, style, spec.get("seinpost.kind", ""), spec.get("seinpost.role", ""), "array" in names,
                 symbols)


class Catalogue:
    def __init__(self, folder):
        self.folder, self.types = folder, {}
        for path in sorted(pathlib.Path(folder, "signals").glob("*.avsc")):
            record = json.loads(path.read_text(encoding="utf-8"))
            data = next(part for part in record["fields"] if part["name"] == "data")
            fields = [_field(spec) for spec in data["type"]["fields"]]
            self.types[f"{record['namespace']}.{record['name']}"] = {field.name: field for field in fields}
        self.kinds = {field.kind for fields in self.types.values() for field in fields.values() if field.kind}

    def meant_by(self, glob):
        """The types that a glob or a name means."""
        return [name for name in self.types if glob_means(glob, name)]

    def fields_of(self, type_name, path):
        """The fields of a type that a path means: a field by its name, or all that carry a kind. None: it has none."""
        fields = self.types.get(type_name, {})
        if path in fields:
            return [fields[path]]
        kind, _, role = path.partition("/")
        found = [field for field in fields.values() if field.kind == kind and kind and (not role or field.role == role)]
        return found or None

    def has(self, type_name, path):
        return path.startswith("event.") or self.fields_of(type_name, path) is not None
