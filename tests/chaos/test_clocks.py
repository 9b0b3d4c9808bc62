"""The daemons' wall clocks jump."""
import pathlib
import struct
import subprocess
import time

from claim import claim
from scene import Scene

HERE = pathlib.Path(__file__).resolve().parent
HOUR = 3600  # seconds
DAY = 24 * HOUR
LONG_AGO = -4000 * DAY


class Clocks:
    """The wall clock that the daemons see: clock.c, preloaded, adds what stands in a file that all of them map."""

    JUMPS = (0, 2 * HOUR, -2 * HOUR, 2 * DAY, -2 * DAY, 400 * DAY, -400 * DAY, LONG_AGO)

    def __init__(self, case):
        library, self.file = case.folder / "clock.so", case.folder / "clock"
        done = subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", library, HERE / "clock.c"], capture_output=True,
                              text=True, check=False)
        claim(done.returncode == 0, f"clock.c: {done.stderr}")
        self.set(0)
        self.environment = {"LD_PRELOAD": str(library), "CHAOS_CLOCK": str(self.file)}

    def set(self, jump):
        """From now on the clock is so many seconds from the true one."""
        with open(self.file, "r+b" if self.file.exists() else "xb") as file:  # in place: it is mapped
            file.write(struct.pack("=q", jump * 10**9))


def test_clocks(case, pick, amount):
    """The daemons' wall clocks jump by hours and by years, ahead and back; now and then one is killed meanwhile.

    A daemon whose clock is set back ends by itself, to be started again: librdkafka's threads wait by that clock.
    """
    clocks = Clocks(case)
    clocks.set(LONG_AGO)  # what retention thinks of records of that time, it thinks before the first jump
    scene = Scene(case, environment=clocks.environment).begin()
    for number in range(amount):
        scene.feed.allow(0.1 + 0.85 * (number + 1) / amount, 1.5)
        if number >= amount // 3:
            jump = pick.choice(Clocks.JUMPS)
            scene.note(f"clock {jump}")
            clocks.set(jump)
        time.sleep(pick.uniform(0.5, 1.5))
        if number == amount // 3 - 1 or pick.random() < 0.4:
            name = pick.choice(list(scene.crew.members))
            scene.note(f"kill {name}")
            scene.crew.kill(name)
            scene.crew.start(name)
        scene.crew.sound()
    clocks.set(800 * DAY)
    time.sleep(1.0)
    clocks.set(pick.choice((2 * DAY, -2 * HOUR, LONG_AGO)))  # and stays so
    return scene.end()
