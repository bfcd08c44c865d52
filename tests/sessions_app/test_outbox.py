"""What leaves a connection is numbered, and a reader who does not read is noticed."""

from sessions_app.messages.server import Answer, Pong
from sessions_app.sockets.outbox import MAX_UNACKNOWLEDGED, Outbox
from sessions_app.sockets.pace import BURST, MAX_DROPPED, Pace


def test_frames_are_numbered_from_one() -> None:
    outbox = Outbox()
    assert [outbox.frame(Pong()) for _ in range(2)] == [
        '{"n": 1, "type": "pong"}',
        '{"n": 2, "type": "pong"}',
    ]


def test_too_many_unread_messages_are_noticed_and_an_ack_makes_room() -> None:
    outbox = Outbox()
    for _ in range(MAX_UNACKNOWLEDGED):
        outbox.frame(Pong())
    assert not outbox.is_overfull
    outbox.frame(Pong())
    assert outbox.is_overfull
    assert outbox.acknowledge(1)
    assert not outbox.is_overfull


def test_too_many_unread_bytes_are_noticed() -> None:
    outbox = Outbox()
    for _ in range(11):
        outbox.frame(Answer(sdp="x" * 100_000))
    assert outbox.is_overfull
    assert outbox.acknowledge(11)
    assert not outbox.is_overfull


def test_an_ack_for_what_was_never_sent_is_refused_and_an_old_one_is_harmless() -> None:
    outbox = Outbox()
    outbox.frame(Pong())
    assert not outbox.acknowledge(2)
    assert outbox.acknowledge(1)
    assert outbox.acknowledge(0)


def test_the_pace_allows_a_burst_then_a_steady_rate() -> None:
    pace = Pace(seen_at=0.0)
    assert all(pace.allows(0.0) for _ in range(BURST))
    assert not pace.allows(0.0)
    assert pace.allows(0.05)


def test_who_goes_on_shouting_is_hopeless() -> None:
    pace = Pace(seen_at=0.0)
    for _ in range(BURST + MAX_DROPPED):
        pace.allows(0.0)
    assert not pace.is_hopeless
    pace.allows(0.0)
    assert pace.is_hopeless
