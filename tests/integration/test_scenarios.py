"""The deployed rules and configuration against the scenarios of the domain, published by six partners."""
import copy
import json
import os
import pathlib

import yaml

import wire
from claim import claim, claim_none, claim_same
from desk import Desk, check_all, standing
from partners import PARTNERS, Partner, event, load_events, millis, sector_of
from progress import Progress

DEPLOYED = wire.ROOT / "deploy" / "seinpost.yaml"
DEPLOYED_RULES = wire.ROOT / "deploy" / "rules"
PARTITIONS = {"air": 3, "rail": 1, "bank": 2, "card": 2, "housing": 1, "kvk": 1}
TICKS = {"air": "air.booking.cancelled", "rail": "rail.ticket.status", "bank": "bank.account.changed",
         "card": "card.linked", "housing": "housing.inspection", "kvk": "kvk.staff.changed"}
TICK_TIME = millis("2025-03-01T00:00:00Z")  # long after every window


def scenario_folder():
    """The first of: $SEINPOST_SCENARIOS, and where the tree keeps scenarios."""
    places = [os.environ.get("SEINPOST_SCENARIOS"), wire.ROOT / "deploy" / "scenarios"]
    for place in filter(None, places):
        if (pathlib.Path(place) / "expected.json").is_file():
            return pathlib.Path(place)
    raise FileNotFoundError(f"no expected.json in {[str(place) for place in places if place]}")


def load_scenarios():
    """(events of all scenarios by time, {scenario: rule ids})."""
    folder = scenario_folder()
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    events = [item for name in expected for item in load_events(folder / f"{name}.ndjson")]
    return sorted(events, key=lambda item: (item["time"], item["id"])), expected


def helper_rules():
    """Names of deployed rules whose alerts are for other rules only."""
    for path in sorted(DEPLOYED_RULES.rglob("*.yaml")):
        for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            if document and document.get("correlation", {}).get("generate", True) is False:
                yield document["name"]


def weeks(duration):
    """As the deployed configuration writes them: 26w, 30d."""
    return int(duration[:-1]) / {"w": 1, "d": 7}[duration[-1]]


def scenario_config(case, wire_format, alerts_wire):
    """The deployed configuration, on our broker, with topics of our own."""
    config = yaml.safe_load(DEPLOYED.read_text(encoding="utf-8"))
    config["brokers"] = {"bootstrap.servers": case.bench.cluster.bootstrap}
    config["consumer"] = {"session.timeout.ms": 6000}
    config["producer"] = {"transaction.timeout.ms": 10000}
    config.pop("registry", None)
    if wire.CONFLUENT in (wire_format, alerts_wire):
        config["registry"] = case.bench.registry.url
    config["schemas"], config["rules"] = str(wire.SCHEMAS), str(DEPLOYED_RULES)
    config["model"] = str(DEPLOYED_RULES.parent / "model")
    config["pseudonym-key"]["file"] = str(case.key_file)
    config["topics"]["prefix"] = case.prefix
    config["alerts"] = {"wire": alerts_wire}
    for source in config["sources"]:
        source.pop("enabled", None)  # one that is off takes part: the events are made up
        source["retention"] = max(source["retention"], config["topics"]["matches"]["retention"], key=weeks)
        sector = sector_of(source["types"][0])
        source["topic"] = case.topic(sector)
        source["wire"] = wire_format
        if wire_format == wire.SINGLE_OBJECT:
            source["writers"] = str(case.folder / "writers" / sector)
    return config


def ticks(config):
    """One event that says nothing, per source: only time goes on."""
    for source in config["sources"]:
        sector = sector_of(source["types"][0])
        yield sector, event(TICKS[sector], f"tick-{sector}", source["name"], TICK_TIME, {},
                            source["purposes"][0], source["legal-bases"][0])


def seen_pairs(alerts, faults):
    """{(scenario, rule id)}; an alert over several scenarios is a fault."""
    pairs = set()
    for alert in alerts:
        scenarios = {piece["id"].split("-")[0] for piece in alert["evidence"]}
        if len(scenarios) != 1:
            faults.append(f"alert {alert['alert']} of {alert['rule']} has evidence of {sorted(scenarios)}")
        pairs |= {(scenario, alert["id"]) for scenario in scenarios}
    return pairs


class Play:
    """The deployed rules at work on our topics, with what the partners publish."""

    def __init__(self, case, wire_format, alerts_wire, events):
        self.config = config = scenario_config(case, wire_format, alerts_wire)
        registry = case.bench.registry.client if "registry" in config else None
        by_sector = {sector: [item for item in events if sector_of(item["type"]) == sector] for sector in PARTNERS}
        self.ticks = dict(ticks(config))
        for sector in PARTNERS:
            case.bench.cluster.create_topic(case.topic(sector), PARTITIONS[sector])
        self.partners = {sector: Partner(case.bench.cluster.bootstrap, case.topic(sector), wire_format,
                                         [*by_sector[sector], self.ticks[sector]], registry,
                                         case.folder / "writers" / sector) for sector in PARTNERS}
        case.create_topics(config)
        self.daemon = case.daemon(config).start().wait_ready()
        self.progress = Progress(case, [case.topic(sector) for sector in PARTNERS])
        self.desk = Desk(case, alerts_wire, registry)

    def publish(self, events):
        for item in events:  # interleaved by time, as the world would
            self.partners[sector_of(item["type"])].publish(copy.deepcopy(item))
        for partner in self.partners.values():
            partner.flush()
        self.progress.wait_done(120)

    def tick(self):
        """Months pass, and nothing happens."""
        for sector, tick in self.ticks.items():
            for partition in range(PARTITIONS[sector]):
                self.partners[sector].publish({**tick, "id": f"{tick['id']}-{partition}"}, partition)
            self.partners[sector].flush()
        self.progress.wait_done(120)


def run_scenarios(case, wire_format, alerts_wire=wire.SINGLE_OBJECT):
    events, expected = load_scenarios()
    play = Play(case, wire_format, alerts_wire, events)
    play.publish(events)
    judge(play.desk, expected, "after the last event")
    play.tick()
    judge(play.desk, expected, "months later")
    claim_none(play.desk.rejects(), "a partner's record was rejected")
    play.daemon.stop()


def judge(desk, expected, when):
    alerts = desk.alerts()
    faults = []
    wanted = {(scenario, rule) for scenario, rules in expected.items() for rule in rules}
    claim_same(seen_pairs(standing(alerts).values(), faults), wanted, f"alerts {when}")
    innocent = {scenario for scenario, rules in expected.items() if not rules}
    faults += [f"{scenario} was accused by {rule}, if only for a while"
               for scenario, rule in seen_pairs(alerts, faults) if scenario in innocent]
    helpers = set(helper_rules())
    faults += [f"helper rule {alert['rule']} has an alert" for alert in alerts if alert["rule"] in helpers]
    faults += check_all(desk, alerts)
    claim_none(faults, f"alerts {when}")
    claim(alerts or not wanted, "no alert at all")


def test_scenarios_confluent(case):
    """Partners who use the registry and schemas of their own: exactly the networks are alerted, no innocent is."""
    run_scenarios(case, wire.CONFLUENT)


def test_scenarios_single_object(case):
    """The same without any registry: writer schemas are found by their fingerprints."""
    run_scenarios(case, wire.SINGLE_OBJECT)


def test_scenarios_alerts_by_registry(case):
    """Alerts in Confluent framing are decoded by whoever asks the registry for the id they bear."""
    run_scenarios(case, wire.SINGLE_OBJECT, wire.CONFLUENT)
