"""One run: a seeded stream that flows while something goes wrong, and the judgement after it."""
import contextlib
import threading
import time

from claim import claim, claim_none
from crew import Crew
from desk import Reader
from stream import Lateness, Log, Sent
from test_kills import Run

TAKEN_AT_ONCE = 20  # records that are published in one go


class Skipped(Exception):
    """Why a run cannot be made in this place."""


class Feed:
    """Publishes in a thread of its own, as far as it is allowed and no faster than it is told."""

    def __init__(self, run):
        self.run = run
        self.total = len(run.load.values)
        self.next = 0
        self.allowed = 0
        self.rate = 0.0  # records a second; 0: as fast as may be
        self.faults = []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()
        run.case.stack.callback(self.close)

    def close(self):
        self.over.set()
        self.thread.join(150)

    def _work(self):
        try:
            while not self.over.is_set() and self.next < self.total:
                if self.next >= self.allowed:
                    self._settle()
                    continue
                end = min(self.next + TAKEN_AT_ONCE, self.allowed)
                for sector, partition, value in self.run.load.values[self.next:end]:
                    self.run.partners[sector].publish_raw(value, partition)
                self.next = end
                if self.rate:
                    self.over.wait(TAKEN_AT_ONCE / self.rate)
        except Exception as fault:  # told by finish()
            self.faults.append(fault)

    def _settle(self):
        for partner in self.run.partners.values():
            partner.producer.poll(0)
        self.over.wait(0.02)

    def allow(self, share, seconds=0.0):
        """Up to this share of the stream, over so many seconds."""
        self.allowed = min(int(self.total * share), self.total)
        self.rate = (self.allowed - self.next) / seconds if seconds and self.allowed > self.next else 0.0

    def flowing(self):
        return self.next < self.allowed

    def finish(self):
        """Everything is published and acknowledged."""
        self.allow(1)
        self.thread.join(300)
        claim(not self.thread.is_alive(), f"the partners published {self.next} of {self.total} records in 300 s")
        if self.faults:
            raise self.faults[0]
        for partner in self.run.partners.values():
            partner.flush()


class Scene(Run):
    """The stream of a run, a crew, and the judgement over what stands in the log."""

    def __init__(self, case, names=("d1", "d2", "d3"), proxied=False, environment=None, **settings):
        super().__init__(case)
        self.cluster = case.bench.cluster
        if proxied:
            self.config["brokers"]["bootstrap.servers"] = self.cluster.proxied
        self.config["consumer"]["session.timeout.ms"] = settings.get("session_ms", 6000)
        self.config["producer"]["transaction.timeout.ms"] = settings.get("transaction_ms", 10000)
        self.crew = Crew(case, self.config, names, environment)
        self.feed = Feed(self)
        self.struck = self.met = 0
        self.begun = time.monotonic()
        self.notes = open(case.folder / "struck.txt", "w", encoding="utf-8")  # closed with the case
        case.stack.callback(self.notes.close)

    def begin(self, share=0.1):
        """Some of the stream is there, and all daemons are at work."""
        self.feed.allow(share)
        self.crew.start()
        self.crew.wait_ready()
        return self

    def note(self, text, met=None):
        """Something was done to the run; `met`: while the stream flowed."""
        self.struck += 1
        met = self.feed.flowing() if met is None else met
        self.met += met
        self.notes.write(f"{time.monotonic() - self.begun:8.3f} s  {self.feed.next:6} published  {text}\n")
        self.notes.flush()

    def logged(self):
        """The partners' topics as they stand, which may not be what the partners meant."""
        known = {(sector, value): item
                 for (sector, _, value), item in zip(self.load.values, self.load.stream.sent)}
        sent, lateness, strange = [], Lateness(), []
        for sector in self.partners:
            reader = Reader(self.cluster, self.case.topic(sector))
            with contextlib.closing(reader):
                records = sorted(reader.read(), key=lambda record: (record.partition, record.offset))
            for record in records:
                item = known.get((sector, record.value))
                if item is None:
                    strange.append(f"{sector}[{record.partition}] at {record.offset}")
                    continue
                late = lateness.is_late(sector, record.partition, item.at)
                sent.append(Sent(sector, record.partition, record.offset, item.event, item.at, late))
        claim_none(strange, "records that nobody published")
        missing = len(known) - len({(item.sector, item.event["id"]) for item in sent})
        claim(missing <= 0, f"{missing} events were published and are not in the log")
        return Log(sent)

    def drained(self, seconds=180):
        """Everything is published, read and committed."""
        self.feed.finish()
        self.crew.wait_ready(seconds)
        self.progress.wait_done(seconds, self.crew.sound)

    def end(self, seconds=180):
        """Drains and judges. Returns the figures of the run."""
        begun = time.monotonic()
        self.drained(seconds)
        drain = time.monotonic() - begun
        reinits = self.crew.metric("seinpost_producer_reinits_total")
        self.crew.end()
        log = self.logged()
        standing = self.judge(log)
        claim(standing, "the stream made no alert")
        return {"struck": self.struck, "met": self.met, "records": len(log.sent), "alerts": len(standing),
                "starts": self.crew.starts, "own ends": len(self.crew.ends), "reinits": reinits,
                "drain s": round(drain, 1), "seconds": round(time.monotonic() - self.begun, 1)}
