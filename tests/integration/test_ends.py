"""How a daemon ends: in time, though nobody answers, and not for ever at odds with one of its own name."""
import contextlib
import subprocess
import time

import station
from claim import claim, hold, wait_until
from test_places import Corner


@contextlib.contextmanager
def broker_paused(case):
    """The broker stands still: connections stay, and nothing is answered."""
    def signal(verb):
        subprocess.run([station.KAFKA_TOOLS / "kafka-up", verb, "1", "--dir", case.bench.cluster.folder], check=True)

    signal("pause")
    try:
        yield
    finally:
        signal("cont")


def stop_in_time(daemon, what):
    begun = time.monotonic()
    daemon.stop(30)
    took = time.monotonic() - begun
    claim(took <= 5.5, f"{what}: it took {took:.1f} s to stop")


def test_ends_while_the_broker_is_silent(case):
    """SIGTERM ends the daemon in good order within five seconds: idle, in a transaction, at its start."""
    corner = Corner(case)
    corner.config["sources"][0]["idle"] = "2s"  # what quiet partitions tell makes transactions
    case.create_topics(corner.config)
    daemon = case.daemon(corner.config).start().wait_ready()
    stop_in_time(daemon, "the broker answers")
    daemon.start().wait_ready()
    with broker_paused(case):
        time.sleep(1)
        stop_in_time(daemon, "the broker is silent, and the daemon idle")
    daemon.start().wait_ready()
    corner.publish()
    with broker_paused(case):
        time.sleep(4)
        stop_in_time(daemon, "the broker is silent in a transaction")
        daemon.start()
        time.sleep(2)
        daemon.process.terminate()
        claim(daemon.process.wait(30) in (0, 3, -15), f"at its start: {daemon.last_words()}")
    daemon.start().wait_ready()
    corner.done(daemon)
    daemon.stop()
    corner.judge()


def test_ends_when_another_bears_its_name(case):
    """Of two daemons with one instance name one says so plainly and ends with code 3; the other does all the work."""
    corner = Corner(case)
    case.create_topics(corner.config)
    first = case.daemon(corner.config).start().wait_ready()
    second = case.daemon(corner.config)  # the same name
    second.log = second.folder / "second.log"
    second.start()
    both = [first, second]

    def one_gave_way():
        return [daemon for daemon in both if not daemon.alive]

    for _ in range(20):
        corner.publish(1)
        if one_gave_way():
            break
        time.sleep(1)
    gone = wait_until(one_gave_way, "one of them ends", 60)
    claim(len(gone) == 1, f"both ended: {first.last_words()} {second.last_words()}")
    claim(gone[0].process.returncode == 3 and "another daemon bears the name" in gone[0].log.read_text(),
          f"its last words: {gone[0].last_words()}")
    other = next(daemon for daemon in both if daemon is not gone[0])
    corner.publish()
    corner.done(other)
    hold(lambda: claim(other.alive, f"the other ended too: {other.last_words()}"), 3)
    other.stop()
    corner.judge()
