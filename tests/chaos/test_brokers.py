"""Brokers are killed, lose their network, and run out of disk."""
import time

from claim import claim, wait_until
from cluster import BROKERS, SMALL
from proxy import TO_BROKER, TO_CLIENT
from scene import Scene

SESSION_MS, TRANSACTION_MS = 4000, 6000


def test_brokers(case, pick, amount):
    """Brokers are killed with SIGKILL and started again; now and then two at once, so that no write can succeed."""
    scene = Scene(case, ("d1", "d2")).begin()
    for number in range(amount):
        scene.feed.allow(0.1 + 0.85 * (number + 1) / amount, 6)
        time.sleep(pick.uniform(0, 1.0))
        victims = pick.sample(range(1, BROKERS + 1), 2 if pick.random() < 0.2 else 1)
        for victim in victims:
            scene.note(f"kill broker {victim}")
            scene.cluster.kill(victim)
        time.sleep(pick.uniform(0, 2.0))
        for victim in victims:
            scene.cluster.restart(victim)
        scene.cluster.wait_in_sync()
        scene.crew.sound()
    return scene.end()


def strike_network(scene, pick):
    """One fault of the network, from its beginning to its end."""
    proxy, brokers = scene.cluster.proxy, pick.sample(range(1, BROKERS + 1), pick.choice((1, 1, 2, 3)))
    who = pick.choice(("", *(f".{name}." for name in scene.crew.members)))
    direction = pick.choice((TO_BROKER, TO_CLIENT))
    kind = pick.choice(("cut", "cut", "delay", "swallow", "stall", "refuse"))
    seconds = pick.uniform(0.05, 0.6) if kind == "delay" else 0.0
    lasts = pick.choice((0.5, 2.0, 1.5 * SESSION_MS / 1000))
    scene.note(f"{kind} {direction} brokers {brokers} clients '{who}' {seconds:.2f} s for {lasts} s")
    if kind == "cut":
        proxy.cut(brokers, who)
        return
    fault = proxy.begin(kind, brokers, who, direction, seconds)
    try:
        time.sleep(lasts)
    finally:
        proxy.end(fault)


def test_network(case, pick, amount):
    """Connections between daemons and brokers are cut, refused, delayed, held, or lose one direction."""
    scene = Scene(case, proxied=True, session_ms=SESSION_MS, transaction_ms=TRANSACTION_MS).begin()
    for number in range(amount):
        scene.feed.allow(0.1 + 0.85 * (number + 1) / amount, 2.5)
        time.sleep(pick.uniform(0, 0.8))
        strike_network(scene, pick)
        scene.crew.sound()
    return scene.end()


def test_disk(case, pick, amount):
    """The disk of a broker is full until somebody makes room: its partitions go on elsewhere."""
    scene = Scene(case, ("d1", "d2")).begin()
    cluster = scene.cluster
    for number in range(amount):
        scene.feed.allow(0.1 + 0.85 * (number + 1) / amount, 8)
        time.sleep(pick.uniform(0, 1.0))
        scene.note(f"disk of broker {SMALL} full: {cluster.fill()}")
        wait_until(lambda: not cluster.pid(SMALL), "the broker whose disk is full gives up", 60)
        time.sleep(pick.uniform(1.0, 3.0))
        cluster.drain_disk()
        cluster.kill(SMALL)
        cluster.restart(SMALL)
        cluster.wait_in_sync()
        scene.crew.sound()
    claim(not cluster.in_sync(), "partitions are missing after the disk was full")
    return scene.end()
