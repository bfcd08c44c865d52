"""Who is acting, from where: set at the edge (middleware, socket, command), read by `record`.

Nothing below the edge passes these facts along by hand, so no service can forget or forge them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from audit.errors import OriginUnknown
from audit.events import Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """`auth_strength` is `none`, `password`, `password+totp`, `password+recovery` or `passkey`."""

    actor: Ref | None
    actor_role: str
    on_behalf: Ref | None = None
    auth_strength: str = "none"
    address: str = ""
    device: str = ""
    request_id: str = ""


_origin: ContextVar[Origin | None] = ContextVar("audit_origin", default=None)


def origin() -> Origin:
    """Raises OriginUnknown where nobody is acting: an entry without an actor is refused."""
    found = _origin.get()
    if found is None:
        raise OriginUnknown("say who acts: audit.context.acting(…) or acting_as_system(…)")
    return found


@contextmanager
def acting(who: Origin) -> Iterator[Origin]:
    token = _origin.set(who)
    try:
        yield who
    finally:
        _origin.reset(token)


@contextmanager
def acting_as(actor: Ref, role: str, *, auth_strength: str = "none") -> Iterator[Origin]:
    """The same address, device and request, but now known to be this person (sign-in does this)."""
    here = _origin.get() or Origin(actor=None, actor_role="")
    with acting(replace(here, actor=actor, actor_role=role, auth_strength=auth_strength)) as known:
        yield known


@contextmanager
def acting_as_system(part: str) -> Iterator[Origin]:
    """`part` is the process or command that acts on its own: `relay`, `beat`, `invite_admin`."""
    with acting(Origin(actor=Ref("system", part), actor_role="system")) as known:
        yield known
