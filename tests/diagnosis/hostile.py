#!/usr/bin/env python3
"""Hostile files: one megabyte of nasty YAML or JSON ends with diagnostics, in bounded time and memory.

usage: hostile.py --seinpost PROGRAM [WORD...]      WORD: only cases whose name contains it

Each case is generated (at most 1 MiB, or a little more where the size itself is the attack), checked by `seinpost check`,
and must end by itself: exit code 0 or 1, no signal, the expected code in what it says, under SECONDS of processor time
and BYTES of memory. Ends with `N passed, N failed`.
"""
import argparse
import concurrent.futures
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile

MEBIBYTE = 1024 * 1024
SECONDS = 2.0
BYTES = 768 * MEBIBYTE
HEAD = ("schema: seinpost/rule/1\ntitle: t\nname: n\nversion: 1\nstatus: test\nlevel: low\nstage: transport\npurpose: [smuggling]\n"
        "legal-basis: [pnr-6.2a]\nowner: o\nunless: {none: r}\n")
EVENT = "events:\n  e:\n    source: {type: air.booking.created}\n    detection: {s: {one_way: true}, condition: s}\n"
COUNT = "correlation: {type: event_count, rules: e, group-by: card, timespan: 1d, condition: {gte: 2}}\n"
SINGLE = "source: {type: air.booking.created}\ndetection: {s: {one_way: true}, condition: s}\n"


def fill(piece, size=MEBIBYTE - 4096, start=0):
    """As many of piece(0), piece(1) ... as fit; all are ASCII."""
    if not callable(piece):
        return piece * (size // len(piece))
    parts, used, i = [], 0, start
    while used <= size:
        parts.append(piece(i))
        used += len(parts[-1])
        i += 1
    return "".join(parts[:-1])


def rule(name, body):
    return HEAD.replace("name: n", f"name: {name}") + body


def small(i, body=""):
    return f"schema: seinpost/rule/1\nname: r{i:06}\n{body}---\n"


def laughs():
    lines = ["a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    lines += [f"a{i}: &a{i} [" + ", ".join([f"*a{i - 1}"] * 10) + "]" for i in range(1, 30)]
    return "\n".join(lines) + "\n"


def noise(seed, alphabet=None):
    rng = random.Random(seed)
    if alphabet is None:
        return rng.randbytes(MEBIBYTE)
    return "".join(rng.choices(alphabet, k=MEBIBYTE // 8)) * 7


def tests_of(given, extra=""):
    return rule("n", SINGLE) + f"tests:\n  - name: t\n    expect: none\n{extra}    given:\n" + given


def yaml_shapes():
    """Syntax that is deep, long, broken, or not text at all."""
    yield "lists in lists", "a: " + "[" * (MEBIBYTE - 3), "E109"
    yield "maps in maps", fill("{a: "), "E109"
    yield "dashes in a line", fill("- "), "E109"
    yield "question marks", fill("? "), "E111"
    yield "deep by indentation", fill(lambda i: " " * i + "a:\n"), "E109"
    yield "closing brackets", "]" * (MEBIBYTE - 1), "E101"
    yield "colons", fill(": "), "E1"
    yield "commas", "[" + "," * (MEBIBYTE - 4), "E101"
    yield "one long scalar", "a: " + "x" * (MEBIBYTE - 8), "E201"
    yield "one long key", "x" * (MEBIBYTE - 8) + ": 1", "E1"
    yield "an open quote", "a: '" + "x" * (MEBIBYTE - 8), "E101"
    yield "an open double quote of escapes", 'a: "' + "\\n" * (MEBIBYTE // 2 - 8), "E101"
    yield "an open block text", "a: |\n" + fill("  x\n"), "E201"
    yield "quotes after quotes", fill("''"), "E"
    yield "NULs", b"a: " + b"\0" * (MEBIBYTE - 8), "E114"
    yield "NUL escapes", rule("n", 'description: "' + "\\0" * 100000 + '"\n' + SINGLE), ""
    yield "control characters", bytes(range(1, 32)) * 33000, "E114"
    yield "no UTF-8", b"\xff" * (MEBIBYTE - 8), "E108"
    yield "UTF-16", "schema: seinpost/rule/1\n".encode("utf-16") * 20000, "E108"
    yield "tabs", "\t" * (MEBIBYTE - 8), "E107"
    yield "carriage returns", "a: 1\r" * 200000, "E114"
    yield "four-byte characters", "a: " + "\U0001f600" * 260000, "E201"
    yield "line separators", "a: 1\u2028" * 140000, "E114"
    yield "byte order marks", "\ufeff" * 340000, "E114"
    yield "random bytes", noise(1), "E1"
    yield "random signs", noise(2, "[]{}:,-?&*!|>'\"%@` \n#ab"), "E1"
    yield "random words", noise(3, ["a: ", "- ", "[", "]", "{", "}", "\n", "  ", "b", "'", "---\n"])[:MEBIBYTE], "E1"
    yield "comments", fill("# x\n"), ""
    yield "blank lines", "\n" * MEBIBYTE, ""
    yield "empty documents", fill("---\n"), ""
    yield "broken documents", fill("---\n[\n"), "E101"
    yield "directives", fill(lambda i: f"%TAG !a{i}! b\n"), "E113"
    yield "billion laughs", laughs(), "E103"
    yield "anchors", fill(lambda i: f"a{i}: &a{i} 1\n"), "E103"
    yield "aliases", fill(lambda i: f"a{i}: *b\n"), "E104"
    yield "merge keys", fill(lambda i: f"a{i}: {{<<: *b}}\n"), "E105"
    yield "tags", fill(lambda i: f"a{i}: !t{i} 1\n"), "E106"
    yield "a long anchor", "a: &" + "x" * (MEBIBYTE - 100) + " 1\n", "E103"
    yield "one key again and again", fill("a: 1\n"), "E102"
    yield "more than a mebibyte", "a: 1\n" * 250000, "E110"


def many_keys():
    """A hundred thousand of what a document has a few of."""
    yield "unknown keys", rule("n", fill(lambda i: f"k{i}: 1\n")), "E203"
    yield "keys that are nearly known", rule("n", fill(lambda i: f"titl{i}: 1\n")), "E203"
    yield "searches", rule("n", "source: {type: air.booking.created}\ndetection:\n  condition: s0\n"
                           + fill(lambda i: f"  s{i}: {{one_way: true}}\n")), "E209"
    yield "unknown fields", rule("n", "source: {type: air.booking.created}\ndetection:\n  condition: s\n  s:\n"
                                 + fill(lambda i: f"    pax_coun{i}: 1\n")), "E304"
    yield "known fields of all types", rule("n", "source: {type: '*'}\ndetection:\n  condition: s\n  s:\n"
                                            + fill("    - {event.id: a}\n")), "E204"
    yield "unknown fields of all types", rule("n", "source: {type: '*'}\ndetection:\n  condition: s\n  s:\n"
                                              + fill(lambda i: f"    - {{x{i}: a}}\n")), "E304"
    yield "values", rule("n", "source: {type: '*'}\ndetection:\n  condition: s\n  s:\n    event.id:\n" + fill("    - a\n")), ""
    yield "types", rule("n", "detection: {s: {event.id: a}, condition: s}\nsource:\n  type:\n" + fill("  - air.*\n")), ""
    yield "unknown types", rule("n", "detection: {s: {event.id: a}, condition: s}\nsource:\n  type:\n"
                                + fill(lambda i: f"  - air.bookin{i}.created\n")), "E303"
    yield "unless", HEAD.replace("unless: {none: r}\n", "unless:\n") + fill(lambda i: f"  u{i}: {{one_way: true}}\n") + SINGLE, ""
    yield "events", rule("n", COUNT + "events:\n" + fill(
        lambda i: f"  e{i}: {{source: {{type: air.denied}}, detection: {{s: {{leg: 1}}, condition: s}}}}\n")), "E204"
    yield "group-by", rule("n", EVENT + COUNT.replace("group-by: card", "group-by: [" + "card," * 200000 + "]")), "E204"
    yield "aliases of groups", rule("n", EVENT + COUNT.replace("timespan", "aliases: {" + fill(
        lambda i: f"a{i}: {{e: x}}, ", 900000) + "}, timespan")), "E311"
    yield "metrics", rule("n", EVENT + "correlation:\n  type: aggregate\n  rules: e\n  timespan: 1d\n  condition: {m0|gte: 2}\n"
                          "  metrics:\n" + fill(lambda i: f"    m{i}: count(e)\n")), "E204"
    yield "metric conditions", rule("n", EVENT + "correlation:\n  type: aggregate\n  rules: e\n  timespan: 1d\n"
                                    "  metrics: {m: count(e)}\n  condition:\n" + fill(lambda i: f"    m|gte {i}: 2\n")), "E208"
    yield "steps", rule("n", EVENT + "correlation:\n  type: sequence\n  timespan: 1d\n  steps:\n" + fill("  - rule: e\n")), "E204"
    yield "rules named", rule("n", EVENT + "correlation:\n  type: temporal\n  timespan: 1d\n  rules:\n"
                              + fill(lambda i: f"  - nobod{i}\n")), "E301"
    yield "purposes", HEAD.replace("[smuggling]", "[" + fill(lambda i: f"smugglin{i}, ", 900000) + "]") + SINGLE, "E205"
    yield "approvers", rule("n", "author: a\napproved-by:\n" + fill("- a\n") + SINGLE), "E407"
    yield "placeholders", rule("n", EVENT + COUNT + "alert:\n  summary: '" + fill("{x} ") + "'\n"), "E310"
    yield "evidence", rule("n", EVENT + COUNT + "alert:\n  evidence:\n" + fill(lambda i: f"  - pax_coun{i}\n")), "E304"
    yield "a long condition", rule("n", "source: {type: '*'}\ndetection: {s: {event.id: a}, condition: " + fill("s and ") + "s}\n"), "E209"
    yield "unknown names in conditions", fill(lambda i: rule(f"n{i}", "source: {type: '*'}\ndetection: {s: {event.id: a}, condition: "
                                                             + " and ".join(f"t{j}" for j in range(350)) + "}\n---\n")), "E306"
    yield "parentheses", rule("n", "source: {type: '*'}\ndetection: {s: {event.id: a}, condition: '" + "(" * 4000 + "'}\n"), "E209"
    yield "lists that are asked", rule("n", "source: {type: '*'}\ndetection:\n  condition: s\n  s:\n"
                                       + fill(lambda i: f"    - {{event.id|list: l{i}}}\n")), ""
    yield "entries of a list", ("schema: seinpost/list/1\nname: l\nkey: phone\nowner: o\nexpires: 2030-01-01\nentries:\n"
                                + fill(lambda i: f"- {{value: p{i}}}\n")), ""
    yield "modifiers", rule("n", "source: {type: '*'}\ndetection: {condition: s, s: {'event.id" + "|all" * 250000 + "': [a]}}\n"), ""


def many_documents():
    """Documents that are small and many, and mean each other."""
    yield "rules without anything", fill(small), "E202"
    yield "rules that read all others", fill(
        lambda i: rule(f"r{i}", "correlation: {type: temporal, rules: '*', timespan: 1d}\n---\n")), "E204"
    yield "a chain of rules", fill(
        lambda i: rule(f"r{i:06}", f"correlation: {{type: temporal, rules: r{i + 1:06}, timespan: 1d}}\n---\n")), "E301"
    yield "a chain of rules backwards", fill(
        lambda i: rule(f"r{i:06}", f"correlation: {{type: temporal, rules: r{max(i - 1, 0):06}, timespan: 1d}}\n---\n")), "E301"
    yield "a circle of rules", fill(
        lambda i: rule(f"r{i:06}", f"correlation: {{type: temporal, rules: r{(i + 1) % 3000:06}, timespan: 1d}}\n---\n")), "E307"
    yield "misspelt rules", fill(
        lambda i: rule(f"r{i:06}", f"correlation: {{type: temporal, rules: s{i + 1:06}, timespan: 1d}}\n---\n")), "E301"
    yield "globs with many stars", fill(
        lambda i: small(i, "correlation: {type: temporal, rules: '*0*0*0*0*0*1', timespan: 1d}\n")), "E2"
    yield "one name", fill(rule("n", SINGLE + "---\n")), "E308"
    yield "one step in many rules", fill(lambda i: rule(f"n{i}", EVENT + COUNT + "---\n")), ""
    yield "exceptions for many rules", fill(lambda i: rule(f"n{i}", SINGLE + "---\n"), 500000) + fill(
        "schema: seinpost/exception/1\ntitle: t\nrules: ['*']\nmatch: {event.id: a}\nreason: r\nauthor: a\napproved-by: b\n"
        "expires: 2026-12-05\n---\n", 500000), "E204"
    yield "lists", fill(lambda i: f"schema: seinpost/list/1\nname: l{i}\n---\n"), "E202"
    yield "regular expressions", rule("n", "source: {type: '*'}\ndetection:\n  condition: s\n  s:\n" + fill(
        lambda i: f"    - {{event.id|re: '{i}(a{{1,30}}){{1,30}}'}}\n")), "E205"
    yield "nested repetitions", rule("n", "source: {type: '*'}\ndetection:\n  condition: s\n  s:\n" + fill(
        lambda i: f"    - {{event.id|re: '{i}" + "(" * 30 + "a" + "+)" * 30 + "'}\n")), "E205"


def many_tests():
    yield "given events", tests_of(fill("    - {at: 1h, booking_ref: B}\n")), ""
    yield "given events with faults", tests_of(fill(lambda i: f"    - {{at: 1h, booking_re{i}: B}}\n")), "E304"
    yield "a given event of many keys", tests_of("    - at: 1h\n" + fill(lambda i: f"      k{i}: B\n")), "E304"
    yield "many defaults", tests_of(fill("    - {at: 1h}\n", 500000),
                                    "    with:\n" + fill(lambda i: f"      k{i}: 1\n", 500000)), "E204"
    yield "defaults with faults", tests_of(fill("    - {at: 1h}\n"),
                                           "    with:\n" + "".join(f"      k{i}: 1\n" for i in range(60))), "E304"
    yield "tests with lists", rule("n", SINGLE + "tests:\n" + fill("- {name: t, expect: none, given: [], lists: {l: [a]}}\n")), "E313"
    yield "expectations", rule("n", SINGLE + "tests:\n- name: t\n  given: [{at: 0}]\n  expect:\n" + fill("  - {evidence: [9]}\n")), "E205"


def events():
    """Files of events."""
    line = '{"id":"1","type":"air.booking.created","time":"2026-01-01T00:00:00Z","data":{"pax_cout":1}}\n'
    yield "events with faults", fill(line), "W710"
    yield "no JSON", fill("{\n"), "E120"
    yield "nested JSON", "[" * MEBIBYTE, "E120"
    yield "one long line", '{"id":"' + "x" * MEBIBYTE, "E120"
    yield "an event of many members", '{"id":"1",' + ",".join(f'"k{i}":1' for i in range(20000)) + "}", "E203"


def configurations():
    top = "schema: seinpost/config/1\ninstance: i\nbrokers: {bootstrap.servers: x}\nrules: .\n"
    yield "sources", top + "sources:\n" + fill("- {name: a, topic: b}\n"), "E202"
    yield "settings", top + "sources: []\nconsumer:\n" + fill(lambda i: f"  k{i}: [1]\n"), "E204"


def cases():
    for group, ending, option in ((yaml_shapes, "yaml", ()), (many_keys, "yaml", ()), (many_documents, "yaml", ()),
                                  (many_tests, "yaml", ()), (events, "ndjson", ()), (configurations, "yaml", ("--config",))):
        for name, content, code in group():
            yield name, content, code, ending, option


def measure(program, content, ending, option):
    """(exit code, output, processor seconds, most bytes) of one check."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / f"hostile.{ending}"
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
        out = pathlib.Path(folder) / "out"
        with out.open("wb") as stream:
            words = [program, "check", "--today", "2026-12-01", *option, str(path)]
            if option:
                words.append(str(path.with_name("none.ndjson")))
                path.with_name("none.ndjson").write_text("")
            process = subprocess.Popen(words, stdout=stream, stderr=subprocess.STDOUT,
                                       preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (20, 20)))
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        return process.returncode, out.read_bytes(), usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def judge(program, content, code, ending, option, limits):
    """What is wrong, or ''; and the measures."""
    exit_code, output, seconds, memory = measure(program, content, ending, option)
    told = f"{seconds:.2f} s, {memory // MEBIBYTE} MiB"
    wrong = []
    if exit_code not in (0, 1):
        wrong.append(f"ended with {exit_code}")
    if code and f"[{code}".encode() not in output:
        wrong.append(f"no {code}")
    if len(output) > MEBIBYTE:
        wrong.append(f"{len(output)} bytes of output")
    if seconds > limits[0] or memory > limits[1]:
        wrong.append("too much")
    tail = output[-600:].decode("utf-8", "replace") if wrong else ""
    return ", ".join(wrong) + (f": {told}\n{tail}" if wrong else ""), told


def claims(program, words=(), limits=(SECONDS, BYTES)):
    """(name, what is wrong, measures) of every case."""
    def claim(case):
        name, content, code, ending, option = case
        return (f"hostile: {name}", *judge(program, content, code, ending, option, limits))

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        yield from pool.map(claim, (case for case in cases() if all(word in case[0] for word in words)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seinpost", required=True, type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("words", nargs="*")
    options = parser.parse_args()
    passed = failed = 0
    for name, wrong, told in claims(options.seinpost, options.words):
        print(f"{'FAIL' if wrong else 'ok'} {name} ({told})")
        if wrong:
            print(wrong)
        failed += bool(wrong)
        passed += not wrong
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
