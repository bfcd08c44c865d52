"""What people decide about alerts, and that the history only grows."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connections, transaction
from django.test import Client
from django.utils import timezone

from accounts.mail import newest_files
from audit.context import acting_as_system
from compliance.models import Alert, AlertStep
from compliance.services.alerts import run_detectors
from compliance.states import AlertState
from config.development import month
from tests.cast import ADA, BEN
from tests.compliance.pages import shown_by, words
from tests.compliance.past import Past
from tests.compliance.test_desk import last_entry


@pytest.fixture
def alert(past: Past) -> Alert:
    now = timezone.now()
    past.happened(month.denials(past["ben"], now - timedelta(hours=2)))
    with acting_as_system("tests"):
        run_detectors(now)
    return Alert.objects.get()


def decide(officer: Client, alert: Alert, state: str, reason: str = "expected") -> str:
    told = {"state": state, "reason": reason, "comment": "Ben kept an old bookmark"}
    return words(officer.post(f"/desk/alerts/{alert.pk}/decide/", told, follow=True))


def test_an_alert_explains_itself_and_names_its_entries(alert: Alert, officer: Client) -> None:
    shown = officer.get(f"/desk/alerts/{alert.pk}/")
    assert "refused eight or more times within 30 minutes" in words(shown)
    assert "Ben (member)" in words(shown)
    assert BEN.true_name not in shown.content.decode()
    assert [str(line.entry.id) for line in shown_by(shown)["lines"]] == alert.entries
    said = last_entry("alert.viewed")
    assert (said["object"], said["subject"]) == (str(alert.ref), alert.about)


def test_an_alert_is_dismissed_with_a_reason_that_stays(alert: Alert, officer: Client) -> None:
    assert "Your decision is kept" in decide(officer, alert, "dismissed")
    alert.refresh_from_db()
    assert alert.state == AlertState.DISMISSED
    said = last_entry("alert.dismissed")
    assert (said["object"], said["reason"]) == (str(alert.ref), "expected")
    assert "Ben kept an old bookmark" not in str(said)
    assert "Ben kept an old bookmark" in words(officer.get(f"/desk/alerts/{alert.pk}/"))


def test_nothing_is_decided_without_a_reason(alert: Alert, officer: Client) -> None:
    answer = officer.post(f"/desk/alerts/{alert.pk}/decide/", {"state": "dismissed"}, follow=True)
    assert "Nothing was changed" in words(answer)
    alert.refresh_from_db()
    assert alert.state == AlertState.RAISED


def test_an_escalated_alert_tells_the_admins_nothing_but_to_look(
    alert: Alert, officer: Client
) -> None:
    decide(officer, alert, "escalated", "incident")
    alert.refresh_from_db()
    assert alert.state == AlertState.ESCALATED
    assert last_entry("alert.escalated")["reason"] == "incident"
    told = [path.read_text() for path in newest_files(5)]
    (mail,) = [text for text in told if "Subject: Something waits for you" in text]
    assert ADA.email in mail
    assert "denial" not in mail.lower()
    decide(officer, alert, "resolved")
    alert.refresh_from_db()
    assert alert.state == AlertState.RESOLVED
    assert list(alert.steps.values_list("state", flat=True)) == ["escalated", "resolved"]


def test_a_decided_alert_is_not_decided_again(alert: Alert, officer: Client) -> None:
    decide(officer, alert, "dismissed")
    assert "Nothing was changed" in decide(officer, alert, "escalated", "incident")
    assert alert.steps.count() == 1


def test_the_history_of_an_alert_cannot_be_changed(alert: Alert, officer: Client) -> None:
    decide(officer, alert, "dismissed")
    step = AlertStep.objects.get()
    for change in (
        lambda: AlertStep.objects.filter(pk=step.pk).update(reason="mistake"),
        lambda: run_sql("UPDATE compliance_alertstep SET comment = ''"),
        step.delete,
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    with pytest.raises(IntegrityError):
        run_sql("TRUNCATE compliance_alertstep", alias="owner")


def run_sql(statement: str, *, alias: str = "default") -> None:
    with connections[alias].cursor() as cursor:
        cursor.execute(statement)
