"""A watcher of the proxy that plays the hazard of KIP-890: the end of a transaction arrives within a later one.

It keeps the EndTxn of one producer and cuts the connection that it came on. The client gets no answer and asks
again elsewhere, with success. When the producer is in a later transaction and the broker has taken alerts of it, the
kept request goes out. If the producer's epoch is still the same, the broker obeys: it commits half a transaction.
"""
import asyncio
import re
import struct
import threading

from proxy import ADD_OFFSETS, END_TXN, INIT_PRODUCER_ID, PRODUCE, ask, reset

LOOK_SECONDS = 1.0  # so long the end of a transaction waits for alerts within it


class LateEnd:
    def __init__(self, who, topic):
        self.who = who  # part of the client's id, which is the transactional id
        self.topic = re.compile(re.escape(topic.encode()) + rb"(?![.\w])")
        self.armed = False
        self.held = None  # (link, request)
        self.tried_again = False
        self.fences = 0  # producers made anew since then
        self.produced = []
        self.answers = []  # the brokers' error codes to requests that came late
        self.done = threading.Event()

    def arm(self):
        self.done.clear()
        self.armed = True

    # in the proxy's thread --------------------------------------------------------------------

    async def request(self, link, request):
        """Whether the request goes on now."""
        if self.who not in link.client:
            return True
        if request.api == END_TXN:
            return self._end(link, request)
        if self.held is None:
            return True
        if request.api == INIT_PRODUCER_ID:
            self.fences += 1
        elif request.api == PRODUCE and self.topic.search(request.raw):
            link.asked[request.correlation] = asyncio.get_running_loop().create_future()
            self.produced.append(link.asked[request.correlation])
        elif request.api == ADD_OFFSETS and self.tried_again:
            asyncio.ensure_future(self._release(link, request))
            return False
        return True

    def _end(self, link, request):
        is_commit = request.body()[-1] == 1
        if self.armed and is_commit:
            self.armed = False
            self.held, self.tried_again, self.fences = (link, request), False, 0
            self.produced.clear()
            link.kept = True
            reset(link.client_writer)
            return False
        self.tried_again = self.tried_again or self.held is not None
        self.produced.clear()  # what is produced from now on is of the next transaction
        return True

    async def _release(self, link, request):
        """The transaction has sent its records: now the other one's end comes, and its own never."""
        done = []
        if await self._has_alerts():
            held, late = self.held
            self.held = None
            answer = await ask(held, late.raw)
            self.answers.append(struct.unpack_from(">h", answer, 12)[0])
            done.append(held)
            self.done.set()
        else:
            link.broker_writer.write(request.raw)
        for kept in done:
            reset(kept.broker_writer)

    async def _has_alerts(self):
        loop = asyncio.get_running_loop()
        until = loop.time() + LOOK_SECONDS
        while loop.time() < until:
            if self.produced and all(waiting.done() for waiting in self.produced):
                return self.held is not None
            await asyncio.sleep(0.01)
        return False
