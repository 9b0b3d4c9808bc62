"""Ten thousand rules with their tests are checked in one go: the goal is under two seconds."""
import os
import pathlib
import re
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RULES = 10000
SECONDS = 3.0  # of processor time; about 1.5 where nobody else is at work
BYTES = 1024 * 1024 * 1024


def sources():
    """(file name, text, names of its rules) of the deployed rules."""
    for path in sorted((ROOT / "deploy" / "rules").rglob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        names = re.findall(r"^name: (\w+)", text, re.M)
        if "seinpost/rule/1" in text:
            yield path.stem, text, names


def generate(folder):
    """The deployed rules again and again under other names, one file each."""
    known = list(sources())
    names = sorted({name for _, _, all_names in known for name in all_names}, key=len, reverse=True)
    pattern = re.compile(r"\b(" + "|".join(names) + r")\b")
    known = [(stem, pattern.sub(r"\1@@", text).encode(), own) for stem, text, own in known]
    made = 0
    for i in range(RULES):
        for stem, text, own in known:
            if made >= RULES:
                return made
            (folder / f"{stem}_{i}.yaml").write_bytes(text.replace(b"@@", b"_%d" % i))
            made += len(own)
    return made


def check(program):
    """What is wrong, or ''; and the measures."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name) / "rules"
        folder.mkdir()
        made = generate(folder)
        with (pathlib.Path(name) / "out").open("w+b") as out:
            process = subprocess.Popen([program, "check", "--today", "2026-12-01", "rules"], cwd=name, stdout=out, stderr=subprocess.STDOUT)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            told = out.read().decode("utf-8", "replace")
    seconds = usage.ru_utime + usage.ru_stime
    measures = f"{seconds:.2f} s, {usage.ru_maxrss // 1024} MiB"
    good = process.returncode == 0 and f"{made} rules, 0 errors" in told and seconds < SECONDS and usage.ru_maxrss * 1024 < BYTES
    return "" if good else f"{process.returncode}: {measures}\n{told[-600:]}", measures


def claims(program):
    wrong, measures = check(program)
    yield f"large: {RULES} rules ({measures})", wrong
