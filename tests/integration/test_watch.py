"""What an operator watches: the metrics of a live daemon, and the rules and dashboard that ask for them."""
import json
import re
import subprocess

from claim import claim, claim_none, claim_same, wait_until
from test_reload import MINUTE, NOON, Bank, cash, rule
from wire import ROOT

WATCH = ROOT / "deploy/watch"
SOURCE_LABEL = 'source="bank-partner-1"'
NAME = re.compile(r"\bseinpost_[a-z_]+")
# told only once there is something to tell
LATER = {"seinpost_partition_blocked", "seinpost_topic_finding", "seinpost_transaction_errors_total",
         "seinpost_rejects_total", "seinpost_snapshot_age_seconds"}


def promtool(*words, stdin=None):
    done = subprocess.run(["promtool", *map(str, words)], input=stdin, capture_output=True, text=True, timeout=60, check=False)
    claim(done.returncode == 0, f"promtool {' '.join(map(str, words))}: {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def expressions():
    """Every expression of the dashboard."""
    dashboard = json.loads((WATCH / "dashboard.json").read_text(encoding="utf-8"))
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]


def families(text):
    """{name: {labels: value}} of a page of metrics."""
    found = {}
    for name, labels, value in re.findall(r"^([a-z_]+)(?:{([^}]*)})? ([-0-9.e+]+)$", text, re.M):
        found.setdefault(name, {})[labels] = float(value)
    return found


def test_watch_rules(case):
    """promtool takes the alerting rules and every expression of the dashboard, and each alert comes when it must."""
    promtool("check", "rules", WATCH / "alerts.yaml")
    promtool("test", "rules", ROOT / "tests/watch/alerts_test.yaml")
    asked = {"groups": [{"name": "dashboard", "rules": [{"record": f"panel:{number}", "expr": text}
                                                        for number, (_, text) in enumerate(expressions())]}]}
    path = case.folder / "dashboard.yaml"
    path.write_text(json.dumps(asked), encoding="utf-8")
    promtool("check", "rules", "--lint=none", path)


def test_watch_metrics(case):
    """A live daemon's metrics are well formed, have all that rules and dashboard ask for, and say what happened."""
    bank = Bank(case, {"rule": rule("much_cash", 2)})
    daemon = bank.start()
    bank.send(*(cash(f"a{number}", "a", NOON + number * MINUTE) for number in range(3)), cash("b0", "b", NOON - MINUTE))
    bank.settle()
    wait_until(lambda: bank.topic in " ".join(families(daemon.http("/metrics")[1]).get("seinpost_lag_records", ())), "a lag")
    wait_until(lambda: daemon.metric("seinpost_lag_records") == 0, "nothing waits")
    text = daemon.http("/metrics")[1]
    told = families(text)
    promtool("check", "metrics", stdin=text)
    wanted = set(NAME.findall((WATCH / "alerts.yaml").read_text(encoding="utf-8")))
    wanted |= {name for _, expression in expressions() for name in NAME.findall(expression)}
    claim_none(sorted(wanted - set(told) - LATER - {"seinpost_"}), "asked for and not told")
    signals = told["seinpost_source_signals_total"]
    claim(sum(value for labels, value in signals.items() if SOURCE_LABEL in labels) == 4, f"signals: {signals}")
    times = told["seinpost_source_event_time_seconds"]
    claim(max(value for labels, value in times.items() if SOURCE_LABEL in labels) == (NOON + 2 * MINUTE) / 1000, f"{times}")
    claim_same({labels: value for labels, value in told["seinpost_rule_alerts_total"].items()},
               {'state="opened",rule="much_cash"': 1, 'state="updated",rule="much_cash"': 1}, "alerts by rule")
    bank.check()
    daemon.stop()
