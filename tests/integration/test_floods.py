"""Too much: of one partition, of identities, of schema ids; and a registry that does not answer. The others go on."""
import statistics
import time
import uuid

from confluent_kafka import Consumer

import station
import wire
from claim import claim, wait_until
from partners import Partner
from test_places import MINUTE, START, Corner, cash

FLOOD = 1_000_000
KINDS = 10_000  # different records in the flood; one in ten is asked for by a rule
DELAY_MAX = 3.0  # seconds; the flood takes longer


def flood_values(partner):
    for number in range(KINDS):
        made = cash(f"flood {number}", f"flood {number}", START)
        made["data"]["direction"] = "in" if number % 10 == 0 else "out"
        yield partner.value(made)


class Alerts:
    """Reads alerts as they come, and notes when."""

    def __init__(self, case):
        self.consumer = Consumer({"bootstrap.servers": case.bench.cluster.bootstrap, "log_level": 2,
                                  "group.id": f"alerts-{uuid.uuid4()}", "auto.offset.reset": "earliest",
                                  "isolation.level": "read_committed", "fetch.wait.max.ms": 10,
                                  "enable.auto.commit": False})
        self.consumer.subscribe([f"{case.prefix}.alerts"])
        self.times = []
        case.stack.callback(self.consumer.close)

    def listen(self, seconds):
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self.consumer.poll(left) is not None:
                self.times.append(time.monotonic())


def signals(daemon):
    return max(daemon.metric("seinpost_signals_total"), 0)


def test_floods_one_partition(case):
    """While a million records of one partition are read, another partition's are alerted within seconds, one by one."""
    corner = Corner(case, partitions=2)
    case.create_topics(corner.config)
    alerts = Alerts(case)
    wait_until(lambda: (alerts.listen(0.1), alerts.consumer.assignment())[1], "alerts are read", 30)
    values = list(flood_values(corner.partner))
    for number in range(FLOOD):
        corner.partner.publish_raw(values[number % KINDS], 0)
    corner.partner.flush()
    daemon = case.daemon(corner.config).start().wait_ready()
    begun, sent, left = time.monotonic(), [], FLOOD
    while left > FLOOD / 20 and len(sent) < 1000:
        corner.publish(count=1, partition=1)
        sent.append(time.monotonic())
        alerts.listen(0.1)
        left = FLOOD - signals(daemon)
    took = time.monotonic() - begun
    wait_until(lambda: (alerts.listen(0.1), len(alerts.times) == len(sent))[1],
               lambda: f"{len(alerts.times)} of {len(sent)} alerts", 30)
    corner.done(daemon)
    delays = sorted(came - went for went, came in zip(sent, alerts.times))
    print(f"    flood of {FLOOD} in {took:.1f} s; of {len(sent)} others the delay was p50 {statistics.median(delays):.3f} s, "
          f"max {delays[-1]:.3f} s", flush=True)
    claim(took > 2, f"the flood was over in {took:.1f} s: nothing is shown")
    claim(delays[-1] < DELAY_MAX, f"an alert came after {delays[-1]:.2f} s")
    daemon.stop()


LIMIT_MIB = 192
ACCOUNTS = 200_000


def peak_mib(daemon):
    """The most resident memory that the process ever had."""
    with open(f"/proc/{daemon.process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def test_floods_memory(case):
    """More identities than fit: ingest waits below the limit and says so, nothing is lost, and with more room all goes on."""
    corner = Corner(case)
    case.create_topics(corner.config)
    made = cash("", "", START)
    for number in range(ACCOUNTS):
        made["id"], made["data"]["account_ref"] = f"n{number}", f"iban:t1:{number:032x}"
        corner.partner.publish_raw(corner.partner.value(made), 0)
    corner.partner.flush()
    daemon = case.daemon({**corner.config, "memory": {"limit": f"{LIMIT_MIB}MiB"}}).start()
    wait_until(lambda: "ingest waits" in daemon.http("/readyz")[1] or not daemon.alive, "ingest waits", 120)
    claim(daemon.metric("seinpost_memory_pressure") >= 1, "no metric of it")
    seen = signals(daemon)
    time.sleep(3)
    claim(daemon.alive, f"the daemon ended: {daemon.last_words()}")
    claim(signals(daemon) - seen <= 4000, "ingest reads on")
    claim(signals(daemon) < ACCOUNTS, f"all of {ACCOUNTS} were read: they fit")
    print(f"    limit {LIMIT_MIB} MiB, peak {peak_mib(daemon):.0f} MiB, {signals(daemon):.0f} of {ACCOUNTS} read", flush=True)
    claim(peak_mib(daemon) < LIMIT_MIB, f"{peak_mib(daemon):.0f} MiB were used")
    daemon.stop()
    daemon = case.daemon({**corner.config, "memory": {"limit": "1GiB"}}).start().wait_ready()
    corner.publish()
    corner.done(daemon)
    daemon.stop()
    corner.judge()
