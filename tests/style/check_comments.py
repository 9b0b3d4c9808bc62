#!/usr/bin/env python3
"""Fails when a comment names a function or a file that does not exist: prose without a check rots.

Usage: check_comments.py ROOT. Needs universal-ctags.
"""
import pathlib
import re
import subprocess
import sys

COMMENT = re.compile(r"/\*.*?\*/", re.S)
CALL = re.compile(r"\b([a-z_][a-z0-9_]{2,}|[A-Z][A-Z0-9_]{2,})\(\)")
FILE = re.compile(r"\b([\w/]+\.[ch])\b")
FOREIGN = {"abort", "memcpy", "poll", "close", "yaml_parser_load"}  # of libraries
FOREIGN_FILES = {"yaml.h", "avro.h", "rdkafka.h"}


def symbols(root):
    found = subprocess.run(["ctags", "-R", "--languages=C", "--langmap=C:.c.h", "--c-kinds=+pdfm", "-f", "-", "daemon", "include"], cwd=root,
                           capture_output=True, text=True, check=True).stdout
    return {line.split("\t", 1)[0] for line in found.splitlines()}


def main():
    root, failed = pathlib.Path(sys.argv[1]), 0
    known = symbols(root) | FOREIGN
    paths = [path for top in ("daemon", "include") for path in sorted((root / top).rglob("*.[ch]"))]
    names = {path.name for path in paths} | FOREIGN_FILES
    for path in paths:
        text = path.read_text(encoding="utf-8")
        for comment in COMMENT.finditer(text):
            wrong = [f"{name}()" for name in CALL.findall(comment[0]) if name not in known]
            wrong += [name for name in FILE.findall(comment[0]) if name.rsplit("/", 1)[-1] not in names]
            for name in wrong:
                print(f"{path.relative_to(root)}:{text.count(chr(10), 0, comment.start()) + 1}: no {name}")
                failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
