"""Reviews are drawn by themselves, looked at, signed once, and stay; exceptional uses wait."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from audit.context import acting_as_system
from compliance.models import Review, ReviewItem, UseReview
from compliance.sampling import CADENCES
from compliance.services.reviews import open_due_reviews, open_review
from compliance.states import ReviewKind
from config.development import month
from config.development.cast import MAX
from groups.models import Program
from tests.cast import browser_of, programme, staff
from tests.compliance.pages import shown_by, words
from tests.compliance.past import Past, days_ago
from tests.compliance.test_alerts import run_sql
from tests.compliance.test_desk import last_entry

FINE = {"finding": "fine", "comment": ""}


def drawn(past: Past, kind: ReviewKind = ReviewKind.REFUSALS) -> Review:
    """Of the week that has just ended."""
    past.happened(month.denials(past["ben"], days_ago(3)))
    with acting_as_system("tests"):
        return open_review(program=programme(), kind=kind, since=timezone.now() - timedelta(days=7))


def tick_all(officer: Client, review: Review) -> None:
    for item in review.items.all():
        officer.post(f"/desk/reviews/{review.pk}/items/{item.position}/", FINE)


def test_reviews_are_drawn_when_their_period_is_over_and_once(past: Past) -> None:
    Program.objects.update(created_at=timezone.now() - timedelta(days=8))
    with acting_as_system("tests"):
        assert open_due_reviews() == 3
        assert open_due_reviews() == 0
        later = timezone.now() + timedelta(days=7)
        assert open_due_reviews(later) == 3
    kinds = set(Review.objects.values_list("kind", flat=True))
    assert kinds == {"log", "reading", "refusals"}


def test_a_sample_is_drawn_from_its_period_and_no_larger_than_stated(past: Past) -> None:
    past.happened(list(past.month(timezone.now()).told()))
    with acting_as_system("tests"):
        review = open_review(
            program=programme(), kind=ReviewKind.LOG, since=timezone.now() - timedelta(days=9)
        )
    about = {item.about for item in review.items.all()}
    assert len(about) == CADENCES[ReviewKind.LOG].sample
    assert review.population > len(about)
    said = last_entry("review.opened")
    assert said["details"]["population"] == review.population


def test_the_review_of_access_asks_for_everybody_of_the_staff(past: Past) -> None:
    review = drawn(past, ReviewKind.ACCESS)
    staffed = {str(past[name].user.ref) for name in ("thea", "tom", "ada", "max")}
    assert {item.about for item in review.items.all()} == staffed


def test_a_review_is_ticked_corrected_and_signed(past: Past, officer: Client) -> None:
    review = drawn(past)
    path = f"/desk/reviews/{review.pk}/"
    assert "9 items still need a finding" in words(officer.get(path))
    tick_all(officer, review)
    officer.post(f"{path}items/1/", {"finding": "question", "comment": "Why so often?"})
    assert "After signing nothing here can be changed" in words(officer.get(path))
    officer.post(f"{path}sign/")
    review.refresh_from_db()
    assert review.signed_by == past["max"].user
    assert review.auth_strength == "password+totp"
    shown = officer.get(path)
    assert "everything below is what was signed" in words(shown)
    assert "Why so often?" in words(shown)
    said = last_entry("review.signed")
    assert (said["object"], said["details"]["questions"]) == (str(review.ref), 1)


def test_a_review_with_an_open_item_is_not_signed(past: Past, officer: Client) -> None:
    review = drawn(past)
    answer = officer.post(f"/desk/reviews/{review.pk}/sign/", follow=True)
    assert "Some items have no finding yet" in words(answer)
    review.refresh_from_db()
    assert not review.is_signed


def test_a_second_look_needs_words(past: Past, officer: Client) -> None:
    review = drawn(past)
    path = f"/desk/reviews/{review.pk}/items/1/"
    answer = officer.post(path, {"finding": "question", "comment": " "}, follow=True)
    assert "Write down what you want to know" in words(answer)
    assert review.items.get(position=1).finding == ""


def test_a_signed_review_cannot_be_changed_by_anybody(past: Past, officer: Client) -> None:
    review = drawn(past)
    item = review.items.filter(position=1)
    assert item.update(finding="fine", ticked_at=timezone.now()) == 1
    tick_all(officer, review)
    officer.post(f"/desk/reviews/{review.pk}/sign/")
    answer = officer.post(f"/desk/reviews/{review.pk}/items/1/", FINE, follow=True)
    assert "signed off and stays as it is" in words(answer)
    changes: tuple[Callable[[], object], ...] = (
        lambda: item.update(finding="question"),
        lambda: run_sql("UPDATE compliance_reviewitem SET comment = ''"),
        lambda: run_sql("DELETE FROM compliance_reviewitem"),
        lambda: run_sql("DELETE FROM compliance_review"),
        lambda: Review.objects.filter(pk=review.pk).update(signed_at=None),
        lambda: Review.objects.filter(pk=review.pk).update(population=1),
        lambda: ReviewItem.objects.create(review=review, position=99, about=item[0].about),
    )
    for change in changes:
        with pytest.raises(IntegrityError, match="stays"), transaction.atomic():
            change()


def test_a_late_review_is_marked(past: Past, officer: Client) -> None:
    drawn(past)
    assert "Overdue" not in words(officer.get("/desk/reviews/"))
    with acting_as_system("tests"):
        late = open_review(
            program=programme(), kind=ReviewKind.LOG, since=timezone.now() - timedelta(days=7)
        )
    late_path = f"/desk/reviews/{late.pk}/"
    assert "It was due" not in words(officer.get(late_path))
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE compliance_review DISABLE TRIGGER stays")
        cursor.execute("UPDATE compliance_review SET due_at = now() - interval '1 day'")
    assert "Overdue" in words(officer.get("/desk/reviews/"))
    assert "Overdue" in words(officer.get("/desk/"))
    assert "It was due" in words(officer.get(late_path))


def test_an_exceptional_use_waits_until_somebody_else_looked_at_it(
    past: Past, officer: Client
) -> None:
    session = month.past_session(past.circle, days_ago(2))
    story = month.a_location_let_pass(past["thea"], past["ana"], session, days_ago(2))
    past.happened(story)
    shown = officer.get("/desk/reviews/")
    assert [line.entry.id for line in shown_by(shown)["uses"]] == [story[0].id]
    assert shown_by(officer.get("/desk/"))["desk"].uses == 1
    officer.post(f"/desk/uses/{story[0].id}/", FINE)
    assert UseReview.objects.get().by == past["max"].user
    assert shown_by(officer.get("/desk/reviews/"))["uses"] == []
    said = last_entry("breakglass.reviewed")
    assert said["object"] == f"entry:{story[0].id}"
    assert said["subject"] == str(past["ana"].user.ref)
    assert officer.post(f"/desk/uses/{story[0].id}/", FINE).status_code == 404


def test_nobody_reviews_their_own_use(past: Past, officer: Client) -> None:
    session = month.past_session(past.circle, days_ago(2))
    story = month.a_location_let_pass(past["max"], past["ana"], session, days_ago(2))
    past.happened(story)
    answer = officer.post(f"/desk/uses/{story[0].id}/", FINE, follow=True)
    assert "Another compliance officer has to look at it" in words(answer)
    assert not UseReview.objects.exists()
    mia = browser_of(staff(replace(MAX, name="mia", true_name="Mia Stone")))
    mia.post(f"/desk/uses/{story[0].id}/", FINE)
    assert UseReview.objects.exists()
