"""What did not happen, on a real broker: concluded from watermarks alone."""
import station
import wire
from claim import claim, claim_none, claim_same, hold, wait_until
from desk import Desk, check_all, standing
from partners import Partner, event, pseudonym
from progress import Progress
from stream import HOUR, MINUTE

HOUSING, BANK = "housing-partner-1", "bank-partner-1"
NOON = 1_717_243_200_000  # 2024-06-01T12:00:00Z
IDLE_SECONDS = 2
PARTITIONS = 2


def at(hour, minute=0):
    return NOON + (hour - 12) * HOUR + minute * MINUTE


def lease(name, address, when):
    return event("housing.lease.started", name, HOUSING, when, {"bag_id": pseudonym("address", address), "rooms": 3},
                 legal_basis="wgs-riec")


def report(name, when):
    return event("housing.inspection", name, HOUSING, when, {}, legal_basis="wgs-riec")


def account(name, address, when):
    return event("bank.account.changed", name, BANK, when, {"address_bag": pseudonym("address", address),
                                                            "account_ref": pseudonym("account", address),
                                                            "holder_kind": "private"}, legal_basis="wgs-riec")


def raised(name, when):
    return event("bank.indicator.raised", name, BANK, when, {}, legal_basis="wgs-riec")


class Station:
    """Two sources of two partitions each, without lateness, that go quiet after IDLE_SECONDS."""

    def __init__(self, case):
        self.case = case
        samples = {"housing": [lease("s", "s", NOON), report("s", NOON)],
                   "bank": [account("s", "s", NOON), raised("s", NOON)]}
        names = {"housing": HOUSING, "bank": BANK}
        self.partners, sources = {}, []
        for sector, events in samples.items():
            case.bench.cluster.create_topic(case.topic(sector), PARTITIONS)
            writers = case.folder / "writers" / sector
            self.partners[sector] = Partner(case.bench.cluster.bootstrap, case.topic(sector), wire.SINGLE_OBJECT,
                                            events, writers_folder=writers)
            sources.append(station.source(names[sector], case.topic(sector), [f"{sector}.*"], lateness="0s",
                                          legal_bases=("wgs-riec",), idle=f"{IDLE_SECONDS}s", writers=writers))
        config = station.base_config(case, sources, station.RULES / "absence")
        case.create_topics(config)
        self.daemon = case.daemon(config).start().wait_ready()
        self.progress = Progress(case, [case.topic(sector) for sector in samples])
        self.desk = Desk(case)

    def send(self, made, partition=0):
        partner = self.partners[made["type"].split(".", 1)[0]]
        partner.publish(made, partition)
        partner.flush()

    def housing_goes_on(self, name, when):
        for partition in range(PARTITIONS):
            self.send(report(f"{name}-{partition}", when), partition)

    def alerted(self):
        """{address: due time} of what stands."""
        addresses = {pseudonym("address", name): name for name in ("a", "b", "c", "d")}
        return {addresses.get(alert["group"].get("address")): alert["opened_at"]
                for alert in standing(self.desk.alerts()).values()}

    def stays(self, wanted, why):
        """All was read, and for some idle times nothing but `wanted` is alerted."""
        self.progress.wait_done(60)
        hold(lambda: claim_same(self.alerted(), wanted, why), IDLE_SECONDS * 3)

    def comes(self, wanted, why):
        wait_until(lambda: self.alerted() == wanted, lambda: f"{why}: wanted {wanted}, alerted {self.alerted()}", 30)

    def end(self):
        claim_none(check_all(self.desk, self.desk.alerts()), "alerts")
        claim_same({reject["reason"] for reject in self.desk.rejects()}, set(), "rejects")
        self.daemon.stop()


def test_absence_waits_for_the_awaited_source(case):
    """An absence is told once the awaited source's watermark has passed the due time, not when its own source has."""
    here = Station(case)
    here.send(raised("early-0", at(11)), 0)
    here.send(raised("early-1", at(11)), 1)
    here.send(lease("a1", "a", at(12)))
    here.housing_goes_on("on", at(15))
    here.stays({}, "the bank has come to eleven o'clock only")
    here.send(raised("mid-0", at(13)), 0)  # W is a millisecond before what the bank has come to: not due yet
    here.send(raised("mid-1", at(13)), 1)
    here.stays({}, "the watermark stands a millisecond before the due time")
    here.send(raised("later-0", at(13, 1)), 0)
    here.send(raised("later-1", at(13, 1)), 1)
    here.comes({"a": at(13)}, "the bank has passed the due time")
    here.end()


def test_absence_silent_source(case):
    """A source that is silent proves nothing, however long; it proves what it says once it speaks again."""
    here = Station(case)
    here.send(lease("a1", "a", at(12)))
    here.send(lease("b1", "b", at(12)))
    here.housing_goes_on("on", at(18))
    here.stays({}, "the bank has never said anything")
    here.send(account("b2", "b", at(12, 30)), 1)  # the answer was on its way
    here.stays({}, "the bank has come to half past twelve only")
    here.send(raised("on-0", at(16)), 0)
    here.send(raised("on-1", at(16)), 1)
    here.comes({"a": at(13)}, "b was answered, a was not")
    here.send(lease("c1", "c", at(18)))
    here.housing_goes_on("later", at(23))
    here.stays({"a": at(13)}, "the bank has fallen silent at four o'clock")
    here.end()


def test_absence_quiet_partition(case):
    """A partition without events holds nobody back while another partition of its source goes on."""
    here = Station(case)
    here.send(lease("a1", "a", at(12)))
    here.housing_goes_on("on", at(16))
    here.stays({}, "the bank has never said anything")
    here.send(raised("on", at(14)), 1)  # partition 0 of the bank stays empty
    here.comes({"a": at(13)}, "the empty partition was quiet for longer than `idle`")
    here.end()


def test_absence_survives_a_kill(case):
    """A daemon killed before the due time still tells the absence, once, with the same due time."""
    here = Station(case)
    here.send(raised("early-0", at(11)), 0)
    here.send(raised("early-1", at(11)), 1)
    here.send(lease("a1", "a", at(12)))
    here.housing_goes_on("on", at(15))
    here.stays({}, "the bank has come to eleven o'clock only")
    here.daemon.kill()
    here.daemon.start().wait_ready()
    here.stays({}, "nor does a restart prove anything")
    here.send(raised("later-0", at(14)), 0)
    here.send(raised("later-1", at(14)), 1)
    here.comes({"a": at(13)}, "the bank has passed the due time")
    here.end()
