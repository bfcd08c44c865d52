"""Nobody can add a page and forget its audit event.

A route either shows personal data and says so (`@shows`), or stands here with its reason. What
the acts behind a form record is test_every_service_is_an_act.py's matter.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

ACT = "changes something through an act, and shows nothing of its own"
FORM = "an empty form; what it is used for is an act"
OWN_ACT = "shows what an act of this very request made, which is recorded as that act"
NO_PERSON = "about the process, not about a person"
WORDINGS = "the programme's own wordings: about no person and no group"
LEADS_ON = "leads to the next page; what it changes is an act"

WITHOUT_VIEW_EVENT = {
    "health:healthz": NO_PERSON,
    "health:readyz": NO_PERSON,
    "health:metrics": NO_PERSON,
    "accounts:sign_in": FORM,
    "accounts:factor": FORM,
    "accounts:passkey_options": FORM,
    "accounts:passkey_verify": ACT,
    "accounts:sign_out": ACT,
    "accounts:enrol": FORM,
    "accounts:enrol_totp": OWN_ACT,
    "accounts:enrol_passkey_options": FORM,
    "accounts:enrol_passkey_verify": ACT,
    "accounts:recovery_codes": OWN_ACT,
    "accounts:remove_factor": ACT,
    "accounts:lost_factor": FORM,
    "accounts:step_up": FORM,
    "accounts:step_up_options": FORM,
    "accounts:step_up_verify": ACT,
    "accounts:choose_language": ACT,
    "accounts:lock": ACT,
    "accounts:locked": FORM,
    "accounts:present": "a heartbeat: nobody acts, and the idle lock is recorded",
    "accounts:end_other": ACT,
    "accounts:end_others": ACT,
    "accounts:password_change": FORM,
    "accounts:reset_request": FORM,
    "accounts:reset": FORM,
    "groups:invite_person": FORM,
    "groups:suspend_person": ACT,
    "groups:reinstate_person": ACT,
    "groups:withdraw_staff_invitation": ACT,
    "groups:approve_factor_reset": ACT,
    "groups:refuse_factor_reset": ACT,
    "groups:withdraw_group_invitation": ACT,
    "groups:emergency": OWN_ACT,
    "groups:choices": ACT,
    "groups:guardian_end": ACT,
    "groups:birth_date": ACT,
    "groups:accommodation": ACT,
    "groups:leave": ACT,
    "groups:member_suspend": ACT,
    "groups:member_reinstate": ACT,
    "groups:member_remove": ACT,
    "consent:withdraw": ACT,
    "consent:publish": ACT,
    "consent:publish_document": ACT,
    "compliance:export": "hands out a bundle whose own entry it waits for",
    "compliance:reveal": OWN_ACT,
    "compliance:keep_view": ACT,
    "compliance:drop_view": ACT,
    "compliance:decide": ACT,
    "compliance:tick": ACT,
    "compliance:sign": ACT,
    "compliance:look_at_use": ACT,
    "privacy:export": OWN_ACT,
    "privacy:request_new": FORM,
    "privacy:request_withdraw": ACT,
    "consent:ask": ACT,
    "consent:ask_again": ACT,
    "consent:drop_translation": ACT,
    "consent:reviewed": ACT,
    "office:templates": WORDINGS,
    "office:clauses": WORDINGS,
    "office:publish_template": ACT,
    "office:retire_template": ACT,
    "office:begin": ACT,
    "office:begin_own": ACT,
    "office:choose_wording": WORDINGS,
    "office:new_clause": WORDINGS,
    "office:clause": WORDINGS,
    "office:drop_clause": ACT,
    "office:remind": ACT,
    "office:take_export": "hands out what an act of this very request recorded",
    "office:drop_export": ACT,
    "consent:take_back_proposal": ACT,
    "consent:pledge": ACT,
    "consent:pledge_display": ACT,
    "consent:take_back_pledge": ACT,
    "sessions:enter": LEADS_ON,
    "sessions:ask": ACT,
    "sessions:later": ACT,
    "sessions:cancel": ACT,
}


def routes(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every route as `namespace:name`, or as its path where it has no name."""
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            inner = f"{one.namespace}:" if one.namespace else space
            yield from routes(one, inner)
        elif isinstance(one, URLPattern):
            yield f"{space}{one.name or one.pattern}", one.callback


def without_view_event() -> set[str]:
    found = routes(get_resolver())
    return {name for name, view in found if not getattr(view, "audit_shows", False)}


def test_every_route_records_its_view_or_says_why_not() -> None:
    assert without_view_event() - set(WITHOUT_VIEW_EVENT) == set(), "add @shows, or say why not"


def test_the_list_of_exceptions_holds_nothing_that_is_gone() -> None:
    assert set(WITHOUT_VIEW_EVENT) - without_view_event() == set()


def test_the_pages_with_most_to_lose_are_among_those_that_record() -> None:
    names = {name for name, _ in routes(get_resolver())} - without_view_event()
    assert names >= {
        "accounts:profile",
        "compliance:desk",
        "compliance:entry",
        "compliance:log",
        "compliance:person",
        "consent:signature",
        "groups:member",
        "groups:people",
        "privacy:overview",
        "sessions:home",
        "sessions:room",
    }
