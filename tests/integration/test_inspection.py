"""Topics that change while the daemon runs: each change is told by its code, on log, metric and page, and that it is over."""
from confluent_kafka.admin import AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from claim import claim, claim_same, wait_until
from test_places import Corner


def alter(case, topic, name, value):
    """Sets a topic's setting; None: as the broker has it."""
    kind = AlterConfigOpType.DELETE if value is None else AlterConfigOpType.SET
    entry = ConfigEntry(name, value, incremental_operation=kind)
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])
    for future in case.bench.cluster.admin.incremental_alter_configs([resource]).values():
        future.result(30)


def found(daemon):
    """{(code, what)} that the page of readiness tells."""
    lines = [line for line in daemon.http("/readyz")[1].splitlines() if line.startswith("topic: ")]
    return {(line.split('code="')[1].split('"')[0], line.split('what="')[1].split('"')[0]) for line in lines}


def test_inspection_tells_what_changed(case):
    """Retention too short is told and is not ready; a setting, claimed times are told; what is mended is told no more."""
    corner = Corner(case)
    case.create_topics(corner.config)
    matches = f"{case.prefix}.matches"
    alter(case, matches, "retention.ms", "3600000")
    alter(case, matches, "retention.bytes", "1000000000")
    alter(case, corner.topic, "message.timestamp.type", "CreateTime")
    daemon = case.daemon(corner.config).start()
    wanted = {("T104", "retention.ms"), ("T103", "retention.bytes"), ("T105", "message.timestamp.type")}
    wait_until(lambda: found(daemon) == wanted, lambda: f"findings {wanted}, found {found(daemon)}", 60)
    claim(daemon.metric("seinpost_topic_finding") == 3, "no metric of them")
    claim(daemon.http("/readyz")[0] == 503, "ready, though history will be lost")
    log = daemon.log.read_text()
    claim("T104 " + matches + ": retention.ms is 3600000, should be" in log, "no T104 in the log")
    daemon.stop()
    alter(case, matches, "retention.ms", "12096000000")
    alter(case, matches, "retention.bytes", "-1")
    alter(case, corner.topic, "message.timestamp.type", "LogAppendTime")
    daemon.start().wait_ready()
    corner.publish()
    corner.done(daemon)
    claim_same(found(daemon), set(), "findings once all is mended")
    daemon.stop(5)
    corner.judge()
