"""The call's offer as text, for tests without a browser behind it."""

from media_relay.layout import LINES, LineSpec
from media_relay.sdp.offer import MID, REPAIRED_RID, RID, TRANSPORT_CC

FINGERPRINT = ":".join(["AB"] * 32)


def offer(*, ufrag: str = "peer", password: str = "p" * 24, fingerprint: str = FINGERPRINT) -> str:
    """What Chromium offers, without what the relay does not read."""
    lines = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0"]
    lines.append("a=group:BUNDLE " + " ".join(spec.mid for spec in LINES))
    for spec in LINES:
        lines += _media(spec)
        lines += [f"a=ice-ufrag:{ufrag}", f"a=ice-pwd:{password}"]
        lines += [f"a=fingerprint:sha-256 {fingerprint}", "a=setup:actpass"]
    return "\r\n".join(lines) + "\r\n"


def _media(spec: LineSpec) -> list[str]:
    is_audio = spec.kind == "audio"
    lines = [
        f"m={spec.kind} 9 UDP/TLS/RTP/SAVPF {'111' if is_audio else '96 97'}",
        "c=IN IP4 0.0.0.0",
        f"a=mid:{spec.mid}",
        "a=sendonly" if spec.sends else "a=recvonly",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        f"a=extmap:3 {TRANSPORT_CC}",
        f"a=extmap:4 {MID}",
    ]
    if is_audio:
        lines += ["a=rtpmap:111 opus/48000/2", "a=fmtp:111 minptime=10;useinbandfec=1"]
    else:
        lines += ["a=rtpmap:96 VP8/90000", "a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=96"]
        lines += ["a=rtcp-fb:96 nack", "a=rtcp-fb:96 nack pli", "a=rtcp-fb:96 transport-cc"]
        lines += [f"a=extmap:10 {RID}", f"a=extmap:11 {REPAIRED_RID}"]
    if spec.mid == "0":
        lines.append("a=ssrc:1111 cname:x")
    if spec.mid == "1":
        lines += [f"a=rid:{rid} send" for rid in "hml"] + ["a=simulcast:send h;~m;~l"]
    if spec.mid == "2":
        lines += ["a=ssrc-group:FID 3333 3334", "a=ssrc:3333 cname:x", "a=ssrc:3334 cname:x"]
    return lines
