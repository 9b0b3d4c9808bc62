"""What runs: one broker and one registry for a whole run, and daemons that are started, stopped and killed."""
import contextlib
import ctypes
import importlib.util
import os
import pathlib
import re
import secrets
import shutil
import signal
import socket
import subprocess
import urllib.error
import urllib.request

import yaml
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, NewTopic

import wire
from claim import claim, wait_until

KAFKA_TOOLS = wire.ROOT / "tests" / "kafka"
RULES = pathlib.Path(__file__).resolve().parent / "rules"
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def _die_with_parent():
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def free_ports(count):
    """The first of `count` adjacent free ports on 127.0.0.1."""
    while True:
        base = 20000 + secrets.randbelow(12000)
        with contextlib.ExitStack() as stack:
            try:
                for port in range(base, base + count):
                    probe = stack.enter_context(socket.socket())
                    probe.bind(("127.0.0.1", port))
                return base
            except OSError:
                continue


def binary(build_dir, name):
    for path in (build_dir / name, build_dir / "bin" / name, build_dir / "daemon" / name):
        if path.is_file() and os.access(path, os.X_OK):
            return path
    raise FileNotFoundError(f"no {name} in {build_dir}")


def newest_librdkafka(folder):
    """Makes a folder that offers the shared object of the Python client's wheel as librdkafka.so.1.

    Returns the LD_LIBRARY_PATH with which a binary linked against the system's runs on it.
    """
    package = pathlib.Path(importlib.util.find_spec("confluent_kafka").origin).parent
    libraries = package.parent / "confluent_kafka.libs"
    folder.mkdir(parents=True, exist_ok=True)
    found = sorted(libraries.glob("librdkafka-*.so*"))
    claim(found, f"no librdkafka in {libraries}")
    link = folder / "librdkafka.so.1"
    if not link.exists():
        link.symlink_to(found[0])
    return f"{folder}:{libraries}"


class Cluster:
    """A real Kafka, started on demand and stopped at the end of the run; every topic is on all of its brokers."""

    def __init__(self, folder, brokers=1):
        self.folder = folder
        self.brokers = brokers
        self.bootstrap = None
        self.admin = None

    def start(self):
        answer = subprocess.run(
            [KAFKA_TOOLS / "kafka-up", "start", "--dir", self.folder, "--brokers", str(self.brokers),
             "--port", str(free_ports(10 * self.brokers)), "--set", "message.max.bytes=12000000", "--set", "replica.fetch.max.bytes=12000000"],
            check=True, stdout=subprocess.PIPE, text=True)
        self.bootstrap = answer.stdout.split()[0]
        self.admin = AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 2})
        wait_until(lambda: len(self.admin.list_topics(timeout=5).brokers) == self.brokers,
                   f"{self.brokers} brokers in the metadata", 60)
        return self

    def stop(self):
        for verb in ("stop", "clean"):
            subprocess.run([KAFKA_TOOLS / "kafka-up", verb, "--dir", self.folder], check=False)

    def create_topic(self, name, partitions, **settings):
        settings = {"message.timestamp.type": "LogAppendTime",
                    **{key.replace("_", "."): str(value) for key, value in settings.items()}}
        done = self.admin.create_topics([NewTopic(name, partitions, self.brokers, config=settings)], operation_timeout=30)
        done[name].result(60)
        wait_until(lambda: self.partitions(name) == partitions, f"topic {name} in the metadata", 30, 0.02)

    def partitions(self, topic):
        """How many partitions the topic has; 0 when there is none of that name."""
        found = self.admin.list_topics(topic, timeout=10).topics.get(topic)
        return 0 if found is None or found.error is not None else len(found.partitions)

    def topics(self, prefix):
        return sorted(name for name in self.admin.list_topics(timeout=10).topics if name.startswith(prefix))

    def delete_topics(self, prefix):
        names = self.topics(prefix)
        for future in (self.admin.delete_topics(names) if names else {}).values():
            with contextlib.suppress(KafkaException):
                future.result(30)


class Registry:
    """A real schema registry, started on demand and stopped at the end of the run."""

    def __init__(self, folder):
        self.folder = folder

    def start(self):
        answer = subprocess.run(
            [KAFKA_TOOLS / "registry-up", "start", "--dir", self.folder, "--port", str(free_ports(1))],
            check=True, stdout=subprocess.PIPE, text=True)
        self.url = answer.stdout.split()[0]
        self.client = wire.RegistryClient(self.url)
        return self

    def stop(self):
        subprocess.run([KAFKA_TOOLS / "registry-up", "stop", "--dir", self.folder], check=False)


class PlainDumper(yaml.SafeDumper):
    """YAML without anchors, which the daemon refuses."""

    def ignore_aliases(self, data):
        return True


def write_config(path, config):
    path.write_text(yaml.dump(config, Dumper=PlainDumper, sort_keys=False, default_flow_style=False), encoding="utf-8")


def base_config(case, sources, rules, matches=4, workers=1):
    """A configuration with quick time-outs. `sources` are dicts as in deploy/seinpost.yaml."""
    return {
        "schema": "seinpost/config/1",
        "instance": "station-1",
        "brokers": {"bootstrap.servers": case.bench.cluster.bootstrap},
        "consumer": {"session.timeout.ms": 6000},
        "producer": {"transaction.timeout.ms": 10000},
        "schemas": str(wire.SCHEMAS),
        "rules": str(rules),
        "pseudonym-key": {"epoch": "e1", "file": str(case.key_file)},
        "sources": sources,
        "topics": {"prefix": case.prefix, "replication": case.bench.cluster.brokers,
                   "matches": {"partitions": matches, "retention": "20w"},
                   "alerts": {"partitions": 3, "retention": "52w"},
                   "derived": {"retention": "7d"}, "rejects": {"retention": "14d"}},
        "alerts": {"wire": "single-object"},
        "stages": {"ingest": {"workers": workers}, "correlate": {"workers": workers}},
    }


def source(name, topic, types, *, purposes=("smuggling",), legal_bases=("wwft-fiu",), lateness="1h", max_skew="10m",
           idle="5m", retention="26w", wire_format=wire.SINGLE_OBJECT, writers=None, identities="pseudonym"):
    entry = {"name": name, "topic": topic, "types": list(types), "wire": wire_format, "identities": identities,
             "purposes": list(purposes), "legal-bases": list(legal_bases), "lateness": lateness,
             "max-skew": max_skew, "idle": idle, "retention": retention}
    if writers is not None:
        entry["writers"] = str(writers)
    return entry


class Daemon:
    """One seinpostd: its configuration, its log and its life."""

    def __init__(self, case, config, instance="station-1"):
        self.case = case
        self.instance = instance
        self.port = free_ports(1)
        self.folder = case.folder / instance
        self.folder.mkdir(parents=True, exist_ok=True)
        self.config = self.folder / "seinpost.yaml"
        self.log = self.folder / "seinpostd.log"
        write_config(self.config, {**config, "http": f"127.0.0.1:{self.port}"})
        self.process = None
        self.environment = {}  # beside the bench's
        self.starts = 0

    def start(self):
        claim(not self.alive, f"{self.instance} already runs")
        with open(self.log, "ab") as log:
            log.write(f"--- start {self.starts}\n".encode())
            log.flush()
            self.process = subprocess.Popen(
                [binary(self.case.bench.build_dir, "seinpostd"), "--config", self.config, "--instance", self.instance],
                env={**self.case.bench.environment(), **self.environment}, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log,
                cwd=self.folder, preexec_fn=_die_with_parent)
        self.starts += 1
        return self

    @property
    def alive(self):
        return self.process is not None and self.process.poll() is None

    def http(self, path):
        """(status, text); status 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode(errors="replace")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")
        except OSError:
            return 0, ""

    def metric(self, name):
        """The sum over all labels of a metric; -1 when nobody answers or it is not there yet."""
        found = re.findall(rf"^{name}(?:{{[^}}]*}})? ([-0-9.e+]+)$", self.http("/metrics")[1], re.M)
        return sum(map(float, found)) if found else -1

    def wait_ready(self, seconds=90):
        def ready():
            claim(self.alive, f"{self.instance} ended: {self.last_words()}")
            return self.http("/readyz")[0] == 200

        wait_until(ready, lambda: f"{self.instance} ready; its log ends: {self.last_words()}", seconds)
        return self

    def last_words(self, lines=4):
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        code = None if self.process is None else self.process.poll()
        return f"(exit code {code}) " + " | ".join(text.splitlines()[-lines:])

    def kill(self):
        """SIGKILL, and gone."""
        if self.alive:
            self.process.kill()
        self.process.wait(30)

    def stop(self, seconds=45):
        """SIGTERM; the daemon has to end by itself with exit code 0."""
        claim(self.alive, f"{self.instance} had ended: {self.last_words()}")
        self.process.terminate()
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.instance} did not stop within {seconds} s of SIGTERM") from None
        claim(code == 0, f"{self.instance} did not stop well: {self.last_words()}")


class Case:
    """One test's own corner: a topic prefix, a folder, and everything that must be undone at its end."""

    def __init__(self, bench, name):
        self.bench = bench
        self.name = name
        self.prefix = f"t{secrets.token_hex(3)}.{name}"
        self.folder = bench.folder / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.key_file = self.folder / "pseudonym.key"
        self.key = secrets.token_bytes(32)
        self.key_file.write_text(self.key.hex() + "\n", encoding="utf-8")
        self.key_file.chmod(0o600)
        self.stack = contextlib.ExitStack()

    def branch(self, suffix):
        """Another corner of the same test: for a second run beside the first."""
        other = Case(self.bench, f"{self.name}-{suffix}")
        self.stack.callback(other.close)
        return other

    def topic(self, name):
        """The full name of a partner's topic; not below the daemon's own prefix."""
        return f"{self.prefix}-partner.{name}"

    def create_topics(self, config):
        """`seinpost topics create` with this configuration, then `check`."""
        path = self.folder / "topics.yaml"
        write_config(path, config)
        for verb in ("create", "check"):
            self.tool("topics", verb, "--config", path)

    def run_tool(self, *words):
        return subprocess.run([binary(self.bench.build_dir, "seinpost"), *words], env=self.bench.environment(),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)

    def tool(self, *words):
        done = self.run_tool(*words)
        claim(done.returncode == 0,
              f"seinpost {' '.join(map(str, words))}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def daemon(self, config, instance="station-1"):
        daemon = Daemon(self, config, instance)
        self.stack.callback(lambda: daemon.kill() if daemon.process else None)
        return daemon

    def close(self):
        self.stack.close()
        if self.bench.started:
            self.bench.cluster.delete_topics(self.prefix)


class Bench:
    """What all tests share: the build under test, the broker, the registry, the options."""

    def __init__(self, build_dir, librdkafka, folder, options):
        self.build_dir = build_dir
        self.librdkafka = librdkafka
        self.folder = folder
        self.options = options
        self.memory = {}  # what one test learnt and another needs
        self.stack = contextlib.ExitStack()
        self._cluster = self._registry = None

    @property
    def started(self):
        return self._cluster is not None

    @property
    def cluster(self):
        if self._cluster is None:
            cluster = self.make_cluster()
            self.stack.callback(cluster.stop)
            self._cluster = cluster.start()
        return self._cluster

    def make_cluster(self):
        return Cluster(self.folder / "kafka")

    @property
    def registry(self):
        if self._registry is None:
            registry = Registry(self.folder / "registry")
            self.stack.callback(registry.stop)
            self._registry = registry.start()
        return self._registry

    def environment(self):
        environment = dict(os.environ)
        if self.librdkafka == "newest":
            paths = [newest_librdkafka(self.folder / "librdkafka"), environment.get("LD_LIBRARY_PATH")]
            environment["LD_LIBRARY_PATH"] = ":".join(path for path in paths if path)
        return environment

    def close(self):
        self.stack.close()
        if not any(self.folder.iterdir()):
            shutil.rmtree(self.folder)


