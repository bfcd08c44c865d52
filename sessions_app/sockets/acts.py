"""A host's message becomes a service, and nothing else happens here."""

from collections.abc import Callable, Mapping
from dataclasses import fields

from accounts.models import User
from sessions_app import services
from sessions_app.messages import client as said
from sessions_app.messages.client import ClientMessage
from sessions_app.models import Session

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


def act_as_host(message: ClientMessage, *, session: Session, by: User) -> None:
    """Raises SessionRefused; the service asks again whether this person may."""
    keywords = {field.name: getattr(message, field.name) for field in fields(message)}
    SERVICES[type(message)](session=session, by=by, **keywords)
