"""The numbered sentences of the language's text, one by one."""
import re

ITEM = re.compile(r"^(\d+)\. \*\*(.+?)\*\*(.*)$")


def plain(text):
    """Without marks and line ends, so that a case may quote it."""
    return re.sub(r"\s+", " ", re.sub(r"[`*]", "", text)).strip()


def slug(number, title):
    return f"{int(number):02d}-" + re.sub(r"[^a-z]+", "-", plain(title).lower()).strip("-")


def items(text):
    """{slug: [sentences]} of the numbered items."""
    found, current = {}, None
    for line in text.splitlines():
        start = ITEM.match(line)
        if start:
            number, title, rest = start.groups()
            current = found.setdefault(slug(number, title), [title + rest])
        elif current is not None and line.startswith("   "):
            current.append(line)
        else:
            current = None
    return {name: [one for one in split(" ".join(lines)) if slug(0, one) != slug(0, name[3:])]    # a title says nothing yet
            for name, lines in found.items()}


def split(text):
    """The sentences of an item: ended by a full stop, begun by a capital or a name in marks."""
    parts = re.split(r"(?<=[.])\s+(?=[A-Z`*])", re.sub(r"\s+", " ", text))
    return [plain(part) for part in parts if plain(part)]
