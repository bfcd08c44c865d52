"""Reading a browser's offer (RFC 8866, 8843, 8853).

The text is hostile. `parse_offer` is the only way in, and Malformed the only error out.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from media_relay.errors import Malformed
from media_relay.layout import CAMERA_LAYERS, LINES, LineSpec

MAX_OFFER = 256 * 1024
MAX_LINES = 8_000

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
TRANSPORT_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
WANTED_EXTENSIONS = (MID, RID, REPAIRED_RID, TRANSPORT_CC)

# RFC 8839, section 5.4: ice-char only, so that nothing of it can break out of our answer.
_UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}")
_PASSWORD = re.compile(r"[A-Za-z0-9+/]{22,256}")
_FINGERPRINT = re.compile(r"[0-9A-F]{2}(:[0-9A-F]{2}){31,63}")
_DIGESTS = {"sha-256": 32, "sha-384": 48, "sha-512": 64}
_CODECS = {"audio": "opus/48000/2", "video": "vp8/90000"}
_MEDIA = re.compile(r"(audio|video) \d{1,5} UDP/TLS/RTP/SAVPF((?: \d{1,3})+)")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The digest of the certificate that the browser will show in DTLS."""

    algorithm: str
    value: str


@dataclass(frozen=True, slots=True)
class Codec:
    """The payload types of the one codec kept for a line."""

    payload_type: int
    rtx: int | None
    feedback: frozenset[str]
    parameters: str


@dataclass(frozen=True, slots=True)
class Extensions:
    """Header extension ids (0: not offered), the same on every line of a bundle."""

    mid: int = 0
    rid: int = 0
    repaired_rid: int = 0
    transport_cc: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One m-line, checked against the layout."""

    spec: LineSpec
    codec: Codec
    # The attribute values as offered ("4 urn:…" or "4/sendonly urn:…"), to be mirrored.
    extensions: tuple[tuple[str, str], ...]
    rids: tuple[str, ...]
    ssrcs: tuple[int, ...]
    reduced_size: bool

    @property
    def transport_cc(self) -> int:
        """The id of the transport-wide number on this line; 0 unless arrivals are told of."""
        numbers = (where for uri, where in self.extensions if uri == TRANSPORT_CC)
        where = next(numbers, "0") if "transport-cc" in self.codec.feedback else "0"
        return int(where.partition("/")[0])


@dataclass(frozen=True, slots=True)
class Offer:
    """All the relay takes from an offer."""

    ufrag: str
    password: str
    fingerprints: tuple[Fingerprint, ...]
    extensions: Extensions
    lines: tuple[Line, ...]


class _Attributes:
    """The ``a=`` lines of one section, by name."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._values: dict[str, list[str]] = defaultdict(list)
        for line in lines:
            if line.startswith("a="):
                name, _, value = line[2:].partition(":")
                self._values[name].append(value.strip())

    def all(self, name: str) -> list[str]:
        return self._values.get(name, [])

    def has(self, name: str) -> bool:
        return name in self._values

    def first(self, name: str) -> str:
        values = self._values.get(name)
        if not values:
            raise Malformed("offer.malformed")
        return values[0]


def parse_offer(text: str) -> Offer:
    """The offer, or Malformed: ``offer.too_long``, ``.malformed``, ``.shape`` or ``.codec``."""
    if len(text) > MAX_OFFER:
        raise Malformed("offer.too_long")
    try:
        return _parse(text)
    except (ValueError, IndexError, KeyError):
        raise Malformed("offer.malformed") from None


def _parse(text: str) -> Offer:
    lines = text.replace("\r\n", "\n").split("\n")
    if len(lines) > MAX_LINES or lines[0] != "v=0":
        raise Malformed("offer.malformed")
    starts = [index for index, line in enumerate(lines) if line.startswith("m=")]
    if len(starts) != len(LINES):
        raise Malformed("offer.shape")
    session = _Attributes(lines[: starts[0]])
    _check_bundle(session)
    sections = [lines[a:b] for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]
    described = [_Attributes(section[1:]) for section in sections]
    parsed = tuple(
        _line(spec, section[0], attributes)
        for spec, section, attributes in zip(LINES, sections, described, strict=True)
    )
    transport = described[0]
    return Offer(
        ufrag=_one(session, transport, "ice-ufrag", _matching(_UFRAG)),
        password=_one(session, transport, "ice-pwd", _matching(_PASSWORD)),
        fingerprints=_fingerprints(session, transport),
        extensions=_extension_ids(parsed),
        lines=parsed,
    )


def _check_bundle(session: _Attributes) -> None:
    expected = ["BUNDLE", *(spec.mid for spec in LINES)]
    if expected not in [value.split() for value in session.all("group")]:
        raise Malformed("offer.shape")


def _line(spec: LineSpec, media: str, attributes: _Attributes) -> Line:
    matched = _MEDIA.fullmatch(media[2:].strip())
    if not matched or matched[1] != spec.kind or attributes.first("mid") != spec.mid:
        raise Malformed("offer.shape")
    if not attributes.has("sendonly" if spec.sends else "recvonly"):
        raise Malformed("offer.shape")
    if not attributes.has("rtcp-mux"):
        raise Malformed("offer.shape")
    return Line(
        spec=spec,
        codec=_codec(spec.kind, [int(text) for text in matched[2].split()], attributes),
        extensions=tuple(_extensions(attributes)),
        rids=_rids(attributes),
        ssrcs=_ssrcs(attributes) if spec.sends else (),
        reduced_size=attributes.has("rtcp-rsize"),
    )


def _codec(kind: str, offered: list[int], attributes: _Attributes) -> Codec:
    names: dict[int, str] = {}
    for value in attributes.all("rtpmap"):
        number, _, name = value.partition(" ")
        names[int(number)] = name.lower()
    parameters: dict[int, str] = {}
    for value in attributes.all("fmtp"):
        number, _, text = value.partition(" ")
        parameters[int(number)] = text
    for payload_type in offered:
        # 72 to 76 would read as RTCP on a shared port (RFC 5761).
        if names.get(payload_type) == _CODECS[kind] and not 64 <= payload_type < 96:
            break
    else:
        raise Malformed("offer.codec")
    return Codec(
        payload_type=_payload_type(payload_type),
        rtx=_rtx(payload_type, offered, names, parameters),
        feedback=_feedback(payload_type, attributes),
        parameters=_safe_parameters(parameters.get(payload_type, "")),
    )


def _payload_type(value: int) -> int:
    if not 0 <= value <= 127:
        raise Malformed("offer.malformed")
    return value


def _rtx(
    primary: int, offered: list[int], names: dict[int, str], parameters: dict[int, str]
) -> int | None:
    for payload_type in offered:
        if names.get(payload_type, "").startswith("rtx/"):
            pairs = parameters.get(payload_type, "").replace(" ", "").split(";")
            if f"apt={primary}" in pairs:
                return _payload_type(payload_type)
    return None


def _feedback(payload_type: int, attributes: _Attributes) -> frozenset[str]:
    found = set()
    for value in attributes.all("rtcp-fb"):
        number, _, name = value.partition(" ")
        if number in ("*", str(payload_type)) and name in ("nack", "nack pli", "transport-cc"):
            found.add(name)
    return frozenset(found)


def _safe_parameters(text: str) -> str:
    """Opus parameters are mirrored, so nothing but plain name=number pairs passes."""
    pairs = [pair.strip() for pair in text.split(";")]
    return ";".join(pair for pair in pairs if re.fullmatch(r"[a-z-]{1,32}=[0-9]{1,9}", pair))


def _extensions(attributes: _Attributes) -> Iterable[tuple[str, str]]:
    for value in attributes.all("extmap"):
        where, _, uri = value.partition(" ")
        if uri in WANTED_EXTENSIONS:
            number, _, direction = where.partition("/")
            if direction not in ("", "sendonly", "recvonly", "sendrecv", "inactive"):
                raise Malformed("offer.malformed")
            if not 1 <= int(number) <= 14:
                raise Malformed("offer.malformed")
            yield uri, f"{int(number)}/{direction}" if direction else str(int(number))


def _extension_ids(lines: tuple[Line, ...]) -> Extensions:
    ids: dict[str, int] = {}
    for line in lines:
        for uri, where in line.extensions:
            number = int(where.partition("/")[0])
            if ids.setdefault(uri, number) != number:
                raise Malformed("offer.malformed")
    if len(set(ids.values())) != len(ids):
        raise Malformed("offer.malformed")
    return Extensions(*(ids.get(uri, 0) for uri in WANTED_EXTENSIONS))


def _rids(attributes: _Attributes) -> tuple[str, ...]:
    """The layers offered for simulcast; ``~`` marks one that is paused for now."""
    sent = [value for value in attributes.all("simulcast") if value.startswith("send ")]
    if not sent:
        return ()
    rids = tuple(rid.lstrip("~") for rid in sent[0].split()[1].split(";"))
    if len(set(rids)) != len(rids) or not set(rids) <= set(CAMERA_LAYERS):
        raise Malformed("offer.shape")
    return rids


def _ssrcs(attributes: _Attributes) -> tuple[int, ...]:
    """(primary, its RTX) of a line without layers, as far as the offer names them."""
    for value in attributes.all("ssrc-group"):
        semantics, *numbers = value.split()
        if semantics == "FID" and len(numbers) == 2:
            return tuple(_ssrc(number) for number in numbers)
    named = attributes.all("ssrc")
    return (_ssrc(named[0].split()[0]),) if named else ()


def _ssrc(text: str) -> int:
    value = int(text)
    if not 0 < value < 1 << 32:
        raise Malformed("offer.malformed")
    return value


def _fingerprints(session: _Attributes, transport: _Attributes) -> tuple[Fingerprint, ...]:
    values = transport.all("fingerprint") or session.all("fingerprint")
    setup = (transport.all("setup") or session.all("setup") or [""])[0]
    if setup not in ("actpass", "active"):
        raise Malformed("offer.shape")
    found = []
    for value in values[:8]:
        algorithm, _, digest = value.partition(" ")
        size = _DIGESTS.get(algorithm.lower())
        digest = digest.strip().upper()
        if size and _FINGERPRINT.fullmatch(digest) and len(digest) == 3 * size - 1:
            found.append(Fingerprint(algorithm.lower(), digest))
    if not found:
        raise Malformed("offer.malformed")
    return tuple(found)


def _one(
    session: _Attributes, transport: _Attributes, name: str, check: Callable[[str], str]
) -> str:
    return check((transport.all(name) or session.all(name))[0])


def _matching(pattern: re.Pattern[str]) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not pattern.fullmatch(text):
            raise Malformed("offer.malformed")
        return text

    return check
