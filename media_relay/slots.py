"""Which receiving line carries whom.

A person's place in the circle is fixed for the session, so the line is a function of two
places: nobody's picture moves to another line because somebody else came or left.
"""

from collections.abc import Iterable

from media_relay.control import Slot
from media_relay.layout import OTHERS, RECEIVING
from media_relay.tickets import SeatTicket, Source

SCREEN_SLOT = len(RECEIVING) - 1

# For each slot of a viewer: whose seat, and which source.
Mapping = dict[int, tuple[int, Source]]


def mapping_for(viewer: SeatTicket, seated: Iterable[SeatTicket]) -> Mapping:
    """What the viewer's slots carry: each other seat's permitted sources, one screen."""
    mapping: Mapping = {}
    for other in sorted(seated, key=lambda ticket: ticket.seat):
        if other.seat == viewer.seat or not _may_be_received(other.seat, viewer):
            continue
        place = other.seat - 1 if other.seat < viewer.seat else other.seat - 2
        if Source.MIC in other.may_send:
            mapping[place] = (other.seat, Source.MIC)
        if not viewer.may_receive_video:
            continue
        if Source.CAMERA in other.may_send:
            mapping[OTHERS + place] = (other.seat, Source.CAMERA)
        if Source.SCREEN in other.may_send:
            mapping.setdefault(SCREEN_SLOT, (other.seat, Source.SCREEN))
    return mapping


def _may_be_received(seat: int, viewer: SeatTicket) -> bool:
    return viewer.sources is None or seat in viewer.sources


def slots_of(widths: dict[str, int]) -> dict[int, int]:
    """What a viewer's page shows, by slot instead of by line; unknown lines are passed over."""
    return {index: widths[spec.mid] for index, spec in enumerate(RECEIVING) if spec.mid in widths}


def describe(mapping: Mapping) -> tuple[Slot, ...]:
    """The mapping in the words of the control interface."""
    return tuple(
        Slot(mid=RECEIVING[slot].mid, source=source, seat=seat)
        for slot, (seat, source) in sorted(mapping.items())
    )
