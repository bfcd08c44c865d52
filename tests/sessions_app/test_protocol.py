"""The protocol is written down where its readers look, and stays the same as the code."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from sessions_app import protocol
from sessions_app.messages import CLIENT_MESSAGES, SERVER_MESSAGES


def test_types_and_documentation_are_up_to_date() -> None:
    call_command("protocol", check=True, stdout=StringIO())


def test_every_message_is_in_both() -> None:
    types, document = protocol.typescript(), protocol.reference()
    words = [kind.type for kind in CLIENT_MESSAGES] + [kind.type for kind in SERVER_MESSAGES]
    for word in words:
        assert f'type: "{word}"' in types
        assert f"#### `{word}`" in document


def test_a_stale_document_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEADER", "// An older header.\n")
    with pytest.raises(CommandError, match=r"protocol\.gen\.ts"):
        call_command("protocol", check=True, stdout=StringIO())


def test_a_document_without_its_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="markers"):
        protocol.with_reference("# The session socket\n")
