#!/usr/bin/env python3
"""Runs the integration tests against a build of Seinpost, with a real broker and a real registry.

usage: run.py --seinpost-dir BUILD_DIR [--librdkafka system|newest] [--only NAME]... [--events N] [--kills K]

Prints `ok NAME (seconds)` or `FAILED NAME` as it goes and ends with `N passed, M failed`. Without
--seinpost-dir only the tests of the harness itself run. Logs of failures stay in the folder that it names.
"""
import argparse
import importlib
import pathlib
import shutil
import signal
import sys
import tempfile
import time
import traceback

from station import Bench, Case

MODULES = ("test_harness", "test_scenarios", "test_broken", "test_late", "test_absence", "test_clear", "test_places",
           "test_ends", "test_kills", "test_several", "test_reload", "test_snapshots", "test_approval",
           "test_explain", "test_replay", "test_rights", "test_floods", "test_inspection", "test_watch",
           "test_desks")


def options_of(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seinpost-dir", type=pathlib.Path, help="folder with seinpostd and seinpost")
    parser.add_argument("--librdkafka", choices=("system", "newest"), default="system",
                        help="what the daemon runs on: the library it is linked with, or the Python client's")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="tests whose name contains NAME")
    parser.add_argument("--events", type=int, default=200_000, help="generated events of the tests with kills")
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1, help="of the generated events and of the moments of the kills")
    parser.add_argument("--logs", type=pathlib.Path, help="where to keep logs (default: a new temporary folder)")
    parser.add_argument("--keep", action="store_true", help="keep the logs of passed tests as well")
    parser.add_argument("--list", action="store_true", help="print the names of the tests and their claims")
    return parser.parse_args(arguments)


def tests_of(only):
    """(name, function) of all tests in order; functions whose module says DAEMON = False need no build."""
    for module_name in MODULES:
        module = importlib.import_module(module_name)
        for name, function in vars(module).items():
            if name.startswith("test_") and callable(function) and function.__module__ == module_name:
                name = name[len("test_"):]
                if not only or any(part in name for part in only):
                    function.needs_daemon = getattr(module, "DAEMON", True)
                    yield name, function


def say(text):
    print(f"  {text}", file=sys.stderr, flush=True)


def run_one(bench, name, function, keep):
    """True when the test passed."""
    case = Case(bench, name)
    start = time.monotonic()
    fault = None
    say(f"{name}: {(function.__doc__ or '').strip().splitlines()[0]}")
    try:
        function(case)
    except Exception:  # whatever it is, it is a failed test
        fault = traceback.format_exc()
    try:
        case.close()
    except Exception:
        fault = fault or traceback.format_exc()
    seconds = time.monotonic() - start
    if fault is None:
        print(f"ok {name} ({seconds:.1f} s)", flush=True)
        if not keep:
            for folder in bench.folder.glob(f"{name}*"):
                shutil.rmtree(folder)
        return True
    print(f"FAILED {name} ({seconds:.1f} s)", flush=True)
    (case.folder / "failure.txt").write_text(fault, encoding="utf-8")
    say(fault.rstrip().replace("\n", "\n  "))
    say(f"logs: {case.folder}")
    return False


def main(arguments=None):
    options = options_of(arguments)
    tests = list(tests_of(options.only))
    if options.list:
        for name, function in tests:
            print(f"{name}: {' '.join((function.__doc__ or '').split())}")
        return 0
    if options.seinpost_dir is None:
        left_out = [name for name, function in tests if function.needs_daemon]
        tests = [(name, function) for name, function in tests if not function.needs_daemon]
        say(f"no --seinpost-dir: not run: {' '.join(left_out)}")
    else:
        options.seinpost_dir = options.seinpost_dir.resolve()
    if not tests:
        print("no test has that name", file=sys.stderr)
        return 2
    folder = options.logs.resolve() if options.logs else pathlib.Path(tempfile.mkdtemp(prefix="seinpost-integration-"))
    folder.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    bench = Bench(options.seinpost_dir, options.librdkafka, folder, options)
    passed = failed = 0
    try:
        for name, function in tests:
            if run_one(bench, name, function, options.keep):
                passed += 1
            else:
                failed += 1
    finally:
        bench.close()
    if failed:
        print(f"logs of failures: {folder}")
    elif not options.keep:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
