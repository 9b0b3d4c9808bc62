"""Rules that change while the daemon runs, and while it is down."""
import contextlib
import os
import random
import re
import signal
import socket
import time

import station
import wire
from claim import claim, claim_none, claim_same, hold, wait_until
from desk import Desk, check_all, evidence_ids, final_state, in_sequence, meaning
from partners import Partner, event, pseudonym
from progress import Progress
from stream import HOUR, MINUTE

SOURCE = "bank-partner-1"
NOON = 1_717_243_200_000  # 2024-06-01T12:00:00Z
OPEN = ("opened", "updated")

RULE = """
schema: seinpost/rule/1
title: Cash {threshold} times within {hours} hours
name: {name}
id: {name}
version: {version}
status: stable
level: medium
stage: finance
purpose: [smuggling]
legal-basis: [wwft-fiu]
owner: {owner}
author: t.maker
approved-by: [t.reader]
date: 2024-01-01
review-by: 2099-01-01
expires: 2099-12-31
falsepositives: [all of it is made up]
events:
  cash: {{source: {{type: bank.cash}}, detection: {{s: {{direction: {direction}}}, condition: s}}}}
unless: {{none: made-up people have nothing that speaks for them}}
correlation: {{type: event_count, rules: [cash], group-by: [account], timespan: {hours}h, condition: {{gte: {threshold}}}}}
alert: {{summary: cash}}
tests:
  - name: fires
    with: {{type: bank.cash, account_ref: R1, direction: {direction}}}
    given: [{given}]
    expect: [{{at: 0h}}]
  - name: is silent
    with: {{type: bank.cash, account_ref: R1, direction: {direction}}}
    given: [{{at: 0h}}]
    expect: none
"""


def rule(name, threshold, version=1, hours=4, owner="desk-test", direction="in"):
    given = ", ".join(["{at: 0h}"] * threshold)
    return RULE.format(name=name.replace("-", "_"), threshold=threshold, version=version, hours=hours, owner=owner,
                       given=given, direction=direction)


def cash(name, account, when, direction="in"):
    return event("bank.cash", name, SOURCE, when, {"account_ref": pseudonym("account", account), "amount_minor": 100,
                                                   "currency": "EUR", "direction": direction})


class Bank:
    """One source of two partitions, rules in a folder that can be changed, and daemons on them."""

    def __init__(self, case, rules, **more):
        self.case = case
        self.topic = case.topic("bank")
        case.bench.cluster.create_topic(self.topic, 2)
        self.rules = case.folder / "rules"
        self.rules.mkdir()
        self.write(rules)
        writers = case.folder / "writers"
        self.partner = Partner(case.bench.cluster.bootstrap, self.topic, wire.SINGLE_OBJECT, [cash("s", "s", NOON)],
                               writers_folder=writers)
        source = station.source(SOURCE, self.topic, ["bank.*"], lateness="1h", writers=writers)
        self.config = {**station.base_config(case, [source], self.rules, matches=3), **more}
        case.create_topics(self.config)
        self.progress = Progress(case, [self.topic])
        self.desk = Desk(case)
        self.daemons = []
        self.sent = 0

    def start(self, name="station-1", **environment):
        daemon = self.case.daemon(self.config, name)
        daemon.environment.update(environment)
        self.daemons.append(daemon.start().wait_ready())
        return daemon

    def write(self, rules):
        """The rules are these; a file of each."""
        for path in self.rules.glob("*.yaml"):
            if path.stem not in rules:
                path.unlink()
        for name, text in rules.items():
            (self.rules / f"{name}.yaml").write_text(text, encoding="utf-8")

    def send(self, *events):
        for made in events:
            self.partner.publish(made, self.sent % 2)
            self.sent += 1
        self.partner.flush()

    def settle(self):
        def watch():
            for daemon in self.daemons:
                claim(daemon.process is None or daemon.alive, f"the daemon ended: {daemon.last_words()}")

        self.progress.wait_done(60, watch)

    def reload(self, daemon, rules=None):
        """SIGHUP, until every partition works by the new rules."""
        if rules is not None:
            self.write(rules)
        before = daemon.metric("seinpost_reloads_total")
        daemon.process.send_signal(signal.SIGHUP)
        wait_until(lambda: daemon.metric("seinpost_reloads_total") > before,
                   lambda: f"the rules are taken: {daemon.last_words()}", 30)
        self.gone_over(daemon)

    def gone_over(self, daemon):
        """No partition is on its way, for two turns of an idle worker."""
        for _ in range(3):
            wait_until(lambda: daemon.metric("seinpost_partitions_rebuilding") == 0,
                       lambda: f"all go over: {daemon.last_words()}", 60)
            time.sleep(0.25)

    def alerts(self, account=None):
        alerts = in_sequence(self.desk.alerts())
        value = pseudonym("account", account) if account else None
        return [alert for alert in alerts if value is None or alert["group"].get("account") == value]

    def states(self, account):
        return [(alert["state"], alert["version"]) for alert in self.alerts(account)]

    def await_states(self, account, *wanted):
        wait_until(lambda: self.states(account) == list(wanted),
                   lambda: f"{account}: wanted {wanted}, seen {self.states(account)}", 30)

    def check(self):
        claim_none(check_all(self.desk, self.desk.alerts()), "alerts")


def minutes(count, start=0):
    return [NOON + (start + number) * MINUTE for number in range(count)]


def publish_three_accounts(bank):
    """Of `a` 3 events, of `b` 2, of `c` 6; with a threshold of 5 only `c` is alerted."""
    times = iter(minutes(11))
    bank.send(*(cash(f"{account}{number}", account, next(times))
                for account, count in (("a", 3), ("b", 2), ("c", 6)) for number in range(count)))
    bank.settle()
    bank.await_states("c", ("opened", 1), ("updated", 1))
    claim(not bank.alerts("a") and not bank.alerts("b"), f"alerted: {bank.alerts()}")


def judge_new_threshold(bank):
    """The threshold is 4 now: what is open is superseded, what is past is not told, what comes counts what was."""
    bank.await_states("c", ("opened", 1), ("updated", 1), ("superseded", 1))
    last = bank.alerts("c")[-1]
    claim("has changed" in last["explain"], f"the reason is missing: {last['explain']}")
    hold(lambda: claim_same({alert["group"]["account"] for alert in bank.alerts()}, {pseudonym("account", "c")},
                            "accounts alerted before there is news"), 1)
    bank.send(cash("a3", "a", NOON + 20 * MINUTE), cash("b2", "b", NOON + 21 * MINUTE), cash("c6", "c", NOON + 22 * MINUTE))
    bank.settle()
    bank.await_states("a", ("opened", 2))
    bank.await_states("c", ("opened", 1), ("updated", 1), ("superseded", 1), ("opened", 2))
    claim_same(evidence_ids(bank.alerts("a")[0]), {(SOURCE, f"a{number}") for number in range(4)}, "evidence of a")
    claim_same(evidence_ids(bank.alerts("c")[-1]), {(SOURCE, f"c{number}") for number in range(7)}, "evidence of c")
    opened = [alert["opened_at"] for alert in bank.alerts("c")]
    claim(opened[-1] == opened[2] - MINUTE, f"opened with the fourth, not the fifth: {opened}")
    claim(not bank.alerts("b"), "three are no four")
    bank.check()


def test_reload_threshold(case):
    """A changed threshold takes effect with its full history, without telling the past again; what was open is superseded."""
    bank = Bank(case, {"rule": rule("much_cash", 5)})
    daemon = bank.start()
    publish_three_accounts(bank)
    bank.reload(daemon, {"rule": rule("much_cash", 4, version=2)})
    judge_new_threshold(bank)
    daemon.stop()


def test_reload_while_down(case):
    """The same when the rules change while the daemon is down: what is open is read from alerts.current."""
    bank = Bank(case, {"rule": rule("much_cash", 5)})
    daemon = bank.start()
    publish_three_accounts(bank)
    daemon.kill()
    bank.write({"rule": rule("much_cash", 4, version=2)})
    daemon.start().wait_ready()
    judge_new_threshold(bank)
    daemon.kill()
    daemon.start().wait_ready()  # and nothing is superseded twice
    bank.send(cash("a4", "a", NOON + 30 * MINUTE))
    bank.settle()
    bank.await_states("a", ("opened", 2), ("updated", 2))
    claim(sum(alert["state"] == "superseded" for alert in bank.alerts()) == 1, "superseded once")
    bank.check()
    daemon.stop()


def test_reload_removed(case):
    """Open alerts of a rule that is removed are superseded; those of others go on; back again it opens anew."""
    both = {"one": rule("one", 2), "two": rule("two", 3)}
    bank = Bank(case, both)
    daemon = bank.start()
    bank.send(*(cash(f"a{number}", "a", when) for number, when in enumerate(minutes(3))))
    bank.settle()
    wait_until(lambda: len(bank.alerts("a")) == 3, "two alerts, one of them updated")
    bank.reload(daemon, {"two": both["two"]})
    wait_until(lambda: [alert["rule"] for alert in bank.alerts("a") if alert["state"] == "superseded"] == ["one"],
               "the alert of the removed rule superseded, and no other")
    claim("loaded no more" in bank.alerts("a")[-1]["explain"], f"the reason: {bank.alerts('a')[-1]['explain']}")
    bank.send(cash("a3", "a", NOON + 10 * MINUTE))
    bank.settle()
    wait_until(lambda: [(alert["rule"], alert["state"]) for alert in bank.alerts("a")][-1] == ("two", "updated"),
               "the other rule goes on")
    bank.reload(daemon, both)
    bank.send(cash("a4", "a", NOON + 11 * MINUTE))
    bank.settle()
    wait_until(lambda: {alert["rule"]: (alert["state"], len(evidence_ids(alert)))
                        for alert in final_state(bank.alerts("a")).values()}
               == {"one": ("opened", 5), "two": ("updated", 5)}, "both alerted, with all their evidence")
    bank.check()
    daemon.stop()


def test_reload_same(case):
    """Rules that mean the same keep state and alerts; other owners are taken over."""
    bank = Bank(case, {"rule": rule("much_cash", 2)})
    daemon = bank.start()
    bank.send(cash("a0", "a", NOON), cash("a1", "a", NOON + MINUTE), cash("b0", "b", NOON + MINUTE))
    bank.settle()
    bank.await_states("a", ("opened", 1))
    replayed = daemon.metric("seinpost_replayed_total")
    bank.reload(daemon, {"rule": rule("much_cash", 2, owner="desk-other")})
    bank.send(cash("b1", "b", NOON + 2 * MINUTE), cash("a2", "a", NOON + 3 * MINUTE))
    bank.settle()
    bank.await_states("a", ("opened", 1), ("updated", 1))
    bank.await_states("b", ("opened", 1))
    claim([alert["owner"] for alert in bank.alerts("a")] == ["desk-test", "desk-other"], "the owner is not taken over")
    claim(daemon.metric("seinpost_replayed_total") == replayed, "the log was read again")
    bank.check()
    daemon.stop()


class Manager:
    """A service manager's end of the notify socket."""

    def __init__(self, case):
        self.path = f"@seinpost-test-{os.getpid()}-{case.name}"
        self.socket = case.stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        self.socket.bind("\0" + self.path[1:])
        self.socket.setblocking(False)
        self.heard = []

    def told(self):
        with contextlib.suppress(BlockingIOError):
            while True:
                self.heard.append(dict(line.split("=", 1) for line in self.socket.recv(4096).decode().splitlines()))
        return self.heard


def test_reload_faulty(case):
    """Rules with a fault are not taken: the old ones go on, and log, metrics, pages and service manager say so."""
    bank = Bank(case, {"rule": rule("much_cash", 3)})
    manager = Manager(case)
    daemon = bank.start(NOTIFY_SOCKET=manager.path)
    wait_until(lambda: any(told.get("READY") == "1" for told in manager.told()), "READY=1")
    bank.send(cash("a0", "a", NOON), cash("a1", "a", NOON + MINUTE))
    bank.settle()
    bank.write({"rule": rule("much_cash", 2).replace("timespan", "timespam"), "other": "a: [\n"})
    manager.heard.clear()
    daemon.process.send_signal(signal.SIGHUP)
    wait_until(lambda: daemon.metric("seinpost_reload_failures_total") == 1, "the failure counted", 30)
    claim(daemon.metric("seinpost_rules_stale") == 1, "the metric does not say stale")
    faults = int(daemon.metric("seinpost_rules_faults"))
    claim(faults >= 2, f"{faults} faults")
    for page in ("/readyz", "/healthz"):
        status, text = daemon.http(page)
        claim(status == 200, f"{page}: {status}; it works, by the old rules")
        claim(re.search(rf"^rules: stale since \d{{4}}-\d\d-\d\dT[\d:.]+Z, {faults} errors$", text, re.M), f"{page}: {text}")
    log = daemon.log.read_text()
    claim("rule.yaml" in log and "other.yaml" in log and "timespam" in log and "error[E" in log, f"the log: {log[-2000:]}")
    told = manager.told()
    claim(any(one.get("RELOADING") == "1" and one.get("MONOTONIC_USEC", "").isdigit() for one in told), f"told: {told}")
    claim(told[-1].get("READY") == "1" and "stale since" in told[-1].get("STATUS", ""), f"told at the end: {told[-1]}")
    claim(not bank.alerts("a"), "two are not three")
    bank.send(cash("a2", "a", NOON + 2 * MINUTE))
    bank.settle()
    bank.await_states("a", ("opened", 1))  # by the old rules
    bank.reload(daemon, {"rule": rule("much_cash", 2, version=2)})
    bank.await_states("a", ("opened", 1), ("superseded", 1))
    claim(daemon.metric("seinpost_rules_stale") == 0 and "stale" not in daemon.http("/readyz")[1], "still stale")
    claim("stale" not in manager.told()[-1].get("STATUS", ""), f"told: {manager.heard[-1]}")
    bank.check()
    daemon.stop()
    claim(any(one.get("STOPPING") == "1" for one in manager.told()), "STOPPING=1")


def test_alive(case):
    """A service manager that asks for signs of life gets them, twice in its time at least; one that does not gets none."""
    bank = Bank(case, {"rule": rule("much_cash", 3)})
    manager = Manager(case)
    daemon = bank.start(NOTIFY_SOCKET=manager.path)
    wait_until(lambda: any(told.get("READY") == "1" for told in manager.told()), "READY=1")
    hold(lambda: claim(all("WATCHDOG" not in told for told in manager.told()), "nobody asked"), 5)
    daemon.stop()
    manager.heard.clear()
    daemon = bank.start(NOTIFY_SOCKET=manager.path, WATCHDOG_USEC="10000000")
    wait_until(lambda: sum(told.get("WATCHDOG") == "1" for told in manager.told()) >= 2, "two signs of life", 10)
    daemon.stop()


def test_reload_on_change(case):
    """With `reload: change` a file that has changed is taken without a signal, once it has settled."""
    bank = Bank(case, {"rule": rule("much_cash", 3)}, reload="change")
    daemon = bank.start()
    bank.send(cash("a0", "a", NOON))
    bank.settle()
    hold(lambda: claim(daemon.metric("seinpost_reloads_total") == 0, "nothing has changed"), 5)
    bank.write({"rule": rule("much_cash", 2, version=2)})
    wait_until(lambda: daemon.metric("seinpost_reloads_total") == 1, "the change noticed", 20)
    bank.gone_over(daemon)
    bank.send(cash("a1", "a", NOON + MINUTE))
    bank.settle()
    bank.await_states("a", ("opened", 2))
    bank.write({"rule": "broken: ["})
    wait_until(lambda: daemon.metric("seinpost_reload_failures_total") == 1, "the fault noticed", 20)
    hold(lambda: claim(daemon.metric("seinpost_reload_failures_total") == 1, "tried again without a change"), 5)
    bank.check()
    daemon.stop()


EVENTS = 18_000
ACCOUNTS = 900


def many_events(seed, count, start):
    """Withdrawals of many accounts, two of a second, a few of them out of order."""
    pick = random.Random(seed)
    for number in range(count):
        late = pick.randrange(10 * MINUTE) if pick.random() < 0.05 else 0
        yield cash(f"{start}-{number}", f"n{pick.randrange(ACCOUNTS)}", NOON + start * 10 * HOUR + number * 500 - late)


def two_rules(version):
    """`changing` is another rule in each version, `staying` never."""
    return {"changing": rule("changing", 4 + version % 2 * 2, version=version, hours=2),
            "staying": rule("staying", 5, hours=2)}


def outcome_with(case, kills):
    """{alert: meaning} after three reloads, the daemon killed so often while it reads the history."""
    bank = Bank(case, two_rules(1))
    pick = random.Random(case.bench.options.seed)
    daemon = bank.start()
    for version in (2, 3, 4):
        bank.send(*many_events(version, EVENTS // 3, version))
        bank.settle()
        bank.write(two_rules(version))
        daemon.process.send_signal(signal.SIGHUP)
        for _ in range(kills):
            time.sleep(pick.uniform(0, 0.6))
            claim(daemon.alive, f"the daemon ended by itself: {daemon.last_words()}")
            daemon.kill()
            daemon.start()
        daemon.wait_ready()
        bank.gone_over(daemon)
    bank.send(*many_events(5, EVENTS // 10, 5))
    bank.settle()
    bank.check()
    daemon.stop()
    alerts = bank.alerts()
    claim(sum(alert["state"] == "superseded" for alert in alerts) > 50, "hardly any alert was open at a reload")
    final = final_state(alerts)
    claim_none((alert for alert in final.values() if alert["state"] in OPEN and alert["rule"] == "changing"
                and alert["version"] != 4), "open under rules that are gone")
    # what was taken back depends on what came first; what is superseded by a start is told as it was told last
    return {key: standing(alert)[:3 if alert["state"] == "superseded" else 5] for key, alert in final.items()
            if alert["state"] != "retracted"}


def standing(alert):
    """What of an alert two logs of the same events have in common.

    Two runs write two logs: ingest takes what two partitions hold in whichever order they were fetched. An alert whose
    first event comes last is opened with all of its evidence, in the place of one that is retracted (claimed in
    tests/unit/correlate/test_cell.c: "a late first event makes another alert of it"); where it comes first, the same
    alert is opened with some and updated by the rest. What may not differ: it is open, under its id, with its evidence.
    """
    state, *rest = meaning(alert)
    return ("open" if state in OPEN else state, *rest)


def test_reload_kills(case):
    """A daemon killed with SIGKILL again and again while it reads the history leaves the alerts of one that was not."""
    wanted = outcome_with(case.branch("undisturbed"), 0)
    claim_same(outcome_with(case.branch("killed"), 4), wanted, "alerts against the undisturbed run")


def test_reload_several(case):
    """Two daemons that share the work are given new rules one after the other, while events come: all lives are sound."""
    bank = Bank(case, two_rules(1))
    first, second = bank.start("station-1"), bank.start("station-2")
    for version in (2, 3):
        events = list(many_events(version, EVENTS // 4, version))
        third = len(events) // 3
        bank.send(*events[:third])
        bank.reload(first, two_rules(version))
        bank.send(*events[third:2 * third])
        bank.reload(second)
        bank.send(*events[2 * third:])
        bank.settle()
    for daemon in (first, second):
        bank.gone_over(daemon)
    first.kill()  # its partitions go to the other, which works by the same rules
    bank.daemons.remove(first)
    bank.send(*many_events(7, EVENTS // 10, 7))
    bank.settle()
    second.stop()
    bank.check()
    final = final_state(bank.alerts())
    claim({alert["rule"] for alert in final.values()} == {"changing", "staying"}, "a rule was silent")
    claim_none((alert for alert in final.values() if alert["state"] in OPEN and alert["rule"] == "changing"
                and alert["version"] != 3), "open under rules that are gone")
