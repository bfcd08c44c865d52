"""Sessions, the way into them, and the seats in them.

No media seat without a live admission row; an ended admission is final (a trigger keeps it so).
"""

from sessions_app.models.attempts import DoorNote, PreJoin
from sessions_app.models.keys import KeyCommit, KeyGroup, KeyMember, KeyPackage
from sessions_app.models.rehearsals import Rehearsal
from sessions_app.models.schedule import Room, Session
from sessions_app.models.seating import Admission, Block, Seat
from sessions_app.models.space import SpaceChecklist

__all__ = [
    "Admission",
    "Block",
    "DoorNote",
    "KeyCommit",
    "KeyGroup",
    "KeyMember",
    "KeyPackage",
    "PreJoin",
    "Rehearsal",
    "Room",
    "Seat",
    "Session",
    "SpaceChecklist",
]
