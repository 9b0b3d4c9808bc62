"""Holds the program against the reference, and against itself where the language says that nothing may differ."""
import random
import re
from collections import Counter
from dataclasses import dataclass, replace

from emit import yaml_text
from language import documents
from program import final, ids_of, lives, of_program, run_program, unlike
from replay import replay
from units import duration, instant, instant_text


@dataclass
class Judge:
    """What a claim needs: the program, the event catalogue and where its schemas lie."""
    program: str
    schemas: str
    catalogue: object


@dataclass
class Verdict:
    claim: str
    fault: str          # '' = it held
    records: int = 0    # how much there was to say
    undecided: int = 0

    def sign(self):
        """What must stay while a case is made small: the claim and, of refused files, which errors."""
        return self.claim, tuple(sorted(set(re.findall(r"error\[(E\d+)\]: ([^']*'[^']*'[^'\n]*)", self.fault))))


def record_text(one):
    state, at, late, opened_at, group, evidence, metrics, _ = one
    said = [f"{state:9} at {instant_text(at) if at is not None else '-'}"]
    said += ["late"] if late else []
    said += [f"opened_at {instant_text(opened_at)}"] if opened_at is not None else []
    said += [" ".join(f"{name}={value}" for name, value in group), "[" + " ".join(
        f"{source}/{name}" for source, name in evidence) + "]", " ".join(f"{name}={value}" for name, value in metrics)]
    return " ".join(part for part in said if part)


def life_text(life):
    if life[0] == "end":
        return f"      in the end {life[1]}"
    return "\n".join(f"      {record_text(one)}" for one in life)


def difference_text(rule, ours, theirs):
    lines = [f"  {rule}"]
    for who, counter in (("reference", ours), ("program", theirs)):
        for life in counter.elements():
            lines.append(f"    {who} only:\n{life_text(life)}")
    return "\n".join(lines)


def hidden_rules(case):
    """Helper rules, whose alerts nobody is shown."""
    return {document["name"] for text in case.files for document in documents(text)
            if (document.get("correlation") or {}).get("generate") == "false"}


def life_claim(judge, case):
    """The whole life of every alert, and what came too late."""
    said = run_program(judge.program, judge.schemas, case)
    if said.code or said.other_rejects:
        return Verdict("reads", "\n".join([said.errors or said.stderr, *said.other_rejects[:3]]))
    hidden, faults, records, undecided = hidden_rules(case), [], 0, 0

    def learn(told):
        if told.rule in hidden:
            return {}
        return None if any(unlike(told, said)) else ids_of(told, said)

    for name, told in replay(case, judge.catalogue, learn).items():
        records += len(told.records)
        undecided += told.undecided
        if told.undecided:
            continue
        ours, theirs = unlike(told, said)
        if (ours or theirs) and name not in hidden:
            faults.append(difference_text(name, ours, theirs))
        if told.rejected != said.rejected[name]:
            faults.append(f"  {name}: too late for the reference {sorted(told.rejected)}, "
                          f"for the program {sorted(said.rejected[name])} (lines of the file)")
    return Verdict("life", "\n".join(faults), records, undecided)


def shuffled(case, seed):
    """Another order of arrival, within the lateness; far beyond the last event everything is concluded."""
    rng = random.Random(seed)
    events = sorted(case.events, key=lambda event: event["time"])
    lateness = smallest_lateness(case)
    if lateness is None:
        rng.shuffle(events)
    else:
        events.sort(key=lambda event: instant(event["time"]) + rng.randrange(lateness + 1))
    return replace(case, events=events, until="2100-01-01T00:00:00Z")


def smallest_lateness(case):
    """Of all rules; None where nothing is too late."""
    if not case.lateness:
        return None
    own = [document["correlation"]["lateness"] for text in case.files for document in documents(text)
           if "lateness" in (document.get("correlation") or {})]
    return min(duration(text) for text in [case.lateness, *own])


def ends(said):
    """{alert: what is left in the end}."""
    found = {}
    for rule, records in said.records.items():
        for alert, life in lives(records, lambda raw: raw["alert"], of_program).items():
            if final(life):
                found[(rule, alert)] = final(life)
    return found


def order_claim(judge, case, seed):
    """Two orders of arrival leave the same alerts, under the same ids."""
    one, other = (run_program(judge.program, judge.schemas, shuffled(case, f"{seed}/{turn}")) for turn in (1, 2))
    if one.code or other.code:
        return Verdict("reads", one.errors or other.errors)
    late = [said.rejected for said in (one, other) if any(said.rejected.values())]
    left, right = ends(one), ends(other)
    lines = [f"  refused within the lateness: {dict(late[0])}"] if late else []
    for alert in sorted(set(left) | set(right)):
        if left.get(alert) != right.get(alert):
            lines.append(f"  {alert[0]} {alert[1]}\n    in one order:   {left.get(alert)}\n"
                         f"    in another one: {right.get(alert)}")
    return Verdict("order", "\n".join(lines), len(left))


def alone_claim(judge, case, other):
    """A rule says the same beside other rules as alone."""
    case, other = (replace(one, files=[yaml_text([document for text in one.files for document in documents(text)
                                                  if "/exception/" not in document["schema"]])])
                   for one in (case, other))   # an exception may mean the other's rule too
    both = replace(case, files=[*case.files, *other.files])
    alone, beside = (run_program(judge.program, judge.schemas, one) for one in (case, both))
    if alone.code or beside.code:
        return Verdict("reads", alone.errors or beside.errors)
    lines = []
    for rule, records in alone.records.items():
        strip = [Counter(str({key: value for key, value in raw.items() if key not in ("sequence", "partition")})
                         for raw in one) for one in (records, beside.records[rule])]
        if strip[0] != strip[1]:
            lines.append(f"  {rule}\n    alone only: {list(strip[0] - strip[1])[:2]}\n"
                         f"    beside others only: {list(strip[1] - strip[0])[:2]}")
    return Verdict("alone", "\n".join(lines), sum(map(len, alone.records.values())))
