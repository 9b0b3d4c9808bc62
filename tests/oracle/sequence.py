"""Sequences: partials that wait at steps, walked through event by event.

Every event of the group, in content order: `until` throws all away; then the steps are asked, the last one first; then
what must not have come. Partials that can no more be met are forgotten before.
"""
from dataclasses import dataclass, field, replace

from units import duration

ENDLESS = float("inf")


@dataclass
class Step:
    name: str
    token: str          # what an event bears that may be of this step
    within: float
    count: int
    distinct: str
    span: float
    nots: list = field(default_factory=list)   # (name, within) that may not come between the step before and this


@dataclass(eq=False)
class Partial:
    start: tuple        # content order of the event that began it
    first: int          # time of its first event
    last: object        # its newest event
    taken: list         # (event, name) in order
    due: list           # ends of what must not have come so far
    run: list = field(default_factory=list)    # events of the step that it waits at

    def seen(self):
        names = {}
        for event, name in self.taken:
            names.setdefault(name, []).append(event)
        return names


def read_steps(rule):
    """The steps that ask for events, and what must not follow the last."""
    total = duration(rule.correlation["timespan"])
    steps, nots = [], []
    for at, spec in enumerate(rule.correlation["steps"]):
        within = duration(spec["within"]) if "within" in spec else ENDLESS
        if "not" in spec:
            nots.append((spec["not"], within))
            continue
        count = int(spec.get("count", "2" if "distinct" in spec else "1"))
        span = duration(spec["span"]) if "span" in spec else min(within, total)
        token = rule.token_of(at, spec["rule"])
        steps.append(Step(spec["rule"], token, within, count, spec.get("distinct", ""), span, nots))
        nots = []
    return steps, nots


class Walk:
    def __init__(self, rule, world):
        self.rule, self.world = rule, world
        self.total = duration(rule.correlation["timespan"])
        self.steps, self.tail = read_steps(rule)
        self.latest = rule.correlation.get("overlap", "latest") == "latest"
        self.waiting = {at: [] for at in range(1, len(self.steps) + 1)}   # the last: waits for what must not come
        self.starts = []    # events of the first step
        self.found = []
        self.names = {}     # what each event is, besides the step that it fills

    def meets(self, name, event, partial):
        seen = partial.seen() if partial else {}
        return self.rule.meets(name, event, self.world.within(seen))

    def run_of(self, step, events):
        """The shortest run of the newest events that suffices, or None."""
        values = set()
        for length, event in enumerate(reversed(events), 1):
            if events[-1].time - event.time > step.span:
                return None
            values |= set(event.values(step.distinct) or []) if step.distinct else {length}
            if len(values) >= step.count:
                return events[-length:]
        return None

    def tail_end(self, partial):
        return partial.last.time + max(within for _, within in self.tail)

    def forget(self, now):
        """What is concluded by an event of this time, and what can no more be met."""
        for at, partials in self.waiting.items():
            if at == len(self.steps):
                for partial in partials:
                    if self.tail_end(partial) < now:
                        self.conclude(partial)
                self.waiting[at] = [partial for partial in partials if self.tail_end(partial) >= now]
            else:
                within = self.steps[at].within
                self.waiting[at] = [partial for partial in partials
                                    if now - partial.last.time <= within and now - partial.first <= self.total]

    def conclude(self, partial):
        due = list(partial.due)
        at = partial.last.time
        if self.tail:
            due.append(self.tail_end(partial))
            at = max(at, due[-1])
        events = sorted({event.identity: event for event, _ in partial.taken}.values(), key=lambda one: one.order)
        self.found.append({"at": at, "order": partial.last.order, "evidence": events,
                           "named": [(event, self.names[event.identity]) for event in events],
                           "holds": max(partial.first + self.total, at), "due": max(due) if due else None})

    def same_references(self, one, other, at):
        """Whether no later step can tell these two apart."""
        later = [step.name for step in self.steps[at:]] + [name for step in self.steps[at:] for name, _ in step.nots]
        later += [name for name, _ in self.tail]
        for name, path in self.rule.referred_fields(later):
            values = [[value for event in partial.seen().get(name, []) for value in event.values(path) or []]
                      for partial in (one, other)]
            if values[0] != values[1]:
                return False
        return True

    def wait(self, partial, at):
        """A partial comes to a step, or is complete."""
        if at == len(self.steps) and not self.tail:
            self.conclude(partial)
            return
        rivals = []   # a partial whose steps are all met waits alone for what must not come
        if at < len(self.steps):
            rivals = [other for other in self.waiting[at] if self.same_references(partial, other, at)]
        if rivals and not self.latest:
            return
        if any(other.start > partial.start for other in rivals):
            return
        self.waiting[at] = [other for other in self.waiting[at] if other not in rivals] + [partial]

    def advance(self, at, event, names):
        """The event under the step `at`. Returns the partial that it took on, or None."""
        step = self.steps[at]
        met = []
        for partial in self.waiting[at]:
            if step.token not in names or not self.meets(step.name, event, partial):
                continue
            partial.run.append(event)
            run = self.run_of(step, partial.run)
            if run and event.time - partial.first <= self.total and event.time - partial.last.time <= step.within:
                met.append((partial, run))
        if not met:
            return None
        partial, run = (max if self.latest else min)(met, key=lambda pair: pair[0].start)
        self.waiting[at] = [other for other in self.waiting[at] if other is not partial]
        due = [min(partial.last.time + within, event.time) for _, within in step.nots]
        taken = partial.taken + [(one, step.name) for one in run]
        moved = replace(partial, last=event, taken=taken, due=partial.due + due, run=[])
        self.wait(moved, at + 1)
        return moved

    def begin(self, event, names):
        step = self.steps[0]
        if step.token not in names or not self.meets(step.name, event, None):
            return None
        self.starts.append(event)
        run = self.run_of(step, self.starts)
        if not run or event.time - run[0].time > self.total:
            return None
        partial = Partial(run[0].order, run[0].time, event, [(one, step.name) for one in run], [])
        self.wait(partial, 1)
        return partial

    def forbid(self, event, names, moved):
        """Throws away the partials that this event may not follow."""
        for at in self.waiting:
            nots = self.tail if at == len(self.steps) else self.steps[at].nots
            self.waiting[at] = [partial for partial in self.waiting[at] if partial in moved or not any(
                name in names and event.time - partial.last.time <= within and self.meets(name, event, partial)
                for name, within in nots)]

    def event(self, event, names):
        self.forget(event.time)
        self.names[event.identity] = {self.rule.name_of(token) for token in names}
        if self.rule.correlation.get("until") in names:
            for at in self.waiting:
                self.waiting[at] = []
            self.starts = []
        moved = [self.advance(at, event, names) for at in range(len(self.steps) - 1, 0, -1)]
        moved.append(self.begin(event, names))
        self.forbid(event, names, [partial for partial in moved if partial])

    def end(self):
        self.forget(ENDLESS)
        return sorted(self.found, key=lambda found: (found["at"], found["order"]))


def sequence(rule, events, world):
    walk = Walk(rule, world)
    for event, names in events:
        walk.event(event, names)
    return walk.end()
