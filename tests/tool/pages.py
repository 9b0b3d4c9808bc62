"""`--help`, manual pages and completions: one table of verbs and options."""
import re
import shutil
import subprocess

from tool import ROOT


def verbs(tool):
    """The verbs that the program names."""
    found = re.findall(r"^  (\w[\w-]*) +\S", tool.good("--help"), re.M)
    assert len(found) >= 12 and "check" in found
    return found


def options(tool, verb):
    """The options that `--help` names: (name, takes something)."""
    return re.findall(r"^  --([a-z-]+)( [A-Z]+)?\b", tool.good(verb, "--help"), re.M)


def help_ends_well(tool):
    """every verb has a help with a line of usage, its options and its exit codes"""
    for verb in verbs(tool):
        told = tool.good(verb, "--help")
        assert told.startswith(f"usage: seinpost {verb} ") and "\nExit: 0 " in told, verb
        assert ("help", "") in options(tool, verb), verb
        assert max(map(len, told.splitlines())) <= 110, verb


def every_option_has_its_page(tool):
    """each option of --help is in the manual page and in each completion, and no other is"""
    shells = {shell: tool.good("pages", shell) for shell in ("bash", "zsh", "fish")}
    overview = tool.good("pages", "man").replace("\\-", "-")
    for verb in verbs(tool):
        page = tool.good("pages", "man", verb).replace("\\-", "-")
        named = options(tool, verb)
        assert re.findall(r"^\.TP\n\\fB--([a-z-]+)\\fR( \\fI[A-Z]+)?", page, re.M) == [
            (name, f" \\fI{what.strip()}" if what else "") for name, what in named], verb
        assert f"\\fB{verb}\\fR" in overview, verb
        words = re.search(rf"^    {verb}\) options='([^']*)'", shells["bash"], re.M)[1].split()
        assert words == [f"--{name}" for name, _ in named], verb
        block = re.search(rf"^    {verb}\) _arguments(.*?);;", shells["zsh"], re.M | re.S)[1]
        assert re.findall(r"--([a-z-]+)\[", block) == [name for name, _ in named], verb
        assert re.findall(rf"seen_subcommand_from {verb}' -l ([a-z-]+)", shells["fish"]) == [name for name, _ in named], verb


def every_option_is_accepted(tool):
    """each option of --help is known to its verb, with what it takes and not without; another is not"""
    for verb in verbs(tool):
        for name, what in options(tool, verb):
            told = tool.run(verb, f"--{name}", *(["2026-01-01"] if what else []), "--help").stderr
            assert "unrecognized option" not in told and "ambiguous" not in told, (verb, name, told)
            if what:
                assert f"option '--{name}' requires an argument" in tool.bad(2, verb, f"--{name}"), (verb, name)
        assert "unrecognized option '--no-such'" in tool.bad(2, verb, "--no-such"), verb


def pages_are_roff(tool):
    """the pages are those of a folder as /usr/share, and a man that is there formats them without complaint"""
    tool.good("pages", "all", "share")
    pages = sorted((tool.folder / "share/man").rglob("*.[18]"))
    assert [page.name for page in pages] == sorted(["seinpost.1", *(f"seinpost-{verb}.1" for verb in verbs(tool))]) + ["seinpostd.8"]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert text.startswith(".TH ") and ".SH SYNOPSIS\n" in text
        if shutil.which("groff"):
            done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z", page], capture_output=True, text=True, check=False)
            assert done.returncode == 0 and not done.stderr, (page, done.stderr)
    assert "--instance" in (tool.folder / "share/man/man8/seinpostd.8").read_text(encoding="utf-8").replace("\\-", "-")


def bash_completes(tool):
    """bash completes a verb, an option of that verb, and a file"""
    tool.good("pages", "all", "share")
    tool.write("rules.yaml", "")

    def complete(*words):
        line = " ".join(words)
        script = (f"source share/bash-completion/completions/seinpost; COMP_WORDS=({line}); [ '{words[-1]}' = '' ] && COMP_WORDS+=(''); "
                  f"COMP_CWORD={len(words) - 1}; _seinpost; printf '%s\\n' \"${{COMPREPLY[@]}}\"")
        return subprocess.run(["bash", "-c", script], cwd=tool.folder, capture_output=True, text=True, check=True).stdout.split()

    assert complete("seinpost", "cov") == ["coverage"]
    assert complete("seinpost", "check", "--f") == ["--format"]
    assert complete("seinpost", "check", "rul") == ["rules.yaml"]


def other_shells_read_them(tool):
    """a zsh or fish that is there finds no fault in its file"""
    for shell, words in (("zsh", ["-n"]), ("fish", ["--no-execute"])):
        if shutil.which(shell):
            path = tool.write(f"c.{shell}", tool.good("pages", shell))
            done = subprocess.run([shell, *words, path], capture_output=True, text=True, check=False)
            assert done.returncode == 0 and not done.stderr, (shell, done.stderr)


def cmake_installs_them(tool):
    """CMake installs the programs, the schemas, and every page and completion"""
    build = next((path for path in (ROOT / "build", ROOT / "build-asan") if str(tool.program).startswith(str(path))), None)
    assert build is not None, "the program is of a build of this tree"
    done = subprocess.run(["cmake", "--install", build, "--prefix", tool.folder / "usr"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    there = {str(path.relative_to(tool.folder / "usr")) for path in (tool.folder / "usr").rglob("*")}
    for name in ("bin/seinpost", "bin/seinpostd", "share/man/man1/seinpost-check.1", "share/man/man8/seinpostd.8",
                 "share/bash-completion/completions/seinpost", "share/zsh/site-functions/_seinpost",
                 "share/fish/vendor_completions.d/seinpost.fish", "share/seinpost/schemas/alert.avsc"):
        assert name in there, name
    done = subprocess.run([tool.folder / "usr/bin/seinpost", "check", ROOT / "deploy/rules"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


CLAIMS = [help_ends_well, every_option_has_its_page, every_option_is_accepted, pages_are_roff, bash_completes,
          other_shells_read_them, cmake_installs_them]
