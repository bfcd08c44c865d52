"""The contract with pylibsrtp's privates, and what a session refuses."""

import os

import pylibsrtp
import pytest
from pylibsrtp import _binding

from media_relay.engine import SrtpProfile
from media_relay.errors import Malformed
from media_relay.srtp import MAX_DATAGRAM, MAX_PLAIN, SrtpSession
from tests.media_relay.packets import wire

KEY_OCTETS = {
    SrtpProfile.AEAD_AES_128_GCM: 28,
    SrtpProfile.AEAD_AES_256_GCM: 44,
    SrtpProfile.AES128_CM_SHA1_80: 30,
}
RTCP = bytes.fromhex("80c90001 00000007")


def test_pylibsrtp_still_has_the_privates_that_one_file_uses() -> None:
    assert {"_srtp", "_cdata"} <= set(vars(pylibsrtp.Session()))
    for name in ("protect", "unprotect", "protect_rtcp", "unprotect_rtcp"):
        assert callable(getattr(_binding.lib, f"srtp_{name}"))
    assert _binding.lib.srtp_err_status_ok == 0


@pytest.mark.parametrize("profile", SrtpProfile)
def test_both_directions_understand_each_other_and_pylibsrtp(profile: SrtpProfile) -> None:
    key = os.urandom(KEY_OCTETS[profile])
    sends, receives = (SrtpSession(profile, key, sends=each) for each in (True, False))
    packets = [wire(sequence, ssrc=7, payload=b"voice") for sequence in range(3)]
    protected = [sends.protect(packet) for packet in packets]
    assert [receives.unprotect(packet) for packet in protected] == packets
    assert receives.unprotect_rtcp(sends.protect_rtcp(RTCP)) == RTCP
    policy = pylibsrtp.Policy(
        key,
        pylibsrtp.Policy.SSRC_ANY_INBOUND,
        srtp_profile=getattr(pylibsrtp.Policy, f"SRTP_PROFILE_{profile.name}"),
    )
    theirs = pylibsrtp.Session(policy)
    assert [theirs.unprotect(packet) for packet in protected] == packets


def test_a_number_is_protected_once_and_opened_once() -> None:
    key = os.urandom(28)
    profile = SrtpProfile.AEAD_AES_128_GCM
    sends, receives = (SrtpSession(profile, key, sends=each) for each in (True, False))
    protected = sends.protect(wire(1, ssrc=7, payload=b"one"))
    with pytest.raises(Malformed):
        sends.protect(wire(1, ssrc=7, payload=b"two"))
    with pytest.raises(Malformed):
        receives.unprotect(protected[:-1] + bytes([protected[-1] ^ 1]))
    assert receives.unprotect(protected)
    with pytest.raises(Malformed):
        receives.unprotect(protected)


def test_what_is_too_long_or_too_short_never_reaches_the_library() -> None:
    session = SrtpSession(SrtpProfile.AEAD_AES_128_GCM, os.urandom(28), sends=True)
    assert session.protect(wire(1, ssrc=7, payload=bytes(MAX_PLAIN - 12)))
    for refused in (wire(2, ssrc=7, payload=bytes(MAX_PLAIN - 11)), b"", b"\x80"):
        with pytest.raises(Malformed):
            session.protect(refused)
    with pytest.raises(Malformed):
        session.unprotect(bytes(MAX_DATAGRAM + 1))
