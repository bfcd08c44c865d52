"""Who may open a page at all. Every view of Quietroom starts with one of these.

`signed_in` MUST be passed before anything about a person or a session is read: it asks for the
password, the second factor and an unlocked sign-in, in this order, and offers the next step.
`role_required` answers 404, as for a page that does not exist.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.events import AccessRefused
from accounts.models import Role, SignIn, User
from audit import services as audit

P = ParamSpec("P")
STEP_UP_FOR_VIEWS = timedelta(minutes=10)


class SignedInRequest(HttpRequest):
    """What a view behind `signed_in` is given: all are certain."""

    user: User
    sign_in: SignIn
    # What the person chose; empty where the page is not `translated` (accounts/languages.py).
    language: str


View = Callable[Concatenate[HttpRequest, P], HttpResponse]
SignedInView = Callable[Concatenate[SignedInRequest, P], HttpResponse]


def sign_in_of(request: HttpRequest) -> SignIn | None:
    """The live sign-in of this browser, perhaps pending or locked (accounts/middleware.py)."""
    return getattr(request, "sign_in", None)


def safe_next(request: HttpRequest, default: str = "/") -> str:
    """The local path in `?next=` or the form's `next`; anything else becomes `default`."""
    return local_path(request.POST.get("next") or request.GET.get("next") or "", default)


def local_path(target: str, default: str = "/") -> str:
    """MUST guard every redirect to an address that came from outside."""
    is_local = target.startswith("/") and url_has_allowed_host_and_scheme(
        target, allowed_hosts=None
    )
    return target if is_local else default


def to_page(name: str, next_path: str) -> HttpResponseRedirect:
    """A redirect to one of our pages that comes back to `next_path`."""
    query = "" if next_path == "/" else "?" + urlencode({"next": next_path})
    return HttpResponseRedirect(reverse(name) + query)


def way_in(request: HttpRequest) -> HttpResponseRedirect | None:
    """The page that this browser needs before any other, or None when it may go on."""
    sign_in = sign_in_of(request)
    back_to = _way_back(request)
    if sign_in is None:
        return to_page("accounts:sign_in", back_to)
    if sign_in.is_pending:
        name = "accounts:factor" if sign_in.user.has_factor else "accounts:enrol"
        return to_page(name, back_to)
    if sign_in.is_locked:
        return to_page("accounts:locked", back_to)
    return None


def _way_back(request: HttpRequest) -> str:
    """A page that was asked for, or the page that a refused form named as its `next`."""
    return request.get_full_path() if request.method in ("GET", "HEAD") else safe_next(request)


def signed_in(view: SignedInView[P]) -> View[P]:
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        return way_in(request) or view(request, *args, **kwargs)  # type: ignore[arg-type]

    return guarded


def role_required(*roles: Role) -> Callable[[SignedInView[P]], View[P]]:
    """404 for every other role, and an entry in the log."""

    def decorate(view: SignedInView[P]) -> View[P]:
        @signed_in
        @wraps(view)
        def guarded(request: SignedInRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.user.role not in roles:
                audit.deny(AccessRefused(subject=request.user.ref, reason="role"))
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def has_fresh_factor(request: HttpRequest, within: timedelta = STEP_UP_FOR_VIEWS) -> bool:
    sign_in = sign_in_of(request)
    if sign_in is None or not sign_in.is_open:
        return False
    shown_at = max(filter(None, (sign_in.factor_at, sign_in.stepped_up_at)))
    return timezone.now() - shown_at <= within


def stepped_up(minutes: int = 10) -> Callable[[SignedInView[P]], View[P]]:
    """A factor shown in the last minutes, at sign-in or at the step-up page."""

    def decorate(view: SignedInView[P]) -> View[P]:
        @signed_in
        @wraps(view)
        def guarded(request: SignedInRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not has_fresh_factor(request, timedelta(minutes=minutes)):
                return to_page("accounts:step_up", _way_back(request))
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def may_sign(request: HttpRequest) -> bool:
    """Whether a step-up waits to be used by one signature (services.consume_step_up)."""
    sign_in = sign_in_of(request)
    return sign_in is not None and sign_in.is_open and sign_in.signature_is_ready(timezone.now())
