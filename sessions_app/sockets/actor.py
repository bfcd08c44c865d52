"""The database's side of one connection: every message and event of it, in a worker thread.

Each act runs as the person of this sign-in; each refusal is one entry in the log.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from urllib.parse import urlencode

import structlog
from django.urls import reverse
from django.utils import timezone

from accounts.models import SignIn
from audit import services as audit
from audit.context import acting, acting_as_system
from audit.errors import AuditUnavailable
from audit.events import Ref
from groups import queries as groups
from groups.states import SeatRole
from sessions_app import queries, services
from sessions_app.access import Standing, standing_in, standing_of
from sessions_app.errors import CommitRefused, OnAnotherDevice, SessionRefused
from sessions_app.events import ActRefused
from sessions_app.gates import Attempt
from sessions_app.ice import ice_servers
from sessions_app.messages import client as said
from sessions_app.messages.base import ClientMessage, ServerMessage
from sessions_app.messages.client import HOST_MESSAGES
from sessions_app.messages.server import SecondDevice, Welcome
from sessions_app.models import Admission
from sessions_app.permits import permit_for
from sessions_app.services.arriving import FRESH_FACTOR
from sessions_app.sockets.acts import KEY_MESSAGES, act_as_host, act_on_keys, refusal_of
from sessions_app.sockets.away import AWAY
from sessions_app.sockets.handshake import Opening
from sessions_app.sockets.keys import KeyNews, KeyReader
from sessions_app.sockets.rules import refusal
from sessions_app.sockets.view import Place, View, view_of
from sessions_app.states import AdmissionState

log = structlog.get_logger(__name__)

PING_SECONDS = 15


class Actor:
    def __init__(self, opening: Opening, place: Place) -> None:
        self._origin = opening.origin
        self._user = opening.sign_in.user
        self._place = place
        self.keys = KeyReader()

    def tell(self, message: ClientMessage) -> ServerMessage | None:
        """Do what the message asks; the direct answer, if it has one. Raises SessionRefused."""
        with acting(self._origin):
            own = self._own()
            standing = self._standing(own)
            role = SeatRole(standing.membership.role)
            place = AdmissionState(own.state) if own else None
            if code := refusal(type(message), role, place):
                raise SessionRefused(code)
            return self._do(message, standing, own)

    def refuse(self, code: str) -> None:
        """The refusal's entry, after the act's own transaction was rolled back."""
        with acting(self._origin):
            audit.deny(ActRefused(session=Ref("session", self._place.session_id), reason=code))

    def read(self, *, renew: bool) -> View:
        """What the connection must be told now. A renewal also keeps the session and the seat."""
        if renew:
            self._keep()
        return view_of(self._place)

    def read_keys(self) -> KeyNews:
        """Quicker than `read`: what a change of keys means for this connection, and no more."""
        read_at = time.time()
        own = queries.admission_at(self._place.session_id, self._place.connection)
        if own is None or not own.is_seated:
            return KeyNews([], None)
        membership = groups.membership_of(own.user, own.session.group_id)
        keys = queries.key_state(own.session_id) if own.session.is_end_to_end else None
        is_host = membership is not None and membership.is_host
        return KeyNews(
            self.keys.news(own, keys, is_host=is_host), permit_for(own, membership, keys, read_at)
        )

    def return_without_leaf(self) -> None:
        """Called in time: the service looks again whether a host's browser has added them."""
        own = self._own()
        if own is not None:
            with acting_as_system("socket"), suppress(SessionRefused):
                services.return_without_leaf(admission=own)

    def transport_ticket(self) -> str:
        with acting(self._origin):
            admission = self._require_own()
            return services.issue_transport_ticket(
                admission=admission, connection=self._place.connection
            )

    def mapped(self) -> None:
        self._note(services.mark_connected)

    def media_lost(self) -> None:
        self._note(services.lose_media)

    def gone(self) -> None:
        """The socket is closed: whatever place it held is kept for a minute."""
        self._note(services.lose_connection)

    def _do(
        self, message: ClientMessage, standing: Standing, own: Admission | None
    ) -> ServerMessage | None:
        match message:
            case said.Hello():
                return self._arrive(message, self._attempt(standing))
            case said.TakeOver():
                return self._take_over(self._attempt(standing))
            case said.OpenDoors():
                return self._open_doors(self._attempt(standing))
            case said.State(mic=mic, camera=camera, private=private, away=away) if own:
                services.set_presence(
                    admission=own, mic=mic, camera=camera, private=private, away=away
                )
            case said.Leave() if own:
                services.leave(admission=own)
            case _ if own and type(message) in KEY_MESSAGES:
                return self._about_keys(message, standing, own)
            case _ if type(message) in HOST_MESSAGES:
                act_as_host(message, session=standing.session, by=standing.membership.user)
        return None

    def _about_keys(
        self, message: ClientMessage, standing: Standing, own: Admission
    ) -> ServerMessage | None:
        """Losing a race is no misdeed: it is answered, and not written down as a refusal."""
        try:
            act_on_keys(
                message,
                session=standing.session,
                by=standing.membership.user,
                admission=own,
                connection=self._place.connection,
                reader=self.keys,
            )
        except CommitRefused as refused:
            return refusal_of(message, refused)
        return None

    def _arrive(self, hello: said.Hello, attempt: Attempt) -> ServerMessage:
        self._place.mode = hello.mode
        return self._take_place(services.arrive, attempt) or _welcome()

    def _open_doors(self, attempt: Attempt) -> SecondDevice | None:
        """Where they are open already, perhaps from another tab, the host arrives as on `hello`."""
        come_in = services.arrive if attempt.session.doors_are_open else services.open_doors
        return self._take_place(come_in, attempt)

    def _take_place(
        self, come_in: Callable[..., Admission | None], attempt: Attempt
    ) -> SecondDevice | None:
        try:
            admission = come_in(
                attempt=attempt, connection=self._place.connection, mode=self._place.mode
            )
        except OnAnotherDevice:
            return self._second_device(attempt)
        self._place.admission_id = admission.pk if admission else None
        return None

    def _second_device(self, attempt: Attempt) -> SecondDevice:
        shown_at = _factor_shown_at(attempt.sign_in)
        room = reverse("sessions:room", args=[self._place.session_id])
        return SecondDevice(
            url=f"{reverse('accounts:step_up')}?{urlencode({'next': room})}",
            factor_is_fresh=shown_at is not None and timezone.now() - shown_at <= FRESH_FACTOR,
        )

    def _take_over(self, attempt: Attempt) -> Welcome:
        admission = services.take_over_seat(
            attempt=attempt,
            connection=self._place.connection,
            factor_at=_factor_shown_at(attempt.sign_in),
        )
        self._place.admission_id = admission.pk
        return _welcome()

    def _standing(self, own: Admission | None) -> Standing:
        """By the rows as they are now; raises SessionRefused for who may not know any more."""
        standing = (
            standing_in(own.session, own.user)
            if own
            else standing_of(self._user, self._place.session_id)
        )
        if standing is None:
            raise SessionRefused("ended")
        return standing

    def _attempt(self, standing: Standing) -> Attempt:
        sign_in = SignIn.objects.select_related("user").get(pk=self._place.sign_in_id)
        return queries.attempt_of(
            session=standing.session, membership=standing.membership, sign_in=sign_in
        )

    def _own(self) -> Admission | None:
        """The live admission that this very connection holds."""
        admission = queries.admission_at(self._place.session_id, self._place.connection)
        if admission is not None:
            self._place.admission_id = admission.pk
        return admission

    def _require_own(self) -> Admission:
        own = self._own()
        if own is None:
            raise SessionRefused("not_this_connection")
        return own

    def _note(self, service: Callable[..., None]) -> None:
        """The world has moved on if the service refuses: then there is nothing to note."""
        own = self._own()
        if own is None:
            return
        try:
            with acting(self._origin), suppress(SessionRefused):
                service(admission=own, connection=self._place.connection)
        except AuditUnavailable as error:
            if isinstance(error.__cause__, AWAY):
                raise
            # The place stays as it was; the sweep ends it once the log can be written again.
            log.critical("audit.unavailable", act=service.__name__)

    def _keep(self) -> None:
        place = self._place
        session = queries.session_of(place.session_id)
        with acting_as_system("socket"), suppress(SessionRefused):
            services.keep_session(session)
        if place.admission_id is not None:
            services.keep_alive(admission_id=place.admission_id, connection=place.connection)
            services.keep_signed_in(place.sign_in_id)


def _welcome() -> Welcome:
    return Welcome(ice_servers=ice_servers(), ping_seconds=PING_SECONDS)


def _factor_shown_at(sign_in: SignIn | None) -> datetime | None:
    shown = (sign_in.factor_at, sign_in.stepped_up_at) if sign_in else ()
    return max((at for at in shown if at is not None), default=None)
