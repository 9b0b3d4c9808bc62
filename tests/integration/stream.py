"""A seeded stream of made-up events over three sources with several partitions each.

Most of it is noise over a few thousand identities; planted in it are bursts, sequences, absences and their near
misses, events told twice, and events that come too late. Arrival within a partition is out of order, but never
by more than JITTER, which is less than the sources' lateness.
"""
import random
from dataclasses import dataclass

from partners import event, pseudonym, rfc3339

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
START = 1_709_251_200_000  # 2024-03-01
SPAN = 20 * DAY
JITTER = 30 * MINUTE
LATENESS = 2 * HOUR
END_TICK = START + SPAN + 30 * DAY

SOURCES = {"air": ("air-partner-1", 4), "bank": ("bank-partner-1", 3), "card": ("card-partner-1", 2)}
TICKS = {"air": "air.booking.cancelled", "bank": "bank.indicator.raised", "card": "card.issued"}


@dataclass
class Sent:
    """One record in the order of publication; `late` when its partition had come too far for it."""
    sector: str
    partition: int
    offset: int
    event: dict
    at: int
    late: bool = False


class Log:
    """Records of the partners' topics, those of a partition in the order of their offsets."""

    def __init__(self, sent):
        self.sent = sent

    def accepted(self):
        """The events that count, each once, in content order: (time, source, id)."""
        once = {(item.event["source"], item.event["id"]): item for item in self.sent if not item.late}
        return [item.event | {"at": item.at}
                for item in sorted(once.values(), key=lambda item: (item.at, item.event["source"], item.event["id"]))]

    def too_late(self):
        """{(sector, partition, offset)} of what has to be rejected."""
        return {(item.sector, item.partition, item.offset) for item in self.sent if item.late}


class Lateness:
    """How far each partition has come in event time, and so what is too late for it."""

    def __init__(self):
        self.newest = {}  # (sector, partition) -> event time

    def is_late(self, sector, partition, at):
        newest = self.newest.get((sector, partition))
        late = newest is not None and at <= newest - LATENESS - 1
        if not late and (newest is None or at > newest):
            self.newest[sector, partition] = at
        return late


class Stream(Log):
    """What the partners are to publish."""

    def __init__(self, seed, count):
        self.random = random.Random(seed)
        self.drafts = []  # (time of publication, event time, sector, event)
        self.numbers = {sector: 0 for sector in SOURCES}
        self.cards = [pseudonym("card", f"noise {n}") for n in range(max(count // 60, 20))]
        self.accounts = [pseudonym("account", f"noise {n}") for n in range(max(count // 60, 20))]
        for number in range(max(count // 1000, 8)):
            self._plant(number)
        while len(self.drafts) < count * 0.99:
            self._noise()
        self._tell_twice(count // 100)
        self.sent = self._publish()

    # single events ----------------------------------------------------------------------------

    def _add(self, event_type, at, data, delay=None):
        sector = event_type.split(".", 1)[0]
        self.numbers[sector] += 1
        made = event(event_type, f"{sector}-{self.numbers[sector]}", SOURCES[sector][0], at, data,
                     legal_basis="pnr-6.2a" if sector == "air" else "wwft-fiu")
        delay = self.random.randrange(JITTER) if delay is None else delay
        self.drafts.append((at + delay, at, sector, made))
        return made

    def _auth(self, at, card, mcc, amount=None, delay=None):
        amount = self.random.randrange(500, 40_000) if amount is None else amount
        return self._add("card.auth", at, {"payer_ref": card, "mcc": mcc, "country": "NL", "amount_minor": amount,
                                           "currency": "EUR", "merchant_id": f"M{amount % 97}", "entry": "05",
                                           "approved": True, "account_kind": "consumer"}, delay)

    def _booking(self, at, card, name, fop="CARD", pax=1):
        self._add("air.booking.created", at, {
            "booking_ref": pseudonym("booking", name), "carrier": "XX", "route": ["AMS", "IST"],
            "depart_at": rfc3339(at + 3 * DAY), "pax_count": pax, "one_way": True, "bags": 0, "fop": fop,
            "payer_ref": card, "payer_kind": "private", "amount_minor": 30_000, "currency": "EUR", "group": False})

    def _boarded(self, at, name):
        self._add("air.boarded", at, {"booking_ref": pseudonym("booking", name), "leg": 1, "from_": "AMS", "to": "IST",
                                      "carrier": "XX", "delay_min": 0})

    def _cash(self, at, account, amount):
        self._add("bank.cash", at, {"account_ref": account, "amount_minor": amount, "currency": "EUR",
                                    "direction": "in", "region": "BR", "account_kind": "private"})

    def _transfer(self, at, debtor, creditor, country):
        self._add("bank.transfer", at, {"debtor_ref": debtor, "creditor_ref": creditor, "amount_minor": 70_000,
                                        "currency": "EUR", "creditor_country": country, "debtor_kind": "private",
                                        "creditor_kind": "private"})

    def _changed(self, at, account):
        self._add("bank.account.changed", at, {"account_ref": account, "holder_kind": "private"})

    def _linked(self, at, account):
        self._add("card.linked", at, {"account_ref": account})

    # noise ------------------------------------------------------------------------------------

    def _noise(self):
        pick = self.random
        at = START + pick.randrange(SPAN)
        kind = pick.random()
        if kind < 0.45:
            self._auth(at, pick.choice(self.cards), pick.choice(("5411", "5541", "7011", "6011")))
        elif kind < 0.60:
            self._transfer(at, pick.choice(self.accounts), pick.choice(self.accounts), pick.choice(("NL", "DE", "TR")))
        elif kind < 0.70:
            self._cash(at, pick.choice(self.accounts), pick.randrange(1000, 600_000))
        elif kind < 0.75:
            self._changed(at, pick.choice(self.accounts))
        elif kind < 0.80:
            self._linked(at, pick.choice(self.accounts))
        else:
            name = f"noise {self.numbers['air']}"
            self._booking(at, pick.choice(self.cards), name, pick.choice(("CARD", "CARD", "BANK")),
                          pick.randrange(1, 4))
            if pick.random() < 0.3:
                self._boarded(at + pick.randrange(3 * DAY), name)

    # patterns ---------------------------------------------------------------------------------

    def _moment(self):
        return START + self.random.randrange(SPAN - 4 * DAY)

    def _plant(self, number):
        pick = self.random
        start = self._moment()
        card, account = pseudonym("card", f"planted {number}"), pseudonym("account", f"planted {number}")
        self._burst(start, card, pick.randrange(4, 13))  # 4 is a near miss
        self._bookings(start + pick.randrange(4 * DAY), card, f"{number}", pick.randrange(3, 9))
        self._chain(self._moment(), account, pick.choice(("whole", "whole", "slow", "thrown away", "no end")))
        self._outflow(self._moment(), pseudonym("account", f"outflow {number}"), pick.randrange(2, 6))
        self._ticket(self._moment(), f"ticket {number}", pick.choice(("boarded", "never", "late", "before")))
        if pick.random() < 0.5:
            self._auth(self._moment(), card, "5511", pick.randrange(890_000, 950_000))
        if number % 4 == 0:
            self._too_late(number)

    def _burst(self, start, card, size):
        for _ in range(size):
            self._auth(start + self.random.randrange(50 * MINUTE), card, self.random.choice(("6010", "6011")))

    def _bookings(self, start, card, name, size):
        for number in range(size):
            self._booking(start + self.random.randrange(22 * HOUR), card, f"{name}/{number % 6}", pax=number % 3 + 1)

    def _chain(self, start, account, fate):
        cash_at = start + self.random.randrange(HOUR, 20 * HOUR)
        wire_at = cash_at + (25 * HOUR if fate == "slow" else self.random.randrange(HOUR, 23 * HOUR))
        self._changed(start, account)
        self._cash(cash_at, account, 300_000)
        if fate == "thrown away":
            self._linked(self.random.randrange(cash_at + 1, wire_at), account)
        if fate != "no end":
            self._transfer(wire_at, account, pseudonym("account", f"abroad {account}"), "TR")

    def _outflow(self, start, account, size):
        for number in range(size):
            self._transfer(start + self.random.randrange(29 * MINUTE), account,
                           pseudonym("account", f"{account} {number}"), "NL")
        if self.random.random() < 0.7:
            self._cash(start + self.random.randrange(-30 * HOUR, 30 * HOUR), account, 510_000)

    def _ticket(self, start, name, fate):
        self._booking(start, pseudonym("card", name), name, "CASH")
        offset = {"boarded": self.random.randrange(1, 6 * HOUR), "late": 7 * HOUR, "before": -HOUR}.get(fate)
        if offset is not None:
            self._boarded(start + offset, name)

    def _too_late(self, number):
        """A burst that would alert, if it were not dated days before what its partition has come to."""
        card = pseudonym("card", f"late {number}")
        start = self._moment()
        for count in range(6):
            self._auth(start + count * MINUTE, card, "6011", delay=2 * DAY + self.random.randrange(DAY))

    def _tell_twice(self, count):
        for when, at, sector, made in self.random.sample(self.drafts, count):
            if when - at < JITTER:
                self.drafts.append((when + self.random.randrange(20 * MINUTE), at, sector, made))

    # publication ------------------------------------------------------------------------------

    def _publish(self):
        self.drafts.sort(key=lambda draft: (draft[0], draft[3]["id"]))
        places = [(sector, number) for sector, (_, count) in SOURCES.items() for number in range(count)]
        offsets = dict.fromkeys(places, 0)
        lateness = Lateness()
        sent = []

        def send(sector, partition, made, at):
            place = (sector, partition)
            late = lateness.is_late(sector, partition, at)
            sent.append(Sent(sector, partition, offsets[place], made, at, late))
            offsets[place] += 1

        for _, at, sector, made in self.drafts:
            send(sector, self.random.randrange(SOURCES[sector][1]), made, at)
        for sector, partition in places:  # time goes on everywhere, so that everything is decided
            source = SOURCES[sector][0]
            made = event(TICKS[sector], f"{sector}-tick-{partition}", source, END_TICK, {},
                         legal_basis="pnr-6.2a" if sector == "air" else "wwft-fiu")
            send(sector, partition, made, END_TICK)
        return sent
