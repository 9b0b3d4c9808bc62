"""Where the groups begin to read and go on: logs whose beginning moves, topics that come later, offsets that are lost."""
from confluent_kafka import TopicPartition

import station
import wire
from claim import claim, claim_none, claim_same, hold, wait_until
from desk import Desk, check_all, standing
from partners import Partner, event, pseudonym
from progress import Progress

RULES = station.RULES / "places"
SOURCE = "bank-partner-1"
START = 1_717_243_200_000
MINUTE, HOUR = 60_000, 3_600_000


def cash(number, account, at):
    return event("bank.cash", f"{number}", SOURCE, at, {
        "account_ref": pseudonym("account", account), "amount_minor": 100, "currency": "EUR", "direction": "in"})


class Corner:
    """One partner's topic, a daemon's configuration, and who looks at what comes of it."""

    def __init__(self, case, partitions=1, matches=2):
        self.case = case
        self.topic = case.topic("bank")
        case.bench.cluster.create_topic(self.topic, partitions)
        self.writers = case.folder / "writers"
        self.partner = Partner(case.bench.cluster.bootstrap, self.topic, wire.SINGLE_OBJECT, [cash("s", "s", START)],
                               writers_folder=self.writers)
        sources = [station.source(SOURCE, self.topic, ["bank.*"], lateness="1m", writers=self.writers)]
        self.config = station.base_config(case, sources, RULES, matches=matches)
        self.progress = Progress(case, [self.topic])
        self.pairs = 0

    def publish(self, count=5, partition=0):
        """So many accounts get two deposits each: one alert of two_cash each."""
        for _ in range(count):
            at = START + self.pairs * MINUTE
            for half in range(2):
                self.partner.publish(cash(f"{self.pairs}-{half}", f"account {self.pairs}", at + half), partition)
            self.pairs += 1
        self.partner.flush()

    def done(self, daemon, seconds=90):
        self.progress.wait_done(seconds, lambda: claim(daemon.alive, f"the daemon ended: {daemon.last_words()}"))

    def judge(self):
        """Every pair was alerted, once, and nothing is amiss with the alerts."""
        desk = Desk(self.case)
        alerts = desk.alerts()
        claim_none(check_all(desk, alerts), "alerts on the topic")
        claim_same({alert["group"]["account"] for alert in standing(alerts).values() if alert["rule"] == "two_cash"},
                   {pseudonym("account", f"account {number}") for number in range(self.pairs)}, "accounts alerted")
        claim(len(alerts) == self.pairs, f"{len(alerts)} alert records of {self.pairs} pairs")

    def forget(self, topic, partition=0, before=-1):
        """What retention does: records before an offset, or all, are gone. Returns where the log begins then."""
        place = TopicPartition(topic, partition, before)
        return self.case.bench.cluster.admin.delete_records([place])[place].result(30).low_watermark


def starts(daemon):
    """{worker: how often it was made}."""
    return {line.split('"')[1]: int(line.split()[1]) for line in daemon.http("/metrics")[1].splitlines()
            if line.startswith("seinpost_worker_starts_total")}


def test_places_log_begins_behind_markers(case):
    """An idle topic of ours whose records all expire, markers of transactions too, stops no worker at its next start."""
    corner = Corner(case)
    case.create_topics(corner.config)
    daemon = case.daemon(corner.config).start().wait_ready()
    corner.publish()
    corner.done(daemon)
    ours = [(f"{case.prefix}.derived", 0), (f"{case.prefix}.matches", 0), (f"{case.prefix}.matches", 1)]

    def committed():
        ends, known = corner.progress.ends([topic for topic, _ in ours]), corner.progress.committed()
        return all(known[place] == ends[place] for place in ours)

    wait_until(committed, lambda: f"committed to the very end: {corner.progress.committed()}", 30)
    daemon.stop()
    claim(corner.forget(*ours[0]) > 0, "nothing was forgotten")
    daemon.start().wait_ready()
    corner.publish()
    corner.done(daemon)
    hold(lambda: claim_same(starts(daemon), {"ingest-0": 1, "correlate-0": 1}, "lives of the workers"), 2)
    daemon.stop()
    corner.judge()
