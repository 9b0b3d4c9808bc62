"""Daemons are killed, come and go, stand still, and see other clocks."""
import time

from scene import Scene


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
    scene.crew.start(*[name for name in names if name not in scene.crew.running()])
    return scene.end()
