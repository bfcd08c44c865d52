"""A database that is away: a human sentence, and everything as before once it is back."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client


@contextmanager
def database_away() -> Iterator[None]:
    """The next connection goes to a port where nobody listens."""
    port, connection.settings_dict["PORT"] = connection.settings_dict["PORT"], "1"
    host, connection.settings_dict["HOST"] = connection.settings_dict["HOST"], "127.0.0.1"
    connection.close()
    try:
        yield
    finally:
        connection.settings_dict |= {"PORT": port, "HOST": host}
        connection.close()


@pytest.mark.usefixtures("committed_db")
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_database_that_is_away_is_said_and_passes(method: str) -> None:
    client = Client(raise_request_exception=False)
    ask = getattr(client, method)
    assert client.get("/sign-in/").status_code == 200
    client.cookies["session"] = "x" * 32
    with database_away():
        refused = ask("/sign-in/", {"email": "ana@example.org", "password": "x"})
    assert refused.status_code == 503
    assert b"Nothing was shown or changed" in refused.content
    assert b"Traceback" not in refused.content
    assert client.get("/sign-in/").status_code == 200
