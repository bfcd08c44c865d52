"""A message becomes a service, and nothing else happens here."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from uuid import UUID

from accounts.models import User
from sessions_app import services
from sessions_app.errors import CommitRefused, SessionRefused
from sessions_app.messages import client as said
from sessions_app.messages import keys
from sessions_app.messages.base import ClientMessage
from sessions_app.models import Admission, Session
from sessions_app.sockets.keys import KeyReader

# The fields of each message are the service's own keywords.
SERVICES: Mapping[type[ClientMessage], Callable[..., object]] = {
    said.Admit: services.admit_participant,
    said.AdmitAll: services.admit_all_verified,
    said.Decline: services.decline_participant,
    said.Return: services.return_to_waiting,
    said.Remove: services.remove_participant,
    said.OverrideLocation: services.override_location,
    said.Lock: services.lock_session,
    said.Unlock: services.unlock_session,
    said.Mute: services.mute_participant,
    said.MuteAll: services.mute_all,
    said.StopVideo: services.stop_video,
    said.AllowMedia: services.allow_media,
    said.Suspend: services.suspend_media,
    said.Resume: services.resume_media,
    said.End: services.end_session,
}


_PAGES_OWN_KEYS = (
    keys.OwnKeyPackage,
    keys.HeldKeys,
    keys.FoundGroup,
    keys.Commit,
    keys.Ready,
    keys.Switched,
)
KEY_MESSAGES = (*_PAGES_OWN_KEYS, keys.Say)
# A page says these by itself, most of them once: no person could be asked to try again.
PAGE_MESSAGES = (said.Hello, said.Offer, said.State, said.View, *_PAGES_OWN_KEYS)


def act_as_host(message: ClientMessage, *, session: Session, by: User) -> None:
    """Raises SessionRefused; the service asks again whether this person may."""
    keywords = {field.name: getattr(message, field.name) for field in fields(message)}
    SERVICES[type(message)](session=session, by=by, **keywords)


def act_on_keys(
    message: ClientMessage,
    *,
    session: Session,
    by: User,
    admission: Admission,
    connection: UUID,
    reader: KeyReader,
) -> None:
    """Raises CommitRefused when another browser was faster, SessionRefused for what nobody may."""
    match message:
        case keys.OwnKeyPackage(admission=visit, package=package):
            # A package for the visit before this one is late, and of no use to anybody.
            if visit == admission.pk:
                services.offer_key_package(admission=admission, package=package)
        case keys.HeldKeys():
            reader.begin(message)
        case keys.FoundGroup(instead_of=former):
            found = services.found_key_group(session=session, by=by, instead_of=former)
            reader.founded(found)
        case keys.Commit():
            fields_of = {field.name: getattr(message, field.name) for field in fields(message)}
            services.commit_keys(admission=admission, by=by, **fields_of)
        case keys.Ready(group=group, epoch=epoch, switched=switched):
            services.note_ready(
                admission=admission,
                connection=connection,
                group=group,
                epoch=epoch,
                switched=switched,
            )
        case keys.Switched(group=group, epoch=epoch):
            services.note_switched(admission=admission, group=group, epoch=epoch)
        case keys.Say(group=group) if not reader.takes_part_in(group):
            raise SessionRefused("not_now")


def refusal_of(message: ClientMessage, refused: CommitRefused) -> keys.CommitRefused | None:
    """To a commit that lost; whoever founds too late is told of the group that was first."""
    if not isinstance(message, keys.Commit):
        return None
    now = refused.group
    return keys.CommitRefused(group=message.group, epoch=now.epoch if now else 0)
