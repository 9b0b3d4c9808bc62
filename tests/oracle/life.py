"""From findings to alerts, and from alerts to what is published: the difference.

assemble() is the state: a pure function of the findings of all groups of a rule. RuleRun evaluates it from scratch
after each arrival and says what has changed since.
"""
from dataclasses import dataclass, field

from kinds import KINDS
from language import CLOSES
from network import Network
from units import duration

FIRST_UPDATES = 10


@dataclass(eq=False)
class Alert:
    group: tuple            # ((element, value), ...)
    opening: object         # Finding
    nth: int                # how many of the group with the same first evidence came before
    findings: list = field(default_factory=list)
    groups: set = field(default_factory=set)   # whose findings it has
    end: float = float("-inf")
    cut: bool = False       # its end came from outside: the next finding is none of it

    def add(self, group, finding, close_after):
        self.findings.append(finding)
        self.groups.add(group)
        self.end, self.cut = max(self.end, finding.holds + close_after), False

    def open_at(self, moment):
        return moment <= self.end and not self.cut


@dataclass
class Shown:
    """What a record says of an alert."""
    opened_at: int
    opening: tuple          # content orders
    evidence: tuple         # content orders
    metrics: dict
    sectors: tuple
    stages: frozenset       # of the alerts that are evidence
    further: int
    closed: bool
    end: float


def base_events(events):
    unique = {base.identity: base for event in events for base in event.made_of}
    return sorted(unique.values(), key=lambda event: event.order)


def key_of(alert):
    return alert.group, alert.opening.evidence[0].order, alert.nth


def show(alert, watermark):
    evidence = base_events([event for finding in alert.findings for event in finding.evidence])
    opening = tuple(event.order for event in base_events(alert.opening.evidence))
    alerts = [event for finding in alert.findings for event in finding.evidence if event.type == "alert"]
    return Shown(alert.opening.at, opening, tuple(event.order for event in evidence), alert.findings[-1].metrics,
                 tuple(sorted({sector for event in evidence for sector in event.sectors})),
                 frozenset(value for event in alerts for value in event.values("stage")), len(alert.findings) - 1,
                 watermark >= alert.end, alert.end)


def in_turn(findings, closers):
    """(group, Finding or None, instant): an event closes before it is looked at, and before what falls due then."""
    items = [((finding.at, finding.at > finding.order[0], finding.order, 1, group), group, finding, finding.at)
             for group, finding in findings]
    items += [((time, False, order, 0, group), group, None, time) for group, time, order in closers]
    return [item[1:] for item in sorted(items, key=lambda item: item[0])]


def close(group, moment, own, quiet):
    """What an event closes: the group's alert, and what its suppressed openings would have left open."""
    if group in own and own[group].open_at(moment):
        own[group].end, own[group].cut = moment, True
    quiet.pop(group, None)


def assemble(rule, findings, closers=()):
    """The alerts of a rule. findings: [(group, Finding)] that have been made; closers: [(group, time, order)]."""
    correlation = rule.correlation or {}
    close_after = duration(correlation.get("close-after", "0s"))
    suppress = rule.alert.get("suppress")
    by = (suppress or {}).get("by")
    alerts, own, quiet, openings, told = [], {}, {}, {}, {}
    for group, finding, moment in in_turn(findings, closers):
        if finding is None:
            close(group, moment, own, quiet)
            continue
        if group in own and own[group].open_at(finding.at):
            own[group].add(group, finding, close_after)
            continue
        if group in quiet and finding.at <= quiet[group][1]:     # goes where its suppressed opening went
            target = quiet[group][0]
            quiet[group] = (target, max(quiet[group][1], finding.holds + close_after))
            if target:
                target.add(group, finding, close_after)
            continue
        same = group if by is None else tuple(value for element, value in group if element in by)
        before = openings.get(same) if suppress else None
        if before and finding.at <= before.opening.at + duration(suppress["for"]):
            target = before if suppress["then"] == "update" else None
            quiet[group] = (target, finding.holds + close_after)
            if target:
                target.add(group, finding, close_after)
            continue
        first = group, finding.evidence[0].order
        alert = Alert(group, finding, told.get(first, 0))
        told[first] = alert.nth + 1
        alert.add(group, finding, close_after)
        alerts.append(alert)
        own[group] = openings[same] = alert
        quiet.pop(group, None)
    return alerts


def milestone(further):
    """Updates are told for the first 10 further findings, then for the 20th, 40th, 80th ..."""
    if further <= FIRST_UPDATES:
        return further
    mark = FIRST_UPDATES
    while mark * 2 <= further:
        mark *= 2
    return mark


def content(shown):
    return shown.opened_at, shown.opening, shown.evidence, shown.metrics, shown.sectors, shown.stages, shown.further


def worth_telling(new, old):
    if content(new) == content(old):
        return False
    if (new.opened_at, new.opening, new.sectors, new.stages) != (old.opened_at, old.opening, old.sectors, old.stages):
        return True
    return new.further <= FIRST_UPDATES or milestone(new.further) > milestone(old.further)


def record(key, state, at, late, shown):
    evidence = [(source.decode(), name.decode()) for _, source, name in shown.evidence]
    return {"key": key, "state": state, "at": at, "late": late, "opened_at": shown.opened_at, "evidence": evidence,
            "metrics": shown.metrics, "sectors": shown.sectors}


class RuleRun:
    """One rule over all arrivals."""

    def __init__(self, rule, world):
        self.rule, self.world = rule, world
        self.told = {}          # identity -> the tellings of one event, each (event, names)
        self.groups = {}        # group -> [(event, names)] in content order
        self.findings = {}      # group -> findings of exactly these events
        self.published = {}     # key -> (Alert, Shown)
        self.watermark = float("-inf")
        self.records = []
        self.openings = {}      # key -> Alert, as higher rules read it

    def groups_of(self, event, names):
        """{group: names} of an event."""
        if self.rule.kind == "single":
            return {(("event", event.id), ("source", event.source)): set(names)}
        return self.rule.groups_of(event, names)

    def rebuild(self, identity, before):
        """Puts an event where it belongs, or takes it away. Returns {group: whether it stands before another}."""
        tellings = self.told.get(identity, [])
        now = min(tellings, key=lambda telling: telling[0].order) if tellings else None
        if before is now:
            return {}
        touched = {}
        for event, names in (one for one in (before, now) if one):
            for group in self.groups_of(event, names):
                touched.setdefault(group, False)
        before_it = {group: self.beside(group) for group in touched}
        for group in touched:
            kept = [pair for pair in self.groups.get(group, []) if pair[0].identity != identity]
            if now:
                names = self.groups_of(*now).get(group)
                if names:
                    touched[group] = any(event.order > now[0].order for event in before_it[group])
                    kept = sorted(kept + [(now[0], set(names))], key=lambda pair: pair[0].order)
            self.groups[group] = kept
            self.findings.pop(group, None)
        return touched

    def matter(self, group):
        """What is suppressed together is one matter: an event before another one of it came late."""
        by = (self.rule.alert.get("suppress") or {}).get("by")
        return group if by is None else tuple(value for element, value in group if element in by)

    def beside(self, group):
        """The events of a group, and of those that are one matter with it."""
        return [event for other, pairs in self.groups.items() if self.matter(other) == self.matter(group)
                for event, _ in pairs]

    def chosen(self, identity):
        tellings = self.told.get(identity, [])
        return min(tellings, key=lambda telling: telling[0].order) if tellings else None

    def insert(self, event, names):
        before = self.chosen(event.identity)
        self.told.setdefault(event.identity, []).append((event, names))
        return self.rebuild(event.identity, before)

    def remove(self, event):
        before = self.chosen(event.identity)
        self.told[event.identity] = [one for one in self.told[event.identity] if one[0] is not event]
        return self.rebuild(event.identity, before)

    def evaluate(self, touched, causes, watermark):
        """The state as it is now, and what that changes. touched: {group: late}; causes: {group: time of the event}."""
        if self.rule.kind == "link":     # its alerts are no groups of events
            cases = Network(self.rule, Alert).run(self.groups.get((), []))
            self.difference(cases, touched, causes, watermark)
            self.watermark = watermark
            return
        for group, events in self.groups.items():
            if group not in self.findings:
                counted = [(event, names - {CLOSES}) for event, names in events if names != {CLOSES}]
                self.findings[group] = KINDS[self.rule.kind](self.rule, counted, self.world)
        made = [(group, finding) for group, found in self.findings.items() for finding in found
                if finding.due is None or finding.due <= watermark]
        closers = [(group, event.time, event.order) for group, events in self.groups.items()
                   for event, names in events if CLOSES in names]
        self.difference(assemble(self.rule, made, closers), touched, causes, watermark)
        self.watermark = watermark

    def due_now(self, finding):
        """Whether this step's watermark brought a finding, and no event."""
        return finding.due is not None and finding.due > self.watermark

    def concerned(self, alert, touched):
        """The touched groups that an alert has to do with."""
        matters = {self.matter(group) for group in alert.groups}
        return [group for group in sorted(touched) if self.matter(group) in matters]

    def difference(self, alerts, touched, causes, watermark):
        state = {key_of(alert): alert for alert in alerts}
        for key, (alert, shown) in list(self.published.items()):
            if key not in state:
                groups = self.concerned(alert, touched)
                late = any(touched[group] for group in groups)
                self.records.append(record(key, "retracted", causes[groups[-1]], late, shown))
                del self.published[key]
        for key, alert in state.items():
            groups, last = self.concerned(alert, touched), alert.findings[-1]
            late = any(touched[group] for group in groups)
            cause = last.at if self.due_now(last) or not groups else causes[groups[-1]]
            self.publish(key, alert, show(alert, watermark), late, cause)

    def publish(self, key, alert, shown, late, cause):
        old = self.published[key][1] if key in self.published else None
        told = old
        by_time = self.due_now(alert.findings[-1])
        if old is None:
            self.records.append(record(key, "opened", shown.opened_at, late and not by_time, shown))
            told = shown
        elif worth_telling(shown, old) or (old.closed and (not shown.closed or content(shown) != content(old))):
            self.records.append(record(key, "updated", cause, late and not by_time, shown))
            told = shown
        if shown.closed and (old is None or not old.closed or told is shown or old.end != shown.end):
            by_time = by_time or shown.end > self.watermark     # the watermark closed it, no event
            self.records.append(record(key, "closed", shown.end, late and not by_time, shown))
            told = shown
        if told is not shown:
            told.closed, told.end = shown.closed, shown.end
        self.published[key] = (alert, told)

    def changed_openings(self):
        """(gone, new) alerts since the last call, as higher rules hear of them."""
        now = {key: alert for key, (alert, _) in self.published.items()}
        gone, new = [], []
        for key, alert in self.openings.items():
            if key not in now or not self.same_opening(alert, now[key]):
                gone.append((key, alert))
        for key, alert in now.items():
            if key not in self.openings or not self.same_opening(alert, self.openings[key]):
                new.append((key, alert))
        self.openings = now
        return gone, new

    @staticmethod
    def same_opening(one, other):
        # the events it was made of: an alert whose own opening changed has kept its time and id
        orders = [[event.order for event in base_events(alert.opening.evidence)] for alert in (one, other)]
        return one.opening.at == other.opening.at and orders[0] == orders[1]

