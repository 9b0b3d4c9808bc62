#!/usr/bin/env python3
"""The Debian packages: made twice, judged by systemd, and installed in a Debian that has never seen the project.

usage: run.py [--cache DIR] [--only WORD]     DIR keeps the bare Debian between runs; as root, for the chroot

The bare Debian comes from wherever this machine's apt gets its packages. Ends with `N passed, N failed`.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = ("seinpost", "seinpost-rules")
EXPOSURE = 15  # tenths: systemd calls 1.5 OK


class Failed(Exception):
    pass


def claim(holds, text):
    if not holds:
        raise Failed(text)


def run(*words, cwd=None, env=None, good=(0,), stdin=None):
    """Standard output of a command that must end well."""
    done = subprocess.run([str(word) for word in words], cwd=cwd, env=env, input=stdin, capture_output=True, text=True,
                          timeout=600, check=False)
    if done.returncode not in good:
        raise Failed(f"{' '.join(str(word) for word in words)}: {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def build(source, folder):
    """The packages of a source tree, made in a folder; {name: path}."""
    moment = run("git", "-C", ROOT, "log", "-1", "--format=%ct").strip()
    env = {**os.environ, "SOURCE_DATE_EPOCH": moment}
    run("cmake", "-S", source, "-B", folder, "-G", "Ninja", "-DSEINPOST_TESTS=OFF", "-DSEINPOST_SYSTEM=ON",
        "-DCMAKE_INSTALL_PREFIX=/usr", env=env)
    run("cmake", "--build", folder, env=env)
    run("cpack", cwd=folder, env=env)
    return {name: next(folder.glob(f"{name}_*.deb")) for name in PACKAGES}


class Debian:
    """A bare Debian in a folder, entered by chroot. It sees the network and none of our files."""

    def __init__(self, folder, cache):
        self.folder = folder
        bare = cache / "debian12.tar"
        if not bare.exists():
            self._bootstrap(bare)
        folder.mkdir()
        run("tar", "-xf", bare, "-C", folder)
        for name in ("proc", "sys", "dev/pts"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        run("mount", "-t", "proc", "proc", folder / "proc")

    @staticmethod
    def _sources():
        lines = run("apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME)", "Created-By: Packages").splitlines()
        return sorted({tuple(line.split()) for line in lines if line.split()[1].startswith("bookworm")})

    def _bootstrap(self, bare):
        """A new one; apt in it asks where apt here asks."""
        print("  a bare Debian is fetched", file=sys.stderr, flush=True)
        main = next(place for place, suite in self._sources() if suite == "bookworm")
        with tempfile.TemporaryDirectory() as temporary:
            made = pathlib.Path(temporary) / "made"
            run("debootstrap", "--variant=minbase", "bookworm", made, main)
            lines = [f"deb {place} {suite} main\n" for place, suite in self._sources()]
            (made / "etc/apt/sources.list").write_text("".join(lines), encoding="utf-8")
            for part in pathlib.Path("/etc/apt/apt.conf.d").glob("99*"):
                shutil.copy(part, made / "etc/apt/apt.conf.d")
            run("chroot", made, "apt-get", "update", "-qq")
            run("tar", "-cf", bare.with_suffix(".new"), "-C", made, ".")
            bare.with_suffix(".new").rename(bare)

    def __call__(self, *words, good=(0,), user=None):
        env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
        who = ["--userspec", f"{user}:{user}"] if user else []
        return run("chroot", *who, self.folder, *words, env=env, good=good)

    def path(self, name):
        return self.folder / name.lstrip("/")

    def mode(self, name):
        return self("stat", "-c", "%a %U %G", name).strip()

    def close(self):
        subprocess.run(["umount", self.folder / "proc"], check=False)


class Bench:
    def __init__(self, temporary, cache):
        self.folder = temporary
        self.cache = cache
        self.packages = None
        self.debian = None


def test_reproducible(bench):
    """Two builds of one commit, in different folders, are the same packages, byte for byte."""
    bench.packages = build(ROOT, bench.folder / "first")
    elsewhere = bench.folder / "a copy elsewhere"
    run("git", "clone", "-q", ROOT, elsewhere)
    if run("git", "-C", ROOT, "status", "--porcelain").strip():
        print("  the tree has changes that are not committed: they are copied", file=sys.stderr)
        changed = run("git", "-C", ROOT, "ls-files", "-m", "-o", "--exclude-standard").splitlines()
        for name in changed:
            (elsewhere / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, elsewhere / name)
    again = build(elsewhere, bench.folder / "second")
    for name, path in bench.packages.items():
        claim(path.read_bytes() == again[name].read_bytes(), f"{path.name} differs: {path} {again[name]}")


def test_unit(bench):
    """The unit is one that systemd takes, and its exposure is at most 1.5."""
    folder = bench.folder / "unit"
    run("dpkg-deb", "-x", bench.packages["seinpost"], folder)
    unit = folder / "lib/systemd/system/seinpostd.service"
    text = unit.read_text(encoding="utf-8").replace("/usr/bin/seinpostd", str(folder / "usr/bin/seinpostd"))
    unit.write_text(text, encoding="utf-8")
    said = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False)
    faults = [line for line in said.stderr.splitlines() if "seinpostd.service" in line]
    claim(not faults, "\n".join(faults))
    run("systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE}", "--no-pager", unit)


def install(bench):
    for path in bench.packages.values():
        shutil.copy(path, bench.debian.folder / "tmp")
    bench.debian("apt-get", "install", "-y", "-qq", "--no-install-recommends",
                 *(f"/tmp/{path.name}" for path in bench.packages.values()))


def test_installs(bench):
    """apt installs both in a bare Debian: user, folders, a key of its own, a configuration that nobody else reads."""
    bench.debian = Debian(bench.folder / "debian", bench.cache)
    install(bench)
    debian = bench.debian
    claim(":/var/lib/seinpost:" in debian("getent", "passwd", "seinpost"), "no user")
    claim(debian.mode("/etc/seinpost") == "750 root seinpost", debian.mode("/etc/seinpost"))
    claim(debian.mode("/etc/seinpost/seinpost.yaml") == "640 root seinpost", debian.mode("/etc/seinpost/seinpost.yaml"))
    claim(debian.mode("/etc/seinpost/pseudonym.key") == "600 root root", debian.mode("/etc/seinpost/pseudonym.key"))
    claim(debian.mode("/var/lib/seinpost") == "700 seinpost seinpost", debian.mode("/var/lib/seinpost"))
    key = debian.path("/etc/seinpost/pseudonym.key").read_text(encoding="ascii")
    claim(re.fullmatch(r"[0-9a-f]{64}", key) and len(set(key)) > 4, "the key is no key")


def test_works(bench):
    """What is installed works there: the configuration has no fault, the rules pass, the demo alerts, as the daemon's user."""
    debian = bench.debian
    debian("seinpost", "check", "--config", "/etc/seinpost/seinpost.yaml", user="seinpost")
    said = debian("seinpost", "test", "/usr/share/seinpost/deploy/rules", user="seinpost")
    claim(re.search(r"[1-9]\d* passed, 0 failed", said), said[-500:])
    said = debian("seinpost", "demo", user="seinpost")
    claim("9 alerts opened" in said, said[-500:])
    for name in ("/usr/share/man/man8/seinpostd.8", "/usr/share/man/man1/seinpost.1",
                 "/usr/share/bash-completion/completions/seinpost"):
        claim(debian.path(name).stat().st_size > 0, name)


def test_daemon_starts(bench):
    """The installed daemon reads its key as a credential, and without a broker says so and ends with 3."""
    debian = bench.debian
    debian("install", "-d", "-o", "seinpost", "-m", "700", "/run/credentials")
    debian("install", "-o", "seinpost", "-m", "400", "/etc/seinpost/pseudonym.key", "/run/credentials/pseudonym.key")
    command = "exec seinpostd --config /etc/seinpost/seinpost.yaml 2>&1"
    said = debian("sh", "-c", command, user="seinpost", good=(2,))
    claim("$CREDENTIALS_DIRECTORY/pseudonym.key" in said, said)
    said = debian("sh", "-c", f"export CREDENTIALS_DIRECTORY=/run/credentials; {command}", user="seinpost", good=(3,))
    claim("pseudonym.key" not in said and "127.0.0.1:9092" in said, said)


def test_again(bench):
    """Installed anew, a changed configuration and the key stay as they are."""
    debian = bench.debian
    config, key = debian.path("/etc/seinpost/seinpost.yaml"), debian.path("/etc/seinpost/pseudonym.key")
    changed = config.read_text(encoding="utf-8").replace("instance: station-1", "instance: mine")
    config.write_text(changed, encoding="utf-8")
    before = key.read_bytes()
    debian("apt-get", "install", "-y", "-qq", "--reinstall", "--no-install-recommends",
           *(f"/tmp/{path.name}" for path in bench.packages.values()))
    claim(config.read_text(encoding="utf-8") == changed, "the configuration was overwritten")
    claim(key.read_bytes() == before, "the key was made anew")


def test_purges(bench):
    """Removed, configuration and key stay; purged, nothing of ours is left but the user."""
    debian = bench.debian
    debian("apt-get", "remove", "-y", "-qq", *PACKAGES)
    claim(debian.path("/etc/seinpost/pseudonym.key").exists(), "the key went with the program")
    claim(debian.path("/etc/seinpost/seinpost.yaml").exists(), "the configuration went with the program")
    debian("apt-get", "purge", "-y", "-qq", *PACKAGES)
    left = debian("find", "/etc", "/usr", "/var/lib", "/lib", "-name", "*seinpost*", "-not", "-path", "/var/lib/dpkg/*").split()
    claim(not left, f"left: {left}")


TESTS = (test_reproducible, test_unit, test_installs, test_works, test_daemon_starts, test_again, test_purges)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path.home() / ".cache/seinpost")
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    failed = passed = 0
    with tempfile.TemporaryDirectory(prefix="seinpost-package-") as temporary:
        bench = Bench(pathlib.Path(temporary), options.cache)
        for test in TESTS:
            start = time.monotonic()
            try:
                test(bench)
                passed += 1
                print(f"ok {test.__name__[5:]}: {test.__doc__} ({time.monotonic() - start:.0f} s)", flush=True)
            except Exception:  # pylint: disable=broad-except
                failed += 1
                print(f"FAILED {test.__name__[5:]}: {test.__doc__}\n{traceback.format_exc(limit=-3)}", flush=True)
        if bench.debian is not None:
            bench.debian.close()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
