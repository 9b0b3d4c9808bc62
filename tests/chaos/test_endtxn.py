"""The end of a transaction arrives within the next one: KIP-890, which librdkafka does not have."""
import copy
import importlib.util
import sys

import wire
from claim import Failed, claim, wait_until
from late_end import LateEnd
from scene import Scene

FAULT = "a producer goes on though a request of its transaction got no answer"  # of tests/mutants/faults.txt


def without_defence(bench):
    """The same bench with a daemon that lacks the defence; built once."""
    path = wire.ROOT / "tests" / "mutants" / "run.py"
    spec = importlib.util.spec_from_file_location("mutants", path)
    mutants = importlib.util.module_from_spec(spec)
    sys.modules["mutants"] = mutants  # its dataclasses look for it there
    spec.loader.exec_module(mutants)
    made = mutants.Copy(wire.ROOT / "build" / "mutants")  # most of it is built when the group mutants ran before
    made.refresh()
    faults = mutants.read_faults((path.parent / "faults.txt").read_text(encoding="utf-8"))
    fault = next((fault for fault in faults if fault.name == FAULT), None)
    claim(fault is not None, f"there is no fault '{FAULT}' in faults.txt")
    why = made.plant(fault)
    claim(not why, why)
    for done in (made.configure(), made.make("seinpostd", "seinpost")):
        claim(done.returncode == 0, f"the daemon without the defence cannot be built: {mutants.tail(done)}")
    made.heal()
    mutant = copy.copy(bench)
    mutant.build_dir = made.build
    return mutant


def play(scene, amount):
    """So many ends of transactions come late, and the daemon dies each time. Returns the watcher."""
    late = LateEnd(".d1.correlate-", f"{scene.case.prefix}.alerts")
    scene.cluster.proxy.watch(late)
    scene.case.stack.callback(lambda: scene.cluster.proxy.watch(None))
    for number in range(amount):
        scene.feed.allow(0.1 + 0.85 * (number + 1) / amount, 12)
        late.arm()
        wait_until(late.done.is_set, lambda: f"an end of a transaction comes late; fenced {late.fences}, held "
                                             f"{late.held is not None}, tried again {late.tried_again}", 60, 0.01)
        scene.note(f"late EndTxn answered {late.answers[-1]}, after {late.fences} new producers; kill d1")
        scene.crew.kill("d1")  # its transaction is half done
        scene.crew.start("d1")
        scene.crew.wait_ready()
    scene.cluster.proxy.watch(None)
    return late


def test_endtxn(case, pick, amount):
    """An EndTxn that comes late is refused, as its producer was made anew; without that defence alerts come twice."""
    del pick
    scene = Scene(case, ("d1",), proxied=True).begin()
    late = play(scene, amount)
    figures = scene.end()
    claim(all(late.answers), f"a late EndTxn was obeyed: {late.answers}")

    corner = case.branch("mutant")
    corner.bench = without_defence(case.bench)
    mutant = Scene(corner, ("d1",), proxied=True).begin()
    late = play(mutant, 1)
    claim(late.answers == [0], f"the build without the defence: the broker answered {late.answers}, not 0")
    try:
        mutant.end()
    except Failed as seen:
        claim("twice" in str(seen), f"the build without the defence: not a doubled alert, but {seen}")
        return figures
    raise Failed("the build without the defence told no alert twice: this run proves nothing")
