"""An independent client: aiortc's own RTCPeerConnection takes part in a room."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable

from aiortc import (
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpTransceiver,
    RTCSessionDescription,
)
from aiortc.mediastreams import AudioStreamTrack, MediaStreamTrack, VideoStreamTrack
from aiortc.rtcconfiguration import RTCBundlePolicy
from aiortc.rtcrtpsender import RTCRtpSender

from media_relay.control import RelayControl
from media_relay.layout import LINES
from tests.media_relay.desk import Desk


class Peer:
    """One person with aiortc as browser; counts the frames decoded on each line."""

    def __init__(self, person: str) -> None:
        self.person = person
        self.frames: Counter[str] = Counter()
        configuration = RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        self.connection = RTCPeerConnection(configuration)
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self, relay: RelayControl, desk: Desk, *, address: str = "") -> None:
        """Offer the 34 lines, take the answer (one address of it), shake hands."""
        for spec in LINES:
            self._add_line(spec.kind, spec.mid, sends=spec.sends)
        await self.connection.setLocalDescription(await self.connection.createOffer())
        offer = self.connection.localDescription.sdp
        answer = await relay.open_transport(desk.transport(self.person), offer)
        await self.connection.setRemoteDescription(
            RTCSessionDescription(_candidates_last(answer, address), "answer")
        )
        await self._connected()
        for transceiver in self.connection.getTransceivers():
            if transceiver.direction == "recvonly":
                track, mid = transceiver.receiver.track, str(transceiver.mid)
                self._tasks.append(asyncio.create_task(self._count(track, mid)))

    async def until(self, holds: Callable[[Counter[str]], bool], seconds: float = 15) -> None:
        """Wait until the decoded frames fulfil the claim."""
        deadline = time.monotonic() + seconds
        while not holds(self.frames):
            assert time.monotonic() < deadline, self.frames
            await asyncio.sleep(0.05)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self.connection.close()

    async def _connected(self) -> None:
        changed = asyncio.Event()
        self.connection.on("connectionstatechange", changed.set)
        async with asyncio.timeout(10):
            while self.connection.connectionState != "connected":
                await changed.wait()
                changed.clear()

    def _add_line(self, kind: str, mid: str, *, sends: bool) -> RTCRtpTransceiver:
        if not sends:
            transceiver = self.connection.addTransceiver(kind, direction="recvonly")
        else:
            track: MediaStreamTrack | str = kind
            if mid == "0":
                track = AudioStreamTrack()
            elif mid == "1":
                track = VideoStreamTrack()
            transceiver = self.connection.addTransceiver(track, direction="sendonly")
        if kind == "video":
            codecs = RTCRtpSender.getCapabilities("video").codecs
            names = ("video/VP8", "video/rtx")
            transceiver.setCodecPreferences([each for each in codecs if each.mimeType in names])
        return transceiver

    async def _count(self, track: MediaStreamTrack, mid: str) -> None:
        while True:
            await track.recv()
            self.frames[mid] += 1


def _candidates_last(answer: str, address: str) -> str:
    """aiortc takes the candidates of a bundle's last line; the rule says the first."""
    lines = answer.split("\r\n")
    names = ("a=candidate:", "a=end-of-candidates")
    candidates = [line for line in lines if line.startswith(names[0]) and address in line]
    candidates.append(names[1])
    others = [line for line in lines if line and not line.startswith(names)]
    return "\r\n".join([*others, *candidates, ""])
