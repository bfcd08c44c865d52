"""Finds the sign-in behind the session cookie, for every request.

`request.sign_in` is the live SignIn (perhaps pending or locked) or None. `request.user` is the
person only when the sign-in is open: a view that forgets its guard still sees nobody after the
password alone, after the idle limit and behind the lock.
"""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from accounts.services.sign_ins import present_sign_in


class SignInMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sign_in = present_sign_in(request.session)
        request.sign_in = sign_in  # type: ignore[attr-defined]  # typed in access.SignedInRequest
        request.user = sign_in.user if sign_in and sign_in.is_open else AnonymousUser()
        return self.get_response(request)
