"""Links: what hangs together by identities, and the cases that it makes.

Everything is looked for anew at each event: who is a hub, what is in the component, how long a part of it would still do,
which members hold it together. Cases are told from each other by the events that they were found in.
"""
from fractions import Fraction

from metrics import clauses
from units import compare, duration, literal, shown
from windows import Finding


class Link:
    """One event, and what it joins."""

    def __init__(self, event, names, kinds):
        self.event, self.names, self.time = event, names, event.time
        self.identities = {(kind, value) for kind in kinds for _, value in event.values(kind) or []}
        alert = event.type == "alert"
        self.stages = {value for _, value in event.values("stage") or []} if alert else set()
        self.rules = {event.rule} if alert else set()
        self.case = None     # the last one that it was found in


def hubs_of(links, limit):
    every = {identity for link in links for identity in link.identities}
    return {identity for identity in every if sum(identity in link.identities for link in links) > limit}


def hanging(links, start, without):
    """The links that hang together with one; `without` joins nobody."""
    found, members = [start], start.identities - without
    while True:
        more = [link for link in links if link not in found and link.identities & members]
        if not more:
            return found
        found += more
        members = members.union(*(link.identities for link in more)) - without


def members_of(links, without):
    return set().union(*(link.identities for link in links)) - without


def figures(links, without):
    return {"entities": len(members_of(links, without)),
            "sectors": len(set().union(*(link.event.sectors for link in links))),
            "stages": len(set().union(*(link.stages for link in links))),
            "indicators": len(set().union(*(link.rules for link in links)))}


def keystones(links, without):
    """Members without which the others fall apart."""
    found = set()
    for one in members_of(links, without):
        gone = without | {one}
        rest = [link for link in links if link.identities - gone]
        if rest and len(members_of(hanging(rest, rest[0], gone), gone)) < len(members_of(rest, gone)):
            found.add(one)
    return found


class Network:
    """One rule over its events, in content order."""

    def __init__(self, rule, alert_class):
        correlation = rule.correlation
        self.rule, self.alert_class = rule, alert_class
        self.wanted = list(clauses(correlation["condition"]))
        self.span, self.limit = duration(correlation["timespan"]), int(correlation["hub-limit"])
        self.close_after = duration(correlation.get("close-after", "0s"))
        self.cases = []

    def enough(self, links, without):
        values = figures(links, without)
        return all(compare(("n", Fraction(values[name])), operator, literal(text, "n"))
                   for name, operator, text in self.wanted)

    def holds(self, links, without):
        """The last instant at which a part of these links still does; None: none does now."""
        until = None
        for moment in sorted({link.time for link in links}):
            rest = [link for link in links if link.time >= moment]
            if not any(self.enough(hanging(rest, link, without), without) for link in rest):
                break
            until = moment + self.span
        return until

    def finding(self, component, hubs, newest):
        values = {**figures(component, hubs), "links": len(component), "keystones": len(keystones(component, hubs)),
                  "hubs": len(set().union(*(link.identities for link in component)) & hubs)}
        ordered = sorted(component, key=lambda link: link.event.order)
        named = [(link.event, {self.rule.name_of(token) for token in link.names}) for link in ordered]
        return Finding(newest.time, newest.event.order, [link.event for link in ordered], named,
                       self.holds(component, hubs), {name: shown(("n", Fraction(value))) for name, value in values.items()})

    def found(self, component, finding, newest):
        """The case of a finding: one that is open for any of its events, the first of them; the others end."""
        open_ones = [case for case in self.cases if case.open_at(newest.time)
                     and any(link.case is case for link in component)]
        if not open_ones:
            open_ones = [self.alert_class((), finding, finding.order)]
            self.cases += open_ones
        for other in open_ones[1:]:
            other.end, other.cut = newest.time, True
        open_ones[0].add((), finding, self.close_after)
        for link in component:
            link.case = open_ones[0]

    def cut(self, links, without, newest):
        """Identities that this event makes hubs: the cases that they may have held together are judged anew."""
        for identity in newest.identities:
            having = [link for link in links if identity in link.identities]
            if len(having) != self.limit + 1:
                continue
            for case in {id(link.case): link.case for link in having if link.case and link.case.open_at(newest.time)}.values():
                ends = [self.holds(hanging(links, link, without), without) for link in links if link.case is case]
                until = max([newest.time, *(end for end in ends if end is not None)])
                case.end = min(case.end, until + self.close_after)

    def run(self, events):
        links = [Link(event, names, self.kinds()) for event, names in events]
        for at, newest in enumerate(links):
            window = [link for link in links[:at + 1] if link.time >= newest.time - self.span]
            hubs = hubs_of(window, self.limit)
            component = hanging(window, newest, hubs)
            if self.enough(component, hubs):
                self.found(component, self.finding(component, hubs, newest), newest)
            self.cut(window, hubs, newest)
        return self.cases

    def kinds(self):
        via = self.rule.correlation["via"]
        return via if isinstance(via, list) else [via]
