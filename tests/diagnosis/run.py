#!/usr/bin/env python3
"""Every diagnostic has a golden file: what a person wrote, and the whole answer of the program.

usage: run.py --seinpost PROGRAM [--bless] [WORD...]     WORD: only cases whose name contains it

tests/diagnosis/CODE/NAME.yaml is checked with `seinpost check NAME.yaml`; a folder NAME/ with `seinpost check NAME`.
A first line `# run: WORDS` (in the file, or in NAME/run) names other arguments; `# repeat: N` stands for N copies of
the rest. NAME.expected holds the command, its
output and its exit code. A code of the sources without a golden file fails, and so does a golden file without its
code. hostile.py and large.py generate what is too large to be kept; values.py holds what YAML must not resolve.
Ends with `N passed, N failed`.
"""
import argparse
import concurrent.futures
import difflib
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

import hostile
import large
import values

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TODAY = "2026-12-01"
CODE = re.compile(r'"([EW]\d{3})"')


def source_codes():
    """The codes that daemon/ can emit."""
    return {code for path in (ROOT / "daemon").rglob("*.c") for code in CODE.findall(path.read_text(encoding="utf-8"))}


def inputs():
    """The input of each case: a file, or a folder."""
    return sorted(path for folder in HERE.iterdir() if re.fullmatch(r"[EW]\d{3}", folder.name)
                  for path in folder.iterdir() if path.suffix != ".expected")


def arguments(case):
    """What stands behind `seinpost`."""
    told = case / "run" if case.is_dir() else case
    first = told.read_bytes().split(b"\n", 1)[0].decode("utf-8", "replace") if told.is_file() else ""
    if first.startswith("# run: "):
        return shlex.split(first.removeprefix("# run: "))
    return ["check", case.name]


def repeated(content):
    """What `# repeat: N` stands for."""
    first, _, rest = content.partition(b"\n")
    return rest * int(first.removeprefix(b"# repeat: ")) if first.startswith(b"# repeat: ") else content


def answer(program, case, folder):
    """The program's answer as the golden file has it. The case is copied to `folder`, where it is run."""
    if case.is_dir():
        shutil.copytree(case, folder / case.name)
        for signals in (folder / case.name).rglob("signals"):  # a catalogue: the formats beside it are the real ones
            for schema in (ROOT / "schemas").glob("*.avsc"):
                if not (signals.parent / schema.name).exists():
                    shutil.copy(schema, signals.parent)
    else:
        (folder / case.name).write_bytes(repeated(case.read_bytes()))
    words = arguments(case)
    if words[0] == "check":
        words = ["check", "--today", TODAY, *words[1:]]
    done = subprocess.run([program, *words], cwd=folder, capture_output=True, timeout=60, check=False,
                          env={**os.environ, "SEINPOST_SCHEMAS": str(ROOT / "schemas")})
    return b"$ seinpost %s\n%s%sexit %d\n" % (shlex.join(words).encode(), done.stdout, done.stderr, done.returncode)


def compare(case, got, bless):
    """What is wrong with a case, or ''."""
    golden = case.with_name(case.stem + ".expected")
    if bless:
        golden.write_bytes(got)
    if not golden.exists():
        return f"no {golden.name}; --bless writes it\n"
    want = golden.read_bytes()
    code = case.parent.name
    if f"[{code}]".encode() not in want:
        return f"{golden.name} does not contain {code}\n"
    if got == want:
        return ""
    lines = [text.decode("utf-8", "replace").splitlines(keepends=True) for text in (want, got)]
    return "".join(difflib.unified_diff(*lines, f"{code}/{golden.name}", "now"))


def golden_claim(program, bless, case):
    with tempfile.TemporaryDirectory() as folder:
        return f"{case.parent.name}/{case.stem}", compare(case, answer(program, case, pathlib.Path(folder)), bless)


def golden_claims(program, bless, words):
    """(name, what is wrong) of every golden file."""
    cases = [case for case in inputs() if all(word in f"{case.parent.name}/{case.stem}" for word in words)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        yield from pool.map(lambda case: golden_claim(program, bless, case), cases)


def completeness_claims():
    """Every code has a case, every folder's code exists, every golden file has its input."""
    have, codes = {case.parent.name for case in inputs()}, source_codes()
    yield "every code has a golden file", " ".join(sorted(codes - have))
    yield "every golden file's code is in the sources", " ".join(sorted(have - codes))
    stems = {case.with_name(case.stem) for case in inputs()}
    orphans = [str(path.relative_to(HERE)) for path in HERE.glob("*/*.expected") if path.with_suffix("") not in stems]
    yield "every golden file has its input", " ".join(orphans)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seinpost", required=True, type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("--bless", action="store_true")
    parser.add_argument("words", nargs="*")
    options = parser.parse_args()
    failed = passed = 0
    claims = list(golden_claims(options.seinpost, options.bless, options.words))
    if not options.words:
        claims += completeness_claims()
        claims += values.claims(options.seinpost)
        claims += [(f"{name} ({told})", wrong) for name, wrong, told in hostile.claims(options.seinpost)]
        claims += large.claims(options.seinpost)
    for name, wrong in claims:
        print(f"{'FAIL' if wrong else 'ok'} {name}")
        if wrong:
            print(wrong)
        failed += bool(wrong)
        passed += not wrong
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
