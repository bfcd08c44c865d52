"""What a refused message for several packets tells: of this viewer's path, or nothing at all."""

import errno
import socket
import subprocess
import sys
from collections.abc import Iterator
from struct import pack

import pytest

from media_relay.engine import Counters, Path
from media_relay.engine_fast import calls
from media_relay.engine_fast.outgoing import new_outgoing
from media_relay.engine_fast.state import NOBODY, PACKETS_OUT, UNSENT, new_state
from media_relay.outgoing import SOL_UDP, Outbox, Outgoing, is_full
from tests.media_relay.engine_rig import CAMERA, ENGINES, MakeEngine, Rig, RigPeer

# linux/udp.h, asm-generic/socket.h: neither has a name in Python.
UDP_GRO, SO_NO_CHECK = 104, 11
OCTETS = 100
# Reads, and pauses so that the socket fills up again.
READER = """
import socket, time
receiver = socket.socket(fileno=0)
while True:
    for _ in range(100):
        receiver.recv(65536)
    time.sleep(0.001)
"""


class SegmentsRig(Rig):
    """Its viewers see what was sent as one message as one datagram."""

    def join(self) -> RigPeer:
        peer = super().join()
        peer.socket.setsockopt(SOL_UDP, UDP_GRO, 1)
        return peer

    def refuse_segments(self, refuses: bool) -> None:
        """Without checksums the kernel cuts nothing up, but sends what is one packet."""
        self._bound.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, int(refuses))

    def datagrams_of_four(self, peer: RigPeer) -> int:
        """Send four packets of one size; how many datagrams come."""
        before = self.engine.counters()
        assert self.engine.probe(peer.number, CAMERA, 4) == 4
        after = self.engine.counters()
        assert (after.packets_out - before.packets_out, after.unsent - before.unsent) == (4, 0)
        return len(peer.receive_protected())


@pytest.fixture(params=ENGINES)
def rig(request: pytest.FixtureRequest) -> Iterator[SegmentsRig]:
    make: MakeEngine = request.param
    rig = SegmentsRig(make)
    yield rig
    rig.close()


def test_a_path_that_takes_no_segments_costs_nobody_else_theirs(rig: SegmentsRig) -> None:
    ana, ben = rig.join(), rig.join()
    assert [rig.datagrams_of_four(peer) for peer in (ana, ben)] == [1, 1]
    rig.refuse_segments(True)
    assert rig.datagrams_of_four(ana) == 4
    rig.refuse_segments(False)
    assert [rig.datagrams_of_four(peer) for peer in (ana, ben)] == [4, 1]


def test_another_path_is_tried_anew(rig: SegmentsRig) -> None:
    ana = rig.join()
    rig.refuse_segments(True)
    assert rig.datagrams_of_four(ana) == 4
    rig.refuse_segments(False)
    assert rig.datagrams_of_four(ana) == 4
    rig.engine.send_over(ana.number, Path(0, ana.socket.getsockname()))
    assert rig.datagrams_of_four(ana) == 1


def test_where_nothing_gets_through_nothing_is_learnt(rig: SegmentsRig) -> None:
    ana = rig.join()
    rig.engine.send_over(ana.number, Path(0, ("127.0.0.1", 0)))
    rig.engine.probe(ana.number, CAMERA, 4)
    counters = rig.engine.counters()
    assert (counters.packets_out, counters.unsent) == (0, 4)
    ben = rig.join()
    assert rig.datagrams_of_four(ben) == 1


def test_want_of_room_is_told_from_other_refusals() -> None:
    assert all(map(is_full, (errno.EAGAIN, errno.EWOULDBLOCK, errno.ENOBUFS, errno.ENOMEM)))
    others = (errno.EINVAL, errno.EMSGSIZE, errno.EIO, errno.EPERM, errno.ENETUNREACH, None)
    assert not any(map(is_full, others))


class ReferenceLine:
    """What the reference engine sends by, over any socket."""

    def __init__(self, sender: socket.socket, receiver: bytes) -> None:
        self._counters = Counters()
        self._outgoing = Outgoing([sender], self._counters)
        self._outgoing.has_segments = True
        self._outbox = Outbox()
        self._outbox.send_over(Path(0, receiver))  # type: ignore[arg-type]  # a UNIX socket's

    def send(self, count: int) -> tuple[int, int]:
        """So many packets of one size; how many were sent and not sent since the beginning."""
        for _ in range(count):
            self._outgoing.post(self._outbox, bytes(OCTETS))
        self._outgoing.flush()
        return self._counters.packets_out, self._counters.unsent


class FastLine:
    """The same for the fast engine."""

    def __init__(self, sender: socket.socket, receiver: bytes) -> None:
        self._state = new_state(1, 1)
        self._outgoing = new_outgoing([sender.fileno()], segments=True)
        octets = pack("=H", socket.AF_UNIX) + receiver
        peer = self._state.peers[0]
        peer["address"][: len(octets)] = list(octets)
        peer["address_length"] = len(octets)
        peer["first_out"] = NOBODY

    def send(self, count: int) -> tuple[int, int]:
        self._outgoing.waiting[:count] = (0, OCTETS, NOBODY)
        self._outgoing.facts[0] = count
        # An empty packet is nobody's: all that happens is that those which wait are sent.
        calls.take_plain(self._state, self._outgoing, 0, self._outgoing.rows[0], 0, 0.0)
        counts = self._state.counts
        return int(counts[PACKETS_OUT]), int(counts[UNSENT])


@pytest.fixture
def unix() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A sender and a receiver. Unlike UDP on one machine, this fills up while nobody reads."""
    both = [socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(2)]
    both[0].setblocking(False)
    both[1].bind("")
    yield both[0], both[1]
    for each in both:
        each.close()


@pytest.fixture
def reader(unix: tuple[socket.socket, socket.socket]) -> Iterator[subprocess.Popen[bytes]]:
    """Somebody who reads at the same time."""
    with subprocess.Popen([sys.executable, "-c", READER], stdin=unix[1].fileno()) as reader:
        yield reader
        reader.kill()


@pytest.mark.parametrize("make", [ReferenceLine, FastLine])
def test_a_full_socket_loses_the_message_and_tells_nothing_of_the_path(
    make: type[ReferenceLine] | type[FastLine],
    unix: tuple[socket.socket, socket.socket],
    reader: subprocess.Popen[bytes],
) -> None:
    """There is room again soon: single packets, tried at once, would sometimes find some."""
    sender, receiver = unix
    line = make(sender, receiver.getsockname())
    sent = unsent = 0
    while sent < 10_000 or unsent < 10_000:
        sent, unsent = line.send(4)
        assert sent % 4 == unsent % 4 == 0
        assert reader.poll() is None
    reader.kill()
    reader.wait()
    receiver.setblocking(False)
    assert empty(receiver) <= {4 * OCTETS}
    line.send(4)
    assert receiver.recv(65536) == bytes(4 * OCTETS)


def empty(receiver: socket.socket) -> set[int]:
    """Read all that waits; the lengths that it had."""
    lengths = set()
    while True:
        try:
            lengths.add(len(receiver.recv(65536)))
        except BlockingIOError:
            return lengths
