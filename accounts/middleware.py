"""Finds the sign-in behind the session cookie and the language of the page, for every request.

`request.sign_in` is the live SignIn (perhaps pending or locked) or None. `request.user` is the
person only when the sign-in is open: a view that forgets its guard still sees nobody after the
password alone, after the idle limit and behind the lock.
"""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from accounts.languages import ORIGINAL, page_language
from accounts.models import Profile, SignIn
from accounts.presence import present_sign_in
from audit.errors import AuditUnavailable


class SignInMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        attach(request, _present(request))
        return self.get_response(request)


def attach(request: HttpRequest, sign_in: SignIn | None) -> None:
    """Sets what the rest of the request reads; also after a step of signing in."""
    is_open = sign_in is not None and sign_in.is_open
    request.user = sign_in.user if sign_in is not None and is_open else AnonymousUser()
    facts = {
        "sign_in": sign_in,
        "auth_strength": sign_in.auth_strength if sign_in else "none",
        "idle_seconds": int(sign_in.idle_limit.total_seconds()) if sign_in and is_open else 0,
    }
    for name, value in facts.items():
        setattr(request, name, value)


def _present(request: HttpRequest) -> SignIn | None:
    """Without the log no limit can be applied, so nobody is signed in."""
    try:
        return present_sign_in(request.session)
    except AuditUnavailable:
        return None


class LanguageMiddleware:
    """Pages marked `translated` (accounts/languages.py) speak the language of their reader.

    `request.language` is the code that the reader chose, on those pages; empty on all others.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.language = ""  # type: ignore[attr-defined]
        with translation.override(ORIGINAL.code):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *_: object
    ) -> None:
        if request.user.is_authenticated and getattr(view, "is_translated", False):
            profile = Profile.objects.filter(user=request.user).only("language").first()
            code = profile.language if profile else ORIGINAL.code
            request.language = code  # type: ignore[attr-defined]
            translation.activate(page_language(code).code)
