"""Signing under attack and under failure: the right answer or a clear one, nothing half-signed."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.urls import reverse

from accounts.models import SignIn
from consent import queries
from consent.errors import FactorNotFresh, TextRefused
from consent.kinds import DocumentKind
from consent.library import starting_text
from consent.models import AgreementVersion, Question, Signature
from consent.services import publish_version, save_draft, save_translation, sign_agreement
from consent.statements import statements_for
from tests.audit.database import refusing_log
from tests.cast import ANA, THEA, Person, Visit, browser_of, group_of, member_of, staff
from tests.consent.papers import answers, in_force
from tests.consent.test_translations import ARABIC, KIND, translated
from tests.groups.world import World, make_world
from tests.trail import recorded

ROSA = Person("rosa", "Rosa Lind", "participant", "Rosa")
TELEHEALTH = DocumentKind.TELEHEALTH
HIDDEN = "\u202eYou agree."


@pytest.fixture
def rosa(world: World) -> Visit:
    """A member who has signed nothing yet, with a step-up that waits to be used."""
    rosa = member_of(world.circle, ROSA, invited_by=world.thea, has_signed=False)
    rosa.step_up()
    return rosa


def second_paper(group_host: Visit, version: AgreementVersion) -> AgreementVersion:
    group = version.agreement.group
    with group_host.acting():
        save_draft(group=group, text=starting_text(TELEHEALTH), kind=TELEHEALTH)
        return publish_version(group=group, by=group_host.user, kind=TELEHEALTH)


def address(version: AgreementVersion) -> str:
    return reverse("consent:paper", args=[version.pk])


@pytest.mark.parametrize("who", ["thea", "ben"])
def test_nobody_signs_for_somebody_else(world: World, rosa: Visit, who: str) -> None:
    """Neither with the other's name, nor by naming the other's account, nor with their step-up."""
    other: Visit = getattr(world, who)
    version = second_paper(world.thea, in_force(world.circle))
    other.step_up()
    said = {
        **dict.fromkeys(statements_for(TELEHEALTH), "on"),
        "printed_name": ROSA.true_name,
        "user": str(rosa.user.pk),
        "subject": str(rosa.user.pk),
    }
    answer = browser_of(other).post(address(version), said)
    assert answer.status_code == (404 if who == "thea" else 200)
    assert not Signature.objects.filter(version=version).exists()
    assert browser_of(rosa).post(address(version), said).status_code == 302
    assert Signature.objects.get(version=version).user == rosa.user


def test_a_replayed_step_up_signs_nothing_more_and_says_what_to_do(
    world: World, rosa: Visit
) -> None:
    first, client = in_force(world.circle), browser_of(rosa)
    second = second_paper(world.thea, first)
    assert client.post(address(first), answers(rosa)).status_code == 302
    said = {**dict.fromkeys(statements_for(TELEHEALTH), "on"), "printed_name": ROSA.true_name}
    page = client.post(address(second), said)
    assert page.status_code == 200
    assert "Confirm that it is me" in page.content.decode()
    assert Signature.objects.filter(user=rosa.user).count() == 1
    rosa.step_up()
    assert client.post(address(second), said).status_code == 302


def test_one_step_up_in_two_tabs_signs_one_of_two_papers(committed_db: str) -> None:
    thea = staff(THEA)
    group = group_of(thea)
    ana = member_of(group, ANA, invited_by=thea, has_signed=False)
    first = in_force(group)
    papers = [first, second_paper(thea, first)]
    ana.step_up()

    def try_once(version: AgreementVersion) -> str:
        try:
            with ana.acting():
                sign_agreement(
                    request=ana.request(),
                    version=version,
                    printed_name=ANA.true_name,
                    ticked=set(statements_for(version.agreement.kind)),
                )
            return "signed"
        except FactorNotFresh as error:
            return error.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(try_once, papers))
    assert outcomes == ["signature.factor_not_fresh", "signed"]
    assert Signature.objects.filter(user=ana.user).count() == 1
    assert len({entry["id"] for entry in recorded("doc.signed") if ana_is(ana, entry)}) == 1


def ana_is(ana: Visit, entry: dict[str, object]) -> bool:
    return entry["subject"] == f"user:{ana.user.pk}"


def test_without_the_log_nothing_is_signed_and_the_step_up_is_not_spent(committed_db: str) -> None:
    world = make_world()
    rosa = member_of(world.circle, ROSA, invited_by=world.thea, has_signed=False)
    rosa.step_up()
    path, client = address(in_force(world.circle)), browser_of(rosa)
    with refusing_log():
        assert client.post(path, answers(rosa)).status_code == 503
    assert not Signature.objects.filter(user=rosa.user).exists()
    assert not queries.is_current(rosa.user, world.circle)
    assert SignIn.objects.get(pk=rosa.sign_in.pk).signature_ready_at is not None
    assert client.post(path, answers(rosa)).status_code == 302, "the control: the log is back"


def test_hidden_signs_are_refused_in_translations_questions_and_answers(world: World) -> None:
    version = in_force(world.circle)
    with world.thea.acting():
        draft = save_draft(group=world.circle, text=version.text + "\nMore.\n")
        whole = translated(draft.text)
        with pytest.raises(TextRefused):
            save_translation(
                group=world.circle, kind=KIND, language=ARABIC, text=whole + f"\n{HIDDEN}\n"
            )
        assert save_translation(group=world.circle, kind=KIND, language=ARABIC, text=whole)
    path = reverse("consent:ask", args=[version.pk])
    browser_of(world.ana).post(path, {"text": HIDDEN})
    assert not Question.objects.exists()
    browser_of(world.ana).post(path, {"text": "Do I agree?"})
    question = Question.objects.get()
    path = reverse("consent:question", args=[question.pk])
    page = browser_of(world.thea).post(path, {"text": HIDDEN}).content.decode()
    assert "cannot be seen" in page
    question.refresh_from_db()
    assert question.waits


def test_marks_piled_on_a_letter_are_refused_and_spelling_is_not(world: World) -> None:
    """Piled up, they paint over the lines above."""
    spelled = "Việt, naïve, \u0643\u0650\u062a\u064e\u0627\u0628\u064c, \u05e9\u05c1\u05b8\u05dc"
    with world.thea.acting():
        with pytest.raises(TextRefused):
            save_draft(group=world.circle, text="a" + "\u0301\u0323" * 20)
        assert save_draft(group=world.circle, text=f"# A\n\n{spelled}")
