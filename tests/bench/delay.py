"""How long an alert takes on an idle broker, from produce to what a desk reads; one event alerts, nothing else goes on.

usage: delay.py --seinpost-dir DIR [--librdkafka system|newest] [--alerts N] [--producer NAME=VALUE]... [--consumer NAME=VALUE]...
"""
import argparse
import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "integration"))
from station import Bench, Case  # noqa: E402
from test_floods import Alerts  # noqa: E402
from test_places import Corner  # noqa: E402


def settings(pairs):
    return dict(pair.split("=", 1) for pair in pairs)


def measure(case, options):
    corner = Corner(case)
    for name in ("producer", "consumer"):
        corner.config[name] = {**corner.config[name], **settings(getattr(options, name))}
    case.create_topics(corner.config)
    alerts = Alerts(case)
    while not alerts.consumer.assignment():
        alerts.listen(0.1)
    daemon = case.daemon(corner.config).start().wait_ready()
    delays = []
    for _ in range(options.alerts):
        corner.publish(count=1)
        went, before = time.monotonic(), len(alerts.times)
        while len(alerts.times) == before:
            alerts.listen(0.002)
            if time.monotonic() - went > 30:
                raise RuntimeError("no alert")
        delays.append((alerts.times[-1] - went) * 1000)
        alerts.listen(0.05)
    daemon.stop()
    return sorted(delays[10:])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seinpost-dir", type=pathlib.Path, required=True)
    parser.add_argument("--librdkafka", choices=("system", "newest"), default="system")
    parser.add_argument("--alerts", type=int, default=200)
    for name in ("producer", "consumer"):
        parser.add_argument(f"--{name}", action="append", default=[], metavar="NAME=VALUE")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options.seinpost_dir.resolve(), options.librdkafka, pathlib.Path(folder), options)
        case = Case(bench, "delay")
        try:
            delays = measure(case, options)
        finally:
            case.close()
            bench.close()
    print(f"{options.librdkafka} {options.producer} {options.consumer}: {len(delays)} alerts, p50 {delays[len(delays) // 2]:.0f} ms, "
          f"p99 {delays[len(delays) * 99 // 100]:.0f} ms, max {delays[-1]:.0f} ms")


if __name__ == "__main__":
    main()
