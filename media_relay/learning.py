"""Learning what an SSRC carries: from the offer's ssrc lines, else from mid and rid (RFC 8852)."""

from media_relay.engine import StreamSpec
from media_relay.layout import SENDING
from media_relay.rtp import RtpPacket, header_extensions
from media_relay.sdp import Line, Offer


def offered_streams(offer: Offer) -> list[StreamSpec]:
    """The streams that the offer names itself: lines without layers."""
    streams = []
    for line in offer.lines:
        if line.spec.sends and not line.rids and line.ssrcs:
            streams.append(_stream(line, line.ssrcs[0], "", is_rtx=False))
            if len(line.ssrcs) == 2 and line.codec.rtx is not None:
                streams.append(_stream(line, line.ssrcs[1], "", is_rtx=True))
    return [stream for stream in streams if stream is not None]


def learnt_stream(offer: Offer, packet: RtpPacket) -> StreamSpec | None:
    """What this packet's header extensions say of its SSRC; None if they say too little."""
    ids = offer.extensions
    values = header_extensions(packet)
    mid = values.get(ids.mid, b"").decode("ascii", "replace")
    if not ids.mid or mid not in SENDING:
        return None
    line = next(line for line in offer.lines if line.spec.mid == mid)
    is_rtx = packet.payload_type == line.codec.rtx
    if packet.payload_type != line.codec.payload_type and not is_rtx:
        return None
    layer = ""
    if line.rids:
        number = ids.repaired_rid if is_rtx else ids.rid
        layer = values.get(number, b"").decode("ascii", "replace")
        if layer not in line.rids:
            return None
    return _stream(line, packet.ssrc, layer, is_rtx=is_rtx)


def _stream(line: Line, ssrc: int, layer: str, *, is_rtx: bool) -> StreamSpec:
    codec = line.codec
    payload_type = codec.rtx if is_rtx and codec.rtx is not None else codec.payload_type
    return StreamSpec(
        ssrc=ssrc,
        source=line.spec.source,
        layer=layer,
        payload_type=payload_type,
        is_rtx=is_rtx,
        repairs="nack" in codec.feedback,
    )
