"""Who may what, on a broker with TLS, SCRAM and ACLs: a new partner by its guide, the daemon, a desk."""
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys

import fastavro
import yaml
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

import station
import wire
from claim import claim, claim_none, claim_same, wait_until
from test_reload import rule

PARTNER, OTHER, PASSWORD = "bank-7", "bank-8", "not-a-secret"
TOOLS = {"kafka-topics.sh": "TopicCommand", "kafka-acls.sh": "AclCommand", "kafka-configs.sh": "kafka.admin.ConfigCommand"}
WAIT_S = 20
DENIED = {KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.GROUP_AUTHORIZATION_FAILED,
          KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, KafkaError.CLUSTER_AUTHORIZATION_FAILED}


def settings(path):
    """A file of librdkafka's settings, one a line."""
    return dict(line.split("=", 1) for line in path.read_text(encoding="utf-8").splitlines() if "=" in line)


class Secured(station.Cluster):
    """A broker where nobody may anything that is not allowed."""

    def start(self):
        answer = subprocess.run(
            [station.KAFKA_TOOLS / "kafka-up", "start", "--sasl-tls", "--dir", self.folder, "--port", str(station.free_ports(10))],
            check=True, stdout=subprocess.PIPE, text=True)
        self.bootstrap = answer.stdout.split()[0]
        self.admin = AdminClient({**self.user("admin"), "log_level": 2})
        return self

    def user(self, name, plain=False):
        return settings(self.folder / "clients" / (f"{name}.plain.conf" if plain else f"{name}.conf"))

    def run(self, script, **environment):
        """Runs a script of Kafka's tools, as an administrator."""
        tools = self.folder / "tools"
        tools.mkdir(exist_ok=True)
        for name, which in TOOLS.items():
            (tools / name).write_text(f"#!/bin/sh\nexec {station.KAFKA_TOOLS}/kafka-up tool {which} \"$@\"\n", encoding="utf-8")
            (tools / name).chmod(0o755)
        host, port = self.bootstrap.split(":")
        done = subprocess.run(["sh"], input=script, capture_output=True, text=True, timeout=120, check=False, env={
            **os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "BROKERS": f"{host}:{int(port) + 2}",
            "ADMIN": str(self.folder / "clients/admin.java.properties"), **environment})
        claim(done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}")


def refusal(code):
    """What is wrong when something was not denied; None: it was."""
    return None if code in DENIED else f"answered by {code}"


def write_code(user, topic, **more):
    """The error code of a record's delivery; None: it was taken."""
    seen = []
    producer = Producer({**user, "log_level": 0, "message.timeout.ms": WAIT_S * 1000, **more})
    producer.produce(topic, b"?", on_delivery=lambda error, message: seen.append(None if error is None else error.code()))
    producer.flush(WAIT_S + 5)
    claim(seen, f"{topic}: a record without an answer")
    return seen[0]


def read_code(user, topic, group, assigned=False):
    """The error code of the first answer to a reader; None: a record or the topic's end."""
    consumer = Consumer({**user, "log_level": 0, "group.id": group, "auto.offset.reset": "earliest", "enable.partition.eof": True,
                         "enable.auto.commit": False})
    with contextlib.closing(consumer):
        if assigned:  # no group is asked
            known = consumer.list_topics(topic, timeout=WAIT_S).topics[topic]
            if known.error is not None:  # who may read may describe
                return known.error.code()
            consumer.assign([TopicPartition(topic, 0, 0)])
        else:
            consumer.subscribe([topic])
        message = consumer.poll(WAIT_S)
        claim(message is not None, f"{topic}: no answer to a reader")
        code = None if message.error() is None else message.error().code()
        return None if code == KafkaError._PARTITION_EOF else code


def admin_code(user, change):
    """The error code of an administrator's call."""
    admin = AdminClient({**user, "log_level": 0})  # it must outlive the answer
    try:
        (future,) = change(admin).values()
        future.result(WAIT_S)
    except KafkaException as error:
        return error.args[0].code()
    return None


def transaction_code(user, name):
    try:
        Producer({**user, "log_level": 0, "transactional.id": name}).init_transactions(WAIT_S)
    except KafkaException as error:
        return error.args[0].code()
    return None


class Joined:
    """A new partner, by what `seinpost partner add` prints, and a daemon with its own rights only."""

    def __init__(self, case):
        self.case = case
        self.cluster = Secured(case.folder / "kafka")
        case.stack.callback(self.cluster.stop)
        self.cluster.start()
        self.topic, self.other = case.topic(PARTNER), case.topic(OTHER)
        self.alerts = f"{case.prefix}.alerts"
        self.cluster.create_topic(self.other, 1)
        self.guide = self.add("--guide")
        self.cluster.run(self.add("--part", "commands"), PASSWORD=PASSWORD, PARTITIONS="2")
        self.config = self.configure()
        self.grant()

    def add(self, *options):
        return self.case.tool("partner", "add", PARTNER, "--sector", "bank", "--topic", self.topic, *options)

    def configure(self):
        """The configuration with the source that was printed."""
        (source,) = yaml.safe_load(self.add("--part", "source"))
        source["writers"] = str(wire.SCHEMAS / "signals")
        rules = self.case.folder / "rules"
        rules.mkdir()
        (rules / "rule.yaml").write_text(rule("much_cash", 2, direction="in"), encoding="utf-8")
        config = station.base_config(Plain(self.case, self.cluster), [source], rules, matches=2)
        plain = self.case.bench.librdkafka == "system"  # SCRAM with Kafka 4 needs librdkafka 2.6.1
        self.admins = {**config, "brokers": self.cluster.user("admin", plain)}
        return {**config, "brokers": self.cluster.user("seinpost", plain)}

    def grant(self):
        path = self.case.folder / "admin.yaml"
        station.write_config(path, self.admins)
        self.case.tool("topics", "create", "--config", path)
        self.cluster.run(self.case.tool("partner", "rights", "--config", path) +
                         self.case.tool("partner", "rights", "--config", path, "--reader", f"ops:{self.alerts}"))

    def publish(self):
        """Runs the guide's Python as it stands."""
        folder = self.case.folder / "partner"
        if not folder.exists():
            folder.mkdir()
            shutil.copytree(wire.SCHEMAS / "signals", folder / "schemas")
            shutil.copy(self.cluster.folder / "tls/ca.crt", folder)
            (code,) = self.blocks("python")
            (folder / "publish.py").write_text(code, encoding="utf-8")
            (folder / "client.conf").write_text(self.client(), encoding="utf-8")
            (folder / "events.ndjson").write_text("".join(self.blocks("json")), encoding="utf-8")
        done = subprocess.run([sys.executable, "publish.py", "--now", "events.ndjson"], cwd=folder, capture_output=True, text=True,
                              timeout=60, check=False)
        claim(done.returncode == 0, f"the guide's Python: {done.stdout}{done.stderr}")

    def blocks(self, language):
        return re.findall(rf"^```{language}\n(.*?)^```$", self.guide, re.M | re.S)

    def client(self):
        """The guide's client.conf, with the partner's own in it."""
        return self.blocks("ini")[0].replace("HOST:PORT", self.cluster.bootstrap).replace("PASSWORD", PASSWORD)

    def partner(self):
        return {**settings(self.case.folder / "partner/client.conf"), "ssl.ca.location": str(self.cluster.folder / "tls/ca.crt")}

    def read_alerts(self):
        """What the desk reads, by its own user and group."""
        consumer = Consumer({**self.cluster.user("ops"), "group.id": "ops.1", "auto.offset.reset": "earliest", "log_level": 2,
                             "isolation.level": "read_committed"})
        schema = fastavro.parse_schema(wire.plain(wire.own_schema("alert")))
        with contextlib.closing(consumer):
            consumer.subscribe([self.alerts])

            def first():
                message = consumer.poll(1)
                return message if message is not None and message.error() is None else None

            message = wait_until(first, "an alert at the desk", 60)
            return wire.decode(message.value()[10:], schema)


class Plain:
    """What base_config() asks of a case, with another cluster."""

    def __init__(self, case, cluster):
        self.prefix, self.key_file, self.bench = case.prefix, case.key_file, self
        self.cluster = cluster


def denials(here):
    """(what, error code) of all that must be denied."""
    cluster, prefix = here.cluster, here.case.prefix
    partner, desk, daemon, nobody = here.partner(), cluster.user("ops"), cluster.user("seinpost"), cluster.user("nobody")
    new = [NewTopic(f"{prefix}.new", 1, 1)]
    yield "the partner writes another's topic", write_code(partner, here.other)
    yield "the partner writes alerts", write_code(partner, here.alerts)
    yield "the partner reads its own topic", read_code(partner, here.topic, "g", assigned=True)
    yield "the partner reads another's topic", read_code(partner, here.other, "g", assigned=True)
    yield "the partner reads alerts", read_code(partner, here.alerts, "g", assigned=True)
    yield "the partner joins a group", read_code(partner, here.topic, "ops.1")
    yield "the partner makes a topic", admin_code(partner, lambda admin: admin.create_topics(new))
    yield "the partner has a transaction of the daemon's name", transaction_code(partner, f"{prefix}.station-1.ingest-0")
    yield "the desk reads the partner's topic", read_code(desk, here.topic, "ops.1", assigned=True)
    for name in ("matches", "alerts.current", "rejects", "derived", "shadow"):
        yield f"the desk reads {name}", read_code(desk, f"{prefix}.{name}", "ops.1", assigned=True)
    yield "the desk reads by another's group", read_code(desk, here.alerts, "kmar.1")
    yield "the desk reads by the daemon's group", read_code(desk, here.alerts, f"{prefix}.ingest")
    yield "the desk writes alerts", write_code(desk, here.alerts)
    yield "the daemon writes the partner's topic", write_code(daemon, here.topic)
    yield "the daemon reads a topic that is no source", read_code(daemon, here.other, "g", assigned=True)
    yield "the daemon reads alerts", read_code(daemon, here.alerts, "g", assigned=True)
    yield "the daemon reads by the desk's group", read_code(daemon, f"{prefix}.matches", "ops.1")
    yield "the daemon makes a topic", admin_code(daemon, lambda admin: admin.create_topics(new))
    yield "the daemon deletes its log", admin_code(daemon, lambda admin: admin.delete_topics([f"{prefix}.matches"]))
    yield "the daemon has a transaction of another name", transaction_code(daemon, "other")
    yield "nobody writes the partner's topic", write_code(nobody, here.topic)
    yield "nobody reads alerts", read_code(nobody, here.alerts, "g", assigned=True)


def test_rights_joined(case):
    """A new partner's printed guide, run as it stands, makes an alert; nobody may more than `partner add` and `rights` print."""
    here = Joined(case)
    here.publish()
    daemon = case.daemon(here.config).start().wait_ready()
    here.publish()
    alert = here.read_alerts()
    account = next(event for event in map(json.loads, here.blocks("json")) if event["type"] == "bank.cash")["data"]["account_ref"]
    claim_same({"rule": alert["rule"], "group": alert["group"], "sources": {piece["source"] for piece in alert["evidence"]}},
               {"rule": "much_cash", "group": {"account": account}, "sources": {PARTNER}}, "the alert")
    claim(daemon.metric("seinpost_rejects_total") <= 0, "a record of the guide was rejected")
    claim_none([f"{what}: {refusal(code)}" for what, code in denials(here) if refusal(code)], "what was not denied")
    claim(write_code(here.partner(), here.topic) is None, "the partner cannot write its own topic")
    claim_none([line for line in daemon.log.read_text(errors="replace").splitlines() if "uthoriz" in line], "denied to the daemon")
    claim(daemon.http("/readyz")[0] == 200, f"not ready: {daemon.http('/readyz')}")
    daemon.stop()
