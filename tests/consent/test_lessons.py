"""Lessons: short, explained, never failed, and due again a year later."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import OutgoingMail
from consent import learned, services, tasks
from consent.learning import (
    GRACE,
    LESSON_TRANSITIONS,
    LearningTerms,
    LessonStanding,
    lesson_standing,
)
from consent.lessons import BY_KEY, LESSONS, Exercise, Lesson
from consent.models import LearningRule, LessonCompletion
from tests.cast import Visit, browser_of
from tests.groups.world import World
from tests.sessions_app.log import acts_so_far

YEAR = timedelta(days=365)
READ_A_MINUTE = 160


@pytest.fixture(params=LESSONS, ids=lambda lesson: lesson.key)
def lesson(request: pytest.FixtureRequest) -> Lesson:
    return request.param  # type: ignore[no-any-return]


def test_a_lesson_is_read_in_less_than_two_minutes(lesson: Lesson) -> None:
    assert len(lesson.words().split()) < 2 * READ_A_MINUTE


def test_each_question_has_one_right_answer_and_explains_every_one(lesson: Lesson) -> None:
    assert lesson.exercises
    for exercise in lesson.exercises:
        assert [choice.is_right for choice in exercise.choices].count(True) == 1
        assert all(choice.why for choice in exercise.choices)


def test_the_lessons_speak_of_what_they_were_asked_to_speak_of() -> None:
    assert set(BY_KEY) == {
        *("devices", "networks", "speakers", "sharing"),
        *("home", "posts", "speaking"),
    }
    assert "vague" in BY_KEY["posts"].words()


def number_of(exercise: Exercise, *, right: bool) -> str:
    return next(
        str(number) for number, choice in enumerate(exercise.choices, 1) if choice.is_right is right
    )


def answers(lesson: Lesson, *, right: bool) -> dict[str, str]:
    return {
        f"question_{number}": number_of(exercise, right=right)
        for number, exercise in enumerate(lesson.exercises, 1)
    }


def answer(client: Client, lesson: Lesson, *, right: bool, **more: str) -> HttpResponse:
    response: Any = client.post(f"/lessons/{lesson.key}/", {**answers(lesson, right=right), **more})
    return response  # type: ignore[no-any-return]  # the stubs' own type for test answers


def take_all(visit: Visit) -> None:
    with visit.acting():
        for lesson in LESSONS:
            services.complete_lesson(user=visit.user, lesson=lesson)


def test_another_answer_is_explained_and_chosen_again_and_nothing_is_noted(
    world: World, lesson: Lesson
) -> None:
    client = browser_of(world.ana)
    response = answer(client, lesson, right=False)
    assert response.status_code == 200
    chosen = next(choice for choice in lesson.exercises[0].choices if not choice.is_right)
    page = response.content.decode()
    assert chosen.why[:20] in page
    assert "another answer fits better" in page
    assert not LessonCompletion.objects.exists()
    assert answer(client, lesson, right=True).status_code == 302
    assert LessonCompletion.objects.get().lesson == lesson.key
    assert acts_so_far().count("lesson.completed") == 1


def test_an_unanswered_question_stays_on_the_page(world: World) -> None:
    response = browser_of(world.ana).post("/lessons/posts/", {})
    assert response.status_code == 200
    assert b"Choose what you would do" in response.content
    assert not LessonCompletion.objects.exists()


def test_a_lesson_that_does_not_exist_is_a_page_that_does_not_exist(world: World) -> None:
    client = browser_of(world.ana)
    assert client.get("/lessons/posts/").status_code == 200
    assert client.get("/lessons/nothing/").status_code == 404


def test_the_own_page_says_when_each_was_taken_and_what_is_next(world: World) -> None:
    client = browser_of(world.ana)
    answer(client, LESSONS[0], right=True)
    page = client.get("/lessons/").content.decode()
    assert f"taken on {timezone.now():%-d %B %Y}" in page
    done = client.get(f"/lessons/{LESSONS[0].key}/?next=/papers/").content.decode()
    assert f"/lessons/{LESSONS[1].key}/?next=%2Fpapers%2F" in done
    assert 'href="/papers/"' in done


def test_another_site_is_never_the_way_on(world: World) -> None:
    client = browser_of(world.ana)
    response = answer(client, LESSONS[0], right=True, next="https://elsewhere.example/")
    assert response["Location"] == f"/lessons/{LESSONS[0].key}/"


@pytest.mark.parametrize(
    ("age", "standing"),
    [
        (timedelta(0), "done"),
        (YEAR - timedelta(seconds=1), "done"),
        (YEAR, "due"),
        (YEAR + GRACE - timedelta(seconds=1), "due"),
        (YEAR + GRACE, "lapsed"),
    ],
)
def test_a_lesson_is_due_again_after_a_year_to_the_second(age: timedelta, standing: str) -> None:
    now = timezone.now()
    assert lesson_standing(now - age, LearningTerms(), now) == standing


def test_every_standing_has_its_ways_and_only_done_and_due_open_the_door() -> None:
    assert set(LESSON_TRANSITIONS) == set(LessonStanding)
    assert {one for one in LessonStanding if one.opens_door} == {"done", "due"}
    assert lesson_standing(None, LearningTerms(), timezone.now()) == LessonStanding.OPEN


def test_the_stricter_of_group_and_programme_holds(world: World) -> None:
    group, program = world.circle, world.circle.program
    with world.thea.acting():
        services.set_learning_rule(program=program, group=group, is_required=True, renew_days=90)
        services.set_learning_rule(program=program, is_required=False, renew_days=200)
    assert learned.terms_of(group) == LearningTerms(True, timedelta(days=90))
    with world.thea.acting():
        services.set_learning_rule(program=program, group=group, is_required=False, renew_days=300)
        services.set_learning_rule(program=program, is_required=True, renew_days=200)
    assert learned.terms_of(group) == LearningTerms(True, timedelta(days=200))
    assert LearningRule.objects.count() == 2


def test_a_rule_of_another_programmes_group_changes_nothing_here(world: World) -> None:
    with world.thea.acting():
        services.set_learning_rule(
            program=world.circle.program, group=world.circle, is_required=True, renew_days=1
        )
    assert learned.terms_of(world.other) == LearningTerms()
    assert learned.terms_of(world.circle).is_required


def test_whoever_is_due_gets_one_neutral_mail_a_year(world: World) -> None:
    take_all(world.ana)
    OutgoingMail.objects.all().delete()
    tasks.every_minute()
    assert reminders_to(world.ana) == []
    with time_machine.travel(timezone.now() + YEAR + timedelta(hours=1), tick=True):
        tasks.every_minute()
        tasks.every_minute()
        (mail,) = reminders_to(world.ana)
        assert "/lessons/" in mail.body
        assert reminders_to(world.ben) == [], "he has never taken one: the page asks him"
        take_all(world.ana)
    with time_machine.travel(timezone.now() + 2 * (YEAR + timedelta(hours=2)), tick=True):
        tasks.every_minute()
        assert len(reminders_to(world.ana)) == 2
    assert acts_so_far().count("lesson.reminded") == 2


def reminders_to(visit: Visit) -> list[OutgoingMail]:
    mails = OutgoingMail.objects.filter(subject="A few minutes for you").order_by("created_at")
    return [mail for mail in mails if mail.recipient == visit.user.email]


def test_the_reminder_names_no_group(world: World) -> None:
    take_all(world.ana)
    with time_machine.travel(timezone.now() + YEAR + timedelta(hours=1), tick=True):
        tasks.every_minute()
        (mail,) = reminders_to(world.ana)
    assert settings.PUBLIC_URL in mail.body
    assert world.circle.name not in mail.subject + mail.body + mail.sender


def test_a_host_and_an_admin_say_where_lessons_are_required(world: World) -> None:
    answer = {"is_required": "on", "renew_days": "180"}
    browser_of(world.thea).post(f"/groups/{world.circle.pk}/lessons/", answer)
    rule = LearningRule.objects.get()
    assert (rule.group_id, rule.is_required, rule.renew_days) == (world.circle.pk, True, 180)
    browser_of(world.ada).post("/programme/lessons/", answer)
    assert LearningRule.objects.get(group=None).is_required
    page = browser_of(world.thea).get(f"/groups/{world.circle.pk}/lessons/").content
    assert b"Your programme requires the lessons" in page
