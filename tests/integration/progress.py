"""How far a daemon's groups have come, asked of the broker, not of the daemon."""
import uuid

from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import OffsetSpec
from confluent_kafka import IsolationLevel

from claim import wait_until


class Progress:
    """Watches the groups whose names begin with the prefix of a case, over its sources and inner topics."""

    def __init__(self, case, source_topics):
        self.cluster = case.bench.cluster
        self.prefix = case.prefix
        self.sources = list(source_topics)
        self.looker = None
        case.stack.callback(self.close)

    def close(self):
        if self.looker is not None:
            self.looker.close()
            self.looker = None

    def _topics(self):
        return [*self.sources, f"{self.prefix}.derived", f"{self.prefix}.matches"]

    def ends(self, topics):
        """{(topic, partition): high watermark}: what is written, committed or not."""
        wanted = {TopicPartition(topic, partition): OffsetSpec.latest()
                  for topic in topics for partition in range(self.cluster.partitions(topic))}
        if not wanted:
            return {}
        futures = self.cluster.admin.list_offsets(wanted, isolation_level=IsolationLevel.READ_UNCOMMITTED,
                                                  request_timeout=20)
        return {(place.topic, place.partition): future.result(30).offset for place, future in futures.items()}

    def groups(self):
        listed = self.cluster.admin.list_consumer_groups(request_timeout=20).result(30)
        return [group.group_id for group in listed.valid if group.group_id.startswith(self.prefix)]

    def committed(self):
        """{(topic, partition): the furthest commit of any of the case's groups}."""
        furthest = {}
        for group in self.groups():
            request = [ConsumerGroupTopicPartitions(group)]
            answer = self.cluster.admin.list_consumer_group_offsets(request, request_timeout=20)
            for place in answer[group].result(30).topic_partitions:
                key = (place.topic, place.partition)
                furthest[key] = max(furthest.get(key, -1), place.offset)
        return furthest

    def consumed(self):
        """How many records of the sources the daemons have committed."""
        committed = self.committed()
        return sum(max(offset, 0) for (topic, _), offset in committed.items() if topic in self.sources)

    def behind(self):
        """Complaints: partitions that hold a record which no group has committed yet. Empty = all done."""
        committed = self.committed()
        faults, doubtful = [], []
        for (topic, partition), end in sorted(self.ends(self._topics()).items()):
            offset = committed.get((topic, partition), -1)
            if offset >= end or end == 0:
                continue
            if topic in self.sources or offset < 0:
                faults.append(f"{topic}[{partition}]: committed {offset} of {end}")
            else:
                doubtful.append((topic, partition, offset, end))
        return faults or self._records_after(doubtful)

    def _records_after(self, places):
        """Of transactional topics: an end beyond the commit may be mere commit markers. Looks."""
        if not places:
            return []
        if self.looker is None:
            self.looker = Consumer({
                "bootstrap.servers": self.cluster.bootstrap, "log_level": 2, "group.id": f"look-{uuid.uuid4()}",
                "enable.auto.commit": False, "enable.partition.eof": True, "isolation.level": "read_committed",
                "fetch.wait.max.ms": 20, "auto.offset.reset": "error"})
        waiting = {(topic, partition): end for topic, partition, _, end in places}
        self.looker.assign([TopicPartition(topic, partition, offset) for topic, partition, offset, _ in places])
        try:
            while waiting:
                message = self.looker.poll(10)
                if message is None:
                    return [f"no answer about {sorted(waiting)}"]
                place = (message.topic(), message.partition())
                if message.error() is None:
                    return [f"{place[0]}[{place[1]}]: a record at {message.offset()} is not committed"]
                if message.error().code() != KafkaError._PARTITION_EOF:
                    return [f"{place}: {message.error()}"]
                if message.offset() < waiting[place]:
                    return [f"{place[0]}[{place[1]}]: an open transaction at {message.offset()}"]
                del waiting[place]
            return []
        finally:
            self.looker.unassign()

    def wait_done(self, seconds=300, watch=None):
        """Waits until everything is read and nothing new came of it. `watch()` may claim meanwhile."""
        faults = []

        def done():
            if watch is not None:
                watch()
            try:
                before = self.ends(self._topics())
                faults[:] = self.behind()
                return not faults and not self.behind() and self.ends(self._topics()) == before
            except KafkaException as error:  # a broker that was asked is away
                faults[:] = [str(error)]
                return False

        wait_until(done, lambda: f"all read: {'; '.join(faults[:4])}", seconds, 0.2)
