"""Offers are hostile; the answer is one and the same shape."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media_relay.errors import Malformed
from media_relay.layout import LINES, RECEIVING
from media_relay.sdp import Candidate, LocalParameters, parse_offer, write_answer
from media_relay.sdp.offer import MAX_OFFER, MID, TRANSPORT_CC
from tests.media_relay.offers import offer

LOCAL = LocalParameters(
    ufrag="ufrag",
    password="p" * 32,
    fingerprint="AB:CD",
    candidates=(Candidate("192.0.2.1", 5004), Candidate("2001:db8::1", 5004)),
    ssrc_base=1000,
)
GOOD = offer()


def refusal(text: str) -> str:
    with pytest.raises(Malformed) as caught:
        parse_offer(text)
    return caught.value.code


def sections(answer: str) -> list[str]:
    return answer.split("\r\nm=")[1:]


def test_the_offer_says_who_it_is_and_what_it_sends() -> None:
    parsed = parse_offer(GOOD)
    assert (parsed.ufrag, parsed.password) == ("peer", "p" * 24)
    assert parsed.fingerprints[0].algorithm == "sha-256"
    assert parsed.extensions.mid == 4
    assert parsed.extensions.transport_cc == 3
    mic, camera, screen = parsed.lines[:3]
    assert (mic.codec.payload_type, mic.codec.rtx, mic.ssrcs) == (111, None, (1111,))
    assert (camera.codec.payload_type, camera.codec.rtx) == (96, 97)
    assert camera.rids == ("h", "m", "l")
    assert screen.ssrcs == (3333, 3334)


def test_every_receiving_line_has_an_ssrc_of_its_own() -> None:
    answer = write_answer(parse_offer(GOOD), LOCAL)
    ssrcs = [line.split()[0] for line in answer.splitlines() if line.startswith("a=ssrc:")]
    assert len(ssrcs) == len(set(ssrcs)) == 15 + 2 * 16


def test_the_answer_keeps_the_order_and_mirrors_directions() -> None:
    parts = sections(write_answer(parse_offer(GOOD), LOCAL))
    assert len(parts) == len(LINES)
    for spec, part in zip(LINES, parts, strict=True):
        assert f"a=mid:{spec.mid}\r\n" in part
        assert ("a=recvonly" if spec.sends else "a=sendonly") in part
        assert "a=setup:passive" in part


def test_the_answer_takes_all_layers_and_learns_by_mid_and_rid() -> None:
    camera = sections(write_answer(parse_offer(GOOD), LOCAL))[1]
    assert "a=simulcast:recv h;m;l" in camera
    for name in (MID, TRANSPORT_CC, "rtp-stream-id", "repaired-rtp-stream-id"):
        assert name in camera
    assert "a=rtcp-fb:96 transport-cc" in camera


def test_no_header_extension_tells_the_relay_how_loud_somebody_is() -> None:
    level = "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\na=mid:0"
    answer = write_answer(parse_offer(GOOD.replace("a=mid:0", level, 1)), LOCAL)
    assert "audio-level" not in answer


def test_every_advertised_address_is_a_candidate_of_the_first_line_only() -> None:
    first, *others = sections(write_answer(parse_offer(GOOD), LOCAL))
    assert "192.0.2.1 5004 typ host" in first
    assert "2001:db8::1 5004 typ host" in first
    assert not any("a=candidate" in part for part in others)


def test_lips_and_voice_of_one_place_share_a_stream() -> None:
    parts = sections(write_answer(parse_offer(GOOD), LOCAL))
    for place in range(15):
        audio, video = parts[3 + place], parts[18 + place]
        assert f"a=msid:place-{place + 1} " in audio
        assert f"a=msid:place-{place + 1} " in video
    assert len(RECEIVING) == 31


def test_a_directional_extension_is_mirrored() -> None:
    directional = GOOD.replace(f"a=extmap:4 {MID}", f"a=extmap:4/sendonly {MID}")
    assert f"a=extmap:4/recvonly {MID}" in write_answer(parse_offer(directional), LOCAL)


def test_payload_types_are_the_browsers_own() -> None:
    firefox = GOOD.replace("SAVPF 96 97", "SAVPF 120 124").replace(":96 ", ":120 ")
    firefox = firefox.replace("a=rtpmap:97", "a=rtpmap:124").replace(
        "fmtp:97 apt=96", "fmtp:124 apt=120"
    )
    parsed = parse_offer(firefox)
    assert {line.codec.payload_type for line in parsed.lines} == {111, 120}
    assert parsed.lines[1].codec.rtx == 124


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("VP8/90000", "AV1/90000", "offer.codec"),
        ("opus/48000/2", "PCMU/8000", "offer.codec"),
        ("a=mid:7\r\n", "a=mid:8\r\n", "offer.shape"),
        ("a=group:BUNDLE 0", "a=group:BUNDLE", "offer.shape"),
        ("a=setup:actpass", "a=setup:passive", "offer.shape"),
        ("a=rtcp-mux\r\n", "", "offer.shape"),
        ("a=recvonly", "a=sendrecv", "offer.shape"),
        ("a=ice-ufrag:peer", "a=ice-ufrag:p", "offer.malformed"),
        ("a=ice-pwd:pppp", "a=ice-pwd:\x00", "offer.malformed"),
        ("sha-256 AB", "sha-256 XY", "offer.malformed"),
        ("sha-256", "md5", "offer.malformed"),
        ("a=ssrc:1111", "a=ssrc:99999999999", "offer.malformed"),
        ("extmap:4 ", "extmap:3 ", "offer.malformed"),
        ("extmap:4 ", "extmap:200 ", "offer.malformed"),
        ("rid:h", "rid:h", None),
        ("send h;~m;~l", "send h;h;l", "offer.shape"),
        ("send h;~m;~l", "send <h>;m;l", "offer.shape"),
        ("m=audio 9 UDP", "m=audio 9 TCP", "offer.shape"),
        ("v=0", "v=1", "offer.malformed"),
    ],
)
def test_what_is_not_the_calls_offer_is_refused_with_a_code(
    old: str, new: str, code: str | None
) -> None:
    changed = GOOD.replace(old, new)
    if code is None:
        assert parse_offer(changed) == parse_offer(GOOD)
    else:
        assert refusal(changed) == code


def test_an_endless_offer_is_not_read() -> None:
    assert refusal(GOOD + "a=x\r\n" * MAX_OFFER) == "offer.too_long"
    assert refusal("v=0\n" + "a\n" * 9000) == "offer.malformed"


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(GOOD)), st.integers(0, 200), st.text(max_size=40))
def test_any_wound_gives_an_offer_or_the_one_error(at: int, length: int, graft: str) -> None:
    wounded = GOOD[:at] + graft + GOOD[at + length :]
    try:
        answer = write_answer(parse_offer(wounded), LOCAL)
    except Malformed:
        return
    assert len(sections(answer)) == len(LINES)
    assert all(line[1:2] == "=" for line in answer.splitlines())


@given(st.text(max_size=500))
def test_any_text_gives_the_one_error(text: str) -> None:
    assert refusal(text).startswith("offer.")
