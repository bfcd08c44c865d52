"""The bytes of an entry: canonical JSON, hashed exactly as stored, never made again.

Keys are sorted and every key is always there. The salt keeps a pruned body from being guessed
from the leaf hash that stays for ever.
"""

import json
import os
from collections.abc import Mapping

from audit.context import Origin
from audit.errors import EventMalformed
from audit.events import Event, Ref

VERSION = 1
SALT_BYTES = 16
MAX_BYTES = 4096
MAX_CODE = 64


def encode(event: Event, origin: Origin, *, salt: bytes | None = None) -> bytes:
    """Raises EventMalformed when the event does not fit the format."""
    said: dict[str, object] = {
        "v": VERSION,
        "act": event.act,
        "outcome": event.outcome.value,
        "actor": _ref(origin.actor),
        "actor_role": origin.actor_role,
        "on_behalf": _ref(origin.on_behalf),
        "object": _ref(event.object),
        "subject": _ref(event.subject),
        "group": _ref(event.group),
        "session": _ref(event.session),
        "auth": origin.auth_strength,
        "address": origin.address,
        "device": origin.device,
        "request": origin.request_id,
        "reason": _code(event.reason),
        "details": event.details(),
        "salt": (salt or os.urandom(SALT_BYTES)).hex(),
    }
    body = canonical(said)
    if len(body) > MAX_BYTES:
        raise EventMalformed(f"{event.act} is {len(body)} bytes long")
    return body


def canonical(said: Mapping[str, object]) -> bytes:
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _ref(ref: Ref | None) -> str | None:
    return None if ref is None else str(ref)


def _code(reason: str) -> str:
    """A reason code has no spaces: whoever writes prose into it is told at once."""
    if len(reason) > MAX_CODE or any(character.isspace() for character in reason):
        raise EventMalformed("reason is a code, not prose")
    return reason
