"""`seinpost explain ALERT-ID`: how an alert came about, from the topics alone, months later."""
import json
import shutil

from confluent_kafka import Producer, TopicPartition

import wire
from claim import claim, claim_none
from station import write_config
from test_scenarios import DEPLOYED_RULES, Play, load_scenarios


def claim_is(seen, wanted, what):
    claim(seen == wanted, f"{what}: {seen}, wanted {wanted}")


def ask(case, config, alert, *words):
    """(exit code, the answer as JSON)."""
    path = case.folder / "explain.yaml"
    write_config(path, config)
    done = case.run_tool("explain", alert, "--config", path, "--format", "json", *words)
    return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr


def fault_of(case, play, records):
    """What is wrong with the account of one alert, or ''."""
    last = records[-1]
    code, answer = ask(case, play.config, last["alert"])
    if code != 0 or answer["result"] != "reproduced":
        return f"{last['rule']}: exit {code}: {answer}"
    found = [(record["state"], record["found"]) for record in answer["records"]]
    wanted = [(record["state"], "same") for record in records]
    places = [(piece["id"], piece["topic"], piece["partition"], piece["offset"]) for piece in answer["evidence"]]
    told = [(piece["id"], piece["topic"], piece["partition"], piece["offset"]) for piece in last["evidence"]]
    missing = [piece["id"] for piece in answer["evidence"] if not piece["as_event_of_rule"]]
    if found != wanted or places != told or missing or not answer["clauses"]:
        return f"{last['rule']}: {found} instead of {wanted}, {places} instead of {told}, not in the log {missing}"
    return ""


def forge(case, alert, **changes):
    """A record that nobody's rule said, under the alert's key."""
    schema = wire.own_schema("alert")
    value = wire.frame_single_object(schema, wire.encode(schema, {**alert, **changes}))
    producer = Producer({"bootstrap.servers": case.bench.cluster.bootstrap, "partitioner": "murmur2_random"})
    producer.produce(f"{case.prefix}.alerts", key=alert["alert"], value=value)
    claim(producer.flush(30) == 0, "the forged record was not delivered")


def expire(case, topic):
    """Everything in the topic is forgotten."""
    admin = case.bench.cluster.admin
    everything = [TopicPartition(topic, number, -1) for number in range(case.bench.cluster.partitions(topic))]
    for future in admin.delete_records(everything).values():
        future.result(30)


def test_explain_alerts(case):
    """Each alert follows again from the log, byte for byte; a forged one, another rule and a lost log are told."""
    events, _ = load_scenarios()
    play = Play(case, wire.SINGLE_OBJECT, wire.SINGLE_OBJECT, events)
    play.publish(events)
    play.tick()
    alerts = play.desk.alerts()
    by_id = {}
    for alert in alerts:
        by_id.setdefault(alert["alert"], []).append(alert)
    claim(len(by_id) > 5, f"only {len(by_id)} alerts")
    before = play.progress.ends([f"{case.prefix}.alerts", f"{case.prefix}.matches"])
    claim_none(filter(None, (fault_of(case, play, records) for records in by_id.values())), "an alert's account")

    folder = case.folder / "rules"
    shutil.copytree(DEPLOYED_RULES, folder)
    path = folder / "bank" / "many_to_one.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("gte: 10}", "gte: 9}"), encoding="utf-8")
    payment = next(records for records in by_id.values() if records[0]["rule"] == "bank_many_to_one")
    code, answer = ask(case, play.config, payment[0]["alert"], "--rules", folder)
    claim_is((code, answer["result"], answer["same_rule"]), (3, "unknown", False), "with another version")
    claim(answer["rule_hash"] != answer["rule_hash_at_hand"], "both versions have one hash")

    claim_is(ask(case, play.config, "0" * 32)[0], 3, "the exit code for an alert that nobody published")
    claim_is(play.progress.ends([f"{case.prefix}.alerts", f"{case.prefix}.matches"]), before,
               "the topics after so many questions")
    play.daemon.stop()

    forge(case, payment[-1], state="updated", metrics={"count": "99"})
    code, answer = ask(case, play.config, payment[-1]["alert"])
    claim_is((code, answer["result"], answer["records"][-1]["found"]), (1, "differs", "missing"), "a forged record")

    expire(case, f"{case.prefix}.matches")
    other = next(records for records in by_id.values() if records[0]["rule"] != "bank_many_to_one")
    code, answer = ask(case, play.config, other[-1]["alert"])
    claim_is((code, answer["result"]), (3, "unknown"), "when the evidence is not kept any more")


def test_explain_registered(case):
    """Alerts that are framed by the registry are read by whoever asks it."""
    events, _ = load_scenarios()
    payments = [item for item in events if item["type"] == "bank.transfer"]
    play = Play(case, wire.SINGLE_OBJECT, wire.CONFLUENT, payments)
    play.publish(payments)
    alert = play.desk.alerts()[0]
    code, answer = ask(case, play.config, alert["alert"])
    claim_is((code, answer["result"]), (0, "reproduced"), f"the account of {alert['rule']}")
    play.daemon.stop()
