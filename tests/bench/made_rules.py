#!/usr/bin/env python3
"""Writes N rules with an indexable first step, for measuring: a payment at a merchant, then another, by card.

usage: made_rules.py N FOLDER [--changed K]    the first K with a longer window, so that they mean something else
"""
import argparse
import pathlib

RULE = """schema: seinpost/rule/1
title: Made {n}
name: made_{n}
version: 1
status: test
level: low
stage: finance
purpose: [smuggling]
legal-basis: [wwft-fiu]
owner: bench
unless: {{none: made for measuring}}
events:
  buy: {{source: {{type: card.auth}}, detection: {{here: {{merchant_id: M{n}, amount|gte: {least}.00 EUR}}, condition: here}}}}
  refund: {{source: {{type: card.auth}}, detection: {{here: {{merchant_id: R{n}}}, condition: here}}}}
correlation:
  type: sequence
  group-by: [card]
  timespan: {window}m
  steps: [{{rule: buy}}, {{rule: refund, within: {window}m}}]
"""


FILE_MAX = 500  # rules; a file has at most 1 MiB


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--changed", type=int, default=0)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for start in range(0, options.count, FILE_MAX):
        numbers = range(start, min(start + FILE_MAX, options.count))
        (options.folder / f"made_{start:05d}.yaml").write_text("---\n".join(
            RULE.format(n=n, least=n % 50, window=20 if n < options.changed else 10) for n in numbers), encoding="utf-8")


if __name__ == "__main__":
    main()
