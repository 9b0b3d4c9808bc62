#!/usr/bin/env python3
"""The verbs of the built tool that need no broker, from outside: what they print, write and answer.

usage: run.py --seinpost PROGRAM [WORD...]     WORD: only claims whose name contains it

Each module has claims(tool): pairs of a claim and what is wrong with it, or ''. Ends with `N passed, N failed`.
"""
import argparse
import pathlib
import sys
import traceback

import approval
import change
import law_table
import layout
import mutate
import outline
import pages
import partner
import replay
import reports
import sigma
import silence
import views
from tool import Tool

MODULES = [reports, silence, approval, views, outline, layout, change, mutate, pages, partner, replay, sigma, law_table]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seinpost", required=True, type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("words", nargs="*")
    options = parser.parse_args()
    failed = passed = 0
    for module in MODULES:
        for function in module.CLAIMS:
            name = f"{module.__name__}: {function.__doc__.strip().splitlines()[0]}"
            if not all(word in name for word in options.words):
                continue
            try:
                with Tool(options.seinpost) as tool:
                    function(tool)
            except Exception:  # pylint: disable=broad-except
                print(f"FAIL {name}\n{traceback.format_exc(limit=-3)}")
                failed += 1
                continue
            print(f"ok {name}")
            passed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
