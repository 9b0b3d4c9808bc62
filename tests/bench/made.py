"""Rules and events that are made for measuring: card payments, seeded, the same for every engine.

An event is (time in ms, card, what, merchant, amount in cents): as NDJSON for Seinpost, as a line of tabs for other engines.
"""
import random

START = 1_767_225_600_000  # 2026-01-01
ENVELOPE = ('"source": "file", "schema": 1, "purpose": ["smuggling"], "legal_basis": "wwft-fiu", "eval": "B2", '
            '"handling": "H1", "tlp": "AMBER", "pseudo_key": "t1"')
HEAD = """schema: seinpost/rule/1
title: {name}
name: {name}
version: 1
status: test
level: low
stage: finance
purpose: [smuggling]
legal-basis: [wwft-fiu]
owner: bench
unless: {{none: made for measuring}}
"""
CHAIN = HEAD.format(name="chain") + """events:
  a: {source: {type: card.auth}, detection: {s: {mcc: A}, condition: s}}
  b: {source: {type: card.auth}, detection: {s: {mcc: B}, condition: s}}
  c: {source: {type: card.auth}, detection: {s: {mcc: C}, condition: s}}
correlation:
  type: sequence
  group-by: [card]
  timespan: 60s
  steps: [{rule: a}, {rule: b}, {rule: c}]
"""
PAIR = HEAD + """events:
  buy: {{source: {{type: card.auth}}, detection: {{here: {{merchant_id: M{n}, amount|gte: {least}.00 EUR}}, condition: here}}}}
  refund: {{source: {{type: card.auth}}, detection: {{here: {{merchant_id: R{n}}}, condition: here}}}}
correlation:
  type: sequence
  group-by: [card]
  timespan: 10m
  steps: [{{rule: buy}}, {{rule: refund}}]
"""
COUNT = HEAD.format(name="count") + """events:
  a: {source: {type: card.auth}, detection: {s: {amount|gte: 1.00 EUR}, condition: s}}
correlation:
  type: event_count
  group-by: [card]
  timespan: WINDOW
  rules: [a]
  condition: {gte: 1000000000}
"""
PER_FILE = 500  # rules; a file has at most 1 MiB


def write_rules(folder, texts):
    folder.mkdir(parents=True, exist_ok=True)
    texts = list(texts)
    for start in range(0, len(texts), PER_FILE):
        (folder / f"made_{start:05d}.yaml").write_text("---\n".join(texts[start:start + PER_FILE]), encoding="utf-8")
    return folder


def pairs(count):
    """So many rules with an indexable first step: a payment at a merchant, then a refund there, by card."""
    return [PAIR.format(name=f"pair_{n}", n=n, least=n % 50) for n in range(count)]


def card_of(number):
    return f"pay:t1:{number:032x}"


def time_of(ms):
    day, ms = divmod(ms - START, 86_400_000)
    return f"2026-01-{day + 1:02d}T{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}Z"


def chain_events(count, cards, seed=1):
    """Each card has an event in 20 s on average: A, B or C, so that some three fall within the rule's 60 s."""
    pick = random.Random(seed)
    for number in range(count):
        yield START + number * 20_000 // cards, pick.randrange(cards), "ABC"[pick.randrange(3)], "M", 500


def pair_events(count, rules, share=0.01, cards=2000, seed=1):
    """`share` of the events are at merchants that rules ask for, each second one a refund of what was bought before."""
    pick, bought = random.Random(seed), None
    for number in range(count):
        card, merchant = pick.randrange(cards), f"X{pick.randrange(100_000)}"
        if pick.random() < share:
            (card, merchant), bought = bought or (card, f"M{pick.randrange(rules)}"), None
            if merchant.startswith("M"):
                bought = card, "R" + merchant[1:]
        yield START + number * 10, card, "5411", merchant, pick.randrange(100, 20_000)


def chain_ends(events):
    """Which events end an A, then B, then C of a card within 60 s: (rule, id), worked out by walking back."""
    before, found = {}, []
    for number, (at, card, what, _, _) in enumerate(events):
        open_runs = [run for run in before.get(card, []) if at - run[0] <= 60_000]  # (time of A, has it a B)
        if what == "C" and any(has_b for _, has_b in open_runs):
            found.append(("chain", f"e{number:08d}"))
        kept = [(begun, has_b or what == "B") for begun, has_b in open_runs if not (what == "C" and has_b)]
        before[card] = kept + ([(at, False)] if what == "A" else [])
    return sorted(found)


def count_events(count, cards, step=10, seed=1):
    pick = random.Random(seed)
    for number in range(count):
        yield START + number * step, pick.randrange(cards), "5411", f"M{pick.randrange(300)}", pick.randrange(100, 20_000)


def ndjson(number, event):
    at, card, what, merchant, cents = event
    return (f'{{"id": "e{number:08d}", "type": "card.auth", "time": "{time_of(at)}", {ENVELOPE}, "data": {{"payer_ref": "{card_of(card)}", '
            f'"mcc": "{what}", "country": "NL", "amount_minor": {cents}, "currency": "EUR", "merchant_id": "{merchant}", '
            f'"entry": "05", "approved": true, "account_kind": "consumer"}}}}\n')


def write_events(path, events):
    """NDJSON at `path`, and the same events in lines of tabs beside it, as `.tsv`."""
    with open(path, "w", encoding="utf-8") as file, open(path.with_suffix(".tsv"), "w", encoding="utf-8") as plain:
        for number, event in enumerate(events):
            file.write(ndjson(number, event))
            plain.write("\t".join(map(str, event)) + "\n")
    return path
