"""Where the groups begin to read and go on: logs whose beginning moves, topics that come later, offsets that are lost."""
from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, Producer, TopicPartition

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

    def send_raw(self, topic, value, partition):
        producer = Producer({"bootstrap.servers": self.case.bench.cluster.bootstrap, "log_level": 2})
        producer.produce(topic, value, partition=partition)
        claim(producer.flush(30) == 0, f"{topic} does not take a record")

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


def second_source(corner):
    """Adds a partner whose topic is not made yet. Returns its topic's name."""
    topic = corner.case.topic("air")
    corner.config["sources"].append(
        station.source("air-partner-1", topic, ["air.*"], lateness="1m", writers=corner.writers))
    corner.config["consumer"]["topic.metadata.refresh.interval.ms"] = 1000
    return topic


def create_what_can_be(corner):
    """`topics create`, which says that a partner's topic is missing."""
    path = corner.case.folder / "topics.yaml"
    station.write_config(path, corner.config)
    done = corner.case.run_tool("topics", "create", "--config", path)
    claim(done.returncode == 1 and f"{corner.case.topic('air')}: is missing" in done.stdout,
          f"{done.returncode} {done.stdout}{done.stderr}")
    return path


def blocked(daemon):
    return {line for line in daemon.http("/readyz")[1].splitlines() if line.startswith("blocked")}


def test_places_topic_comes_while_we_run(case):
    """A partner's topic that comes while the daemon runs is read from its beginning, and disturbs nobody."""
    corner = Corner(case)
    topic = second_source(corner)
    create_what_can_be(corner)
    daemon = case.daemon(corner.config).start().wait_ready()
    case.bench.cluster.create_topic(topic, 2)
    for partition in range(2):
        corner.send_raw(topic, b"no event", partition)  # it will be rejected: so it was read
    both = Progress(case, [corner.topic, topic])
    corner.publish()
    both.wait_done(90, lambda: claim(daemon.alive, f"the daemon ended: {daemon.last_words()}"))
    claim_same(starts(daemon), {"ingest-0": 1, "correlate-0": 1}, "lives of the workers")
    claim_same(blocked(daemon), set(), "blocked partitions")
    daemon.stop()
    claim_same({(item["topic"], item["partition"], item["offset"]) for item in Desk(case).rejects()},
               {(topic, 0, 0), (topic, 1, 0)}, "rejects of the new topic")
    corner.judge()


def test_places_topic_came_before(case):
    """A topic that was not begun, when the daemon starts, is refused alone; `topics create` says so and mends it."""
    corner = Corner(case)
    topic = second_source(corner)
    path = create_what_can_be(corner)
    case.bench.cluster.create_topic(topic, 1)
    daemon = case.daemon(corner.config).start().wait_ready()
    corner.publish()
    corner.done(daemon)
    wait_until(lambda: blocked(daemon), "a blocked partition", 30)
    claim_same(blocked(daemon), {f'blocked: topic="{topic}",partition="0",reason="no-commit"'}, "blocked partitions")
    done = case.run_tool("topics", "create", "--config", path)
    claim(done.returncode == 3 and "daemon is running" in done.stderr, f"{done.returncode} {done.stdout}{done.stderr}")
    claim_same(starts(daemon), {"ingest-0": 1, "correlate-0": 1}, "lives of the workers")
    daemon.stop()
    wait_until(lambda: case.run_tool("topics", "create", "--config", path).returncode == 0, "the group is empty", 30, 1)
    daemon.start().wait_ready()
    corner.publish()
    corner.done(daemon)
    claim_same(blocked(daemon), set(), "blocked partitions")
    daemon.stop()
    corner.judge()


def test_places_records_expire_unread(case):
    """Records that expire before they are read stop the reading of their partition, and of no other."""
    corner = Corner(case, partitions=2)
    case.create_topics(corner.config)
    daemon = case.daemon(corner.config).start().wait_ready()
    corner.publish(partition=0)
    corner.publish(partition=1)
    corner.done(daemon)
    daemon.stop()
    for _ in range(3):
        corner.send_raw(corner.topic, b"no event", 1)
    claim(corner.forget(corner.topic, 1, 12) == 12, "nothing expired")
    daemon.start().wait_ready()
    corner.publish(partition=0)
    place = (corner.topic, 0)
    wait_until(lambda: corner.progress.committed()[place] == corner.progress.ends([corner.topic])[place],
               "the other partition is read", 60)
    claim_same(blocked(daemon), {f'blocked: topic="{corner.topic}",partition="1",reason="expired"'},
               "blocked partitions")
    claim_same(starts(daemon), {"ingest-0": 1, "correlate-0": 1}, "lives of the workers")
    daemon.stop()
    wait_until(lambda: case.run_tool("topics", "create", "--config", case.folder / "topics.yaml").returncode == 0,
               "the group is empty", 30, 1)
    daemon.start().wait_ready()
    corner.publish(partition=1)
    corner.done(daemon)
    daemon.stop()
    corner.judge()


def lose_offsets(corner, group):
    """The group's offsets are gone, as when they expire while nothing runs."""
    admin = corner.case.bench.cluster.admin

    def gone():
        try:
            return admin.delete_consumer_groups([group])[group].result(30) is None
        except KafkaException:
            return False  # a static member is remembered for its session's time

    wait_until(gone, f"group {group} is deleted", 30, 1)


def test_places_offsets_of_correlate_are_lost(case):
    """Lost offsets of the match log are found again from the alerts themselves: nothing is told twice, nothing lost."""
    corner = Corner(case)
    case.create_topics(corner.config)
    daemon = case.daemon(corner.config).start().wait_ready()
    corner.publish(8)
    corner.done(daemon)
    daemon.stop()
    lose_offsets(corner, f"{case.prefix}.correlate")
    daemon.start()
    wait_until(lambda: blocked(daemon), "blocked partitions", 30)
    claim(all('reason="no-commit"' in line for line in blocked(daemon)), f"{blocked(daemon)}")
    daemon.stop()
    wait_until(lambda: case.run_tool("topics", "create", "--config", case.folder / "topics.yaml").returncode == 0,
               "the group is empty", 30, 1)
    daemon.start().wait_ready()
    corner.publish(8)
    corner.done(daemon)
    daemon.stop()
    corner.judge()


def test_places_commit_that_says_nothing(case):
    """A commit that does not say what was told stops its partition alone; an operator lets it go on, and nothing is
    told twice."""
    corner = Corner(case)
    case.create_topics(corner.config)
    daemon = case.daemon(corner.config).start().wait_ready()
    corner.publish(8)
    corner.done(daemon)
    daemon.stop()
    group, place = f"{case.prefix}.correlate", (f"{case.prefix}.matches", 1)
    offset = corner.progress.committed()[place]
    admin = case.bench.cluster.admin
    wait_until(lambda: admin.describe_consumer_groups([group])[group].result(30).state.name == "EMPTY",
               "the group is empty", 30, 1)
    admin.alter_consumer_group_offsets([ConsumerGroupTopicPartitions(
        group, [TopicPartition(*place, offset)])])[group].result(30)
    daemon.start()
    wait_until(lambda: blocked(daemon), "a blocked partition", 60)
    claim_same(blocked(daemon), {f'blocked: topic="{place[0]}",partition="1",reason="commit-unreadable"'},
               "blocked partitions")
    corner.publish(8)
    done = corner.progress.committed, corner.progress.ends([place[0]])
    wait_until(lambda: done[0]()[(place[0], 0)] > 0, "the other partition goes on", 60)
    daemon.stop()
    path = case.folder / "topics.yaml"
    wait_until(lambda: case.run_tool("topics", "accept", "--partition", "1", "--config", path).returncode == 0,
               "it is accepted", 30, 1)
    daemon.start().wait_ready()
    corner.publish(8)
    corner.done(daemon)
    daemon.stop()
    corner.judge()
