"""Nobody can add a message of the socket and forget its audit event.

A message is done by a service that is an act, or stands here with its reason. That every host's
message really leaves its entry is sessions_app/test_rules.py's matter.
"""

from collections.abc import Callable

import pytest

from sessions_app import services
from sessions_app.messages import CLIENT_MESSAGES, ClientMessage, keys
from sessions_app.messages import client as said
from sessions_app.sockets.acts import SERVICES

Service = Callable[..., object]
# Of several services it is the state of things that chooses one.
ACTS: dict[type[ClientMessage], tuple[Service, ...]] = {
    **{kind: (service,) for kind, service in SERVICES.items()},
    said.Hello: (
        services.enter_waiting_room,
        services.resume_place,
        services.take_host_seat,
    ),
    said.TakeOver: (services.take_over_seat,),
    said.Offer: (services.issue_transport_ticket,),
    said.State: (services.set_presence,),
    said.Leave: (services.leave,),
    said.OpenDoors: (services.open_doors, services.resume_place, services.take_host_seat),
    keys.FoundGroup: (services.found_key_group,),
    keys.Commit: (services.commit_keys,),
}
WITHOUT_EVENT: dict[type[ClientMessage], str] = {
    said.Ack: "counts what arrived; nobody acts",
    said.Ping: "a heartbeat: nobody acts, and its end is recorded",
    said.View: "how large pictures are shown; who may see them was decided before",
    keys.OwnKeyPackage: "a public key on each page load; being added is recorded",
    keys.HeldKeys: "where this page stands; what it is sent was recorded when it was made",
    keys.Ready: "a browser's own progress; the epoch is recorded",
    keys.Switched: "a browser's own progress; the epoch is recorded",
    keys.Say: "sealed words among members: content, which no log may hold",
}


def test_every_message_is_an_act_or_has_a_reason() -> None:
    assert set(ACTS) | set(WITHOUT_EVENT) == set(CLIENT_MESSAGES)
    assert not set(ACTS) & set(WITHOUT_EVENT)


@pytest.mark.parametrize("kind", list(ACTS), ids=lambda kind: kind.type)
def test_its_services_record_exactly_one_event(kind: type[ClientMessage]) -> None:
    for service in ACTS[kind]:
        assert getattr(service, "audit_events", ()), "decorate it with @act, or say why not"


def test_a_service_that_is_no_act_would_be_found() -> None:
    assert not hasattr(services.keep_alive, "audit_events")
