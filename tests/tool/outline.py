"""`schema`: a JSON Schema accepts every rule that is right, and refuses every fault that a schema can express."""
import datetime
import json
import shlex

import jsonschema
import yaml

from tool import ROOT, RULES

DIAGNOSIS = ROOT / "tests" / "diagnosis"

# What no schema can express, by code or by golden file: why. An entry that the schema refuses after all is a failure.
YAML_ALONE = "how it is written; a schema sees what a YAML reader made of it"
TYPES = "the type of the field decides, and the field is looked up by the event's type"
OTHERS = "it refers to something in another place of the file, or in another one"
ORDER = "it compares values with each other"
WORDS = "it is a language of its own inside a text"
UNABLE = {
    "E102": YAML_ALONE, "E103": YAML_ALONE, "E105": YAML_ALONE, "E106": YAML_ALONE, "E114": YAML_ALONE, "E219": YAML_ALONE,
    "E202/scenario-with-alert-of-nobody": "what `type` is may stand in `with`, too",
    "E202/given-without-type": "it may stand in `with`, too",
    "E205/numbers-in-conditions": TYPES, "E205/calendar": TYPES, "E205/regular-expressions": WORDS,
    "E206/between-times": TYPES, "E207": TYPES,
    "E208/fieldref-to-an-earlier-step": TYPES, "E208/null-is-not-compared": TYPES, "E208/between": TYPES,
    "E208/modifiers-apart": "the modifiers of a key are a set in any order",
    "E208/modifiers-of-another-type": TYPES, "E208/between-of-one": "the value depends on the modifiers in its key",
    "E208/all-of-one": "the value depends on the modifiers in its key", "E208/fieldref": OTHERS,
    "E209": WORDS, "E210/arithmetic": TYPES, "E212": OTHERS, "E214/two-nots-and-no-end": "what stands before it in the list decides",
    "E214/refers-to-a-later-step": OTHERS, "E215": ORDER, "E216/window-of-a-sequence": "it is a matter of kind; told with the reason",
    "E217": OTHERS, "E301": OTHERS, "E302": OTHERS, "E303/glob-that-means-nothing": "a glob is matched with all types",
    "E303/event-types-of-a-test": "events of a test are of any shape", "E304/two-types-one-field": TYPES, "E305": TYPES, "E306": WORDS,
    "E307": OTHERS, "E308": OTHERS, "E309": TYPES, "E310": WORDS, "E311": OTHERS, "E312": OTHERS, "E313": OTHERS,
    "E314": "the menu of measures is another file",
    "E402": OTHERS, "E403": OTHERS, "E404": OTHERS,
    "E405/aliases-and-references": WORDS, "E406": "all conditions are looked at together", "E407": ORDER,
    "E408": "it depends on today", "E409/stable-that-never-fires": OTHERS, "E409/stable-reads-one-under-test": OTHERS,
    "E410": "it depends on today", "E501": OTHERS,
}


def plain(node):
    """What a reader for editors hands to a schema."""
    if isinstance(node, dict):
        return {str(key): plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [plain(value) for value in node]
    return node.isoformat() if isinstance(node, (datetime.date, datetime.datetime)) else node


def validator(tool):
    schema = json.loads(tool.good("schema"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def accepts_what_is_right(tool):
    """every deployed rule and example of the language is accepted, as text and as editors type it"""
    check = validator(tool)
    paths = [*RULES, *sorted((ROOT / "tests" / "rules").rglob("*.yaml"))]
    assert len(paths) > 20
    for path in paths:
        for loader in (yaml.BaseLoader, yaml.SafeLoader):
            for document in yaml.load_all(path.read_text(encoding="utf-8"), loader):
                found = jsonschema.exceptions.best_match(check.iter_errors(plain(document)))
                assert found is None, (path, loader, list(found.absolute_path), found.message[:300])


def faulty_files(tool):
    """(code, case, documents) of each golden file of rules with an error of the code of its folder."""
    for folder in sorted(DIAGNOSIS.glob("E[0-9]*")):
        for case in sorted(path for path in folder.iterdir() if path.suffix != ".expected"):
            told = case / "run"
            words = shlex.split(told.read_text(encoding="utf-8"))[3:] if told.exists() else [case.name]
            done = tool.run("check", "--format", "json", "--today", "2026-12-01", *words, cwd=folder)
            faults = [json.loads(line) for line in done.stdout.splitlines()]
            for path in sorted({fault["file"] for fault in faults if fault["code"] == folder.name}):
                if not path.endswith(".yaml") or path.endswith("seinpost.yaml"):
                    continue
                try:
                    with open(folder / path, encoding="utf-8", newline="") as text:
                        yield folder.name, case.stem, [plain(doc) for doc in yaml.load_all(text.read(), yaml.BaseLoader)]
                except (yaml.YAMLError, UnicodeDecodeError, FileNotFoundError):
                    continue  # no editor gets as far as the schema


def refuses_what_is_wrong(tool):
    """every golden fault that a schema can express is refused; which it cannot, and why, is listed"""
    check = validator(tool)
    listed, counted = set(), 0
    for code, case, documents in faulty_files(tool):
        refused = any(next(check.iter_errors(document), None) for document in documents if document is not None)
        name = code if code in UNABLE else f"{code}/{case}"
        assert refused or name in UNABLE, f"accepted: {code}/{case}"
        assert not (refused and name == f"{code}/{case}" and name in UNABLE), f"refused after all: {name}"
        if not refused:
            listed.add(name)
        counted += refused
    assert listed == set(UNABLE), sorted(set(UNABLE) - listed)
    assert counted >= 40, counted


def is_of_the_catalogue(tool):
    """event types and fields of another catalogue are those of its schema"""
    tool.write("signals/air.x.avsc", (ROOT / "schemas/signals/air.noshow.avsc").read_text(encoding="utf-8").replace("inbound_delay_min", "own_field"))
    for name in ("places", ):
        (tool.folder / name).symlink_to(ROOT / "schemas" / name)
    for path in (ROOT / "schemas").glob("*.avsc"):
        (tool.folder / path.name).symlink_to(path)
    schema = json.loads(tool.good("schema", "--schemas", "."))
    assert schema["$defs"]["type"]["anyOf"][0]["enum"] == ["air.noshow"]
    assert "|own_field" in next(iter(schema["$defs"]["map"]["patternProperties"]))


CLAIMS = [accepts_what_is_right, refuses_what_is_wrong, is_of_the_catalogue]
