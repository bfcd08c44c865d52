"""Questions about a paper wait on both sides until somebody who leads the group answers."""

import pytest
from django.urls import reverse

from accounts.models import OutgoingMail
from consent.errors import AlreadyAnswered
from consent.models import Question
from consent.services import answer_question, ask_question
from tests.cast import Visit, browser_of
from tests.consent.papers import in_force
from tests.groups.world import World
from tests.trail import recorded

ASKED = "May I tell my sister that I go somewhere on Thursdays?"
ANSWERED = "Yes, as long as you say nothing about others."


def ask(world: World) -> Question:
    path = reverse("consent:ask", args=[in_force(world.circle).pk])
    assert browser_of(world.ana).post(path, {"text": ASKED}).status_code == 302
    return Question.objects.get()


def paper_page(world: World, visit: Visit) -> str:
    path = reverse("consent:paper", args=[in_force(world.circle).pk])
    return browser_of(visit).get(path).content.decode()


def test_a_question_waits_on_both_sides_until_it_is_answered(world: World) -> None:
    question = ask(world)
    overview = reverse("consent:overview", args=[world.circle.pk])
    assert "Waits for an answer" in paper_page(world, world.ana)
    assert "Read and answer" in browser_of(world.thea).get(overview).content.decode()
    path = reverse("consent:question", args=[question.pk])
    assert ASKED in browser_of(world.thea).get(path).content.decode()
    browser_of(world.thea).post(path, {"text": ANSWERED})
    assert ANSWERED in paper_page(world, world.ana)
    assert "Waits for an answer" not in paper_page(world, world.ana)
    assert "Read and answer" not in browser_of(world.thea).get(overview).content.decode()


def test_nobody_else_reads_it(world: World) -> None:
    question = ask(world)
    path = reverse("consent:question", args=[question.pk])
    for visit in (world.ana, world.ben, world.cleo, world.tom):
        assert browser_of(visit).get(path).status_code == 404
    assert ASKED not in paper_page(world, world.ben)
    assert browser_of(world.thea).get(path).status_code == 200


def test_both_are_told_by_mail_without_a_word_of_it(world: World) -> None:
    OutgoingMail.objects.all().delete()
    question = ask(world)
    with world.thea.acting():
        answer_question(question=question, by=world.thea.user, text=ANSWERED)
    mails = list(OutgoingMail.objects.order_by("created_at"))
    assert [mail.recipient for mail in mails] == [world.thea.user.email, world.ana.user.email]
    assert not any("sister" in mail.body or "others" in mail.body for mail in mails)


def test_an_answer_is_given_once_and_both_acts_are_recorded(world: World) -> None:
    with world.ana.acting():
        question = ask_question(version=in_force(world.circle), by=world.ana.user, text=ASKED)
    with world.thea.acting():
        answer_question(question=question, by=world.thea.user, text=ANSWERED)
        with pytest.raises(AlreadyAnswered):
            answer_question(question=question, by=world.thea.user, text="No.")
    assert len(recorded("doc.question_asked")) == len(recorded("doc.question_answered")) == 1
    assert "sister" not in str(recorded("doc.question_asked"))
