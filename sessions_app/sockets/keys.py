"""What one connection has been told of the keys, and what is news to it.

State and an order of commits, never a queue: whatever was missed is read again from the epoch
that the page named.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from threading import Lock
from uuid import UUID

from sessions_app import queries
from sessions_app.messages.base import ServerMessage
from sessions_app.messages.keys import (
    AllReady,
    Committed,
    HeldKeys,
    KeyGroupState,
    KeyPackageOf,
    WelcomeToGroup,
)
from sessions_app.models import Admission, KeyGroup, KeyMember
from sessions_app.permits import Permit
from sessions_app.queries.keys import COMMITS_AT_ONCE, KeyState
from sessions_app.sockets.away import AWAY
from sessions_app.states import KeyStanding

_TOLD = ("group", "epoch", "standing", "has_more", "_told", "_all_ready", "_packages")


@dataclass(frozen=True, slots=True)
class KeyNews:
    """What is to be said, and the rights on the relay that follow from the keys."""

    messages: list[ServerMessage]
    permit: Permit | None


@dataclass(slots=True)
class KeyReader:
    """`group` and `epoch`: the page holds this group's keys up to this epoch.

    Messages are heard in one thread and news are read in another: one at a time.
    """

    has_asked: bool = False
    group: UUID | None = None
    epoch: int = 0
    standing: KeyStanding = KeyStanding.NONE
    # Whether the last reading was cut short: the rest is read after an acknowledgement.
    has_more: bool = False
    _told: tuple[UUID | None, KeyStanding, UUID | None] | None = None
    _all_ready: tuple[UUID, int] | None = None
    _packages: set[tuple[UUID, int]] = field(default_factory=set)
    _one_at_a_time: Lock = field(default_factory=Lock)

    def begin(self, held: HeldKeys) -> None:
        """The page says what it holds; everything is told anew."""
        with self._one_at_a_time:
            self.has_asked = True
            self.group, self.epoch = held.group, held.epoch
            self._told = self._all_ready = None
            self._packages.clear()

    def founded(self, group: KeyGroup) -> None:
        """The page of the founder makes the group itself and needs no welcome."""
        with self._one_at_a_time:
            self.has_asked = True
            self.group, self.epoch = group.pk, 0

    def takes_part_in(self, group: UUID) -> bool:
        return self.group == group and self.standing is KeyStanding.MEMBER

    def news(self, own: Admission, keys: KeyState | None, *, is_host: bool) -> list[ServerMessage]:
        """Only for who sits: numbers and groups say what happens inside."""
        if not self.has_asked:
            return []
        with self._one_at_a_time, self._all_or_nothing():
            return self._read(own, keys, is_host=is_host)

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """A reading that the database breaks off has told nothing: the next one tells it."""
        before = {name: copy(getattr(self, name)) for name in _TOLD}
        try:
            yield
        except AWAY:
            for name, value in before.items():
                setattr(self, name, value)
            raise

    def _read(self, own: Admission, keys: KeyState | None, *, is_host: bool) -> list[ServerMessage]:
        leaf = keys.leaves.get(own.pk) if keys else None
        found = self._state(keys.group if keys else None, leaf)
        if keys is not None and leaf is not None and self.group == keys.group.pk:
            found += self._commits(keys.group, leaf)
            found += self._readiness(keys)
        if is_host:
            found += self._new_packages(own.session_id)
        return found

    def _state(self, group: KeyGroup | None, leaf: KeyMember | None) -> list[ServerMessage]:
        welcome = self._welcome(group, leaf)
        self.standing = _standing(leaf, is_added=welcome is not None)
        now = (group.pk if group else None, self.standing, leaf.pk if leaf else None)
        found: list[ServerMessage] = []
        if now != self._told:
            self._told = now
            found.append(
                KeyGroupState(
                    group=group.pk if group else None,
                    epoch=group.epoch if group else 0,
                    standing=self.standing,
                )
            )
        if welcome is not None:
            found.append(welcome)
            self.group, self.epoch = welcome.group, welcome.epoch
            self.standing = KeyStanding.MEMBER
            self._told = (now[0], self.standing, now[2])
        return found

    def _welcome(self, group: KeyGroup | None, leaf: KeyMember | None) -> WelcomeToGroup | None:
        if group is None or leaf is None or leaf.welcome is None:
            return None
        if self.group == group.pk and self.epoch >= leaf.joined_epoch:
            return None
        return WelcomeToGroup(group=group.pk, epoch=leaf.joined_epoch, welcome=bytes(leaf.welcome))

    def _commits(self, group: KeyGroup, leaf: KeyMember) -> list[ServerMessage]:
        """Only those made while this visit had its leaf: earlier ones could not be opened."""
        self.has_more = False
        if self.epoch < leaf.joined_epoch or self.epoch >= group.epoch:
            return []
        commits = queries.commits_from(group, self.epoch)
        if not commits:
            # The group has ended since its state was read; the next reading says so.
            return []
        self.has_more = len(commits) == COMMITS_AT_ONCE
        self.epoch = commits[-1].epoch + 1
        return [
            Committed(
                group=group.pk,
                epoch=one.epoch,
                commit=b"" if one.by_id == leaf.pk else bytes(one.commit),
                own=one.by_id == leaf.pk,
            )
            for one in commits
        ]

    def _readiness(self, keys: KeyState) -> list[ServerMessage]:
        group = keys.group
        now = (group.pk, group.epoch)
        if self.epoch != group.epoch or self._all_ready == now or not keys.everybody_is_ready:
            return []
        self._all_ready = now
        return [AllReady(group=group.pk, epoch=group.epoch)]

    def _new_packages(self, session_id: UUID) -> list[ServerMessage]:
        found: list[ServerMessage] = []
        for one in queries.unused_packages(session_id):
            mark = (one.admission_id, one.uploads)
            if mark not in self._packages:
                self._packages.add(mark)
                found.append(KeyPackageOf(admission=one.admission_id, package=one.data))
        return found


def _standing(leaf: KeyMember | None, *, is_added: bool) -> KeyStanding:
    if leaf is None:
        return KeyStanding.NONE
    return KeyStanding.ADDED if is_added else KeyStanding.MEMBER
