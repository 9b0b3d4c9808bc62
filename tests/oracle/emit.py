"""Writes a rule's tree as YAML; a scalar is plain where that is safe, as users write `NO` and `012`."""
import re

PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./*+-]*|-?\d+(\.\d+)?|-?\d+\.\d\d [A-Z]{3}")


def scalar(value):
    if value is None:
        return "null"
    if value != "null" and PLAIN.fullmatch(value):
        return value
    return "'" + value.replace("'", "''") + "'"


def flow(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key)}: {flow(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(part) for part in value) + "]"
    return scalar(value)


def block(tree, depth=0):
    lines = []
    for key, value in tree.items():
        if isinstance(value, dict) and value and depth < 2:
            lines.append("  " * depth + f"{scalar(key)}:")
            lines += block(value, depth + 1)
        else:
            lines.append("  " * depth + f"{scalar(key)}: {flow(value)}")
    return lines


def yaml_text(documents):
    return "---\n".join("\n".join(block(document)) + "\n" for document in documents)
