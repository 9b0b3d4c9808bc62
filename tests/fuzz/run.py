#!/usr/bin/env python3
"""Fuzz targets: gives each its corpus, or searches for inputs that break it.

usage: run.py --build BUILD_DIR                 the corpus of the tree, and what else of the tree is an input
       run.py --search SECONDS [--only TARGET]  builds the preset fuzz (clang, libFuzzer, sanitizers) and searches so long, each
       run.py --merge [--only TARGET]           puts what a search found into the tree, as few and as small inputs as cover as much

What a search finds is kept in build-fuzz/corpus/ and goes on from there; an input that breaks something is named and kept in
build-fuzz/broken/. Without --search it ends with `N passed, N failed`: an input counts one.
"""
import argparse
import itertools
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORK = ROOT / "build-fuzz"
TARGETS = ("record", "schema", "rules", "config", "line", "log", "commit", "image")
SIZE_MAX = 16384
KEPT_MAX = 100_000  # bytes of a target in the tree: the smallest


def seeds(target):
    """Inputs that are in the tree for other reasons."""
    if target == "schema":
        yield from (ROOT / "schemas/signals").glob("*.avsc")
    elif target == "rules":
        for folder in ("deploy/rules", "tests/rules", "tests/diagnosis"):
            yield from (path for path in (ROOT / folder).rglob("*.yaml") if path.stat().st_size <= SIZE_MAX)
    elif target == "config":
        yield ROOT / "deploy/seinpost.yaml"
        yield from (ROOT / "tests/diagnosis").rglob("seinpost.yaml")
    elif target == "line":
        yield from (ROOT / "deploy/scenarios").glob("*.ndjson")


def inputs(target):
    return sorted(seeds(target)) + sorted((HERE / "corpus" / target).glob("*"))


def replay(build, target):
    """(inputs, what broke): all at once, and one by one when that fails."""
    program, paths = build / "tests" / f"fuzz_{target}", inputs(target)
    if subprocess.run([program, *paths], capture_output=True, timeout=600, check=False).returncode == 0:
        return len(paths), []
    broken = []
    for path in paths:
        done = subprocess.run([program, path], capture_output=True, text=True, errors="replace", timeout=60, check=False)
        if done.returncode != 0:
            broken.append(f"{path.relative_to(ROOT)}: exit {done.returncode}: {done.stderr[-600:]}")
    return len(paths), broken or ["together they fail, alone none does"]


def build_targets(targets):
    for words in (["cmake", "--preset", "fuzz"], ["cmake", "--build", "--preset", "fuzz", "--target", *(f"fuzz_{t}" for t in targets)]):
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{' '.join(words)}:\n{done.stdout[-3000:]}{done.stderr}\n(Debian's clang and libclang-rt-14-dev are needed)")


def search(target, seconds):
    """True when nothing broke."""
    corpus, broken = WORK / "corpus" / target, WORK / "broken"
    corpus.mkdir(parents=True, exist_ok=True)
    broken.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as seeded:
        for number, path in enumerate(inputs(target)):
            shutil.copy(path, pathlib.Path(seeded) / str(number))
        start = time.monotonic()
        done = subprocess.run([WORK / "tests" / f"fuzz_{target}", f"-max_total_time={seconds}", f"-max_len={SIZE_MAX}", "-timeout=20",
                               "-rss_limit_mb=4000", "-print_final_stats=1", f"-artifact_prefix={broken}/{target}-", corpus, seeded],
                              capture_output=True, text=True, errors="replace", check=False,
                              env={**os.environ, "UBSAN_OPTIONS": "print_stacktrace=1"})
    runs = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    cover = re.findall(r"cov: (\d+)", done.stderr)
    print(f"{target}: {runs.group(1) if runs else '?'} inputs, {cover[-1] if cover else '?'} edges, "
          f"{len(list(corpus.iterdir()))} kept, {time.monotonic() - start:.0f} s", flush=True)
    if done.returncode != 0:
        print(done.stderr[-4000:], flush=True)
    return done.returncode == 0


def merge(target):
    kept, corpus = HERE / "corpus" / target, WORK / "corpus" / target
    with tempfile.TemporaryDirectory() as folder:
        seeded, merged = pathlib.Path(folder) / "seeded", pathlib.Path(folder) / "merged"
        seeded.mkdir()
        merged.mkdir()
        for number, path in enumerate(sorted(seeds(target))):
            shutil.copy(path, seeded / str(number))
        sources = [merged, seeded, *(path for path in (kept, corpus) if path.is_dir())]
        subprocess.run([WORK / "tests" / f"fuzz_{target}", "-merge=1", f"-max_len={SIZE_MAX}", *sources], capture_output=True, check=True)
        known = {path.read_bytes() for path in seeded.iterdir()}
        new = sorted((path for path in merged.iterdir() if path.read_bytes() not in known), key=lambda path: path.stat().st_size)
        found = [path for path, total in zip(new, itertools.accumulate(path.stat().st_size for path in new)) if total <= KEPT_MAX]
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        for path in found:
            shutil.copy(path, kept / path.name)
    print(f"{target}: {len(found)} inputs in the tree")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path)
    parser.add_argument("--search", type=int, metavar="SECONDS")
    parser.add_argument("--merge", action="store_true")
    parser.add_argument("--only", choices=TARGETS, action="append")
    options = parser.parse_args()
    targets = options.only or TARGETS
    if options.search or options.merge:
        build_targets(targets)
        good = all([search(target, options.search) for target in targets]) if options.search else True
        for target in targets if options.merge else ():
            merge(target)
        return 0 if good else 1
    if options.build is None:
        parser.error("--build or --search")
    passed = failed = 0
    for target in targets:
        count, broken = replay(options.build.resolve(), target)
        passed, failed = passed + count - len(broken), failed + len(broken)
        print(f"{'FAILED' if broken else 'ok'} {target}: {count} inputs" + "".join(f"\n  {line}" for line in broken), flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
