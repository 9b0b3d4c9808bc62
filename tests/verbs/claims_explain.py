"""`seinpost explain RULE` says what the compiled rule says, of every rule that we have, in two languages."""
import pathlib
import re
import subprocess
import tempfile

import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FOLDERS = ("deploy/rules", "tests/rules/runs", "tests/verbs/rules/every_modifier.yaml")


def explain(program, *words):
    return subprocess.run([program, "explain", *map(str, words)], cwd=ROOT, capture_output=True, text=True, check=False)


def documents(folder):
    top = ROOT / folder
    for path in sorted(top.rglob("*.yaml")) if top.is_dir() else [top]:
        for document in yaml.load_all(path.read_text(encoding="utf-8"), yaml.BaseLoader):
            if document and document.get("schema") == "seinpost/rule/1":
                yield document


def numbers_of(condition):
    """The numbers that the rule's condition asks for, as they must stand in the text."""
    values = condition.values() if isinstance(condition, dict) else []
    return [value for value in values if re.fullmatch(r"[\d.]+( [A-Z]{3})?", value)]


def events_of(document):
    """The rule's own events that its kind reads."""
    joins = yaml.safe_dump(document.get("correlation", {}))
    return [name for name in document.get("events", {}) if re.search(rf"\b{name}\b", joins)]


def missing_of(document, text):
    """What a rule says that its portrait does not."""
    wanted = [document["title"], f"{document['version']}", *document["purpose"], *document["legal-basis"],
              *document.get("measures", []), document["owner"], document["level"], document["stage"]]
    joins = document.get("correlation", {})
    wanted += [path.rstrip("/") for path in joins.get("group-by", [])]
    wanted += numbers_of(joins.get("condition", {}))
    wanted += [f"'{name}'" for name in events_of(document)]
    unless = document.get("unless", {})
    wanted += [] if "none" in unless else list(unless)
    return [word for word in wanted if word not in text]


def portraits(program, folder, lang):
    """What is wrong with the portraits of a folder."""
    done = explain(program, "*", "--rules", folder, "--lang", lang)
    if done.returncode != 0:
        return f"exit {done.returncode}: {done.stderr[-1500:]}"
    heads = {"en": "Rule ", "nl": "Regel "}
    found = {}
    for portrait in re.split(rf"\n(?={heads[lang]})", done.stdout):
        found[re.search(r" (?:\S+ )?\(?([a-z0-9_]+)\)?, versi", portrait)[1]] = portrait
    faults = []
    for document in documents(folder):
        portrait = found.get(document["name"])
        lost = ["all of it"] if portrait is None else missing_of(document, portrait)
        if lost:
            faults.append(f"{document['name']} does not say {lost}")
    return "; ".join(faults)


def changed(program, before, after, old, new):
    """A rule in which one word is another one has a portrait in which it is, and nothing else."""
    text = (ROOT / "deploy/rules/bank/many_to_one.yaml").read_text(encoding="utf-8")
    if before not in text:
        return f"the rule does not have {before}"
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "rule.yaml")
        path.write_text(text.replace(before, after), encoding="utf-8")
        was = explain(program, "B1", "--rules", "deploy/rules").stdout
        now = explain(program, "B1", "--rules", path).stdout
    return "" if was.count(old) == 1 and was.replace(old, new) == now else f"\n{was}\n{now}"


def plan(program):
    """Every entry of every rule that runs is found by some gate, or asked always."""
    text = explain(program, "--plan", "deploy/rules").stdout
    lost = [f"{document['name']}.{name}" for document in documents("deploy/rules")
            for name in events_of(document) if f"{document['name']}.{name}" not in text]
    return f"not in the plan: {lost}" if lost or not text else ""


def claims(program):
    for folder in FOLDERS:
        for lang in ("en", "nl"):
            yield f"explain says what the rules of {folder} say, in {lang}", portraits(program, folder, lang)
    yield "explain follows a threshold", changed(program, "gte: 10}", "gte: 11}", "at least 10\n", "at least 11\n")
    yield "explain follows a window", changed(program, "timespan: 7d", "timespan: 36h", "all within 7 days",
                                              "all within 1 day and 12 hours")
    yield "explain --plan has every entry of deploy/rules", plan(program)
