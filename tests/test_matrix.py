"""Every address and every person, in their own group and in another: denied unless a row allows.

The messages of the socket, by role and standing, are tests/sessions_app/test_rules.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast
from uuid import uuid4

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from config.errors import page
from sessions_app.sockets.handshake import open_socket
from tests.cast import Visit, browser_of
from tests.matrix.rows import INSIDE, ROWS, Relation, Row
from tests.matrix.world import Place, World, make_world

FIXED = "="


def routes(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from routes(one, f"{one.namespace}:" if one.namespace else space)
        elif isinstance(one, URLPattern):
            yield f"{space}{one.name}"


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert sorted(routes(get_resolver())) == sorted(ROWS)


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.mark.timeout(900)
def test_every_address_opens_to_whom_its_row_names_and_to_nobody_else(world: World) -> None:
    answers: dict[tuple[str, str, str], HttpResponse] = {}
    wrong = [
        f"{method} {name} of {place_name} as {person}: {problem}"
        for name, row in ROWS.items()
        for place_name, place in world.places.items()
        for person, visit in [("a visitor", None), *world.people.items()]
        for method in row.methods
        if (problem := problem_of(Try(name, row, place, visit, method), world, answers))
    ]
    assert not wrong, "\n".join(wrong)


@dataclass(frozen=True, slots=True)
class Try:
    """One request of the matrix."""

    name: str
    row: Row
    place: Place
    visit: Visit | None
    method: str


def problem_of(one: Try, world: World, answers: dict[tuple[str, str, str], HttpResponse]) -> str:
    """Empty when the answer is what the row says.

    An address that names nothing of a place is asked for once: nothing changes in between.
    """
    path = address(one.name, one.row, one.place)
    key = (path, one.method, str(one.visit and one.visit.user.pk))
    if key not in answers:
        answers[key] = answer(path, one.visit, one.method)
    response = answers[key]
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"{response.status_code}"
    if one.visit is None:
        return "" if one.row.is_public or is_sent_to_sign_in(response) else "open to visitors"
    allowed = relation(one.visit, one.place, world) in one.row.may
    if one.row.leads_to:
        return "" if leads_to(response, one.row.leads_to) else "another answer than the others'"
    if allowed and is_denied(response):
        return f"denied with {response.status_code}"
    if not allowed and not is_denied(response):
        return f"open with {response.status_code}"
    return ""


def address(name: str, row: Row, place: Place) -> str:
    parts = {
        part: word[1:] if word.startswith(FIXED) else place.names[word]
        for part, word in row.names.items()
    }
    return reverse(name, kwargs=parts)


def answer(path: str, visit: Visit | None, method: str) -> HttpResponse:
    """What this person gets; whatever it changed is rolled back."""
    client = browser_of(visit) if visit else Client()
    client.raise_request_exception = False
    with transaction.atomic():
        response = client.generic(method, path, content_type="application/x-www-form-urlencoded")
        transaction.set_rollback(True)
    # The stubs give the test client's answer a type of its own.
    return cast(HttpResponse, response)


def is_denied(response: HttpResponse) -> bool:
    """The constant page and nothing else: no other status, no other byte."""
    return response.status_code == HTTPStatus.NOT_FOUND and response.content == page("404").encode()


def leads_to(response: HttpResponse, name: str) -> bool:
    return response.status_code == HTTPStatus.FOUND and response["Location"] == reverse(name)


def is_sent_to_sign_in(response: HttpResponse) -> bool:
    return response.status_code == HTTPStatus.FOUND and response["Location"].startswith(
        reverse("accounts:sign_in")
    )


def relation(visit: Visit, place: Place, world: World) -> Relation:
    people = world.people
    by_role = {
        "max": Relation.COMPLIANCE,
        "ada": Relation.ADMIN,
        "olga": Relation.OTHER_ADMIN,
        "mallory": Relation.NOBODY,
    }
    name = next(known for known, found in people.items() if found is visit)
    if name == "gina":
        return Relation.GUARDIAN if place is world.circle else Relation.NOBODY
    if name in by_role:
        return by_role[name]
    if visit is place.host:
        return Relation.HOST
    if visit is place.owner:
        return Relation.OWNER
    if visit is place.other_member:
        return Relation.MEMBER
    return Relation.OTHER_HOST if visit.person.role == "therapist" else Relation.OTHER_MEMBER


def test_an_id_that_exists_and_one_that_does_not_get_the_same_bytes(world: World) -> None:
    """Mallory asks for everything twice."""
    mallory = world.people["mallory"]
    for name, row in ROWS.items():
        if Relation.NOBODY in row.may or not row.names or row.leads_to:
            continue
        invented = {part: uuid4() for part, word in row.names.items() if word[0] != FIXED}
        fixed = {part: word[1:] for part, word in row.names.items() if word[0] == FIXED}
        nowhere = reverse(name, kwargs={**invented, **fixed})
        there = answer(address(name, row, world.circle), mallory, row.methods[-1])
        not_there = answer(nowhere, mallory, row.methods[-1])
        assert there.status_code == not_there.status_code == HTTPStatus.NOT_FOUND, name
        assert there.content == not_there.content, name
        assert headers(there) == headers(not_there), name


def headers(response: HttpResponse) -> dict[str, str]:
    return {name: value for name, value in response.items() if name != "Set-Cookie"}


def test_an_id_of_somebody_else_changes_nothing_where_the_answer_is_the_same(
    world: World,
) -> None:
    mallory, ana = world.people["mallory"], world.people["ana"]
    client = browser_of(mallory)
    for name in ("accounts:end_other", "accounts:remove_factor"):
        client.post(address(name, ROWS[name], world.circle))
    ana.sign_in.refresh_from_db()
    assert ana.sign_in.ended_at is None
    assert ana.user.has_factor


def test_the_socket_opens_to_those_inside_and_to_nobody_else(world: World) -> None:
    for place_name, place in world.places.items():
        assert not opens(None, place), f"{place_name}: a visitor"
        for person, visit in world.people.items():
            expected = relation(visit, place, world) in INSIDE
            assert opens(visit, place) is expected, f"{place_name}: {person}"


def opens(visit: Visit | None, place: Place) -> bool:
    headers = [(b"origin", b"http://testserver")]
    if visit is not None:
        headers.append((b"cookie", f"session={visit.session.session_key}".encode()))
    scope = {"headers": headers, "client": ["127.0.0.1", 50000]}
    return open_socket(scope, place.session.pk) is not None
