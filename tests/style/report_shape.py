#!/usr/bin/env python3
"""Prints lines of code per room and how long functions are, as ctags measures them.

Usage: report_shape.py ROOT
"""
import collections
import pathlib
import re
import subprocess
import sys


def functions(root):
    """(lines, name, place) of every function of the daemon."""
    out = subprocess.run(["ctags", "-R", "--languages=C", "--c-kinds=f", "--fields=+ne", "-f", "-", "daemon"], cwd=root,
                         capture_output=True, text=True, check=True).stdout
    for row in out.splitlines():
        start, end = re.search(r"\tline:(\d+)", row), re.search(r"\tend:(\d+)", row)
        if start and end:
            name, path = row.split("\t")[:2]
            yield int(end[1]) - int(start[1]) + 1, name, f"{path}:{start[1]}"


def code_lines(path):
    """Lines that are neither empty nor comment."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
    return sum(1 for line in text.splitlines() if line.strip())


def main():
    root = pathlib.Path(sys.argv[1])
    rooms = collections.Counter()
    for top, depth in (("daemon", 1), ("include/seinpost", 2)):
        for path in (root / top).rglob("*.[ch]"):
            rooms[path.relative_to(root).parts[depth]] += code_lines(path)
    for room, lines in rooms.most_common():
        print(f"{room:10} {lines:6}")
    print(f"{'all':10} {sum(rooms.values()):6} lines of code\n")
    found = sorted(functions(root), reverse=True)
    sizes = sorted(size for size, _, _ in found)
    share = {percent: sizes[min(len(sizes) - 1, len(sizes) * percent // 100)] for percent in (50, 95, 99)}
    print(f"{len(found)} functions, lines: median {share[50]}, p95 {share[95]}, p99 {share[99]}")
    for size, name, place in found[:10]:
        print(f"{size:4} {name} {place}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
