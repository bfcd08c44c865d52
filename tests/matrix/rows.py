"""Who may use which address: written by hand, deny by default.

A relation that a row does not name gets the constant 404; a visitor is sent to sign in.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Relation(StrEnum):
    """What somebody is to the group, the session or the thing that an address names."""

    OWNER = "owner"
    MEMBER = "member"
    HOST = "host"
    OTHER_MEMBER = "member of another group"
    OTHER_HOST = "host of another group"
    ADMIN = "admin of the programme"
    OTHER_ADMIN = "admin of another programme"
    COMPLIANCE = "compliance officer"
    GUARDIAN = "guardian of the owner"
    NOBODY = "signed in, entitled to nothing"


R = Relation
Names = dict[str, str]
MEMBERS = frozenset({R.OWNER, R.MEMBER})
INSIDE = MEMBERS | {R.HOST}
PLANNERS = frozenset({R.HOST, R.ADMIN})
ADMIN = frozenset({R.ADMIN})
ADMINS = frozenset({R.ADMIN, R.OTHER_ADMIN})
APPROVERS = frozenset({R.HOST, R.OTHER_HOST, R.ADMIN})
EVERYBODY = frozenset(R)
OWNER = frozenset({R.OWNER})
THERAPISTS = frozenset({R.HOST, R.OTHER_HOST})
HOST = frozenset({R.HOST})
OFFICER = frozenset({R.COMPLIANCE})
BOTH = ("GET", "POST")


@dataclass(frozen=True, slots=True)
class Row:
    """`names` says which object stands for each part of the address (world.names_in)."""

    may: frozenset[Relation]
    methods: tuple[str, ...] = ("GET",)
    names: Names = field(default_factory=dict)
    is_public: bool = False
    # Instead of the 404: the page to which an own id and anybody else's lead alike.
    leads_to: str = ""


def public(*methods: str, **fixed: str) -> Row:
    """Visitors too: these pages are how one comes in, and they show nothing of anybody."""
    return Row(EVERYBODY, methods or ("GET",), fixed, is_public=True)


GROUP: Names = {"pk": "group"}
MEMBERSHIP: Names = {"pk": "group", "membership": "membership"}
SESSION: Names = {"pk": "session"}

ROWS: dict[str, Row] = {
    "health:healthz": public(),
    "health:readyz": public(),
    "health:metrics": public(),
    "accounts:sign_in": public(*BOTH),
    "accounts:factor": public(*BOTH),
    "accounts:passkey_options": public("POST"),
    "accounts:passkey_verify": public("POST"),
    "accounts:sign_out": public("POST"),
    "accounts:enrol": public(),
    "accounts:enrol_totp": public(*BOTH),
    "accounts:enrol_passkey_options": public("POST"),
    "accounts:enrol_passkey_verify": public("POST"),
    "accounts:lost_factor": public(*BOTH),
    "accounts:step_up_options": public("POST"),
    "accounts:step_up_verify": public("POST"),
    "accounts:lock": public("POST"),
    "accounts:locked": public(*BOTH),
    "accounts:present": public("POST"),
    "accounts:reset_request": public(*BOTH),
    "accounts:reset": public(*BOTH, token="=no-such-token"),
    # Signed in, an unknown link is a page that does not exist; a visitor learns that it has ended.
    "groups:invitation": Row(frozenset(), BOTH, {"token": "=no-such-token"}, is_public=True),
    "accounts:recovery_codes": Row(EVERYBODY, BOTH),
    "accounts:step_up": Row(EVERYBODY, BOTH),
    "accounts:profile": Row(EVERYBODY, BOTH),
    "accounts:choose_language": Row(EVERYBODY, ("POST",)),
    "accounts:security": Row(EVERYBODY),
    "accounts:end_others": Row(EVERYBODY, ("POST",)),
    "accounts:password_change": Row(EVERYBODY, BOTH),
    "accounts:end_other": Row(OWNER, ("POST",), {"pk": "sign_in"}, leads_to="accounts:security"),
    "accounts:remove_factor": Row(
        OWNER, ("POST",), {"kind": "=totp", "pk": "factor"}, leads_to="accounts:security"
    ),
    "groups:people": Row(ADMINS),
    "groups:invite_person": Row(ADMINS, BOTH),
    "groups:suspend_person": Row(frozenset({R.ADMIN}), ("POST",), {"pk": "person"}),
    "groups:reinstate_person": Row(frozenset({R.ADMIN}), ("POST",), {"pk": "person"}),
    "groups:withdraw_staff_invitation": Row(frozenset(), ("POST",), {"pk": "invitation"}),
    "groups:factor_resets": Row(APPROVERS | {R.OTHER_ADMIN}),
    "groups:approve_factor_reset": Row(APPROVERS, ("POST",), {"pk": "reset"}),
    "groups:refuse_factor_reset": Row(APPROVERS, ("POST",), {"pk": "reset"}),
    "groups:groups_list": Row(EVERYBODY),
    "groups:group_new": Row(ADMINS, BOTH),
    "groups:group": Row(INSIDE | {R.ADMIN}, names=GROUP),
    "groups:group_policy": Row(PLANNERS, BOTH, GROUP),
    "groups:group_passphrase": Row(HOST, BOTH, GROUP),
    "groups:host_add": Row(frozenset({R.ADMIN}), BOTH, GROUP),
    "groups:group_invite": Row(HOST, BOTH, GROUP),
    "groups:withdraw_group_invitation": Row(
        HOST, ("POST",), {"pk": "group", "invitation": "invitation"}
    ),
    "groups:me": Row(INSIDE, BOTH, GROUP),
    "groups:ages": Row(PLANNERS, BOTH, GROUP),
    "groups:guardians": Row(HOST, BOTH, MEMBERSHIP),
    "groups:guardian_end": Row(HOST, ("POST",), {**MEMBERSHIP, "link": "link"}),
    "groups:birth_date": Row(HOST, ("POST",), MEMBERSHIP),
    "groups:choices": Row(INSIDE, ("POST",), GROUP),
    "groups:accommodation": Row(HOST, ("POST",), MEMBERSHIP),
    "groups:leave": Row(INSIDE, ("POST",), GROUP),
    "groups:member": Row(HOST, BOTH, MEMBERSHIP),
    "groups:emergency": Row(HOST, BOTH, MEMBERSHIP),
    "groups:member_suspend": Row(HOST, ("POST",), MEMBERSHIP),
    "groups:member_reinstate": Row(HOST, ("POST",), MEMBERSHIP),
    "groups:member_remove": Row(HOST, ("POST",), MEMBERSHIP),
    "consent:papers": Row(EVERYBODY),
    "consent:paper": Row(INSIDE, BOTH, {"pk": "paper"}),
    "consent:signature": Row(OWNER, names={"pk": "signature"}),
    "consent:ward_paper": Row(frozenset({R.GUARDIAN}), BOTH, {"pk": "paper", "link": "link"}),
    "consent:ask": Row(INSIDE, ("POST",), {"pk": "paper"}),
    "consent:question": Row(HOST, BOTH, {"pk": "question"}),
    "consent:translation": Row(HOST, BOTH, {"pk": "group", "kind": "=telehealth", "code": "=ar"}),
    "consent:drop_translation": Row(
        HOST, ("POST",), {"pk": "group", "kind": "=telehealth", "code": "=ar"}
    ),
    "consent:sealed_copy": Row(OWNER, names={"pk": "signature"}),
    "consent:withdraw": Row(OWNER, ("POST",), {"pk": "signature"}),
    "consent:rules": Row(INSIDE, names=GROUP),
    "consent:propose": Row(INSIDE, BOTH, GROUP),
    "consent:proposal": Row(INSIDE, BOTH, {"pk": "proposal"}),
    "consent:take_back_proposal": Row(OWNER, ("POST",), {"pk": "proposal"}),
    "consent:decide": Row(HOST, BOTH, {"pk": "proposal"}),
    "consent:pledge": Row(INSIDE, ("POST",), GROUP),
    "consent:pledge_display": Row(INSIDE, ("POST",), GROUP),
    "consent:take_back_pledge": Row(INSIDE, ("POST",), GROUP),
    "consent:overview": Row(HOST, BOTH, GROUP),
    "consent:ask_again": Row(HOST, ("POST",), GROUP),
    "consent:reviewed": Row(HOST, ("POST",), GROUP),
    "consent:agreement": Row(HOST, BOTH, GROUP),
    "consent:publish": Row(HOST, ("POST",), GROUP),
    "consent:document": Row(HOST, BOTH, {"pk": "group", "kind": "=telehealth"}),
    "consent:publish_document": Row(HOST, ("POST",), {"pk": "group", "kind": "=telehealth"}),
    "consent:lessons": Row(EVERYBODY),
    "consent:lesson": Row(EVERYBODY, BOTH, {"key": "=posts"}),
    "consent:group_lessons": Row(PLANNERS, BOTH, GROUP),
    "consent:program_lessons": Row(ADMINS, BOTH),
    "office:numbers": Row(ADMINS),
    "office:group": Row(ADMIN, names=GROUP),
    "office:begin_own": Row(HOST, ("POST",), {"pk": "group", "kind": "=telehealth"}),
    "office:templates": Row(ADMINS, BOTH),
    "office:template": Row(ADMIN, BOTH, {"pk": "template"}),
    "office:publish_template": Row(ADMIN, ("POST",), {"pk": "template"}),
    "office:retire_template": Row(ADMIN, ("POST",), {"pk": "template"}),
    "office:begin": Row(ADMIN, ("POST",), {"pk": "template"}),
    "office:choose_wording": Row(ADMIN, BOTH, {"pk": "template", "key": "=risks"}),
    "office:clauses": Row(ADMINS, names={"kind": "=telehealth"}),
    "office:new_clause": Row(ADMINS, BOTH, {"kind": "=telehealth", "key": "=risks"}),
    "office:clause": Row(ADMIN, BOTH, {"pk": "clause"}),
    "office:drop_clause": Row(ADMIN, ("POST",), {"pk": "clause"}),
    "office:policies": Row(ADMINS),
    "office:policy": Row(ADMIN, BOTH, GROUP),
    "office:reminders": Row(ADMINS, BOTH),
    "office:remind": Row(ADMINS, ("POST",)),
    "office:exports": Row(ADMINS, BOTH),
    "office:export": Row(ADMIN, names={"pk": "export"}),
    "office:take_export": Row(ADMIN, names={"pk": "export"}),
    "office:drop_export": Row(ADMIN, ("POST",), {"pk": "export"}),
    "sessions:home": Row(EVERYBODY),
    "sessions:enter": Row(INSIDE, names=SESSION),
    "sessions:closed": Row(INSIDE, names=SESSION),
    "sessions:reminder": Row(INSIDE, BOTH, SESSION),
    "sessions:space": Row(INSIDE, BOTH, SESSION),
    "sessions:no_space": Row(INSIDE, BOTH, SESSION),
    "sessions:location": Row(INSIDE, BOTH, SESSION),
    "sessions:devices": Row(INSIDE, BOTH, SESSION),
    "sessions:browser": Row(INSIDE, BOTH, SESSION),
    "sessions:passphrase": Row(INSIDE, BOTH, SESSION),
    "sessions:ask": Row(INSIDE, ("POST",), SESSION),
    "sessions:later": Row(INSIDE, ("POST",), SESSION),
    "sessions:sign": Row(INSIDE, names=SESSION),
    "sessions:try_devices": Row(EVERYBODY, BOTH),
    "sessions:try_space": Row(EVERYBODY, BOTH),
    "sessions:space_checklist": Row(ADMINS, BOTH),
    "sessions:start": Row(INSIDE, names=GROUP),
    "sessions:start_people": Row(HOST, names=GROUP),
    "sessions:room": Row(INSIDE, names=SESSION),
    "sessions:left": Row(OWNER, names=SESSION),
    "sessions:cancel": Row(PLANNERS, ("POST",), SESSION),
    "sessions:schedule": Row(PLANNERS, BOTH, GROUP),
    "training:modules": Row(THERAPISTS),
    "training:module": Row(THERAPISTS, BOTH, {"key": "=room"}),
    "training:program": Row(ADMINS, BOTH),
    "compliance:desk": Row(OFFICER),
    "compliance:log": Row(OFFICER),
    "compliance:export": Row(OFFICER, ("POST",)),
    "compliance:keep_view": Row(OFFICER, ("POST",)),
    # A saved view is its owner's alone.
    "compliance:drop_view": Row(frozenset(), ("POST",), {"pk": "session"}),
    "compliance:entry": Row(OFFICER, names={"pk": "signature"}),
    "compliance:session": Row(OFFICER, names=SESSION),
    "compliance:person": Row(OFFICER, names={"pk": "person"}),
    "compliance:reveal": Row(OFFICER, BOTH, {"pk": "person"}),
    "compliance:alerts": Row(OFFICER),
    "compliance:alert": Row(OFFICER, names={"pk": "alert"}),
    "compliance:decide": Row(OFFICER, ("POST",), {"pk": "alert"}),
    "compliance:reviews": Row(OFFICER),
    "compliance:review": Row(OFFICER, names={"pk": "review"}),
    "compliance:tick": Row(OFFICER, ("POST",), {"pk": "review", "position": "=1"}),
    "compliance:sign": Row(OFFICER, ("POST",), {"pk": "review"}),
    "compliance:requests": Row(OFFICER),
    "compliance:request": Row(OFFICER, BOTH, {"pk": "request"}),
    # What the log does not hold is on no queue.
    "compliance:look_at_use": Row(frozenset(), ("POST",), {"pk": "session"}),
    "privacy:overview": Row(EVERYBODY),
    "privacy:readers": Row(EVERYBODY),
    "privacy:export": Row(EVERYBODY, ("POST",)),
    "privacy:request_new": Row(EVERYBODY, BOTH),
    "privacy:request": Row(OWNER, names={"pk": "request"}),
    "privacy:request_withdraw": Row(OWNER, ("POST",), {"pk": "request"}),
}
