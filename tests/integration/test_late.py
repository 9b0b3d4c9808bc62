"""Events out of order on the broker: within the lateness, and beyond."""
import station
import wire
from claim import claim, claim_none, claim_same, wait_until
from desk import Desk, check_all, evidence_ids, final_state, in_sequence, standing
from partners import Partner, event, pseudonym
from progress import Progress
from stream import HOUR, MINUTE

SOURCE = "bank-partner-1"
NOON = 1_717_243_200_000  # 2024-06-01T12:00:00Z


def at(hour, minute=0, ms=0):
    return NOON + (hour - 12) * HOUR + minute * MINUTE + ms


def cash(name, account, when):
    return event("bank.cash", name, SOURCE, when, {"account_ref": pseudonym("account", account), "amount_minor": 100,
                                                   "currency": "EUR", "direction": "in"})


def abroad(name, account, when):
    return event("bank.transfer", name, SOURCE, when, {
        "debtor_ref": pseudonym("account", account), "creditor_ref": pseudonym("account", f"of {account}"),
        "amount_minor": 100, "currency": "EUR", "creditor_country": "TR", "debtor_kind": "private"})


def changed(name, account, when):
    return event("bank.account.changed", name, SOURCE, when, {"account_ref": pseudonym("account", account),
                                                              "holder_kind": "private"})


SAMPLES = [cash("s1", "s", NOON), abroad("s2", "s", NOON), changed("s3", "s", NOON)]


class Station:
    """One source with one partition and an hour of lateness, so that the watermark is known to the millisecond."""

    def __init__(self, case):
        self.case = case
        self.topic = case.topic("bank")
        case.bench.cluster.create_topic(self.topic, 1)
        writers = case.folder / "writers"
        self.partner = Partner(case.bench.cluster.bootstrap, self.topic, wire.SINGLE_OBJECT, SAMPLES,
                               writers_folder=writers)
        source = station.source(SOURCE, self.topic, ["bank.*"], lateness="1h", writers=writers)
        config = station.base_config(case, [source], station.RULES / "late")
        case.create_topics(config)
        self.daemon = case.daemon(config).start().wait_ready()
        self.progress = Progress(case, [self.topic])
        self.desk = Desk(case)
        self.sent = 0

    def send(self, *events):
        """Publishes and returns the offsets."""
        for made in events:
            self.partner.publish(made, 0)
        self.partner.flush()
        self.sent += len(events)
        return list(range(self.sent - len(events), self.sent))

    def settle(self):
        self.progress.wait_done(60, lambda: claim(self.daemon.alive, f"the daemon ended: {self.daemon.last_words()}"))

    def records_of(self, account):
        value = pseudonym("account", account)
        return [alert for alert in in_sequence(self.desk.alerts()) if alert["group"].get("account") == value]

    def await_state(self, account, state):
        return wait_until(lambda: next((record for record in reversed(self.records_of(account))
                                        if record["state"] == state), None), f"an alert {state} of {account}", 30)

    def rejected(self):
        return {(reject["partition"], reject["offset"], reject["reason"]) for reject in self.desk.rejects()}


def test_late_put_in_its_place(case):
    """An event within the lateness moves an alert's opening back, and the record that says so says `late`."""
    here = Station(case)
    here.send(cash("a1", "a", at(12)), cash("a2", "a", at(12, 20)), cash("a3", "a", at(13, 10)))
    opened = here.await_state("a", "opened")
    claim(opened["opened_at"] == at(13, 10) and opened["late"] is False, f"opened too soon or late: {opened}")
    here.send(cash("a4", "a", at(12, 30)))  # now the third is at 12:30
    here.settle()
    last = here.records_of("a")[-1]
    claim(last["late"] is True and last["state"] in ("opened", "updated"), f"no late record: {last}")
    claim(last["opened_at"] == at(12, 30), f"the opening stayed at {last['opened_at']}")
    claim_same({name for _, name in evidence_ids(last)}, {"a1", "a2", "a3", "a4"}, "evidence")
    claim(len({record["alert"] for record in here.records_of("a")}) == 1,
          "the first evidence is the same, the alert is not")
    claim_none(check_all(here.desk, here.desk.alerts()), "alerts")
    claim(not here.rejected(), f"rejected: {here.rejected()}")
    here.daemon.stop()


def test_late_retracts(case):
    """What a late event makes untrue is taken back, and the record that says so says `late`."""
    here = Station(case)
    here.send(cash("b1", "b", at(12)), abroad("b2", "b", at(12, 40)))
    here.await_state("b", "opened")
    here.send(changed("b3", "b", at(12, 20)))
    retracted = here.await_state("b", "retracted")
    claim(retracted["late"] is True, "the record does not say late")
    here.settle()
    alerts = here.desk.alerts()
    claim_none(check_all(here.desk, alerts), "alerts")
    claim(not standing(alerts), f"still standing: {standing(alerts)}")
    here.daemon.stop()


def test_late_boundary(case):
    """An event dated the watermark is rejected as late and alerts nobody; one a millisecond younger counts."""
    here = Station(case)
    here.send(cash("c1", "c", at(12, 15)), cash("c2", "c", at(12, 20)), cash("d1", "d", at(12, 15)),
              cash("d2", "d", at(12, 20)), cash("x", "x", at(13, 10)))  # W = 12:09:59.999
    offsets = here.send(cash("c3", "c", at(12, 10, -1)), cash("d3", "d", at(12, 10)), cash("e", "e", at(9)))
    here.settle()
    judge_boundary(here, offsets)
    here.daemon.stop()
    claim(here.daemon.starts == 1, "started once")


def test_late_after_restart(case):
    """A daemon that was killed still knows how far time had come: what was too late stays too late."""
    here = Station(case)
    here.send(cash("c1", "c", at(12, 15)), cash("c2", "c", at(12, 20)), cash("d1", "d", at(12, 15)),
              cash("d2", "d", at(12, 20)), cash("x", "x", at(13, 10)))
    here.settle()
    here.daemon.kill()
    here.daemon.start().wait_ready()
    offsets = here.send(cash("c3", "c", at(12, 10, -1)), cash("d3", "d", at(12, 10)), cash("e", "e", at(9)))
    here.settle()
    judge_boundary(here, offsets)
    here.daemon.stop()


def judge_boundary(here, offsets):
    too_late, within, ancient = offsets
    claim_same(here.rejected(), {(0, too_late, "late"), (0, ancient, "late")}, f"rejects (offset {within} is within)")
    alerts = here.desk.alerts()
    claim_none(check_all(here.desk, alerts), "alerts")
    claim_same({frozenset(name for _, name in evidence_ids(alert)) for alert in final_state(alerts).values()},
               {frozenset({"d1", "d2", "d3"})}, "alerts")
    claim(all(alert["late"] for alert in alerts if alert["state"] == "opened"), "opened by an event that came late")
