"""Desks read their own topics: each what it may see, or that there is an alert."""
import json
import pathlib
import shutil

from claim import claim
from partners import pseudonym
from test_reload import Bank, cash, minutes, rule

MODEL = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "model"
HEAD = {"model": "barriers-nl", "version": 1, "date": "2026-11-01", "source": "made up"}


def desk(name, track, sees, **more):
    return {"id": name, "recipient": name, "tracks": [track], "purposes": ["smuggling"], "handling-max": "H1",
            "tlp-max": "AMBER", "sees": sees, "otherwise": "stub", **more}


def write_model(folder):
    """Stages and measures as deployed; an investigating desk, an administrative one, one for accounts of firms only."""
    folder.mkdir()
    for name in ("stages.yaml", "measures.yaml"):
        shutil.copy(MODEL / name, folder)
    desks = [desk("crime", "criminal", ["rule", "group", "metrics", "evidence", "summary"]),
             desk("town", "admin", ["rule", "group", "summary", "explain"]),
             desk("firms", "criminal", ["rule", "group"], kinds=["company"])]
    (folder / "desks.yaml").write_text(json.dumps({"schema": "seinpost/desks/1", **HEAD, "desks": desks}), encoding="utf-8")
    routes = {"receiver": [], "routes": [{"match": {"stage": "finance"}, "receiver": ["crime", "town", "firms"]}]}
    (folder / "routes.yaml").write_text(json.dumps({"schema": "seinpost/routes/1", **HEAD, "route": routes}), encoding="utf-8")
    return str(folder)


def same(seen, wanted, what):
    claim(seen == wanted, f"{what}: {seen}, not {wanted}")


def told(bank, name):
    return bank.desk.alerts(f"desk.{name}")


def check_whole(bank, alert):
    """What the topic of all alerts has."""
    same((alert["model"], alert["model_version"]), ("barriers-nl", 1), "model")
    same((alert["handling"], alert["tlp"], alert["eval"]), ("H1", "AMBER", "X4"), "what an unsaid source may")
    same(alert["retention"], 26 * 7 * 24 * 3600 * 1000, "retention of the source")
    same([one["measure"] for one in alert["proposals"]][:2], ["data_order", "str_fiu"], "proposals")
    same((alert["review"], alert["desk"], alert["stub"]), ("required", "", False), "of nobody in particular")


def check_crime(alert, whole):
    same(alert["group"], whole["group"], "the desk's group")
    same(alert["desk"], "crime", "the desk's name")
    same(sorted(alert["withheld"]), ["explain", "fields", "measures", "sectors"], "withheld")
    same((alert["explain"], alert["measures"], alert["proposals"], alert["sectors"]), ("", [], [], []), "hidden")
    for name in ("alert", "state", "rule", "summary", "metrics", "evidence_count", "handling", "purpose", "review"):
        same(alert[name], whole[name], name)


def check_stub(alert, whole):
    claim(alert["stub"], "it is a stub")
    for name in ("alert", "state", "owner", "at", "review", "partition", "sequence"):
        same(alert[name], whole[name], f"{name} of the stub")
    for name in ("rule", "id", "title", "stage", "group", "metrics", "evidence", "summary", "explain", "measures",
                 "purpose", "track", "sectors"):
        claim(not alert[name], f"a stub that says {name}: {alert[name]}")


def test_desks(case):
    """A desk's topic holds its projection of each alert, another track's desk gets a stub, and no byte more."""
    text = rule("much_cash", 2).replace("stage: finance", "stage: finance\ntrack: criminal\nmeasures: [data_order]")
    bank = Bank(case, {"rule": text}, model=write_model(case.folder / "model"))
    daemon = bank.start()
    bank.send(*(cash(f"a{number}", "a", when) for number, when in enumerate(minutes(3))))
    bank.settle()
    bank.await_states("a", ("opened", 1), ("updated", 1))
    whole = bank.alerts()
    for name in ("crime", "town", "firms"):  # in one transaction with the alert: as soon as it is there, they are
        same([alert["state"] for alert in told(bank, name)], ["opened", "updated"], f"told to {name}")
    check_whole(bank, whole[0])
    for mine, stub, part, alert in zip(told(bank, "crime"), told(bank, "town"), told(bank, "firms"), whole):
        check_crime(mine, alert)
        check_stub(stub, alert)
        same((part["group"], part["summary"]), ({}, ""), "an account is no company")
    secret = pseudonym("account", "a").encode()
    for name, knows in (("crime", True), ("town", False), ("firms", False)):
        raw = b"".join(record.raw() for record in bank.desk.records(f"desk.{name}"))
        claim((secret in raw) == knows, f"{name} knows the account: {not knows}")
    bank.check()
    account = case.tool("explain", whole[0]["alert"], "--config", daemon.config, "--format", "json")
    same(json.loads(account)["result"], "reproduced", "the alert, its standing too, evaluated anew")
    daemon.stop()
