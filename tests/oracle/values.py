"""Random values and conditions for the fields of the catalogue: few different ones, so that they meet."""
from units import duration_text, instant_text

IDENTITIES, CODES = 3, ["A1", "a1", "B2", "012", "NO", "A*"]
POOLS = {"currency": ["EUR", "USD"], "country": ["NL", "DE", "NO"], "creditor_country": ["NL", "DE", "NO"],
         "merchant_id": ["10.0.0.1", "10.0.1.7", "M1", "M?"], "mcc": ["7011", "5541", "0742"]}
PLACES = ["AMS", "IST", "urn:uic:stn:8400561", "urn:uic:stn:8400621", "EIN", "XXX"]   # the last one is no place
MINOR = [0, 1, 999, 1000, 1001, 2500]


def pool_of(field):
    """The texts that a field may have."""
    if field.kind:
        return [f"{field.kind}-{at}" for at in range(1, IDENTITIES + 1)]
    if field.symbols:
        return list(field.symbols[:3])
    return POOLS.get(field.name, PLACES if field.style == "place" else CODES)


class Values:
    """Draws values and conditions."""

    def __init__(self, rng, base, span):
        self.rng, self.base, self.span = rng, base, span

    def moment(self):
        return self.base + self.rng.randrange(-2, 18) * self.span // 4

    def data(self, fields):
        """The data of one event."""
        data = {}
        for field in fields.values():
            value = self.value(field)
            if field.tag == "m":
                data[field.name + "_minor"] = value
                if "currency" not in data:
                    data["currency"] = self.rng.choices(["EUR", "USD", None, ""], [16, 3, 1, 1])[0]
            elif field.name not in data:
                data[field.name] = value
        return {name: value for name, value in data.items() if value is not None or self.rng.random() < 0.5}

    def value(self, field):
        rng = self.rng
        if rng.random() < (0.06 if field.kind else 0.12):
            return rng.choice([None, [] if field.many else None, "" if field.tag == "s" and not field.many else None])
        if field.many:
            return [rng.choice(pool_of(field)) for _ in range(rng.choice([1, 1, 2, 3]))]
        if field.tag == "s":
            return rng.choice(pool_of(field))
        if field.tag == "n":
            return rng.choice([-1, 0, 1, 1, 2, 2, 3, 4])
        if field.tag == "b":
            return rng.random() < 0.6
        if field.tag == "m":
            return rng.choice(MINOR)
        return instant_text(self.moment())

    # conditions: (key, wanted) pairs of a map

    def condition(self, path, fields):
        """A condition on a field; now and then on two."""
        field = fields[path]
        return {"s": self.of_text, "n": self.of_number, "b": self.of_bool, "m": self.of_money,
                "t": self.of_time}[field.tag](field, fields)

    def partner(self, field, fields):
        """Another field of the same tag."""
        others = [other.name for other in fields.values()
                  if other.tag == field.tag and other is not field and not other.many]
        return self.rng.choice(others) if others else None

    def of_text(self, field, fields):
        rng, pool = self.rng, pool_of(field)
        name, one = field.name, rng.choice(pool)
        several = rng.sample(pool, min(2, len(pool)))
        forms = [(name, one), (name, several), (f"{name}|neq", one), (f"{name}|neq", several),
                 (f"{name}|exists", rng.choice(["true", "true", "false"])), (name, None), (name, [None, one]),
                 (f"{name}|contains", one[1:] or one), (f"{name}|startswith", one[:1]),
                 (f"{name}|endswith", several[0][-1:]), (f"{name}|startswith", [one[:1], several[0][:2]]),
                 (f"{name}|re", rng.choice(["^" + one[:1].replace("*", "A"), "[0-9]$", "^[A-Z]+$", "1|2"]))]
        if field.many:
            forms += [(f"{name}|all", several), (f"{name}|contains|all", [part[:2] for part in several])] * 3
        other = self.partner(field, fields)
        if other:
            forms += [(f"{name}|fieldref", other), (f"{name}|neq|fieldref", other)]
        return rng.choice(forms)

    def of_number(self, field, fields):
        rng, name = self.rng, field.name
        low = rng.randrange(-1, 3)
        forms = [(f"{name}|{rng.choice(['gte', 'gt', 'lt', 'lte'])}", str(low + 1)), (name, str(low)),
                 (name, [str(low), str(low + 1)]), (f"{name}|neq", str(low)),
                 (f"{name}|neq", [str(low), str(low + 2)]), (f"{name}|between", [str(low), str(low + 2)]),
                 (f"{name}|exists", rng.choice(["true", "true", "false"])), (name, None)]
        other = self.partner(field, fields)
        if other:
            operator = rng.choice(["gte", "gt", "lt", "lte"])
            forms += [(f"{name}|{operator}|fieldref", other), (f"{name}|fieldref", other),
                      (f"{name} / {other}|{operator}", rng.choice(["0.5", "1", "0.667", "1.5"])),
                      (f"{name} {rng.choice('+-*')} {other}|{operator}", str(rng.randrange(0, 4)))]
        return rng.choice(forms)

    def of_bool(self, field, _fields):
        return self.rng.choice([(field.name, "true"), (field.name, "true"), (field.name, "false"),
                                (f"{field.name}|exists", "true"), (field.name, None)])

    def of_money(self, field, _fields):
        rng = self.rng
        one, other = sorted(rng.sample(MINOR, 2))
        texts = [f"{minor // 100}.{minor % 100:02d} {rng.choice(['EUR', 'EUR', 'EUR', 'USD'])}"
                 for minor in (one, other)]
        low, high = texts[0], f"{other // 100}.{other % 100:02d} {texts[0][-3:]}"
        return rng.choice([(f"{field.name}|{rng.choice(['gte', 'gt', 'lt', 'lte'])}", low), (field.name, texts),
                           (f"{field.name}|neq", texts[1]), (f"{field.name}|between", [low, high]),
                           (f"{field.name}|exists", "true")])

    def of_time(self, field, _fields):
        rng, name = self.rng, field.name
        one, other = sorted([self.moment(), self.moment()])
        low = rng.randrange(0, 12)
        return rng.choice([
            (f"{name}|{rng.choice(['gte', 'gt', 'lt', 'lte'])}", instant_text(one)),
            (f"{name}|between", [instant_text(one), instant_text(other)]),
            (f"{name}|hour|{rng.choice(['gte', 'lt'])}", str(low)), (f"{name}|hour|between", [str(low), str(low + 9)]),
            (f"{name}|hour", [str(low), str(low + 1), str(low + 6)]),
            (f"{name}|day|lte", str(rng.randrange(1, 12))), (f"{name}|week|gte", str(rng.randrange(8, 12))),
            (f"{name}|month", rng.choice(["3", "2", "1", "12"])), (f"{name}|exists", "true"),
            (f"{name} - event.time|{rng.choice(['lte', 'gte', 'lt'])}",
             duration_text(rng.choice([1, 2, 4]) * self.span))])

    def of_clock(self):
        """A condition on the event's own time."""
        rng, low = self.rng, self.rng.randrange(0, 12)
        return rng.choice([("event.time|hour|gte", str(low)), ("event.time|hour|between", [str(low), str(low + 11)]),
                           ("event.time|day|neq", str(rng.randrange(1, 9))),
                           ("event.source", ["s1", "s2"]), ("event.id|endswith", ["1", "2", "3", "4", "5"])])
