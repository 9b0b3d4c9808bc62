"""Rules that nobody approved, in a daemon whose configuration names approvers."""
import subprocess

import station
from claim import claim, wait_until
from test_reload import Bank, cash, minutes, rule


def tool(bank, *words):
    """A run of `seinpost approve` that must succeed."""
    program = station.binary(bank.case.bench.build_dir, "seinpost")
    done = subprocess.run([program, "approve", *words], capture_output=True, text=True, check=False)
    claim(done.returncode == 0, f"approve {words}: {done.stdout}{done.stderr}")
    return done.stdout


def approver(case, name):
    """A new key. Returns the approver as the configuration names it."""
    program = station.binary(case.bench.build_dir, "seinpost")
    line = subprocess.run([program, "approve", "--new-key", "--key", case.folder / f"{name}.key", "--as", name],
                          capture_output=True, text=True, check=True).stdout
    return {"name": name, "key": line.split("key: ")[1].strip(" }\n")}


def approve(bank, *names):
    for name in names:
        tool(bank, "--key", bank.case.folder / f"{name}.key", "--as", name, "--lock", bank.case.folder / "rules.lock",
             "--schemas", station.wire.SCHEMAS, bank.rules)


def told(bank, topic):
    return [(alert["state"], alert["version"]) for alert in bank.desk.alerts(topic)]


def test_approval(case):
    """A stable rule speaks to desks only once two people have approved it, and no longer when it has changed."""
    people = [approver(case, name) for name in ("ann", "bob")]
    bank = Bank(case, {"rule": rule("much_cash", 2)},
                approval={"needed": 2, "lock": str(case.folder / "rules.lock"), "approvers": people})
    daemon = bank.start()
    bank.send(*(cash(f"a{number}", "a", when) for number, when in enumerate(minutes(2))))
    bank.settle()
    wait_until(lambda: told(bank, "shadow") == [("opened", 1)], lambda: f"in the shadow: {told(bank, 'shadow')}", 30)
    claim(told(bank, "alerts") == [], f"told to desks: {told(bank, 'alerts')}")
    claim("W801" in daemon.log.read_text(encoding="utf-8"), "it says nothing")
    approve(bank, "ann", "bob")
    bank.reload(daemon)
    bank.send(cash("a2", "a", minutes(1, 5)[0]))
    bank.settle()
    bank.await_states("a", ("opened", 1))
    claim(len(bank.alerts("a")[0]["evidence"]) == 3, "it has its history")
    bank.reload(daemon, {"rule": rule("much_cash", 2, version=2, hours=5)})
    bank.send(cash("a3", "a", minutes(1, 6)[0]))
    bank.settle()
    bank.await_states("a", ("opened", 1), ("superseded", 1))
    wait_until(lambda: told(bank, "shadow")[-1] == ("updated", 2),  # what is in the shadow is never superseded
               lambda: f"in the shadow: {told(bank, 'shadow')}", 30)
    bank.check()
    daemon.stop()
