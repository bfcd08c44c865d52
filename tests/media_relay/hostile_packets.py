"""Hostile packets, made by changing right ones, and a witness who must get hers all the while."""

import random
from struct import pack

from media_relay.engine import StreamSpec
from media_relay.rtp import wrap_rtx
from media_relay.tickets import Source
from tests.media_relay.engine_rig import CAMERA, MIC, MakeEngine, Rig
from tests.media_relay.packets import vp8, wire

VIDEO, REPAIR, VOICE, GOOD = 11, 111, 20, 13
CONTROL_EVERY = 5_000
# Far jumps are rare: after each, a camera waits for its key frame, and little is forwarded.
STEPS = (1,) * 100 + (0, 2, 3, 20, -1, -2, -30, -400, 129, 600, 20_000, 32_767)
FEEDBACK = pack("!HHLHH", 5, 20, 1 << 8, 0x2005, 0xD555) + bytes(range(40))
BASES = (
    wire(1, ssrc=VIDEO, payload=vp8(picture=300, tl0=7, key=True)),
    wire(2, ssrc=VIDEO, payload=vp8(picture=3, is_long=False), extensions={5: b"12", 4: b"m"}),
    wire(3, ssrc=VIDEO, payload=bytes(1200)),
    wire(1, ssrc=REPAIR, payload_type=97, payload=wrap_rtx(2, vp8(picture=301, tl0=8))),
    wire(1, ssrc=VOICE, payload=b"opus" * 20, extensions={5: b"13"}),
    b"\xb3"
    + wire(4, ssrc=VIDEO, payload=bytes(40) + b"\x04")[1:12]
    + pack("!LLLHHL", 1, 2, 3, 0x1000, 1, 0x05020102)
    + vp8(picture=1)
    + b"\0\2",
)


class Attack:
    """One engine between a publisher gone bad and a viewer; `random` makes it repeatable."""

    def __init__(self, make: MakeEngine, seed: int) -> None:
        self.rig = Rig(make)
        self.random = random.Random(seed)
        self.good = 0
        self._sequence = 0
        for ssrc, layer, source in ((VIDEO, "h", Source.CAMERA), (VOICE, "", Source.MIC)):
            self.rig.learn(ssrc, layer, source)
        self.rig.learn(GOOD, "", Source.SCREEN)
        repair = StreamSpec(REPAIR, Source.CAMERA, "h", 97, is_rtx=True, repairs=True)
        self.rig.engine.learn(self.rig.publisher.number, repair)
        self.viewer = self.rig.join()
        self.witness = self.rig.join()
        self._watch(Source.CAMERA, self.viewer.number, CAMERA, "h")
        self._watch(Source.MIC, self.viewer.number, MIC, "")
        self._watch(Source.SCREEN, self.witness.number, CAMERA, "")

    def play(self, count: int) -> None:
        """So many packets; every few thousand the witness MUST still get a right one."""
        publisher, engine = self.rig.publisher.number, self.rig.engine
        for number in range(count):
            way = self.random.random()
            self.rig.now += 0.001
            if way < 0.85:
                engine.take(publisher, self._changed(self.random.choice(BASES)))
            elif way < 0.93:
                engine.digest(self.viewer.number, self._changed(FEEDBACK))
            elif way < 0.98:
                self._send(self._changed(self.random.choice(BASES)))
            else:
                self._ask()
            if number % 64 == 0:
                self.viewer.receive_protected()
            if number % CONTROL_EVERY == 0:
                self._control()
        self._control()

    def _watch(self, source: Source, viewer: int, slot: int, layer: str) -> None:
        self.rig.engine.add_leg(self.rig.publisher.number, source, viewer, slot)
        self.rig.engine.aim(viewer, slot, layer)

    def _changed(self, base: bytes) -> bytes:
        """Some octets others, cut short or drawn out; the SSRC mostly stays, to get further."""
        chance = self.random
        data = bytearray(base)
        for _ in range(chance.choice((0, 1, 1, 2, 4, 16))):
            data[chance.randrange(min(len(data), 48))] = chance.randrange(256)
        if chance.random() < 0.3:
            del data[chance.randrange(len(data) + 1) :]
        if chance.random() < 0.1:
            data += chance.randbytes(chance.randrange(200))
        if chance.random() < 0.8:
            data[:1] = bytes(
                [0x80 | chance.choice((0, 0, 0x10, 0x20, 0x30, data[0] & 0x3F if data else 0))]
            )
            data[8:12] = base[8:12]
        self._sequence += chance.choice(STEPS)
        data[2:4] = pack("!H", self._sequence & 0xFFFF)
        # A publisher may always ruin her own stream: the witness's stays as it is.
        if data[8:12] == pack("!L", GOOD):
            data[8:12] = pack("!L", VIDEO)
        return bytes(data[:1500])

    def _send(self, data: bytes) -> None:
        """Unprotected, as anybody can; and from the publisher's own address."""
        self.rig.publisher.socket.sendto(data or b"\x80", self.rig.address)
        self.rig.engine.run(0)

    def _ask(self) -> None:
        engine, viewer = self.rig.engine, self.viewer.number
        wanted = [self.random.randrange(1 << 16) for _ in range(3)]
        engine.resend(viewer, self.random.choice((500, 600)), wanted)
        engine.probe(viewer, CAMERA, 1)
        engine.due_holes(self.rig.publisher.number, self.rig.now, 0.05)
        engine.take_arrivals(self.rig.publisher.number)
        engine.waiting()

    def _control(self) -> None:
        self.rig.send(GOOD, key=True)
        got = self.witness.receive()
        assert len(got) == 1, "the engine does not forward any more"
        self.good += 1
