"""What is measured with a real broker: ingest by the bare loop of librdkafka, and how long an alert takes."""
import argparse
import json
import os
import pathlib
import signal
import statistics
import struct
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "integration"))

import delay  # noqa: E402
import fastavro  # noqa: E402
import made  # noqa: E402
import station  # noqa: E402
import wire  # noqa: E402
from claim import claim, wait_until  # noqa: E402

KINDS = 10_000  # different records; they are sent by turns
BARE_LEAST = 500_000  # messages, so that what the loop's start costs does not count
SHARE = 0.01  # of the signals, that some rule asks for


def record_file(path, events):
    """Records in single-object encoding, each behind its size."""
    parsed = fastavro.parse_schema(wire.event_schema("card.auth"))
    head = wire.frame_single_object(wire.event_schema("card.auth"), b"")
    with open(path, "wb") as file:
        for number, event in enumerate(events):
            body = head + wire.encode(parsed, json.loads(made.ndjson(number, event)))
            file.write(struct.pack("<I", len(body)) + body)
    return path


def threads(pid):
    """{name of a thread: seconds of processor time}, summed over threads of a name."""
    spent = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            name = (task / "comm").read_text(encoding="ascii").strip()
            spent[name] = spent.get(name, 0) + int((task / "schedstat").read_text(encoding="ascii").split()[0]) / 1e9
        except OSError:
            continue  # a thread that has ended
    return spent


class Loop:
    """A topic that is filled with the same records again and again, and who reads it."""

    def __init__(self, case, program, count, partitions=1):
        self.case, self.program, self.count, self.partitions = case, program, count, partitions
        self.topic = case.topic("card")
        case.bench.cluster.create_topic(self.topic, partitions)
        self.sent = 0

    def run(self, *words):
        done = subprocess.run([self.program, words[0], self.case.bench.cluster.bootstrap, self.topic, str(self.partitions),
                               *map(str, words[1:])], env=self.case.bench.environment(), capture_output=True, text=True,
                              timeout=300, check=False)
        claim(done.returncode == 0, f"loop_bench {words[0]}: {done.returncode} {done.stderr}")
        return json.loads(done.stdout) if done.stdout else None

    def fill(self, records, count):
        self.run("produce", records, count, self.sent)
        self.sent += count

    def bare(self, times):
        """Nanoseconds of processor time a message, of the loop that does nothing."""
        costs = [self.run("consume") for _ in range(times)]
        claim(all(cost["messages"] == self.sent for cost in costs), f"{costs} of {self.sent} sent")
        return statistics.median(cost["ns"] for cost in costs)


def ingest_config(case, topic, rules):
    writers = case.folder / "writers"
    writers.mkdir(exist_ok=True)
    (writers / "card.auth.avsc").write_text(json.dumps(wire.event_schema("card.auth")), encoding="utf-8")
    sources = [station.source("file", topic, ["card.*"], writers=writers)]
    config = station.base_config(case, sources, rules, matches=1)
    config["consumer"] = {"session.timeout.ms": 120_000}
    config["stages"] = {"ingest": {"workers": 1}}
    return config


def ingest(case, options, rules_count, share=SHARE, with_bare=False, partitions=1):
    """What ingest costs with so many rules, in nanoseconds an event, and what each kind of thread does of it.

    The daemon stands still while the topic is filled, so that it reads as the bare loop does: what is there already.
    """
    loop = Loop(case, options.build / "tests" / "loop_bench", options.messages, partitions)
    events = list(made.pair_events(KINDS, rules_count, share))
    records = record_file(case.folder / "records", events)
    wanted = sum(1 for event in events if not event[3].startswith("X") and
                 (event[3].startswith("R") or event[4] >= 100 * (int(event[3][1:]) % 50)))
    config = ingest_config(case, loop.topic, made.write_rules(case.folder / "rules", made.pairs(rules_count)))
    station.write_config(case.folder / "topics.yaml", config)
    case.tool("topics", "create", "--config", case.folder / "topics.yaml")
    daemon = case.daemon(config).start().wait_ready()
    costs = []
    for _ in range(options.repeat):
        os.kill(daemon.process.pid, signal.SIGSTOP)
        loop.fill(records, loop.count)
        before = threads(daemon.process.pid)
        os.kill(daemon.process.pid, signal.SIGCONT)
        wait_until(lambda: daemon.metric("seinpost_signals_total") >= loop.sent, "all is read", 120, 0.1)
        time.sleep(0.2)
        after = threads(daemon.process.pid)
        costs.append({name: (after[name] - before.get(name, 0)) * 1e9 / loop.count for name in after})
    matches = daemon.metric("seinpost_matches_total")
    claim(matches == wanted * loop.sent // KINDS, f"{matches} matches, not {wanted * loop.sent // KINDS}")
    daemon.stop()
    bare = None
    if with_bare:
        loop.fill(records, max(0, BARE_LEAST - loop.sent))
        bare = loop.bare(options.repeat)
    whole = statistics.median(sum(cost.values()) for cost in costs)
    return {"all": whole, "bare": bare, "threads": costs[-1]}


def alert_delay(case, options):
    """p50 and p99 of produce to visible alert, in ms, on an idle broker."""
    delays = delay.measure(case, argparse.Namespace(alerts=options.alerts + 10, producer=[], consumer=[]))
    return delays[len(delays) // 2], delays[len(delays) * 99 // 100]
