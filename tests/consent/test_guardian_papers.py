"""A guardian signs beside the minor's own assent: two records, and the door waits for both."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import OutgoingMail, SignIn
from config.development.walk import come_in
from consent import queries, services
from consent.copies import words_of
from consent.errors import AlreadySigned, NotYoursToSign
from consent.models import AgreementVersion, Signature
from consent.records import digest_of
from consent.statements import ASSENT, FOR_A_MINOR, MEANING, statements_for
from consent.states import SignatureState
from groups.models import GuardianLink, Membership
from groups.services import correct_birth_date, end_guardian, link_guardian
from groups.states import GuardianScope
from sessions_app import gates
from sessions_app.errors import GateIsClosed
from sessions_app.sockets.handshake import open_socket
from tests.cast import PASSWORD, Person, Visit, browser_of
from tests.sessions_app.meeting import Meeting
from tests.trail import recorded

GINA = Person("gina", "Gina Ferreira", "guardian")


def make_minor(meeting: Meeting, visit: Visit) -> Membership:
    born = timezone.now().date() - timedelta(days=16 * 365)
    ward = Membership.objects.select_related("group").get(user=visit.user, group=meeting.group)
    with meeting.hosting():
        correct_birth_date(membership=ward, born=born)
    return ward


def guardian_for(meeting: Meeting, ward: Membership) -> Visit:
    return come_in(
        GINA,
        password=PASSWORD,
        program=meeting.group.program,
        invited_by=meeting.thea.user,
        ward=ward,
    )


@pytest.fixture
def gina(meeting: Meeting) -> Visit:
    return guardian_for(meeting, make_minor(meeting, meeting.ana))


def paper(meeting: Meeting) -> AgreementVersion:
    found = queries.version_in_force(meeting.group)
    assert found is not None
    return found


def fresh_factor(visit: Visit) -> None:
    SignIn.objects.filter(pk=visit.sign_in.pk).update(signature_ready_at=timezone.now())
    visit.sign_in.refresh_from_db()


def sign_for_ward(meeting: Meeting, guardian: Visit) -> Signature:
    fresh_factor(guardian)
    version = paper(meeting)
    with guardian.acting():
        return services.sign_agreement(
            request=guardian.request(),
            version=version,
            printed_name=guardian.person.true_name,
            ticked=set(statements_for(version.agreement.kind)),
            link=GuardianLink.objects.get(guardian=guardian.user, ended_at=None),
        )


def closed_gate(meeting: Meeting, visit: Visit) -> str:
    found = gates.first_closed(meeting.answer(visit))
    return found.name if found else ""


def test_a_minors_door_waits_for_the_guardian_and_says_so(meeting: Meeting, gina: Visit) -> None:
    attempt = meeting.answer(meeting.ana)
    closed = gates.first_closed(attempt)
    assert closed is not None
    assert closed.name == "guardian"
    assert closed.url(attempt).startswith("/papers/")
    with pytest.raises(GateIsClosed):
        gates.require_all_open(attempt)
    shown = browser_of(meeting.ana).get("/papers/").content.decode()
    assert "A parent or guardian signs too" in shown
    assert closed_gate(meeting, meeting.ben) == ""
    ward = Membership.objects.get(user=meeting.ana.user, group=meeting.group)
    page = f"/groups/{meeting.group.pk}/members/{ward.pk}/guardians/"
    host = browser_of(meeting.thea)
    assert "signature is missing" in host.get(page).content.decode()
    sign_for_ward(meeting, gina)
    assert closed_gate(meeting, meeting.ana) == ""
    assert "A guardian has signed" in host.get(page).content.decode()


def test_the_minors_own_paper_is_needed_as_well(meeting: Meeting, gina: Visit) -> None:
    sign_for_ward(meeting, gina)
    own = Signature.objects.get(user=meeting.ana.user)
    with meeting.ana.acting():
        services.withdraw_signature(signature=own)
    assert closed_gate(meeting, meeting.ana) == "papers"
    fresh_factor(meeting.ana)
    version = paper(meeting)
    with meeting.ana.acting():
        assent = services.sign_agreement(
            request=meeting.ana.request(),
            version=version,
            printed_name=meeting.ana.person.true_name,
            ticked=set(statements_for(version.agreement.kind)),
        )
    assert (assent.meaning, assent.on_behalf_of) == (ASSENT, None)
    assert own.meaning == MEANING
    assert closed_gate(meeting, meeting.ana) == ""


def test_the_guardians_record_names_the_minor_and_its_digest_holds_it(
    meeting: Meeting, gina: Visit
) -> None:
    signature = sign_for_ward(meeting, gina)
    assert signature.meaning == FOR_A_MINOR
    assert signature.on_behalf_of == meeting.ana.user
    assert digest_of(signature) == signature.record_digest
    signature.on_behalf_of = meeting.ben.user
    assert digest_of(signature) != signature.record_digest
    said = recorded("doc.signed")[-1]
    assert (said["actor"], said["subject"]) == (str(gina.user.ref), str(meeting.ana.user.ref))
    assert said["actor_role"] == "guardian"


def test_the_minor_of_a_signature_is_never_changed(meeting: Meeting, gina: Visit) -> None:
    sign_for_ward(meeting, gina)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE consent_signature SET on_behalf_of_id = %s WHERE on_behalf_of_id IS NOT NULL",
            [meeting.ben.user.pk],
        )


def test_the_sealed_copy_says_for_whom(meeting: Meeting, gina: Visit) -> None:
    signature = sign_for_ward(meeting, gina)
    facts = dict(words_of(signature).facts)
    assert facts["Signed by"] == GINA.true_name
    assert facts["For the minor"] == meeting.ana.person.true_name
    own = Signature.objects.get(user=meeting.ana.user)
    assert "For the minor" not in dict(words_of(own).facts)


def test_a_withdrawal_closes_the_door_again(meeting: Meeting, gina: Visit) -> None:
    signature = sign_for_ward(meeting, gina)
    with gina.acting():
        services.withdraw_signature(signature=signature)
    assert closed_gate(meeting, meeting.ana) == "guardian"
    assert sign_for_ward(meeting, gina).state == SignatureState.VALID
    assert closed_gate(meeting, meeting.ana) == ""


def test_a_guardian_who_stands_for_nobody_any_more_signs_nothing(
    meeting: Meeting, gina: Visit
) -> None:
    sign_for_ward(meeting, gina)
    link = GuardianLink.objects.get()
    with meeting.hosting():
        end_guardian(link=link)
    assert closed_gate(meeting, meeting.ana) == "guardian"
    fresh_factor(gina)
    version = paper(meeting)
    with gina.acting(), pytest.raises(NotYoursToSign):
        services.sign_agreement(
            request=gina.request(),
            version=version,
            printed_name=GINA.true_name,
            ticked=set(statements_for(version.agreement.kind)),
            link=link,
        )
    page = f"/papers/{version.pk}/for/{link.pk}/"
    assert browser_of(gina).get(page).status_code == 404


def test_whoever_is_only_informed_reads_and_does_not_sign(meeting: Meeting, gina: Visit) -> None:
    ward = Membership.objects.get(user=meeting.ana.user, group=meeting.group)
    with meeting.hosting():
        link = link_guardian(ward=ward, guardian=gina.user, scope=GuardianScope.INFORMED)
    shown = browser_of(gina).get(f"/papers/{paper(meeting).pk}/for/{link.pk}/")
    assert shown.status_code == 200
    assert 'id="sign"' not in shown.content.decode()
    with pytest.raises(NotYoursToSign):
        sign_for_ward(meeting, gina)
    with meeting.hosting():
        link_guardian(ward=ward, guardian=gina.user, scope=GuardianScope.SIGN)
    sign_for_ward(meeting, gina)
    assert closed_gate(meeting, meeting.ana) == ""


def test_signing_twice_gives_the_first_signature(meeting: Meeting, gina: Visit) -> None:
    first = sign_for_ward(meeting, gina)
    with pytest.raises(AlreadySigned) as same:
        sign_for_ward(meeting, gina)
    assert same.value.signature == first


def test_a_guardian_reads_and_signs_on_the_page(meeting: Meeting, gina: Visit) -> None:
    version, client = paper(meeting), browser_of(gina)
    link = GuardianLink.objects.get()
    page = f"/papers/{version.pk}/for/{link.pk}/"
    minor = f"<bdi>{meeting.ana.person.true_name}</bdi>"
    assert f"You read this for {minor}" in client.get(page).content.decode()
    fresh_factor(gina)
    told: dict[str, Any] = dict.fromkeys(statements_for(version.agreement.kind), "on")
    done = client.post(page, {**told, "printed_name": GINA.true_name})
    assert done.status_code == 302
    signature = Signature.objects.get(user=gina.user)
    assert done["Location"] == f"/papers/signed/{signature.pk}/"
    assert browser_of(meeting.ben).get(page).status_code == 404
    assert browser_of(meeting.ben).get(done["Location"]).status_code == 404
    assert client.get(done["Location"]).status_code == 200


def test_a_new_version_asks_both_again(meeting: Meeting, gina: Visit) -> None:
    sign_for_ward(meeting, gina)
    meeting.publish_new_agreement()
    assert closed_gate(meeting, meeting.ana) == "papers"
    meeting.thea.sign(meeting.group)
    fresh_factor(meeting.ana)
    meeting.ana.sign(meeting.group)
    assert closed_gate(meeting, meeting.ana) == "guardian"
    sign_for_ward(meeting, gina)
    assert closed_gate(meeting, meeting.ana) == ""


def test_a_guardian_joins_nothing(meeting: Meeting, gina: Visit) -> None:
    sign_for_ward(meeting, gina)
    meeting.open_doors()

    def opens(visit: Visit) -> bool:
        cookie = f"session={visit.session.session_key}".encode()
        headers = [(b"origin", b"http://testserver"), (b"cookie", cookie)]
        scope = {"headers": headers, "client": ["127.0.0.1", 50000]}
        return open_socket(scope, meeting.session.pk) is not None

    for path in ("", "reminder/", "room/", "devices/"):
        assert browser_of(gina).get(f"/session/{meeting.session.pk}/{path}").status_code == 404
    assert not opens(gina)
    assert opens(meeting.ana)


def test_a_member_who_comes_of_age_needs_no_guardian(meeting: Meeting, gina: Visit) -> None:
    attempt = meeting.answer(meeting.ana)
    assert not attempt.guardian_current
    later = meeting.attempt(meeting.ana, at=timezone.now() + timedelta(days=800))
    assert later.guardian_current


def test_guardians_are_told_by_mail_that_something_waits(meeting: Meeting, gina: Visit) -> None:
    def told() -> list[str]:
        return [mail.body for mail in OutgoingMail.objects.all() if mail.recipient == GINA.email]

    before = len(told())
    meeting.publish_new_agreement()
    (body,) = told()[before:]
    link = GuardianLink.objects.get()
    assert f"/papers/{paper(meeting).pk}/for/{link.pk}/" in body
    assert meeting.ana.person.true_name not in body
    with meeting.hosting():
        end_guardian(link=link)
        services.ask_everybody_again(group=meeting.group, by=meeting.thea.user, reason="test")
    assert len(told()) == before + 1
