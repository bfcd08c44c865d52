"""Every datagram is read, soon when few come and in batches when many do."""

import asyncio
import socket
import time
from collections.abc import Iterator

import pytest

from media_relay.reading import Reading


class Sink:
    """Two sockets whose datagrams are counted; a read takes at most `batch`."""

    def __init__(self, batch: int) -> None:
        self.batch = batch
        self.reads: list[int] = []
        self.bound = [_bound(), _bound()]
        self.sender = _bound()

    def read(self, index: int) -> int:
        count = 0
        try:
            while count < self.batch:
                self.bound[index].recv(100)
                count += 1
        except BlockingIOError:
            pass
        self.reads.append(count)
        return count

    def send(self, count: int) -> None:
        for number in range(count):
            self.sender.sendto(b"x", self.bound[number % 2].getsockname())

    async def until(self, count: int) -> None:
        deadline = time.monotonic() + 10
        while sum(self.reads) < count:
            assert time.monotonic() < deadline, self.reads
            await asyncio.sleep(0.001)


@pytest.fixture
def sink() -> Iterator[Sink]:
    sink = Sink(batch=64)
    yield sink
    for each in (*sink.bound, sink.sender):
        each.close()


def _bound() -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    bound.bind(("127.0.0.1", 0))
    bound.setblocking(False)
    return bound


async def test_what_comes_alone_and_what_comes_together_is_read(sink: Sink) -> None:
    reading = Reading(sink.bound, sink.read)
    reading.start()
    sent = 0
    for burst in (1, 1, 40, 2, 150, 1):
        sink.send(burst)
        sent += burst
        await sink.until(sent)
        await asyncio.sleep(0.005)
    reading.stop()
    assert sum(sink.reads) == sent


async def test_many_that_come_one_by_one_share_their_reads(sink: Sink) -> None:
    reading = Reading(sink.bound, sink.read)
    reading.start()
    for _ in range(2_000):
        sink.send(2)
        await asyncio.sleep(0)
    await sink.until(4_000)
    reading.stop()
    assert len(sink.reads) < 2_000


async def test_nothing_is_read_after_the_end(sink: Sink) -> None:
    reading = Reading(sink.bound, sink.read)
    reading.start()
    sink.send(20)
    await sink.until(20)
    reading.stop()
    reading.stop()
    before = len(sink.reads)
    sink.send(20)
    await asyncio.sleep(0.02)
    assert len(sink.reads) == before
