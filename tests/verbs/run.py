#!/usr/bin/env python3
"""The verbs of `seinpost` that need no broker: what a person asks, and the whole answer of the program.

usage: run.py --seinpost PROGRAM [--bless] [WORD...]     WORD: only cases and claims whose name contains it

golden/NAME.txt begins with `$ seinpost WORDS`, the command as it is run in the root of the tree; below it stands all
that it prints, and its exit code. A new case is a file with that line alone, and --bless, which writes the answers.
claims_*.py hold what is no golden text: each has claims(program), which gives (name, what is wrong or '').
Ends with `N passed, N failed`.
"""
import argparse
import concurrent.futures
import difflib
import importlib
import pathlib
import shlex
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PROMPT = "$ seinpost "


def answer(program, words, stdin=None):
    """Output, errors and exit code of the program, as one text."""
    done = subprocess.run([program, *words], cwd=ROOT, input=stdin, capture_output=True, text=True, check=False,
                          timeout=120)
    errors = f"--- stderr\n{done.stderr}" if done.stderr else ""
    return f"{done.stdout}{errors}--- exit {done.returncode}\n"


def judge(program, path, bless):
    """What is wrong with a golden file, or ''."""
    text = path.read_text(encoding="utf-8")
    first, _, expected = text.partition("\n")
    if not first.startswith(PROMPT):
        return f"the first line does not begin with '{PROMPT}'"
    found = answer(program, shlex.split(first.removeprefix(PROMPT)))
    if found == expected:
        return ""
    if bless:
        path.write_text(f"{first}\n{found}", encoding="utf-8")
        return ""
    return "\n" + "".join(difflib.unified_diff(expected.splitlines(True), found.splitlines(True), "expected", "found"))


def golden(program, bless, words):
    paths = [path for path in sorted((HERE / "golden").glob("*.txt")) if wanted(path.stem, words)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        yield from zip((path.stem for path in paths), pool.map(lambda path: judge(program, path, bless), paths))


def wanted(name, words):
    return not words or any(word in name for word in words)


def claims(program, words):
    for path in sorted(HERE.glob("claims_*.py")):
        yield from ((name, fault) for name, fault in importlib.import_module(path.stem).claims(program)
                    if wanted(name, words))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seinpost", required=True, type=pathlib.Path)
    parser.add_argument("--bless", action="store_true", help="write the answers as they are now")
    parser.add_argument("words", nargs="*")
    options = parser.parse_args()
    program = options.seinpost.resolve()
    passed = failed = 0
    for source in (golden(program, options.bless, options.words), claims(program, options.words)):
        for name, fault in source:
            passed, failed = (passed, failed + 1) if fault else (passed + 1, failed)
            print(f"FAILED {name}: {fault}" if fault else f"ok {name}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
