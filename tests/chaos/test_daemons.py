"""Daemons are killed, come and go, and stand still."""
import time

from scene import Scene

SESSION_MS, TRANSACTION_MS = 3000, 5000


def test_kills(case, pick, amount):
    """Daemons are killed with SIGKILL at random moments, one or all of them, and started again at once or later."""
    scene = Scene(case).begin()
    names = list(scene.crew.members)
    for number in range(amount):
        scene.feed.allow(0.1 + 0.85 * (number + 1) / amount, 1.5)
        time.sleep(pick.uniform(0, 1.5))
        victims = names if pick.random() < 0.1 else [pick.choice(names)]
        for name in victims:
            if name in scene.crew.running():
                scene.note(f"kill {name}")
                scene.crew.kill(name)
        if pick.random() < 0.3:
            time.sleep(pick.uniform(0, 1.0))
        scene.crew.start(*victims)
        scene.crew.sound()
    return scene.end()


def test_rebalances(case, pick, amount):
    """Daemons leave and join every two seconds: partitions go from hand to hand."""
    scene = Scene(case).begin()
    names = list(scene.crew.members)
    for number in range(amount):
        scene.feed.allow(0.1 + 0.85 * (number + 1) / amount, 2.0)
        running = scene.crew.running()
        away = [name for name in names if name not in running]
        if away and (len(running) == 1 or pick.random() < 0.5):
            name = pick.choice(away)
            scene.note(f"start {name}")
            scene.crew.start(name)
        else:
            name = pick.choice(running)
            scene.note(f"stop {name}")
            scene.crew.leave(name)
        time.sleep(pick.uniform(0.5, 2.0))
        scene.crew.sound()
    for name in names:
        if name not in scene.crew.running():
            scene.crew.start(name)
    return scene.end()


def test_zombies(case, pick, amount):
    """Daemons stand still (SIGSTOP) for longer than their session and their transaction may last, and then go on."""
    scene = Scene(case, session_ms=SESSION_MS, transaction_ms=TRANSACTION_MS).begin()
    names = list(scene.crew.members)
    for number in range(amount):
        scene.feed.allow(0.1 + 0.85 * (number + 1) / amount, (SESSION_MS + TRANSACTION_MS) / 1000)
        time.sleep(pick.uniform(0, 1.0))
        stopped = pick.sample(names, pick.choice((1, 1, 2)))
        for name in stopped:
            scene.note(f"stop {name}")
            scene.crew.freeze(name)
        time.sleep(max(SESSION_MS, TRANSACTION_MS) / 1000 + pick.uniform(1.5, 3.0))
        for name in stopped:
            scene.crew.thaw(name)
        scene.crew.wait_ready()
    return scene.end()
