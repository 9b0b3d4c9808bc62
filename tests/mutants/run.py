#!/usr/bin/env python3
"""Plants each fault of faults.txt in a copy of the daemon, and demands that a test sees it.

usage: run.py [--seeds N] [--jobs N] [--only WORD] [--keep-going]     run from anywhere; the copy is in build/mutants

A fault is first tried on the simulation, then on the unit tests of its rooms and of the room run. One that no test sees fails the run, and so
does one whose text is not in the daemon any more. Ends with `N passed, N failed`.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import time
from dataclasses import dataclass

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PARTS = ("CMakeLists.txt", "CMakePresets.json", "daemon", "deploy", "include", "schemas", "tests")
TIMEOUT = 300
BROKER = "kafka"  # the room that the simulation stands in for: its faults are for the unit tests


@dataclass
class Change:
    """Lines of a file, and what shall stand in their place."""
    file: str
    old: str
    new: str


@dataclass
class Fault:
    name: str
    changes: list


def block(lines, signs):
    return "\n".join(line[1:] for line in lines if line[:1] in signs or not line)


def read_faults(text):
    """Yields the faults of faults.txt."""
    fault, name, lines = None, "", []

    def end_change():
        while lines and not lines[-1]:
            lines.pop()
        if lines:
            fault.changes.append(Change(name, block(lines, " -"), block(lines, " +")))
            lines.clear()

    for line in text.splitlines():
        if line.startswith(("== ", "-- ", "#")):
            end_change()
        if line.startswith("== "):
            if fault:
                yield fault
            fault = Fault(line[3:], [])
        elif line.startswith("-- "):
            name = line[3:]
        elif line[:1] in " -+" and name and not line.startswith("#"):
            lines.append(line)
    end_change()
    yield fault


class Copy:
    """The daemon's sources, and one build of them."""

    def __init__(self, folder):
        self.source, self.build = folder / "source", folder / "build"
        self.planted = []

    def refresh(self):
        """Takes over what is new; what is not keeps its time, so that it is not built again."""
        listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", *PARTS], cwd=ROOT, capture_output=True,
                                text=True, check=True).stdout.split()
        wanted = {name for name in listed if (ROOT / name).is_file()}
        for name in wanted:
            self.write(name, self.original(name))
        for path in [path for path in self.source.rglob("*") if path.is_file()]:
            if str(path.relative_to(self.source)) not in wanted:
                path.unlink()

    def original(self, name):
        """A fault may leave something unused: no reason not to build it."""
        content = (ROOT / name).read_bytes()
        return content.replace(b"-Werror ", b"-w ") if name == "CMakeLists.txt" else content

    def write(self, name, content):
        path = self.source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)

    def configure(self):
        return self.command("cmake", "-S", self.source, "-B", self.build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
                            "-DCMAKE_C_FLAGS_RELEASE=-O1")

    def make(self, *targets):
        return self.command("cmake", "--build", self.build, "--target", *targets)

    def targets(self, rooms):
        """The unit tests of these rooms that there are."""
        listed = self.command("cmake", "--build", self.build, "--target", "help")
        return [f"unit_{room}" for room in rooms if re.search(rf"\bunit_{room}\b", listed.stdout)]

    def command(self, *words):
        return subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False,
                              timeout=TIMEOUT)

    def plant(self, fault):
        """Returns why not, or an empty text."""
        for change in fault.changes:
            text = (self.source / change.file).read_text(encoding="utf-8")
            times = text.count(change.old + "\n")
            if times != 1:
                return f"its lines are {times} times in {change.file}: {change.old.strip().splitlines()[0]}"
            self.planted.append(change.file)
            self.write(change.file, text.replace(change.old, change.new).encode())
        return ""

    def heal(self):
        for name in self.planted:
            self.write(name, self.original(name))
        self.planted.clear()


def tail(done, count=15):
    return "\n".join((done.stdout + done.stderr).splitlines()[-count:])


def try_sim(copy, options):
    """Returns what the simulation saw, or an empty text."""
    done = copy.command(copy.build / "tests/sim", "--root", copy.source, "--seeds", options.seeds, "--jobs",
                        options.jobs, "--failures", 1)
    if done.returncode == 0:
        return ""
    seed = re.search(r"FAILED seed (\d+).*\n(.*)", done.stdout)
    return f"sim, seed {seed[1]}: {seed[2][:90]}" if seed else f"sim: {tail(done, 2)}"


def try_units(copy, rooms):
    for name in copy.targets(rooms):
        made = copy.make(name)
        if made.returncode != 0:
            return f"{name} cannot be built: {tail(made)}"
        done = copy.command(copy.build / "tests" / name)
        if done.returncode != 0:
            seen = re.search(r"[^/\s]+\.c:\d+:[FE]:(\S+)", done.stdout)
            return f"{name}: {seen[1] if seen else tail(done, 2)}"
    return ""


def try_fault(copy, fault, options):
    """Returns (who saw it, or an empty text; why the fault cannot be tried)."""
    why = copy.plant(fault)
    if why:
        return "", why
    rooms = sorted({pathlib.Path(change.file).parts[1] for change in fault.changes})
    if rooms != [BROKER]:
        made = copy.make("sim")
        if made.returncode != 0:
            return "", f"it cannot be built:\n{tail(made)}"
        if seen := try_sim(copy, options):
            return seen, ""
        rooms += ["run"] if "run" not in rooms else []  # where all rooms below it work together
    return try_units(copy, rooms), ""


def healthy(copy, options):
    """The daemon as it is passes: else nothing would be proven."""
    for done in (copy.configure(), copy.make("sim")):
        if done.returncode != 0:
            return tail(done, 40)
    return try_sim(copy, options)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=400)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="faults whose name has this in it")
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "build/mutants")
    options = parser.parse_args()
    copy = Copy(options.folder)
    copy.refresh()
    if ill := healthy(copy, options):
        print(f"FAILED the daemon without a fault: {ill}\n0 passed, 1 failed")
        return 1
    passed = failed = 0
    faults = read_faults((HERE / "faults.txt").read_text(encoding="utf-8"))
    for fault in [fault for fault in faults if options.only in fault.name]:
        begun = time.monotonic()
        seen, why = try_fault(copy, fault, options)
        copy.heal()
        passed, failed = (passed + 1, failed) if seen else (passed, failed + 1)
        state = f"ok {fault.name}: {seen}" if seen else f"FAILED {fault.name}: {why or 'no test saw it'}"
        print(f"{state} ({time.monotonic() - begun:.1f} s)", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
