"""Partners who deliver identities in clear."""
import hashlib
import hmac

import station
import wire
from claim import claim, claim_none, claim_same
from desk import Desk, check_all, standing
from partners import Partner, event
from progress import Progress
from stream import HOUR, MINUTE

AIR, CARD = "air-partner-1", "card-partner-1"
NOON = 1_717_243_200_000  # 2024-06-01T12:00:00Z
PHONE = "+31612345678"
PHONES = ("+31 6 1234 5678", "0031612345678", "+31612345678", "+31-6-1234-5678")  # one phone
OTHER = "+31 6 8765 4321"
EMAIL = "Jan.Jansen@Example.NL "


def ticket(name, phone, when):
    return event("air.booking.created", name, AIR, when, {"fop": "CASH", "one_way": True, "phone_ref": phone,
                                                          "email_ref": EMAIL, "pax_count": 1}, legal_basis="pnr-6.2a")


def prepaid(name, phone, when):
    return event("card.issued", name, CARD, when, {"product": "prepaid", "phone_ref": phone})


def forms(*texts):
    """All ways in which these values could stand somewhere, as bytes."""
    needles = {}
    for text in texts:
        bare = "".join(sign for sign in text if sign.isalnum() or sign in "@.")
        for form in {text, text.strip(), text.strip().lower(), text.strip().upper(), bare, bare.lower(), bare.upper(),
                     bare[-9:]}:
            for encoding in ("utf-8", "utf-16-le"):
                needles[f"'{form}' ({encoding})"] = form.encode(encoding)
    return needles


def published_pseudonym(key, kind, canonical):
    """As the domain has it: kind:epoch: and 128 bits of HMAC-SHA-256(key, kind || 0x00 || canonical)."""
    return f"{kind}:e1:" + hmac.new(key, f"{kind}\0{canonical}".encode(), hashlib.sha256).hexdigest()[:32]


class Station:
    def __init__(self, case, events):
        self.partners, sources = {}, []
        for sector, name, basis in (("air", AIR, "pnr-6.2a"), ("card", CARD, "wwft-fiu")):
            case.bench.cluster.create_topic(case.topic(sector), 2)
            writers = case.folder / "writers" / sector
            own = [made for made in events if made["source"] == name]
            self.partners[name] = Partner(case.bench.cluster.bootstrap, case.topic(sector), wire.SINGLE_OBJECT, own,
                                          writers_folder=writers)
            sources.append(station.source(name, case.topic(sector), [f"{sector}.*"],
                                          legal_bases=("pnr-6.2a", "wwft-fiu"), identities="clear", writers=writers))
        config = station.base_config(case, sources, station.RULES / "clear")
        case.create_topics(config)
        self.daemon = case.daemon(config).start().wait_ready()
        self.topics = {name: case.topic(sector) for sector, name in (("air", AIR), ("card", CARD))}
        for number, made in enumerate(events):
            self.partners[made["source"]].publish(made, number % 2)
        for partner in self.partners.values():
            partner.flush()
        Progress(case, self.topics.values()).wait_done(
            60, lambda: claim(self.daemon.alive, f"the daemon ended: {self.daemon.last_words()}"))
        self.desk = Desk(case)


def test_clear_one_phone(case):
    """Two partners who write one phone differently meet in one group, under the published pseudonym of E.164."""
    here = Station(case, [ticket("t1", PHONES[0], NOON), prepaid("p1", PHONES[1], NOON + HOUR),
                          prepaid("p2", OTHER, NOON + 2 * HOUR)])
    alerts = here.desk.alerts()
    claim_none(check_all(here.desk, alerts), "alerts")
    claim_same({(tuple(alert["group"].items()), frozenset(piece["id"] for piece in alert["evidence"]))
                for alert in standing(alerts).values()},
               {((("phone", published_pseudonym(case.key, "phone", PHONE)),), frozenset({"t1", "p1"}))}, "alerts")
    claim_none(here.desk.rejects(), "rejects")
    here.daemon.stop()


def test_clear_stays_inside(case):
    """No clear identity stands in any byte of any topic of the daemon, in its log, or in its metrics."""
    events = [made for number, phone in enumerate(PHONES)
              for made in (ticket(f"t{number}", phone, NOON + number * MINUTE),
                           prepaid(f"p{number}", phone, NOON + number * MINUTE + 1))]
    events.append({**ticket("t9", OTHER, NOON + 20 * MINUTE), "purpose": ["trafficking"]})  # rejected
    events.append(prepaid("bad", "zero six one two", NOON + 21 * MINUTE))
    here = Station(case, events)
    claim(standing(here.desk.alerts()), "no alert: then nothing was proven")
    claim_same({(reject["source"], reject["reason"]) for reject in here.desk.rejects()},
               {(AIR, "purpose_not_allowed"), (CARD, "identity_malformed")}, "rejects")
    needles = forms(*PHONES, OTHER, EMAIL, "zero six one two")
    faults = list(here.desk.raw_scan(needles))
    for place, text in (("the log", here.daemon.log.read_bytes()),
                        ("/metrics", here.daemon.http("/metrics")[1].encode())):
        faults += [f"{name} stands in {place}" for name, needle in needles.items() if needle in text]
    claim_none(faults, "clear identities")
    here.daemon.stop()
