#!/usr/bin/env python3
"""All checks of style. Each is tried on a bad tree first: a check that refuses nothing is a failure.

usage: run.py [--build DIR] [--no-tidy]     DIR has compile_commands.json, for clang-tidy

Ends with `N passed, M failed`.
"""
import argparse
import concurrent.futures
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
HEADER = "/* {0}: a thing.\n *\n * Owns:    nothing.\n * Thread:  any.\n * Fails:   never.\n */\n"
BAD = {  # check: a file of one room that it must refuse
    "check_layers.py": ("daemon/base/bad.c", '#include "seinpost/rule/rule.h"\n'),
    "check_shape.py": ("daemon/base/bad.c", "void bad_long(void)\n{\n" + "    int a;\n" * 80 + "}\n"),
    "check_banned.py": ("daemon/base/bad.c", "void bad_copy(char *a, char *b)\n{\n    strcpy(a, b);\n}\n"),
    "check_comments.py": ("daemon/base/bad.c", "/* See bad_gone() in center.c. */\nint bad_is;\n"),
}


def script(name, root):
    return subprocess.run([sys.executable, HERE / name, root], capture_output=True, text=True, check=False)


def refuses(name):
    """The check fails on the bad file, and only because of it."""
    path, text = BAD[name]
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for top in ("daemon/base", "include/seinpost/base", "tests/style"):
            (root / top).mkdir(parents=True)
        (root / "include/seinpost/base/bad.h").write_text(HEADER.format("bad"))
        (root / "tests/style/layers.txt").write_text("base :\nrule : base\n")
        subprocess.run(["git", "init", "-q", root], check=True)
        good = script(name, root)
        (root / path).write_text(text)
        bad = script(name, root)
    if good.returncode == 0 and bad.returncode != 0 and "bad" in bad.stdout + bad.stderr:
        return ""
    return f"on a good tree {good.returncode}: {good.stdout}{good.stderr}, on a bad one {bad.returncode}: {bad.stdout}"


def passes(name):
    done = script(name, ROOT)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def sources(*tops):
    return [path for top in tops for path in sorted((ROOT / top).rglob("*.[ch]"))]


def formatted():
    done = subprocess.run(["clang-format", "--dry-run", "-Werror", f"--style=file:{HERE / 'clang-format.yaml'}",
                           *sources("daemon", "include", "tests")], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stderr[:4000]


def tidy_one(build, path):
    """clang-tidy 14 reports falsely when it is given several files at once: a process for each."""
    done = subprocess.run(["clang-tidy", "-p", build, f"--config-file={HERE / 'clang-tidy.yaml'}", "--quiet",
                           "--warnings-as-errors=*",
                           "--extra-arg=-Wno-unknown-warning-option", path], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout


def tidy_key(path):
    """What clang-tidy's answer depends on: the file, the headers of ours that it includes, the checks."""
    seen, todo = {}, [path]
    while todo:
        if (at := todo.pop()) not in seen:
            seen[at] = at.read_bytes()
            todo += [at.parent / name for name in re.findall(r'#include "([a-z_]+\.h)"', seen[at].decode())]
            todo += [ROOT / "include" / name for name in re.findall(r'#include "(seinpost/[a-z_/]+\.h)"', seen[at].decode())]
    parts = [(HERE / "clang-tidy.yaml").read_bytes()] + [str(at.relative_to(ROOT)).encode() + seen[at] for at in sorted(seen)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def tidy_cached(build, path):
    """A file that was found good is not looked at again until it, or a header of its, changes."""
    good = pathlib.Path(os.environ.get("SEINPOST_CACHE", pathlib.Path.home() / ".cache/seinpost")) / "tidy" / tidy_key(path)
    if good.exists():
        return ""
    fault = tidy_one(build, path)
    if not fault:
        good.parent.mkdir(parents=True, exist_ok=True)
        good.touch()
    return fault


def tidy(build):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda path: tidy_cached(build, path), [path for path in sources("daemon") if path.suffix == ".c"])
        return "".join(found)[:8000]


def claims(options):
    for name in BAD:
        yield f"{name} refuses a bad tree", refuses(name)
        yield f"{name} passes", passes(name)
    yield "clang-format", formatted()
    if options.build and not options.no_tidy:
        yield "clang-tidy", tidy(options.build)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path)
    parser.add_argument("--no-tidy", action="store_true")
    passed = failed = 0
    for name, fault in claims(parser.parse_args()):
        passed, failed = (passed, failed + 1) if fault else (passed + 1, failed)
        print(f"FAILED {name}:\n{fault}" if fault else f"ok {name}", flush=True)
    print(script("report_shape.py", ROOT).stdout)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
