"""What the server answers to somebody who may not know: status and body, compared as a whole."""

import re
from dataclasses import dataclass

from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.e2e.person import Person

# A session that does not exist: what everything forbidden must look like.
NOWHERE = "/session/00000000-0000-4000-8000-000000000000/"
SESSION_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=)"[^"]+"')


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: str


def answer_of(person: Person, path: str) -> Answer:
    answer = person.context.request.get(path, max_redirects=0)
    return Answer(answer.status, TOKEN.sub("", SESSION_ID.sub("", answer.text())))


def socket_answer(person: Person, session: str) -> Answer:
    """Of the handshake; 101 when the socket opens."""
    try:
        with connect(
            f"{person.origin.replace('http', 'ws', 1)}/ws{session}",
            origin=Origin(person.origin),
            additional_headers={"Cookie": person.cookies()},
        ):
            return Answer(101, "")
    except InvalidStatus as refused:
        body = refused.response.body or b""
        return Answer(refused.response.status_code, body.decode())
