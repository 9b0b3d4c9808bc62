#!/usr/bin/env python3
"""Prints N payments by card as NDJSON, seeded; one in --one-in is at a merchant that made_rules.py asks for.

usage: made_events.py N [--one-in K] [--rules R] [--cards C] [--seed S]
"""
import argparse
import json
import random

START = 1_767_225_600_000  # 2026-01-01


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--one-in", type=int, default=100)
    parser.add_argument("--rules", type=int, default=10)
    parser.add_argument("--cards", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    pick = random.Random(options.seed)
    for number in range(options.count):
        met = pick.randrange(options.one_in) == 0
        merchant = f"{pick.choice('MR')}{pick.randrange(options.rules)}" if met else f"X{pick.randrange(100_000)}"
        at = START + number * 10
        print(json.dumps({
            "id": f"e{number}", "type": "card.auth", "source": "file",
            "time": f"2026-01-01T{at // 3_600_000 % 24:02d}:{at // 60_000 % 60:02d}:{at // 1000 % 60:02d}.{at % 1000:03d}Z",
            "schema": 1, "purpose": ["smuggling"], "legal_basis": "wwft-fiu", "eval": "B2", "handling": "H1",
            "tlp": "AMBER", "pseudo_key": "t1",
            "data": {"payer_ref": f"pay:t1:{pick.randrange(options.cards):032x}", "mcc": pick.choice(("5411", "5541", "7011")),
                     "country": "NL", "amount_minor": pick.randrange(100, 20_000), "currency": "EUR",
                     "merchant_id": merchant, "entry": "05", "approved": True, "account_kind": "consumer"}}))


if __name__ == "__main__":
    main()
