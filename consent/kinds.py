"""The kinds of document a group may have: who signs each, and whether the door waits for it."""

from dataclasses import dataclass

from django.db.models import TextChoices

from groups.states import HOST_ROLES, SeatRole


class DocumentKind(TextChoices):
    CONFIDENTIALITY = "confidentiality", "Agreement on confidentiality"
    GROUND_RULES = "ground_rules", "Ground rules"
    TELEHEALTH = "telehealth", "Consent to meeting by video"
    PRIVACY_NOTICE = "privacy_notice", "Notice of privacy practices"
    PART2 = "part2", "Consent to sharing records"
    THERAPIST = "therapist", "Duties of therapists"
    OBSERVER = "observer", "Duties of observers and interpreters"


@dataclass(frozen=True, slots=True)
class Binding:
    """`closes_door`: nobody of these parts enters a session without a signature in force."""

    signers: frozenset[SeatRole]
    closes_door: bool = True


EVERYBODY = frozenset(SeatRole)
MEMBERS = frozenset({SeatRole.MEMBER})

BINDINGS: dict[DocumentKind, Binding] = {
    DocumentKind.CONFIDENTIALITY: Binding(EVERYBODY),
    DocumentKind.GROUND_RULES: Binding(EVERYBODY),
    DocumentKind.TELEHEALTH: Binding(MEMBERS),
    DocumentKind.PRIVACY_NOTICE: Binding(MEMBERS),
    # Nobody may be kept out for not letting records be shared (42 CFR 2.31).
    DocumentKind.PART2: Binding(MEMBERS, closes_door=False),
    DocumentKind.THERAPIST: Binding(HOST_ROLES),
    DocumentKind.OBSERVER: Binding(frozenset({SeatRole.OBSERVER})),
}
# Everybody signs these, so everybody may propose what they say.
PROPOSABLE = (DocumentKind.GROUND_RULES, DocumentKind.CONFIDENTIALITY)
DOOR_KINDS = frozenset(kind for kind, binding in BINDINGS.items() if binding.closes_door)


def binds(kind: str, role: str) -> bool:
    """Whether somebody of this part in the group is asked to sign this kind of document."""
    return SeatRole(role) in BINDINGS[DocumentKind(kind)].signers


def bars_door(kind: str, role: str) -> bool:
    return kind in DOOR_KINDS and binds(kind, role)
