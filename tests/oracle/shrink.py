"""Makes a failing case small: fewer events, fewer rules, fewer conditions, while it still fails."""
import copy
from dataclasses import replace

from emit import yaml_text
from language import documents

HEAD = {"schema", "title", "name", "version", "status", "level", "stage", "purpose", "legal-basis", "owner", "unless",
        "source", "type", "condition", "detection", "reason", "author", "approved-by", "expires", "match", "rules",
        "key", "then", "for"}


def without_events(case, fails):
    """Drops events in halves, then quarters, and so on."""
    size = max(1, len(case.events) // 2)
    while size:
        at = 0
        while at < len(case.events):
            smaller = replace(case, events=case.events[:at] + case.events[at + size:])
            if smaller.events and fails(smaller):
                case = smaller
            else:
                at += size
        size //= 2
    return case


def paths_of(tree, above=()):
    """Every place in a tree that might be left out, outer ones first."""
    found = []
    if isinstance(tree, dict):
        parts = list(tree.items())
    else:
        parts = list(enumerate(tree)) if isinstance(tree, list) else []
    for key, part in parts:
        found.append(above + (key,))
        found += paths_of(part, above + (key,))
    return found


def left_out(trees, path):
    """The documents without one place; None where that cannot be."""
    trees = copy.deepcopy(trees)
    *above, last = path
    inner = trees
    for key in above:
        inner = inner[key]
    if last in HEAD and last != "unless":
        return None
    if last == "unless":
        if "none" in inner[last]:
            return None
        inner[last] = {"none": "random"}
    else:
        del inner[last]
        if inner == [] or inner == {}:
            return None
    return trees


def simpler_conditions(trees):
    """The documents with one detection's condition cut down to one of its searches."""
    for path in paths_of(trees):
        inner = trees
        for key in path:
            inner = inner[key]
        if path[-1] == "detection" and len(inner) > 1:
            for name in inner:
                if name != "condition" and inner["condition"] != name:
                    smaller = copy.deepcopy(trees)
                    place = smaller
                    for key in path[:-1]:
                        place = place[key]
                    place["detection"] = {name: inner[name], "condition": name}
                    yield smaller


def without_words(case, fails):
    """Drops documents, searches, clauses and options one by one, as long as it helps."""
    trees = [document for text in case.files for document in documents(text)]
    again = True
    while again:
        again = False
        candidates = list(simpler_conditions(trees))
        candidates += [smaller for smaller in (left_out(trees, path) for path in paths_of(trees)) if smaller]
        for smaller in candidates:
            try:
                attempt = replace(case, files=[yaml_text(smaller)])
                if fails(attempt):
                    trees, case, again = smaller, attempt, True
                    break
            except (KeyError, IndexError, ValueError, TypeError, AttributeError, StopIteration):
                continue
    return case


def without_data(case, fails):
    """Drops fields of events."""
    for at in range(len(case.events)):
        for name in list(case.events[at]["data"]):
            event = copy.deepcopy(case.events[at])
            del event["data"][name]
            smaller = replace(case, events=case.events[:at] + [event] + case.events[at + 1:])
            if fails(smaller):
                case = smaller
    return case


def shrink(case, fails):
    """The smallest case found that still fails."""
    case = without_events(case, fails)
    case = without_words(case, fails)
    case = without_events(case, fails)
    for name in ("until", "lateness"):
        smaller = replace(case, **{name: ""})
        if getattr(case, name) and fails(smaller):
            case = smaller
    return without_data(case, fails)
