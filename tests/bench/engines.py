"""Other engines under the same rules: their jars, their programs, what they cost and what they alert.

The jars come from the package registry as Maven is set up here, once, into ${SEINPOST_CACHE:-$HOME/.cache/seinpost}.
"""
import json
import os
import pathlib
import shutil
import subprocess

SOURCES = pathlib.Path(__file__).resolve().parent / "engines"
CACHE = pathlib.Path(os.environ.get("SEINPOST_CACHE") or pathlib.Path.home() / ".cache" / "seinpost") / "engines-1"
HEAP = ("-Xmx4g", "-XX:+UseParallelGC")
OPENS = ("--add-opens=java.base/java.util=ALL-UNNAMED", "--add-opens=java.base/java.lang=ALL-UNNAMED")  # Flink asks for it
JAVA = os.environ.get("JAVA", "java")


def fetch():
    """The jars in the cache; whole or not at all."""
    if not CACHE.exists():
        part = CACHE.with_name(f"{CACHE.name}.part.{os.getpid()}")
        subprocess.run(["mvn", "-q", "-B", "-Dstyle.color=never", "-f", SOURCES / "pom.xml", "dependency:copy-dependencies",
                        f"-DoutputDirectory={part}", "-DincludeScope=runtime"], stdout=subprocess.DEVNULL, check=True, timeout=600)
        try:
            part.rename(CACHE)
        except OSError:  # another was first
            shutil.rmtree(part)
    return sorted(CACHE.glob("*.jar"))


class Engines:
    """The programs, compiled into a folder; by a compiler from the registry, as a JRE has none."""

    def __init__(self, folder):
        jars = ":".join(map(str, fetch()))
        self.path = f"{folder}:{jars}"
        subprocess.run([JAVA, "-cp", jars, "org.eclipse.jdt.internal.compiler.batch.Main", "-17", "-nowarn", "-cp", jars, "-d", folder,
                        *sorted(SOURCES.glob("*.java"))], check=True, timeout=300)
        self.folder = folder

    def run(self, program, what, events, rounds, *words):
        """What the program says, and its alerts as sorted (rule, id of the deciding event)."""
        alerts = self.folder / f"{program}-{what}.alerts"
        done = subprocess.run([JAVA, *HEAP, *OPENS, "-cp", self.path, program, what, events.with_suffix(".tsv"), str(rounds), alerts,
                               *map(str, words)], capture_output=True, text=True, timeout=1500, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{program} {what}: {done.returncode} {done.stdout}{done.stderr[-2000:]}")
        found = sorted(tuple(line.split("\t")) for line in alerts.read_text(encoding="utf-8").splitlines())
        return json.loads(done.stdout.splitlines()[-1]), found
