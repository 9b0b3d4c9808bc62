"""Several daemons that share the work, while they come and go."""
import time

from claim import claim, claim_same, wait_until
from test_kills import Run, undisturbed


def ended(daemon):
    return f"{daemon.instance} ended: {daemon.last_words()}"


def test_several_daemons(case):
    """Two daemons share the work; one dies for good, a third joins, one leaves: the alerts are those of one alone."""
    wanted, seconds = undisturbed(case)
    run = Run(case.branch("shared"))
    total = len(run.load.values)
    span = max(seconds, 30.0)

    run.publish(0, 0.2)
    first = run.case.daemon(run.config, "station-1").start()
    second = run.case.daemon(run.config, "station-2").start()
    first.wait_ready()
    second.wait_ready()
    finish = run.publishing(0.2, 1, span)

    def consumed(share):
        def check():
            for daemon in running:
                claim(daemon.alive, ended(daemon))
            return run.progress.consumed() >= total * share

        wait_until(check, lambda: f"{share:.0%} consumed; {run.progress.behind()[:3]}", 300)

    running = [first, second]
    consumed(0.35)
    first.kill()  # in the middle of its work, and it stays dead
    running = [second]
    begun = time.monotonic()
    consumed(0.55)
    note(case, f"{time.monotonic() - begun:.1f} s from the death of one to 55 % by the other")
    third = run.case.daemon(run.config, "station-3").start()
    running.append(third)
    third.wait_ready()
    consumed(0.75)
    second.stop()  # leaves by SIGTERM
    running = [third]
    finish()
    run.progress.wait_done(600, lambda: claim(third.alive, ended(third)))
    third.stop()
    claim_same(run.judge(), wanted, "alerts against the undisturbed run")


def test_work_is_shared(case):
    """With two daemons in the group each has partitions: the broker tells which member holds which."""
    run = Run(case)
    daemons = [case.daemon(run.config, name).start() for name in ("station-1", "station-2")]
    for daemon in daemons:
        daemon.wait_ready()

    def members():
        found = {}
        described = case.bench.cluster.admin.describe_consumer_groups(run.progress.groups(), request_timeout=20)
        for group, future in described.items():
            for member in future.result(30).members:
                name = member.group_instance_id or member.client_id
                for place in member.assignment.topic_partitions if member.assignment else ():
                    found.setdefault(name, set()).add((group, place.topic, place.partition))
        return found

    def shared():
        held = members()
        by_daemon = [set().union(*(places for name, places in held.items() if daemon.instance in name))
                     for daemon in daemons]
        return all(by_daemon) and not by_daemon[0] & by_daemon[1]

    wait_until(shared, lambda: f"partitions on both: {members()}", 60)
    for daemon in daemons:
        daemon.stop()


def note(case, text):
    with open(case.folder / "notes.txt", "a", encoding="utf-8") as notes:
        notes.write(text + "\n")
