"""A fault proxy between daemons and brokers, which understands Kafka's framing.

It stands on the ports that the brokers' PROXIED listeners advertise, so all of a daemon's traffic goes through it.
Frames (4 bytes of length, then as much) are passed on whole; a connection belongs to the client id that its
requests name. Faults are switched from the test's thread; the proxy runs in a thread of its own.
"""
import asyncio
import socket
import struct
import threading
from dataclasses import dataclass, field

TO_BROKER, TO_CLIENT = "to broker", "to client"
PRODUCE, INIT_PRODUCER_ID, ADD_OFFSETS, END_TXN = 0, 22, 25, 26
FRAME_MAX = 200_000_000


@dataclass
class Request:
    """The header of a request and its bytes, length included."""
    api: int
    version: int
    correlation: int
    client: str
    raw: bytes

    @staticmethod
    def of(raw):
        api, version, correlation, size = struct.unpack_from(">hhih", raw, 4)
        return Request(api, version, correlation, raw[14:14 + max(size, 0)].decode(errors="replace"), raw)

    def body(self):
        """What follows the header, which has no tagged fields in the versions that are looked into."""
        size = struct.unpack_from(">h", self.raw, 12)[0]
        return self.raw[14 + max(size, 0):]


@dataclass(eq=False)
class Link:
    """One connection of a client to a broker."""
    broker: int
    client_writer: asyncio.StreamWriter
    broker_writer: asyncio.StreamWriter
    client: str = ""
    lossy: bool = False  # frames of it vanished, so it must not live on
    kept: bool = False   # the broker's side outlives the client's
    asked: dict = field(default_factory=dict)  # correlation -> what waits for the response

    def cut(self):
        for writer in (self.client_writer, self.broker_writer):
            if not (self.kept and writer is self.broker_writer):
                reset(writer)


def reset(writer):
    """Ends a connection as a broken line does: what is under way is lost."""
    sock = writer.get_extra_info("socket")
    if sock is not None and sock.fileno() >= 0:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@dataclass
class Fault:
    """What happens to the frames of the links that it concerns."""
    brokers: frozenset
    who: str           # part of the client's id; empty: all
    kind: str          # refuse | swallow | stall | delay
    direction: str = ""  # empty: both
    seconds: float = 0.0

    def hits(self, broker, client, direction=""):
        return (broker in self.brokers and self.who in client
                and (not self.direction or not direction or self.direction == direction))


class Proxy:
    """`ports`: {broker: (where clients connect, where the broker listens)}."""

    def __init__(self, ports):
        self.ports = ports
        self.faults = []
        self.links = set()
        self.watcher = None  # an object with request(link, request) -> whether it is passed on, and response(...)
        self.counts = {"connections": 0, "cut": 0, "swallowed": 0, "frames": 0}
        self.changed = None
        self.loop = asyncio.new_event_loop()
        self.servers = []
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    # from the test's thread -------------------------------------------------------------------

    def start(self):
        self.thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self.loop).result(30)
        return self

    def stop(self):
        async def end():
            for server in self.servers:
                server.close()
            self._cut(lambda link: True)
            await asyncio.sleep(0.1)  # the pumps see their ends
            self.loop.stop()

        asyncio.run_coroutine_threadsafe(end(), self.loop)
        self.thread.join(10)

    def _do(self, action):
        async def act():
            return action()

        return asyncio.run_coroutine_threadsafe(act(), self.loop).result(30)

    def cut(self, brokers=(), who=""):
        """Breaks the connections there are now. Returns how many."""
        brokers = frozenset(brokers or self.ports)
        return self._do(lambda: self._cut(lambda link: link.broker in brokers and who in link.client))

    def begin(self, kind, brokers=(), who="", direction="", seconds=0.0):
        """A fault from now on, until end() of what this returns."""
        fault = Fault(frozenset(brokers or self.ports), who, kind, direction, seconds)

        def act():
            self.faults.append(fault)
            if kind == "refuse":
                self._cut(lambda link: fault.hits(link.broker, link.client))

        self._do(act)
        return fault

    def end(self, fault):
        def act():
            self.faults.remove(fault)
            self._cut(lambda link: link.lossy)
            self.changed.set()
            self.changed.clear()

        self._do(act)

    def watch(self, watcher):
        self._do(lambda: setattr(self, "watcher", watcher))

    # in the proxy's thread --------------------------------------------------------------------

    def _cut(self, concerned):
        links = [link for link in self.links if concerned(link)]
        for link in links:
            link.cut()
        self.counts["cut"] += len(links)
        return len(links)

    async def _listen(self):
        self.changed = asyncio.Event()
        for broker, (port, upstream) in self.ports.items():
            self.servers.append(await asyncio.start_server(
                lambda reader, writer, broker=broker, upstream=upstream: self._serve(broker, upstream, reader, writer),
                "127.0.0.1", port))

    async def _serve(self, broker, upstream, reader, writer):
        self.counts["connections"] += 1
        try:
            broker_reader, broker_writer = await asyncio.open_connection("127.0.0.1", upstream)
        except OSError:
            reset(writer)
            return
        link = Link(broker, writer, broker_writer)
        self.links.add(link)
        back = asyncio.ensure_future(self._back(link, broker_reader))
        try:
            await self._forth(link, reader)
            if link.kept:
                await back
        finally:
            link.kept = False
            self.links.discard(link)
            link.cut()
            back.cancel()

    async def _forth(self, link, reader):
        while (raw := await self._frame(reader)) is not None:
            request = Request.of(raw)
            link.client = request.client or link.client
            if not await self._passes(link, TO_BROKER):
                continue
            if self.watcher is not None and not await self.watcher.request(link, request):
                continue
            if not await self._send(link.broker_writer, raw):
                return

    async def _back(self, link, reader):
        while (raw := await self._frame(reader)) is not None:
            waiting = link.asked.pop(struct.unpack_from(">i", raw, 4)[0], None)
            if waiting is not None and not waiting.done():
                waiting.set_result(raw)
            if await self._passes(link, TO_CLIENT):
                await self._send(link.client_writer, raw)
        reset(link.client_writer)

    async def _frame(self, reader):
        try:
            head = await reader.readexactly(4)
            size = struct.unpack(">i", head)[0]
            if not 0 <= size <= FRAME_MAX:
                return None
            self.counts["frames"] += 1
            return head + await reader.readexactly(size)
        except (asyncio.IncompleteReadError, OSError):
            return None

    async def _send(self, writer, raw):
        try:
            writer.write(raw)
            await writer.drain()
            return True
        except OSError:
            return False

    async def _passes(self, link, direction):
        """Waits as long as a fault says. False: the frame is lost."""
        waited = False
        while hits := [fault for fault in self.faults if fault.hits(link.broker, link.client, direction)]:
            if any(fault.kind == "refuse" for fault in hits):
                link.cut()
                return False
            if any(fault.kind == "swallow" for fault in hits):
                link.lossy = True
                self.counts["swallowed"] += 1
                return False
            if any(fault.kind == "stall" for fault in hits):
                await self.changed.wait()
                continue
            if not waited:
                waited = True
                await asyncio.sleep(sum(fault.seconds for fault in hits))
                continue
            break
        return True


async def ask(link, raw):
    """Sends a request on a link's broker side. Returns the response's bytes."""
    correlation = Request.of(raw).correlation
    link.asked[correlation] = asyncio.get_running_loop().create_future()
    waiting = link.asked[correlation]
    link.broker_writer.write(raw)
    await link.broker_writer.drain()
    return await asyncio.wait_for(waiting, 10)
