"""A whole replay by the reference: the arrivals one after the other, the rules lower ones first.

A file of events is one partition: the watermark and the lateness follow its newest event, whatever its source.
"""
from collections import Counter
from dataclasses import dataclass, field

from events import Derived, Signal
from language import Rule, World, documents, list_entries
from life import RuleRun
from units import duration, instant


@dataclass
class Case:
    """What a replay is given. `files` are the texts of rule files; `events` lines in the order of arrival."""
    files: list
    events: list
    lateness: str = ""      # '' = nothing is too late
    until: str = ""
    label: str = ""


@dataclass
class Told:
    """What a rule published, and what it refused."""
    rule: str
    records: list = field(default_factory=list)
    rejected: set = field(default_factory=set)     # positions of events, from 1, that came too late for it
    coarse: set = field(default_factory=set)       # groups that several alerts reached at once: steps between are open
    undecided: bool = False                        # two alerts whose order only their unknown ids tell


def read_rules(files, catalogue):
    """(rules by name, the world of their conditions)."""
    found = [document for text in files for document in documents(text)]
    kinds = {"rule": [], "list": [], "exception": []}
    for document in found:
        kinds.setdefault(document["schema"].split("/")[1], []).append(document)
    lists = {document["name"]: list_entries(document) for document in kinds["list"]}
    rules = {document["name"]: Rule(document, catalogue, kinds["exception"]) for document in kinds["rule"]}
    for rule in rules.values():
        rule.resolve(list(rules))
    return rules, World(lists)


def in_levels(rules):
    """Lower rules before those that read their alerts."""
    ordered = []
    while len(ordered) < len(rules):
        ready = [rule for rule in rules.values() if rule.name not in ordered
                 and all(name in ordered for name in rule.lower)]
        ordered += [rule.name for rule in ready]
    return [rules[name] for name in ordered]


class Timeline:
    """What one rule's run leaves for higher rules: per round its watermark and its alerts that came and went."""

    def __init__(self):
        self.watermarks, self.changes, self.coarse = [], [], set()


def clock(case, rule):
    """(lateness of the rule, whether it refuses what is later)."""
    own = (rule.correlation or {}).get("lateness")
    return duration(own or case.lateness or "0s"), bool(case.lateness)


def derived_changes(lower, moment, names_to_ids, catalogue, made):
    """The events of higher rules after a round of the lower ones: (to remove, to insert)."""
    gone, new = [], []
    for rule, timeline in lower:
        removed, added = timeline.changes[moment]
        gone += [made.pop((rule.name, key)) for key, _ in removed]
        for key, alert in added:
            alert_id = names_to_ids.get(rule.name, {}).get(key)
            event = Derived(rule, alert_id or f"?{len(made)}?{moment}", alert, catalogue)
            event.coarse = alert.group in timeline.coarse
            made[(rule.name, key)] = event
            new.append(event)
    return gone, new


def order_unknown(run):
    """Whether two alerts of one time stand in one group, and one of their ids is not known."""
    for events in run.groups.values():
        times = Counter(event.time for event, _ in events if event.type == "alert")
        if any(event.type == "alert" and event.id.startswith("?") and times[event.time] > 1 for event, _ in events):
            return True
    return False


class Steps:
    """One rule over the whole case, arrival by arrival."""

    def __init__(self, rule, case, lower, world):
        self.rule, self.case, self.lower, self.world = rule, case, lower, world
        self.run, self.told, self.timeline = RuleRun(rule, world), Told(rule.name), Timeline()
        self.lateness, self.refuses = clock(case, rule)
        self.reads_signals = any(name in rule.events for name in [*rule.names, rule.closer])
        self.newest, self.own = float("-inf"), float("-inf")

    def advance(self, touched, causes, moment):
        """Evaluates, with the watermark as it is when the lower rules have come to a moment."""
        marks = [timeline.watermarks[moment] if moment >= 0 else float("-inf") for _, timeline in self.lower]
        watermark = max(self.run.watermark, min(marks + ([self.own] if self.reads_signals else [])))
        if touched or watermark != self.run.watermark:
            self.run.evaluate(touched, causes, watermark)

    def signal(self, signal, step, before):
        """The event of an arrival, and how far its file has come. before: the moment before it."""
        names = self.rule.names_of(signal, self.world)
        late = self.refuses and self.newest - signal.time > self.lateness
        self.newest = max(self.newest, signal.time)
        self.own = self.newest - self.lateness - 1
        touched = {}
        if names and late:
            self.told.rejected.add(step + 1)
        elif names:
            touched = self.run.insert(signal, names)
        self.advance(touched, {group: signal.time for group in touched}, before)

    def alerts(self, gone, new, moment):
        """What lower rules' alerts became in a round."""
        touched, causes, inserted = {}, {}, Counter()
        for event, act in [(event, self.run.remove) for event in gone] + \
                [(event, lambda one: self.run.insert(one, self.rule.names_of(one, self.world))) for event in new]:
            for group, late in act(event).items():
                # an alert is withdrawn for a late event's sake: so is what follows from it
                touched[group] = touched.get(group, False) or late or event in gone
                causes[group] = event.time
                inserted[group] += 1
        self.told.coarse |= {group for group, count in inserted.items() if count > 1}
        for event in gone + new:
            if event.coarse:     # it may have come and gone several times
                self.told.coarse |= set(self.run.groups_of(event, self.rule.names_of(event, self.world)))
        self.told.undecided = self.told.undecided or order_unknown(self.run)
        self.advance(touched, causes, moment)

    def end_round(self):
        self.timeline.watermarks.append(self.run.watermark)
        self.timeline.changes.append(self.run.changed_openings())


def run_rule(rule, case, signals, lower, rounds, names_to_ids, world):
    """One rule over the whole case. Returns (Told, Timeline).

    Each arrival goes in rounds, as many as there are levels: first its event reaches all rules; then, round by round,
    what became of alerts in the round before reaches the rules that read them.
    """
    steps, made = Steps(rule, case, lower, world), {}
    for step in range(len(signals) + bool(case.until)):
        before = step * rounds - 1
        if step < len(signals):
            steps.signal(signals[step], step, before)
        else:
            steps.own = max(steps.own, instant(case.until))
            steps.advance({}, {}, before)
        steps.end_round()
        for moment in range(before + 1, before + rounds):
            if lower:
                steps.alerts(*derived_changes(lower, moment, names_to_ids, rule.catalogue, made), moment)
            steps.end_round()
    steps.told.records, steps.timeline.coarse = steps.run.records, steps.told.coarse
    return steps.told, steps.timeline


def levels_of(rules):
    """How many levels of rules there are."""
    level = {}
    for rule in in_levels(rules):
        level[rule.name] = 1 + max((level[name] for name in rule.lower), default=0)
    return max(level.values())


def replay(case, catalogue, learn):
    """Runs a case. learn(told) -> {key: id} tells what ids the program gave the alerts of a rule, or None: unlike."""
    rules, world = read_rules(case.files, catalogue)
    signals = [Signal(line, catalogue) for line in case.events]
    names_to_ids, timelines, results = {}, {}, {}
    for rule in in_levels(rules):
        if any(name not in timelines for name in rule.lower):
            continue
        lower = [(rules[name], timelines[name]) for name in rule.lower]
        told, timeline = run_rule(rule, case, signals, lower, levels_of(rules), names_to_ids, world)
        results[rule.name] = told
        ids = learn(told)
        if ids is not None and not told.undecided:
            names_to_ids[rule.name], timelines[rule.name] = ids, timeline
    return results
