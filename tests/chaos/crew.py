"""Daemons that share the work, and what a service manager does for them: who ends is started again."""
import os
import signal
import threading
import time

from claim import claim_none, wait_until

RESTART_SECONDS = 1.0
EXITS = {3: "the world failed, or another of its name", 75: "the watchdog"}


class Member:
    """One daemon: whether it should run, and how often it ended by itself."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.wanted = False
        self.since = 0.0  # when it was seen ended

    @property
    def name(self):
        return self.daemon.instance


class Crew:
    def __init__(self, case, config, names, environment=None):
        self.case = case
        self.members = {}
        for number, name in enumerate(names):
            # every other one keeps snapshots, which are old by the time that its partitions come back to it
            kept = {} if number % 2 else {"snapshots": {"folder": "snapshots", "every": "1s", "max-mb": 16}}
            daemon = case.daemon({**config, **kept}, name)
            daemon.environment = dict(environment or {})
            self.members[name] = Member(daemon)
        self.lock = threading.RLock()
        self.faults = []
        self.ends = []  # (name, exit code) of daemons that ended by themselves
        self.starts = 0
        self.over = threading.Event()
        self.keeper = threading.Thread(target=self._keep, daemon=True)
        self.keeper.start()
        case.stack.callback(self.close)

    def close(self):
        self.over.set()
        self.keeper.join(10)

    def _keep(self):
        while not self.over.wait(0.1):
            with self.lock:
                for member in self.members.values():
                    if member.wanted and not member.daemon.alive:
                        self._ended(member)

    def _ended(self, member):
        if not member.since:
            member.since = time.monotonic()
            code = member.daemon.process.returncode
            self.ends.append((member.name, code))
            if code not in EXITS:
                self.faults.append(f"{member.name} ended: {member.daemon.last_words(12)}")
        elif time.monotonic() - member.since > RESTART_SECONDS:
            self._start(member)

    def _start(self, member):
        member.since = 0.0
        member.wanted = True
        self.starts += 1
        member.daemon.start()

    # what a test does -------------------------------------------------------------------------

    def sound(self):
        """No daemon crashed, by a signal of its own or with an exit code that it does not have."""
        claim_none(self.faults, "daemons that broke down")

    def start(self, *names):
        with self.lock:
            for name in names or self.members:
                self._start(self.members[name])

    def running(self):
        with self.lock:
            return [name for name, member in self.members.items() if member.wanted]

    def pid(self, name):
        process = self.members[name].daemon.process
        return process.pid if process is not None and process.poll() is None else 0

    def kill(self, name):
        """SIGKILL; it stays dead until start(). False: it had ended by itself at that moment."""
        with self.lock:
            member = self.members[name]
            member.wanted = False
            alive = member.daemon.alive
            member.daemon.kill()
            return alive

    def freeze(self, name):
        with self.lock:
            pid = self.pid(name)
            if pid:
                os.kill(pid, signal.SIGSTOP)
            return bool(pid)

    def thaw(self, name):
        pid = self.pid(name)
        if pid:
            os.kill(pid, signal.SIGCONT)

    def leave(self, name):
        """SIGTERM: it has to end well, and within seconds."""
        with self.lock:
            member = self.members[name]
            member.wanted = False
            if member.daemon.alive:
                member.daemon.stop(15)

    def wait_ready(self, seconds=90):
        def ready():
            self.sound()
            return all(self.members[name].daemon.http("/readyz")[0] == 200 for name in self.running())

        wait_until(ready, lambda: "all ready: " + " / ".join(
            member.daemon.last_words() for member in self.members.values() if member.wanted), seconds)

    def metric(self, name):
        return int(sum(max(member.daemon.metric(name), 0) for member in self.members.values()))

    def end(self):
        """All end by SIGTERM."""
        for name in self.running():
            self.leave(name)
        self.close()
        self.sound()
