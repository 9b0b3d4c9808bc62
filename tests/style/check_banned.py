#!/usr/bin/env python3
"""Fails on functions, headers and words that may not stand where they stand.

Usage: check_banned.py ROOT
"""
import pathlib
import re
import subprocess
import sys

FUNCTIONS = re.compile(r"(?<![\w.>])(strcpy|strcat|sprintf|vsprintf|atoi|atol|rand|strtok|gets|alloca)\s*\(")
THREADS = re.compile(r"\b(pthread_(?!sigmask)\w+|atomic_\w+)\s*\(|<stdatomic\.h>|<threads\.h>")
THREADS_ALLOWED = ("daemon/run/", "daemon/base/counter.c", "tests/chaos/clock.c")
HEADERS = {"librdkafka/": ("daemon/kafka/", "include/seinpost/kafka/", "tests/unit/kafka/", "tests/bench/loop_bench.c"), "yaml.h": ("daemon/yaml/",),
           "avro.h": ("daemon/signal/", "include/seinpost/signal/", "tests/avro/"), "curl/": ("daemon/registry/", "daemon/cli/main"),
           "microhttpd.h": ("daemon/ops/",)}
WORDS = re.compile(r"\b(" + "TO" + "DO|FIX" + "ME|XX" + "X|not implemented)\b")
PATHS = re.compile(r"(?<![\w.$}])/(?:work|home|root|farm)/\w")
HOSTS = re.compile(r"repo1?\.maven|pypi\.org|pythonhosted|deb\.debian|registry\.npmjs|proxy\.golang")


def c_faults(name, line):
    if found := FUNCTIONS.search(line):
        yield f"{found[1]}() is banned"
    if THREADS.search(line) and not name.startswith(THREADS_ALLOWED):
        yield "threads and atomics belong to the room run"
    for header, allowed in HEADERS.items():
        if re.search(rf"#\s*include\s*<{re.escape(header)}", line) and not name.startswith(allowed):
            yield f"<{header}...> belongs to {allowed[0]}"


def faults(name, line):
    if name.endswith((".c", ".h")):
        yield from c_faults(name, line)
    if name.startswith(("daemon/", "include/", "deploy/", "tests/")) and not name.endswith("check_banned.py"):
        if WORDS.search(line):
            yield "unfinished work"
    if PATHS.search(line):
        yield "a path of a machine"
    if HOSTS.search(line) and not name.endswith("check_banned.py"):
        yield "the host of a package registry"


def files(root):
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=root, capture_output=True, text=True,
                            check=False).stdout.split("\n")
    return [name for name in listed if name and (root / name).is_file()]


def main():
    root, failed = pathlib.Path(sys.argv[1]), 0
    for name in files(root):
        text = (root / name).read_text(encoding="utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            for fault in faults(name, line):
                print(f"{name}:{number}: {fault}")
                failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
