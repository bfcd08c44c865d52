"""A viewer's lips stay in step: its sender reports come together, on the relay's clock."""

import asyncio
from time import time

import pytest

from media_relay.control import InProcessControl
from media_relay.rtcp import SenderReport, parse_rtcp, write_sender_report
from media_relay.tickets import Source
from tests.media_relay.desk import Desk
from tests.media_relay.packets import vp8, wire
from tests.media_relay.wire_peer import WirePeer

VOICE, CAMERA = 1111, 77
NTP_EPOCH = 2_208_988_800
# Of whoever sits at place 1, at place 2: see slots.
VOICE_LINE, CAMERA_LINE = 3, 18


def reports_to(peer: WirePeer) -> list[set[int]]:
    """The SSRCs of the sender reports in each datagram that has any."""
    control = (each for each in peer.received if 192 <= each[1] <= 223)
    read = (
        {message.ssrc for message in parse_rtcp(each) if isinstance(message, SenderReport)}
        for each in control
    )
    return [ssrcs for ssrcs in read if ssrcs]


def say(peer: WirePeer, number: int, *, reports: bool) -> None:
    """One picture and one packet of voice, and how late it is by the sender's clock."""
    stamp, picture = 4500 * number, vp8(picture=number, key=True)
    named = {4: b"1", 10: b"h"}
    peer.send_media(wire(number, ssrc=CAMERA, timestamp=stamp, payload=picture, extensions=named))
    peer.send_media(
        wire(number, ssrc=VOICE, timestamp=stamp, payload_type=111, extensions={4: b"0"})
    )
    clock = int((time() + NTP_EPOCH) * (1 << 32))
    for ssrc in (CAMERA, VOICE) if reports else ():
        peer.send_rtcp(write_sender_report(SenderReport(ssrc, clock, stamp), 1, 1))


@pytest.mark.parametrize("has_reported", [True, False])
async def test_reports_of_one_viewer_share_a_datagram(
    relay: InProcessControl, desk: Desk, has_reported: bool
) -> None:
    """The control is a publisher who never said what time it is: nothing is made up."""
    ana, ben = WirePeer("ana"), WirePeer("ben")
    for peer, place, sources in ((ana, 1, frozenset(Source)), (ben, 2, frozenset[Source]())):
        await peer.connect(relay, desk)
        await relay.seat(desk.seat(peer.person, place, may_send=sources))
    expected = {ben.ssrc(VOICE_LINE), ben.ssrc(CAMERA_LINE)}
    for number in range(200):
        say(ana, number, reports=has_reported and number > 0)
        await asyncio.sleep(0.05)
        if expected in reports_to(ben) or (number > 30 and not has_reported):
            break
    # The first may have been asked for between the two clocks.
    assert reports_to(ben)[-1:] == ([expected] if has_reported else [])
    assert ben.media()[ben.ssrc(VOICE_LINE)]
    assert ben.media()[ben.ssrc(CAMERA_LINE)]
    for peer in (ana, ben):
        peer.close()
