"""Session descriptions: a hostile offer in, a fixed answer out."""

from media_relay.sdp.answer import Candidate, LocalParameters, write_answer
from media_relay.sdp.offer import Codec, Extensions, Fingerprint, Line, Offer, parse_offer

__all__ = [
    "Candidate",
    "Codec",
    "Extensions",
    "Fingerprint",
    "Line",
    "LocalParameters",
    "Offer",
    "parse_offer",
    "write_answer",
]
