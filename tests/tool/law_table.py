"""deploy/model/LAW.md: which test would fail without a feature that the law asks for."""
import re

from tool import ROOT

LAW = ROOT / "deploy" / "model" / "LAW.md"
ROW = re.compile(r"\| (F\d+) \| (.+?) \| (.*?) ?\| (.*?) ?\|")


def rows():
    return [found.groups() for found in map(ROW.fullmatch, LAW.read_text(encoding="utf-8").splitlines()) if found]


def is_there(test):
    """Whether a test that the table names is one."""
    name, _, part = test.partition(":")
    path = ROOT / name
    if not part:
        return path.with_suffix(".expected").is_file()  # a golden file of the diagnosis
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return f"START_TEST({part})" in text or f"\ndef {part}(" in text


def every_feature(tool):
    """each feature stands in the table once, in order, with a test or the word that it is not built"""
    assert [name for name, *_ in rows()] == [f"F{number}" for number in range(1, 25)]
    for name, _, tests, missing in rows():
        assert tests or missing.startswith("not built"), f"{name} has neither a test nor says that it is not built"
        assert not missing or missing.startswith("not built"), f"{name}: {missing}"


def every_test(tool):
    """each test that it names exists"""
    tests = [test for _, _, tests, _ in rows() for test in re.findall(r"`([^`]+)`", tests)]
    assert len(tests) > 40
    assert [test for test in tests if not is_there(test)] == []
    assert not is_there("tests/unit/model/test_delivery.c:no_such_test") and not is_there("tests/diagnosis/E402/none")


CLAIMS = [every_feature, every_test]
