"""Snapshots: a restart goes on from them, whatever befalls them changes no alert."""
import itertools

from claim import claim, claim_same, wait_until
from test_kills import Run, undisturbed

MATCHES = 6  # partitions of the match log


def snapshots_of(daemon):
    return sorted((daemon.folder / "snapshots").glob("*.snapshot"))


def spoil(path):
    """Another bit in the middle of the file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def claim_used(daemon, partitions):
    seen = daemon.metric("seinpost_snapshots_used_total")
    claim(seen == partitions, f"{seen:.0f} partitions went on from a snapshot, not {partitions}")


def refused(daemon, reason):
    return f'seinpost_snapshots_refused_total{{reason="{reason}"}}' in daemon.http("/metrics")[1]


def test_snapshots(case):
    """A daemon that is stopped and killed goes on from its snapshots, reads the log where they are spoiled or deleted, and publishes the very
    alerts of one that nobody disturbed."""
    wanted, _ = undisturbed(case)
    run = Run(case.branch("snapshots"))
    run.config["snapshots"] = {"folder": "snapshots", "every": "1s"}
    daemon = run.case.daemon(run.config)
    shares = [share / 5 for share in range(6)]
    steps = itertools.pairwise(shares)

    def work():
        run.publish(*next(steps))
        run.progress.wait_done(300, lambda: claim(daemon.alive, f"the daemon ended: {daemon.last_words()}"))

    def life(end, used):
        """One life of the daemon: how it begins and ends."""
        daemon.start().wait_ready()
        claim_used(daemon, used)
        work()
        wait_until(lambda: len(snapshots_of(daemon)) == MATCHES, "a snapshot of each partition", 30)
        end()

    life(daemon.stop, 0)
    spoil(snapshots_of(daemon)[0])
    daemon.start().wait_ready()
    claim(refused(daemon, "torn"), f"a spoiled snapshot is refused: {daemon.last_words()}")
    claim_used(daemon, MATCHES - 1)
    daemon.stop()
    life(daemon.kill, MATCHES)
    life(daemon.stop, MATCHES)
    for path in snapshots_of(daemon):
        path.unlink()
    life(daemon.kill, 0)
    daemon.start().wait_ready()
    work()
    daemon.stop()
    claim_same(run.judge(), wanted, "alerts against the undisturbed run")
