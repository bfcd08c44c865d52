"""The demo's office: a small library, a paper that waits, a plan of reminders and one export."""

from config.development.walk import Visit
from consent.clauses import compose, sections_of
from consent.kinds import DocumentKind
from consent.library import starting_text
from consent.services import publish_version, set_paper_policy
from groups.models import Group
from office import services
from office.models import PaperTemplate
from office.states import ExportKind, ExportReason

ELSEWHERE = """
Before each session you say where you are. In danger, call {emergency_number} first.

If you travel, tell your therapist before you go: not every place allows sessions.
""".strip()
EVENINGS = """- We begin at six and end at a quarter past seven.
- Whoever is late waits for the next pause.
- One person speaks at a time; nobody has to speak.
- What was hard to say is not talked about afterwards, unless its owner begins."""


def fill_office(*, admin: Visit, thea: Visit, tom: Visit, circle: Group, other: Group) -> None:
    """Tom's group began two papers from the library, which Cleo has not signed yet."""
    with admin.acting():
        services.keep_clause(
            program=circle.program,
            kind=DocumentKind.TELEHEALTH,
            key="emergency",
            name="Members who travel",
            text=ELSEWHERE,
        )
        _publish(circle, DocumentKind.TELEHEALTH, "Adults", emergency=ELSEWHERE)
        _publish(circle, DocumentKind.GROUND_RULES, "Evening groups", rules=EVENINGS)
        _draft(circle, DocumentKind.PRIVACY_NOTICE, "Riverside", contact="")
        services.plan_reminders(program=circle.program, every_days=7)
    with thea.acting():
        set_paper_policy(group=circle, reaffirm_days=90, grace_days=7, review_days=7)
    _begin(other, DocumentKind.TELEHEALTH, admin, tom)
    _begin(other, DocumentKind.GROUND_RULES, admin, tom)
    tom.sign(other)
    with admin.acting():
        services.ask_for_reminders(program=circle.program, by=admin.user)
        services.ask_for_export(
            program=circle.program,
            kind=ExportKind.NUMBERS,
            group=None,
            reason=ExportReason.REVIEW,
            by=admin.user,
        )


def _begin(group: Group, kind: DocumentKind, admin: Visit, therapist: Visit) -> None:
    template = group.program.templates.get(kind=kind)
    with admin.acting():
        services.begin_from_template(version=template.versions.get(), group=group)
    with therapist.acting():
        publish_version(
            group=group,
            by=therapist.user,
            kind=kind,
            values={"emergency_number": "911"},
        )


def _publish(group: Group, kind: DocumentKind, name: str, **changed: str) -> None:
    services.publish_template(template=_draft(group, kind, name, **changed))


def _draft(group: Group, kind: DocumentKind, name: str, **changed: str) -> PaperTemplate:
    template = services.begin_template(program=group.program, kind=kind, name=name)
    words = {**sections_of(starting_text(kind), kind), **changed}
    services.save_template(template=template, text=compose(words, kind))
    return template
