"""A long seeded stream, undisturbed and under SIGKILL."""
import random
import threading
import time
from collections import Counter

import station
from claim import claim, claim_none, claim_same, wait_until
from desk import Desk, check_all, evidence_ids, meaning, standing
from partners import Partner
from progress import Progress
from reference import account_of, expected_alerts
from stream import LATENESS, SOURCES, Stream

RULES = station.RULES / "kills"
SECONDS_AFTER_START = 2.0


class Load:
    """A stream, encoded once, and what has to come of it."""

    def __init__(self, bench):
        self.stream = Stream(bench.options.seed, bench.options.events)
        self.wanted = account_of(expected_alerts(self.stream.accepted()))
        self.writers = bench.folder / f"writers-{bench.options.seed}-{bench.options.events}"
        self.partners = {}
        self.values = None

    def publisher(self, case):
        """Partners of this case's topics, and the encoded records."""
        by_sector = {sector: [] for sector in SOURCES}
        for item in self.stream.sent:
            by_sector[item.sector].append(item.event)
        partners = {sector: Partner(case.bench.cluster.bootstrap, case.topic(sector), "single-object", events,
                                    writers_folder=self.writers / sector) for sector, events in by_sector.items()}
        if self.values is None:
            self.values = [(item.sector, item.partition, partners[item.sector].value(item.event))
                           for item in self.stream.sent]
        return partners

    def topic_sources(self, case):
        types = {"air": ["air.*"], "bank": ["bank.*"], "card": ["card.*"]}
        return [station.source(name, case.topic(sector), types[sector], legal_bases=("pnr-6.2a", "wwft-fiu"),
                               lateness=f"{LATENESS // 1000}s", writers=self.writers / sector)
                for sector, (name, _) in SOURCES.items()]


def load_of(bench):
    key = ("load", bench.options.seed, bench.options.events)
    if key not in bench.memory:
        bench.memory[key] = Load(bench)
    return bench.memory[key]


class Run:
    """One passage of the whole stream through daemons, on topics of its own."""

    def __init__(self, case, load=None):
        self.case = case
        self.load = load or load_of(case.bench)
        for sector, (_, partitions) in SOURCES.items():
            case.bench.cluster.create_topic(case.topic(sector), partitions)
        self.partners = self.load.publisher(case)
        self.config = station.base_config(case, self.load.topic_sources(case), RULES, matches=6)
        case.create_topics(self.config)
        self.progress = Progress(case, [case.topic(sector) for sector in SOURCES])

    def publish(self, start, end, over_seconds=0.0, stop=None):
        """Publishes a share of the records, evenly over a time."""
        values = self.load.values[int(len(self.load.values) * start):int(len(self.load.values) * end)]
        begun, step = time.monotonic(), max(len(values) // 500, 1)
        for number, (sector, partition, value) in enumerate(values):
            if number % step == 0 and over_seconds:
                ahead = begun + over_seconds * number / len(values) - time.monotonic()
                if ahead > 0 and (stop is None or not stop.is_set()):
                    time.sleep(ahead)
            self.partners[sector].publish_raw(value, partition)
        for partner in self.partners.values():
            partner.flush()

    def publishing(self, start, end, over_seconds):
        """Publishes in a thread; join it with `finish()`, which raises what went wrong in it."""
        faults, stop = [], threading.Event()

        def work():
            try:
                self.publish(start, end, over_seconds, stop)
            except Exception as fault:  # told by finish()
                faults.append(fault)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        self.case.stack.callback(lambda: (stop.set(), thread.join(120)))

        def finish():
            thread.join(600)
            if faults:
                raise faults[0]
            claim(not thread.is_alive(), "the partners are still publishing after ten minutes")

        return finish

    def judge(self, log=None):
        """{alert id: meaning} of what stands, after every check that needs no other run.

        `log` is what stands in the partners' topics, where that may differ from what they meant to publish.
        """
        wanted_alerts = self.load.wanted if log is None else account_of(expected_alerts(log.accepted()))
        desk = Desk(self.case)
        alerts = desk.alerts()
        claim_none(check_all(desk, alerts), "alerts on the topic")
        final = standing(alerts)
        seen = Counter((alert["rule"], group_of(alert), alert["state"], evidence_ids(alert))
                       for alert in final.values())
        claim_same(dict(seen), dict(wanted_alerts), "alerts against the independent expectation")
        topics = {self.case.topic(sector): sector for sector in SOURCES}
        rejects = [(topics[reject["topic"]], reject["partition"], reject["offset"], reject["reason"])
                   for reject in desk.rejects()]
        wanted = {(*place, "late") for place in (log or self.load.stream).too_late()}
        claim_same(dict(Counter(rejects)), dict.fromkeys(wanted, 1), "rejects, each exactly once")
        return {key: meaning(alert) for key, alert in final.items()}


def group_of(alert):
    """The group as reference.account_of() has it; a single-event rule's group is the event itself."""
    return None if alert["rule"] == "big_purchase" else tuple(sorted(alert["group"].items()))


def undisturbed(case):
    """(alerts, seconds) of one daemon that nobody disturbs; made once for all tests of a run."""
    key = ("undisturbed", case.bench.options.seed, case.bench.options.events)
    if key not in case.bench.memory:
        run = Run(case.branch("undisturbed"))
        run.publish(0, 1)
        begun = time.monotonic()
        daemon = run.case.daemon(run.config).start()
        run.progress.wait_done(600, lambda: claim(daemon.alive, f"the daemon ended: {daemon.last_words()}"))
        seconds = time.monotonic() - begun
        daemon.stop()
        case.bench.memory[key] = (run.judge(), seconds)
    return case.bench.memory[key]


def test_kills_undisturbed(case):
    """Every alert that a plain reading of the rules owes to the stream is published, and no other."""
    alerts, _ = undisturbed(case)
    claim(alerts, "the stream made no alert")


def strike(run, daemon, pick, number, share):
    """Kills the daemon: by turns at a random place in the work at hand, and at a random moment after its start.

    The first kind meets it in its transactions, the second in its start, its replay, or idle. Returns how many
    records were consumed by then.
    """
    if number % 2 == 0:
        begun = run.progress.consumed()
        goal = begun + 1 + pick.random() * max(len(run.load.values) * share - begun - 1, 0)

        def far_enough():
            claim(daemon.alive, f"the daemon ended by itself: {daemon.last_words()}")
            return run.progress.consumed() >= goal

        wait_until(far_enough, lambda: f"{goal:.0f} records consumed; {run.progress.behind()[:3]}", 90, 0.005)
    else:
        time.sleep(pick.uniform(0, SECONDS_AFTER_START))
    claim(daemon.alive, f"the daemon ended by itself: {daemon.last_words()}")
    daemon.kill()
    return run.progress.consumed()


def test_kills(case):
    """A daemon killed with SIGKILL at random moments publishes the very alerts of one that nobody disturbed."""
    wanted, _ = undisturbed(case)
    kills = case.bench.options.kills
    run = Run(case.branch("killed"))
    pick = random.Random(case.bench.options.seed)
    daemon = run.case.daemon(run.config).start()
    consumed = []
    with open(case.folder / "kills.txt", "w", encoding="utf-8") as notes:
        for number in range(kills):
            share = (number + 1) / (kills + 1)
            finish = run.publishing(number / (kills + 1), share, 0)
            consumed.append(strike(run, daemon, pick, number, share))
            notes.write(f"kill {number}: {consumed[-1]} of {len(run.load.values)} records consumed\n")
            notes.flush()
            daemon.start()  # at once, under the same name
            finish()
    run.publish(kills / (kills + 1), 1)
    daemon.wait_ready()
    run.progress.wait_done(600, lambda: claim(daemon.alive, f"the daemon ended: {daemon.last_words()}"))
    daemon.stop()
    claim(len(set(consumed)) > kills // 3, f"the kills met no work: {consumed}")
    claim_same(run.judge(), wanted, "alerts against the undisturbed run")
