"""Three real brokers, every topic on all of them and two needed for a write, and what may befall them."""
import contextlib
import os
import pathlib
import resource
import shutil
import subprocess

from confluent_kafka import KafkaException

import station
from claim import claim, wait_until
from proxy import Proxy

BROKERS = 3
SMALL = 3  # the broker whose disk can be filled
SMALL_BYTES = 192 * 1024 * 1024


class Cluster(station.Cluster):
    def __init__(self, folder):
        super().__init__(folder, BROKERS)
        self.proxy = None
        self.mounted = False
        self.why_not_mounted = ""

    def start(self):
        self._mount()
        os.environ.setdefault("KAFKA_UP_HEAP", "-Xms128m -Xmx384m")
        super().start()
        base = int(self.bootstrap.split(",", maxsplit=1)[0].rsplit(":", 1)[1])
        ports = {number: (base + 10 * (number - 1) + 5, base + 10 * (number - 1) + 4)
                 for number in range(1, BROKERS + 1)}
        self.proxy = Proxy(ports).start()
        self.proxied = ",".join(f"127.0.0.1:{port}" for port, _ in ports.values())
        return self

    def stop(self):
        if self.proxy is not None:
            self.proxy.stop()
        self.up("stop")
        if self.mounted:
            subprocess.run(["umount", "-l", self._data(SMALL)], check=False)
        self.up("clean")

    def up(self, *words):
        """kafka-up; a failure of `restart` is told by the claims that follow it."""
        return subprocess.run([station.KAFKA_TOOLS / "kafka-up", *map(str, words), "--dir", self.folder], check=False,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0

    def _data(self, number):
        return self.folder / f"broker-{number}" / "data"

    def pid(self, number):
        """0 when it is not running."""
        file = self.folder / f"broker-{number}" / "pid"
        with contextlib.suppress(OSError, ValueError):
            pid = int(file.read_text())
            state = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
            return 0 if state == "Z" else pid
        return 0

    def kill(self, number):
        self.up("kill", number)
        claim(not self.pid(number), f"broker {number} lives on after SIGKILL")

    def restart(self, number):
        claim(self.up("restart", number), f"broker {number} does not start; see {self.folder}/broker-{number}")

    def in_sync(self):
        """Complaints: partitions that are not on all brokers."""
        try:
            topics = self.admin.list_topics(timeout=10).topics
        except KafkaException as error:
            return [str(error)]
        return [f"{topic.topic}[{part.id}] is in sync on {part.isrs}"
                for topic in topics.values() for part in topic.partitions.values() if len(part.isrs) < BROKERS]

    def wait_in_sync(self, seconds=90):
        faults = ["not asked yet"]

        def good():
            faults[:] = self.in_sync()
            return not faults

        wait_until(good, lambda: f"all partitions on all brokers: {faults[:3]}", seconds, 0.2)

    # a disk that is full ----------------------------------------------------------------------

    def _mount(self):
        """A small file system of its own for one broker."""
        data = self._data(SMALL)
        data.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL_BYTES}", "tmpfs", data],
                              capture_output=True, text=True, check=False)
        self.mounted = done.returncode == 0
        self.why_not_mounted = done.stderr.strip()

    def fill(self):
        """No write of the small broker succeeds from now on. Returns how it was done."""
        if self.mounted:
            ballast = self._data(SMALL) / "ballast"
            with open(ballast, "wb", buffering=0) as file, contextlib.suppress(OSError):
                while True:
                    file.write(bytes(65536))
            with open(ballast, "ab", buffering=0) as file, contextlib.suppress(OSError):
                while True:
                    file.write(bytes(512))
            return f"a tmpfs of {SMALL_BYTES >> 20} MiB, filled"
        pid = self.pid(SMALL)
        claim(pid, f"broker {SMALL} does not run")
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, 4096))
        return f"no file may grow beyond 4 KiB (a tmpfs could not be mounted: {self.why_not_mounted})"

    def drain_disk(self):
        """There is room again; a limit ends with the process that it was set for."""
        with contextlib.suppress(FileNotFoundError):
            (self._data(SMALL) / "ballast").unlink()

    def disk_free(self):
        return shutil.disk_usage(self._data(SMALL)).free
