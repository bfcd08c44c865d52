"""Writing the answer: ICE-lite, passive, VP8 and Opus only, one fixed SSRC per receiving line.

The answer holds nothing of the other seats: it says the same whoever is in the room.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from media_relay.layout import RECEIVING, LineSpec
from media_relay.sdp.offer import MID, REPAIRED_RID, RID, TRANSPORT_CC, Line, Offer

# Directions are seen from the other end in an answer.
_MIRRORED = {"sendonly": "recvonly", "recvonly": "sendonly"}
_SLOT_OF = {spec.mid: index for index, spec in enumerate(RECEIVING)}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One address where the relay can be reached, as peers see it."""

    address: str
    port: int


@dataclass(frozen=True, slots=True)
class LocalParameters:
    """What the relay says about itself; `ssrc_base` is random for every transport."""

    ufrag: str
    password: str
    fingerprint: str
    candidates: tuple[Candidate, ...]
    ssrc_base: int

    def ssrc(self, slot: int) -> int:
        """The SSRC of a receiving line, by its place among them."""
        return self.ssrc_base + 2 * slot

    def rtx_ssrc(self, slot: int) -> int:
        """The SSRC that repairs the same line."""
        return self.ssrc_base + 2 * slot + 1


def write_answer(offer: Offer, local: LocalParameters) -> str:
    """The answer's text."""
    lines = [
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        f"a=group:BUNDLE {' '.join(line.spec.mid for line in offer.lines)}",
        "a=msid-semantic: WMS *",
    ]
    for line in offer.lines:
        lines += _media(line, local)
    return "\r\n".join(lines) + "\r\n"


def _media(line: Line, local: LocalParameters) -> Iterator[str]:
    types = [line.codec.payload_type]
    if line.codec.rtx is not None:
        types.append(line.codec.rtx)
    yield f"m={line.spec.kind} 9 UDP/TLS/RTP/SAVPF {' '.join(map(str, types))}"
    yield "c=IN IP4 0.0.0.0"
    yield "a=rtcp:9 IN IP4 0.0.0.0"
    if line.spec.mid == "0":
        yield from _candidates(local.candidates)
    yield f"a=ice-ufrag:{local.ufrag}"
    yield f"a=ice-pwd:{local.password}"
    yield f"a=fingerprint:sha-256 {local.fingerprint}"
    yield "a=setup:passive"
    yield f"a=mid:{line.spec.mid}"
    yield from _extensions(line)
    yield "a=recvonly" if line.spec.sends else "a=sendonly"
    yield "a=rtcp-mux"
    if line.reduced_size:
        yield "a=rtcp-rsize"
    yield from _codec(line)
    yield from _layers(line) if line.spec.sends else _streams(line, local)


def _candidates(candidates: tuple[Candidate, ...]) -> Iterator[str]:
    for index, candidate in enumerate(candidates):
        # RFC 8445 5.1.2.1: type preference 126 (host), a falling local preference.
        priority = (126 << 24) | ((65_535 - index) << 8) | 255
        address = ip_address(candidate.address)
        yield f"a=candidate:{index + 1} 1 udp {priority} {address} {candidate.port} typ host"
    yield "a=end-of-candidates"


def _extensions(line: Line) -> Iterator[str]:
    # Towards the browser the SSRCs say it all, so those lines need only the number.
    wanted = (MID, RID, REPAIRED_RID, TRANSPORT_CC) if line.spec.sends else (TRANSPORT_CC,)
    for uri, where in line.extensions:
        if uri in (RID, REPAIRED_RID) and not line.rids:
            continue
        if uri in wanted:
            number, _, direction = where.partition("/")
            mirrored = _MIRRORED.get(direction, direction)
            yield f"a=extmap:{number}{'/' + mirrored if mirrored else ''} {uri}"


def _codec(line: Line) -> Iterator[str]:
    codec = line.codec
    name = "opus/48000/2" if line.spec.kind == "audio" else "VP8/90000"
    yield f"a=rtpmap:{codec.payload_type} {name}"
    for feedback in sorted(codec.feedback):
        yield f"a=rtcp-fb:{codec.payload_type} {feedback}"
    if codec.parameters and line.spec.kind == "audio":
        yield f"a=fmtp:{codec.payload_type} {codec.parameters}"
    if codec.rtx is not None:
        yield f"a=rtpmap:{codec.rtx} rtx/90000"
        yield f"a=fmtp:{codec.rtx} apt={codec.payload_type}"


def _layers(line: Line) -> Iterator[str]:
    for rid in line.rids:
        yield f"a=rid:{rid} recv"
    if line.rids:
        yield f"a=simulcast:recv {';'.join(line.rids)}"


def _streams(line: Line, local: LocalParameters) -> Iterator[str]:
    slot = _SLOT_OF[line.spec.mid]
    ssrc, rtx = local.ssrc(slot), local.rtx_ssrc(slot)
    yield f"a=msid:{_stream_name(line.spec)} {line.spec.mid}"
    if line.codec.rtx is not None:
        yield f"a=ssrc-group:FID {ssrc} {rtx}"
    yield f"a=ssrc:{ssrc} cname:quietroom"
    if line.codec.rtx is not None:
        yield f"a=ssrc:{rtx} cname:quietroom"


def _stream_name(spec: LineSpec) -> str:
    """Audio and video of one place share a stream, so that browsers keep lips in step."""
    slots = [other.mid for other in RECEIVING if other.source is spec.source]
    return f"{'screen' if spec.mid == RECEIVING[-1].mid else 'place'}-{slots.index(spec.mid) + 1}"
