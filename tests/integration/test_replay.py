"""`seinpost replay --config`: ranges of the partners' topics, read again by the daemon's own stages."""
import concurrent.futures
import datetime
import json
import os
import pty
import re
import shutil
import subprocess
import time
import types
from collections import Counter

import fastavro
from confluent_kafka import TopicPartition

import station
import test_absence
import wire
from claim import claim, claim_none, claim_same, wait_until
from desk import Desk, standing
from partners import rfc3339
from reference import account_of, as_facts, counting, each_group, expected_alerts, facts_by
from stream import HOUR, SOURCES, Lateness, Log, Sent
from test_kills import RULES, Load, Run, group_of
from test_scenarios import Play, load_scenarios

EVENTS = 20_000
AFTER_ALL = "2030-01-01"
NOBODY = "127.0.0.1:1"


class Past:
    """A stream that was published and judged by a daemon, which is gone; in two halves, with a moment between."""

    def __init__(self, case):
        self.case = case
        options = types.SimpleNamespace(seed=case.bench.options.seed, events=EVENTS)
        self.load = Load(types.SimpleNamespace(options=options, folder=case.bench.folder))
        self.run = Run(case, self.load)
        self.topics = [case.topic(sector) for sector in SOURCES]
        self.config = case.folder / "replay.yaml"
        station.write_config(self.config, self.run.config)
        daemon = case.daemon(self.run.config).start().wait_ready()
        self.run.publish(0, 0.5)
        time.sleep(0.05)
        self.moment = rfc3339(round(time.time() * 1000))  # the first half is before it, the second is not
        time.sleep(0.05)
        self.run.publish(0.5, 1)
        self.run.progress.wait_done(120)
        daemon.stop()
        self.live = Desk(case).alerts()

    def half(self, number):
        sent, middle = self.load.stream.sent, int(len(self.load.stream.sent) * 0.5)
        return sent[:middle] if number == 0 else sent[middle:]

    def replay(self, *words, code=0):
        """(stdout, stderr)"""
        done = self.case.run_tool("replay", "--config", self.config, *words)
        claim(done.returncode == code, f"replay {words}: exit {done.returncode}: {done.stderr[-600:]}")
        return done.stdout, done.stderr

    def alerts(self, *words):
        """(alert records, stderr)"""
        out, told = self.replay("--format", "ndjson", *words)
        return [json.loads(line) for line in out.splitlines()], told

    def untouched(self):
        """Where all topics end, and which groups there are."""
        cluster = self.case.bench.cluster
        topics = cluster.topics(self.case.prefix)
        groups = cluster.admin.list_consumer_groups(request_timeout=20).result(30).valid
        return self.run.progress.ends(topics), sorted(group.group_id for group in groups)


def as_counted(alerts):
    """Counter of (rule, group, state at the end, evidence): replayed alerts in the reference's words."""
    final = {alert["alert"]: alert for alert in alerts}
    return Counter((alert["rule"], group_of(alert), alert["state"],
                    frozenset((event["source"], event["id"]) for event in alert["events"]))
                   for alert in final.values() if alert["state"] != "retracted")


def said(alert):
    """All that an alert says in the end but how often it was said."""
    return (alert["rule"], alert["state"], alert["opened_at"], tuple(sorted(alert["group"].items())),
            tuple(sorted((name, str(value)) for name, value in alert["metrics"].items())), alert["level"],
            alert["rule_hash"], alert["partition"], alert["evidence_count"])


def live_said(alert):
    """The same of a live record, with its evidence by place."""
    return said({**alert, "opened_at": rfc3339(alert["opened_at"])}), frozenset(
        (piece["source"], piece["id"], piece["topic"], piece["partition"], piece["offset"]) for piece in alert["evidence"])


def replayed_said(alert):
    return said(alert), frozenset((event["source"], event["id"], event["topic"], event["partition"], event["offset"])
                                  for event in alert["events"])


def log_of(sent):
    """The log that only these records make, judged anew for lateness."""
    lateness = Lateness()
    return Log([Sent(item.sector, item.partition, item.offset, item.event, item.at,
                     lateness.is_late(item.sector, item.partition, item.at)) for item in sent])


def rejected(past, told):
    """{(sector, partition, offset)} that were told as late."""
    sectors = {past.case.topic(sector): sector for sector in SOURCES}
    found = re.findall(r"^(\S+)\[(\d+)\] offset (\d+): rejected: late", told, re.M)
    return {(sectors[topic], int(partition), int(offset)) for topic, partition, offset in found}


def check_range(past, sent, what, *words):
    """A replay of these records alone says what an independent reading of them says."""
    log = log_of(sent)
    alerts, told = past.alerts("--until", AFTER_ALL, *words)
    claim_same(dict(as_counted(alerts)), dict(account_of(expected_alerts(log.accepted()))), what)
    late = rejected(past, told)
    claim(late <= log.too_late() and len(late) == min(len(log.too_late()), 100), f"{what}: rejected {sorted(late)[:4]}")
    claim(f"{len(sent)} records, " in told and f", {len(log.too_late())} rejected" in told, f"{what}: {told[-200:]}")


def with_threshold(case, number):
    """The rules with another threshold of cash_run."""
    folder = case.folder / f"rules-{number}"
    shutil.copytree(RULES, folder)
    path = folder / "counts.yaml"
    text = path.read_text(encoding="utf-8")
    head, tail = text.split("\ntests:", 1)
    claim("condition: {gte: 5}" in head, "the rule is another one")
    path.write_text(head.replace("condition: {gte: 5}", f"condition: {{gte: {number}}}") + "\ntests:" + tail, encoding="utf-8")
    return folder


def cash_runs(events, number):
    groups = facts_by(events, {"card.auth": [("cash", ["payer_ref"], lambda data: data["mcc"] in ("6010", "6011"))]})
    return each_group("cash_run", groups, lambda facts: counting(facts, HOUR, lambda window: len(window) >= number))


def both_of(events, number):
    """The alerts of cash_run, and of the rule that reads them, under a threshold."""
    runs = cash_runs(events, number)
    others = [alert for alert in expected_alerts(events) if alert.rule == "many_bookings"]
    both = each_group("run_and_bookings", as_facts(runs + others), lambda facts: counting(
        facts, 48 * HOUR, lambda window: {fact.name for fact in window} >= {"cash_run", "many_bookings"}))
    return runs + both


def changes_of(events, old, new):
    """{(sign, rule, opening, card)} between two thresholds."""
    def told(number):
        return {(alert.rule, rfc3339(alert.opened_at), alert.group): alert.evidence for alert in both_of(events, number)}

    before, now = told(old), told(new)
    return ({("-", *name) for name in before.keys() - now.keys()} | {("+", *name) for name in now.keys() - before.keys()}
            | {("~", *name) for name in before.keys() & now.keys() if before[name] != now[name]})


def changes_in(out):
    return {tuple(match) for match in re.findall(r"^  ([-+~]) (\w+) (\S+) card=(\S+): ", out, re.M)}


def check_whole(past, records):
    """What the live daemon said. Of an event that was told twice either place will do, as whichever copy is read first counts."""
    def without_places(told):
        return told[0], frozenset(piece[:2] for piece in told[1])

    places = {(item.event["source"], item.event["id"], past.case.topic(item.sector), item.partition, item.offset)
              for item in past.load.stream.sent}
    claim_same({key: without_places(replayed_said(alert)) for key, alert in standing(records).items()},
               {key: without_places(live_said(alert)) for key, alert in standing(past.live).items()}, "alerts of the whole range")
    claim_none((piece for alert in records for piece in replayed_said(alert)[1] - places), "evidence that is not where it is said to be")


def check_against(past):
    """What another threshold changes, against what desks have and against the rules themselves."""
    events = past.load.stream.accepted()
    out, _ = past.replay("--against", "live")
    claim(not changes_in(out), f"the same rules say something else: {out[:300]}")
    for number in (7, 4):
        folder = with_threshold(past.case, number)
        wanted = changes_of(events, 5, number)
        claim({change[0] for change in wanted} >= ({"-"} if number == 7 else {"+"}), f"nothing changes with {number}")
        for against in ("live", RULES):
            out, _ = past.replay("--rules", folder, "--against", against, code=1)
            claim_same(changes_in(out), wanted, f"changes with {number} against {against}")
            claim(out.count("\n") == len(wanted) + 1, f"other lines: {out[:300]}")


def check_avro(past, records):
    """The container holds the alerts, the same bytes each time, in our schema."""
    paths = [past.case.folder / name for name in ("one.avro", "two.avro")]
    for path in paths:
        past.replay("--format", "avro", "--output", path)
    claim(paths[0].read_bytes() == paths[1].read_bytes(), "two containers of one range differ")
    with open(paths[0], "rb") as file:
        reader = fastavro.reader(file)
        claim(reader.writer_schema["name"] == "seinpost.alert", "another schema")
        seen = [(alert["alert"], alert["state"], alert["sequence"]) for alert in reader]
    claim(seen == [(alert["alert"], alert["state"], alert["sequence"]) for alert in records], "other alerts in the container")


def thirds(past):
    """[(sector, partition, from, to)] of a part of each partition, and the records in it."""
    places = []
    for sector, (_, partitions) in SOURCES.items():
        for partition in range(partitions):
            count = sum(item.sector == sector and item.partition == partition for item in past.load.stream.sent)
            places.append((sector, partition, count // 3 + partition, count - count // 4))
    parts = {(sector, partition): (start, end) for sector, partition, start, end in places}
    return places, [item for item in past.load.stream.sent
                    if parts[item.sector, item.partition][0] <= item.offset < parts[item.sector, item.partition][1]]


def test_replay_range(case):
    """The whole range says what the live daemon said; parts of it what an independent reading says; nothing is written."""
    past = Past(case)
    aside = case.stack.enter_context(concurrent.futures.ThreadPoolExecutor(1))
    away = aside.submit(past.replay, "--brokers", NOBODY, code=3)  # it waits, meanwhile the others work
    before = past.untouched()
    records, told = past.alerts()
    check_whole(past, records)
    claim_same(dict(as_counted(records)), dict(past.load.wanted), "alerts against the independent expectation")
    claim(f"{len(past.load.stream.sent)} records, " in told, told[-200:])
    one, two = (past.replay("--format", "ndjson")[0] for _ in range(2))
    claim(one == two and len(one.splitlines()) == len(records), "two replays of one range differ")
    check_avro(past, records)

    check_range(past, past.half(0), "before the moment", "--to", past.moment)
    check_range(past, past.half(1), "from the moment", "--from", past.moment)
    check_range(past, past.load.stream.sent, "the last two hours", "--from", "2h")
    places, part = thirds(past)
    bounds = [word for sector, partition, start, end in places for word in
              ("--from", f"{case.topic(sector)}:{partition}:{start}", "--to", f"{case.topic(sector)}:{partition}:{end}")]
    check_range(past, part, "a part of each partition", *bounds)
    bank = [item for item in past.load.stream.sent if item.sector == "bank"]
    check_range(past, bank, "one source alone", "--source", SOURCES["bank"][0])
    check_against(past)
    check_progress(past)
    claim(past.untouched() == before, "a replay has left traces")
    claim("R103" in away.result()[1], "brokers that are away")
    check_faults(past)


def on_terminal(past, **environment):
    """What stderr shows where it is a terminal."""
    master, slave = pty.openpty()
    words = [station.binary(past.case.bench.build_dir, "seinpost"), "replay", "--config", past.config, "--format", "ndjson"]
    clean = {name: value for name, value in past.case.bench.environment().items() if name != "NO_COLOR"}
    with subprocess.Popen(words, env={**clean, **environment}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=slave) as process:
        os.close(slave)
        seen = b""
        with open(master, "rb", buffering=0) as screen:
            try:
                while piece := screen.read(4096):
                    seen += piece
            except OSError:  # the other side is closed
                pass
        claim(process.wait(60) == 0, "the replay on a terminal")
    return seen.decode(errors="replace")


def check_progress(past):
    """A bar with rate and time left on a terminal, coloured unless NO_COLOR is set; plain lines elsewhere."""
    count = len(past.load.stream.sent)
    shown = re.compile(rf"\d+ of {count} offsets \(\d+ %\), \d+/s, \d+ s left")
    for colour, environment in ((True, {}), (False, {"NO_COLOR": "1"})):
        seen = on_terminal(past, **environment)
        claim(shown.search(seen) and re.search(r"\r\[(\x1b\[32m)?[#.]{20}", seen), f"no bar: {seen[:200]!r}")
        claim(("\x1b[32m" in seen) == colour, f"colour with {environment}: {seen[:200]!r}")
    told = past.replay()[1]
    claim("\x1b" not in told and "\r" not in told, f"no plain lines: {told[-300:]!r}")
    claim(re.search(rf"^{count} of {count} offsets \(100 %\), \d+/s, 0 s left$", told, re.M), f"no plain line at the end: {told[-300:]!r}")


def check_faults(past):
    """What is not there is told, by code and in time; nothing is told as if it were all."""
    case, cluster = past.case, past.case.bench.cluster
    air, card = case.topic("air"), case.topic("card")
    claim("R102" in past.replay("--from", f"{air}:0:99999999", code=3)[1], "an offset behind the end")
    claim("no source" in past.replay("--from", "elsewhere:0:1", code=2)[1], "a topic of no source")
    claim("no source 'elsewhere'" in past.replay("--source", "elsewhere", code=2)[1], "a source that is none")
    past.run.partners["card"].publish_raw(b"\xc3\x01 this is no event", 0)
    past.run.partners["card"].flush()
    told = past.replay("--from", "2h")[1]
    claim(re.search(rf"^{re.escape(card)}\[0\] offset \d+: rejected: schema_unknown", told, re.M), f"a broken record: {told[-300:]}")
    for future in cluster.admin.delete_records([TopicPartition(air, 0, 100)]).values():
        future.result(30)
    claim("has 100 to" in past.replay("--from", f"{air}:0:99", code=3)[1], "an offset that expired")
    told = past.replay("--from", "2h")[1]
    claim(f"{air}[0]: what came before offset 100 is not kept" in told, f"what expired: {told[-300:]}")
    cluster.delete_topics(air)
    wait_until(lambda: cluster.partitions(air) == 0, "the topic is gone", 30)
    claim(f"R101 there is no topic {air}" in past.replay(code=3)[1], "a topic that is gone")


def test_replay_registered(case):
    """Records in Confluent framing are decoded through the registry; without it, its absence is told and nothing else."""
    events, expected = load_scenarios()
    play = Play(case, wire.CONFLUENT, wire.CONFLUENT, events)
    play.publish(events)
    play.tick()
    play.daemon.stop()
    live = play.desk.alerts()
    path = case.folder / "replay.yaml"
    station.write_config(path, play.config)
    done = case.run_tool("replay", "--config", path, "--format", "ndjson")
    claim(done.returncode == 0, f"exit {done.returncode}: {done.stderr[-300:]}")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    claim(any(expected.values()) and standing(live), "no scenario alerts")
    claim_same({key: replayed_said(alert) for key, alert in standing(records).items() if not alert.get("shadow")},
               {key: live_said(alert) for key, alert in standing(live).items()}, "alerts of the scenarios")
    done = case.run_tool("replay", "--config", path, "--against", "live")
    claim(done.returncode == 0 and done.stdout.count("\n") == 1, f"against live: {done.stdout[:300]}{done.stderr[-300:]}")
    station.write_config(path, {**play.config, "registry": f"http://{NOBODY}"})
    done = case.run_tool("replay", "--config", path, "--format", "ndjson")
    claim(done.returncode == 3 and "R105" in done.stderr and not done.stdout, f"no registry: {done.returncode} {done.stderr[-300:]}")


def test_replay_quiet_partition(case):
    """A partition that was silent until the end of the range holds nobody back, as with the daemon; without such an end it does."""
    here = test_absence.Station(case)
    here.send(test_absence.lease("a1", "a", test_absence.at(12)))
    here.housing_goes_on("on", test_absence.at(16))
    here.send(test_absence.raised("on", test_absence.at(14)), 1)
    here.comes({"a": test_absence.at(13)}, "the empty partition was quiet")
    here.daemon.stop()
    live = standing(here.desk.alerts())
    path = here.daemon.config
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

    def replayed(*words):
        out = case.tool("replay", "--config", path, "--format", "ndjson", *words)
        return {key: replayed_said(alert) for key, alert in standing([json.loads(line) for line in out.splitlines()]).items()}

    claim_same(replayed("--to", now), {key: live_said(alert) for key, alert in live.items()}, "until now")
    claim_same(replayed(), {}, "until the last record")
    claim_none([] if live else ["the daemon told nothing"], "live")
