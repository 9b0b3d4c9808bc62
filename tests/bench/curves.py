"""How costs grow, as growth.csv and growth.svg beside this file: processor time by rules, cards, share, window, partitions.

usage: curves.py [--events N] [--most-cards N] [--repeat N] [--build DIR] [--out DIR] [--only WORD[,WORD]]
"""
import argparse
import csv
import math
import pathlib
import tempfile

import broker
import stages
from station import Bench, Case

INGEST, CORRELATE = "ingest, ns an event", "correlate, ns a match"
WIDE = 20
COLOURS = {INGEST: "#1f6f8b", CORRELATE: "#c8553d"}


def by_rules(options, folder):
    for rules in (10, 100, 1000, 10_000):
        cost = stages.pairs(options, folder, options.events, rules)[2]
        yield rules, {INGEST: cost["ingest_ns_per_event"], CORRELATE: cost["correlate_ns_per_match"]}


def by_cards(options, folder):
    for power in range(3, int(math.log10(options.most_cards)) + 1):
        cards = 10 ** power
        cost = stages.chain(options, folder, max(options.events, cards), cards)[2]
        yield cards, {INGEST: cost["ingest_ns_per_event"], CORRELATE: cost["correlate_ns_per_match"]}


def by_share(options, folder):
    for percent in (0, 1, 10, 25, 50, 100):
        cost = stages.pairs(options, folder, options.events, 10, percent / 100)[2]
        yield percent, {INGEST: cost["ingest_ns_per_event"], **({CORRELATE: cost["correlate_ns_per_match"]} if percent else {})}


def by_window(options, folder):
    for seconds in (1, 10, 100, 1000, 10_000):
        cost = stages.counts(options, folder, options.events, 100, f"{seconds}s")
        yield seconds, {CORRELATE: cost["correlate_ns_per_match"]}


def by_partitions(options, folder):
    bench = Bench(options.build, "system", folder / "bench", options)
    try:
        for partitions in (1, 2, 4, 8, 16):
            case = Case(bench, f"partitions{partitions}")
            yield partitions, {INGEST: broker.ingest(case, options, 1000, partitions=partitions)["all"]}
            case.close()
    finally:
        bench.close()


CURVES = {"rules": (by_rules, "rules, 1 % match"), "cards": (by_cards, "cards, A then B then C"), "share": (by_share, "% of events that match"),
          "window": (by_window, "seconds of window, a count"),
          "partitions": (by_partitions, "partitions, with librdkafka and transactions")}


def nice(value):
    """A round number not below the value."""
    power = 10 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= value)


def scale(least, most, size, by_log):
    """A function from a value to its place in `size`."""
    if by_log:
        return lambda value: size * math.log(value / least) / math.log(most / least)
    return lambda value: size * value / most


def panel(name, points, left, top, width=250, height=150):
    """One curve as SVG: x by the logarithm, except where there is a 0; y so too where it spans more than a decade or two."""
    xs, ys = [x for x, _ in points], [y for _, values in points for y in values.values()]
    most, by_log = nice(max(ys)), max(ys) > WIDE * min(ys)
    x_of = scale(min(xs), max(xs), width, 0 not in xs)
    y_of = scale(100, most, height, by_log)
    yield f'<text x="{left}" y="{top - 10}" font-weight="bold">by {CURVES[name][1]}</text>'
    yield f'<path d="M{left} {top}V{top + height}H{left + width}" fill="none" stroke="#888"/>'
    for mark in (1000, 10_000, most) if by_log else (most / 2, most):
        y = top + height - y_of(mark)
        yield f'<path d="M{left} {y:.1f}h{width}" stroke="#ddd"/>'
        yield f'<text x="{left - 5}" y="{y + 4:.1f}" text-anchor="end">{mark:,.0f}</text>'
    for x in xs:
        if x != 1 or 0 not in xs:  # there is no room for 0 and 1
            yield f'<text x="{left + x_of(x):.0f}" y="{top + height + 15}" text-anchor="middle">{x:,}</text>'
    for what, colour in COLOURS.items():
        line = [(left + x_of(x), top + height - y_of(values[what])) for x, values in points if what in values]
        if line:
            yield f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in line)}" fill="none" stroke="{colour}" stroke-width="2"/>'
            yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in line)


def draw(path, curves):
    parts = []
    for index, (name, points) in enumerate(curves.items()):
        parts += panel(name, points, 60 + index % 2 * 340, 70 + index // 2 * 220)
    for index, (what, colour) in enumerate(COLOURS.items()):
        parts.append(f'<text x="{60 + index * 200}" y="24" fill="{colour}" font-weight="bold">{what}</text>')
    height = 70 + (len(curves) + 1) // 2 * 220
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 {height}" font-family="sans-serif" font-size="11">'
                    f'<rect width="700" height="{height}" fill="white"/>\n' + "\n".join(parts) + "\n</svg>\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--most-cards", type=int, default=1_000_000)
    parser.add_argument("--build", type=pathlib.Path, default=stages.ROOT / "build")
    parser.add_argument("--out", type=pathlib.Path, default=stages.HERE)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    options.build, options.messages = options.build.resolve(), 100_000
    curves = {}
    with tempfile.TemporaryDirectory() as name, open(options.out / "growth.csv", "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("by", "x", "what", "ns"))
        for curve, (work, _) in CURVES.items():
            if any(part in curve for part in options.only.split(",")):
                curves[curve] = []
                for x, values in work(options, pathlib.Path(name)):
                    print(curve, x, values, flush=True)
                    curves[curve].append((x, values))
                    rows.writerows((curve, x, what, round(value)) for what, value in values.items())
    draw(options.out / "growth.svg", curves)


if __name__ == "__main__":
    main()
