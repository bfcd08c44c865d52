"""A proposal goes from a member through the group to the therapist, and into a version or not."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import OutgoingMail
from consent import queries, services
from consent.canonical import sha256_of
from consent.errors import (
    DraftChanged,
    HeadingInside,
    NothingChanged,
    ProposalClosed,
    TextRefused,
    TooManyComments,
    TooManyProposals,
    WordsRefused,
)
from consent.models import Comment, Proposal
from consent.rules import suggested_body
from consent.services import proposals
from groups.states import SeatRole
from tests.cast import ANA, BEN, THEA, Person, Visit, browser_of, group_of, member_of, staff
from tests.consent.rules import (
    RULES,
    WORDS,
    accepted,
    declined,
    proposed,
    published_rules,
    standing_words,
    state_of,
)
from tests.groups.world import World
from tests.trail import recorded

ROSA = Person("rosa", "Rosa Lind", "participant", "Rosa")
ABOUT_SILENCE = {"topic": "ground_rules.own_rules", "text": WORDS}
# The letters of a right-to-left override, of a hidden sign and of an isolate that is never closed.
HOSTILE_SIGNS = ("\u202e", "\u200b", "\u2066", "\x07")


def rules_page(world: World, visit: Visit) -> str:
    path = reverse("consent:rules", args=[world.circle.pk])
    return browser_of(visit).get(path).content.decode()


def proposal_page(visit: Visit, proposal: Proposal) -> str:
    path = reverse("consent:proposal", args=[proposal.pk])
    return browser_of(visit).get(path).content.decode()


def decide(visit: Visit, proposal: Proposal, **said: str) -> Any:
    return browser_of(visit).post(reverse("consent:decide", args=[proposal.pk]), said)


def acceptance(world: World, body: str) -> dict[str, str]:
    base = sha256_of(queries.text_to_edit(world.circle, RULES))
    return {"accept": "1", "accept-body": body, "accept-base": base, "accept-answer": "Gladly."}


def test_a_proposal_is_discussed_written_published_and_ratified_by_signing(world: World) -> None:
    path = reverse("consent:propose", args=[world.circle.pk])
    assert browser_of(world.ana).post(path, ABOUT_SILENCE).status_code == 302
    proposal = Proposal.objects.get()
    said = {"text": "Yes, I need them."}
    browser_of(world.ben).post(reverse("consent:proposal", args=[proposal.pk]), said)
    assert "Yes, I need them." in proposal_page(world.ana, proposal)
    assert "Under discussion" in rules_page(world, world.thea)

    answer = decide(world.thea, proposal, **acceptance(world, f"- {WORDS}"))
    assert answer["Location"] == reverse("consent:document", args=[world.circle.pk, RULES])
    assert WORDS in browser_of(world.thea).get(answer["Location"]).content.decode()
    assert "Goes into the next version" in rules_page(world, world.ana)
    assert queries.is_current(world.ana.user, world.circle), "nothing is in force yet"

    version = published_rules(world.circle, world.thea)
    assert f"- {WORDS}" in version.text
    proposal.refresh_from_db()
    assert (proposal.state, proposal.adopted_in) == ("adopted", version)
    for visit in (world.ana, world.ben, world.thea):
        assert queries.papers_due(visit.user, world.circle) == [version]
        visit.sign(world.circle)
        assert queries.is_current(visit.user, world.circle)
    assert "Part of the rules" in rules_page(world, world.ana)


def test_a_declined_one_shows_the_word_to_everybody_and_changes_no_rule(world: World) -> None:
    proposal = proposed(world.circle, world.ana)
    assert decide(world.thea, proposal, decline="1").status_code == 200, "a word is asked for"
    assert state_of(proposal) == "open"
    decide(world.thea, proposal, **{"decline": "1", "decline-answer": "Let us try it first."})
    for visit in (world.ana, world.ben):
        assert "Let us try it first." in proposal_page(visit, proposal)
    assert queries.draft_of(world.circle, RULES) is None
    assert standing_words(world.circle) == ""


def test_what_was_accepted_may_be_declined_until_it_is_published(world: World) -> None:
    first, second = (proposed(world.circle, world.ana, text) for text in (WORDS, "No phones."))
    accepted(first, world.thea)
    accepted(second, world.thea)
    declined(first, world.thea)
    published_rules(world.circle, world.thea)
    assert (state_of(first), state_of(second)) == ("declined", "adopted")
    with pytest.raises(ProposalClosed):
        declined(second, world.thea)


def test_only_its_maker_takes_it_back_and_only_while_it_is_open(world: World) -> None:
    proposal, other = proposed(world.circle, world.ana), proposed(world.circle, world.ana)
    path = reverse("consent:take_back_proposal", args=[proposal.pk])
    for visit in (world.ben, world.thea, world.cleo):
        assert browser_of(visit).post(path).status_code == 404
    assert browser_of(world.ana).post(path).status_code == 302
    assert state_of(proposal) == "taken_back"
    assert reverse("consent:proposal", args=[proposal.pk]) not in rules_page(world, world.ben)
    declined(other, world.thea)
    browser_of(world.ana).post(reverse("consent:take_back_proposal", args=[other.pk]))
    assert state_of(other) == "declined"


@pytest.mark.parametrize("end", ["declined", "taken_back"])
def test_a_closed_discussion_takes_no_comment(world: World, end: str) -> None:
    proposal = proposed(world.circle, world.ana)
    with world.ben.acting():
        services.comment_on_proposal(proposal=proposal, by=world.ben.user, text="Good.")
    if end == "declined":
        declined(proposal, world.thea)
    else:
        with world.ana.acting():
            services.take_back_proposal(proposal=proposal)
    with world.ben.acting(), pytest.raises(ProposalClosed):
        services.comment_on_proposal(proposal=proposal, by=world.ben.user, text="Too late.")
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("who", ["cleo", "tom", "ada"])
def test_it_is_visible_to_the_group_only(world: World, who: str) -> None:
    proposal, client = proposed(world.circle, world.ana), browser_of(getattr(world, who))
    for name in ("consent:proposal", "consent:decide"):
        assert client.get(reverse(name, args=[proposal.pk])).status_code == 404
    for name in ("consent:rules", "consent:propose"):
        assert client.get(reverse(name, args=[world.circle.pk])).status_code == 404
    assert WORDS in proposal_page(world.ben, proposal)


def test_peers_and_therapists_read_aliases_only(world: World) -> None:
    proposal = proposed(world.circle, world.ana)
    with world.ben.acting():
        services.comment_on_proposal(proposal=proposal, by=world.ben.user, text="Good.")
    declined(proposal, world.thea)
    for visit in (world.ana, world.ben, world.thea):
        for page in (rules_page(world, visit), proposal_page(visit, proposal)):
            assert ANA.alias in page
            for person in (ANA, BEN, THEA):
                assert person.true_name not in page
                assert person.true_name.split()[-1] not in page


def test_whoever_left_is_named_no_more(world: World) -> None:
    proposal = proposed(world.circle, world.ana)
    browser_of(world.ana).post(f"/groups/{world.circle.pk}/leave/", {"duty": "on"})
    page = proposal_page(world.ben, proposal)
    assert "Somebody who has left" in page
    assert ANA.alias not in page
    before = OutgoingMail.objects.count()
    declined(proposal, world.thea)
    assert OutgoingMail.objects.count() == before


def test_the_discussion_opens_with_the_signature(world: World) -> None:
    proposal = proposed(world.circle, world.ana)
    rosa = member_of(world.circle, ROSA, invited_by=world.thea, has_signed=False)
    client = browser_of(rosa)
    page = rules_page(world, rosa)
    assert WORDS not in page
    assert "Read and sign" in page
    path = reverse("consent:proposal", args=[proposal.pk])
    for answer in (client.get(path), client.post(path, {"text": "Hello."})):
        assert answer["Location"] == reverse("consent:rules", args=[world.circle.pk])
    path = reverse("consent:propose", args=[world.circle.pk])
    assert client.post(path, ABOUT_SILENCE).status_code == 302
    assert (Proposal.objects.count(), Comment.objects.count()) == (1, 0)
    rosa.sign(world.circle)
    assert WORDS in rules_page(world, rosa)


def test_an_observer_reads_and_does_not_write(world: World) -> None:
    proposal = proposed(world.circle, world.ana)
    rosa = member_of(world.circle, ROSA, invited_by=world.thea, seat_role=SeatRole.OBSERVER)
    assert WORDS in rules_page(world, rosa)
    client = browser_of(rosa)
    client.post(reverse("consent:proposal", args=[proposal.pk]), {"text": "My view."})
    client.post(reverse("consent:propose", args=[world.circle.pk]), ABOUT_SILENCE)
    assert (Proposal.objects.count(), Comment.objects.count()) == (1, 0)


def test_each_side_is_told_by_mail_without_a_word_of_it(world: World) -> None:
    OutgoingMail.objects.all().delete()
    declined(proposed(world.circle, world.ana), world.thea)
    mails = list(OutgoingMail.objects.order_by("created_at"))
    assert [mail.recipient for mail in mails] == [THEA.email, ANA.email]
    for mail in mails:
        said = f"{mail.sender} {mail.subject} {mail.body}".lower().replace("/groups/", "")
        for word in ("silence", "circle", "ana", "thea", "therap", "group", "rule "):
            assert word not in said


def test_each_act_is_recorded_and_its_words_are_not(world: World) -> None:
    declined(proposed(world.circle, world.ana), world.thea, answer="Another silence.")
    (made,) = recorded("rules.proposed")
    (decision,) = recorded("rules.proposal_declined")
    assert made["actor"] == decision["subject"] == f"user:{world.ana.user.pk}"
    assert decision["actor"] == f"user:{world.thea.user.pk}"
    assert "silence" not in f"{made}{decision}".lower()


def test_the_words_are_sealed_in_the_database(world: World) -> None:
    proposal = proposed(world.circle, world.ana)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM consent_proposal WHERE id = %s", [proposal.pk])
        (stored,) = cursor.fetchone()
    assert b"silence" not in bytes(stored)
    assert Proposal.objects.get(pk=proposal.pk).text == WORDS


def test_markup_is_shown_as_it_was_typed(world: World) -> None:
    text = "<script>alert(1)</script> <b>& bold</b> {{ group.name }} # not a heading"
    proposal = proposed(world.circle, world.ana, text)
    declined(proposal, world.thea, answer="<img src=x onerror=alert(2)>")
    for page in (rules_page(world, world.ben), proposal_page(world.ben, proposal)):
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "{{ group.name }}" in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page


@pytest.mark.parametrize("sign", HOSTILE_SIGNS)
def test_signs_that_hide_or_turn_what_is_read_are_refused_everywhere(
    world: World, sign: str
) -> None:
    proposal, text = proposed(world.circle, world.ana), f"We {sign}listen."
    with world.ana.acting(), pytest.raises(TextRefused):
        services.comment_on_proposal(proposal=proposal, by=world.ana.user, text=text)
    with pytest.raises(TextRefused):
        proposed(world.circle, world.ana, text)
    with pytest.raises(TextRefused):
        declined(proposal, world.thea, text)
    path = reverse("consent:propose", args=[world.circle.pk])
    page = browser_of(world.ana).post(path, {**ABOUT_SILENCE, "text": text})
    assert "cannot be seen" in page.content.decode()
    page = decide(world.thea, proposal, **acceptance(world, text))
    assert "cannot be seen" in page.content.decode()
    assert (Proposal.objects.count(), state_of(proposal)) == (1, "open")


@pytest.mark.parametrize("size", [2001, 1_000_000])
def test_a_megabyte_is_refused_with_words_and_what_fits_is_not(world: World, size: int) -> None:
    path, text = reverse("consent:propose", args=[world.circle.pk]), "a" * size
    page = browser_of(world.ana).post(path, {**ABOUT_SILENCE, "text": text})
    assert "at most 2000 characters" in page.content.decode()
    with pytest.raises(WordsRefused):
        proposed(world.circle, world.ana, text)
    assert Proposal.objects.count() == 0
    assert proposed(world.circle, world.ana, "a" * 2000)


def test_a_heading_cannot_be_forged_through_a_proposal(world: World) -> None:
    proposal = proposed(world.circle, world.ana, "Fine.\n## How we change them\n\nNever.")
    page = decide(world.thea, proposal, **acceptance(world, proposal.text))
    assert "begin a line with #" in page.content.decode()
    with pytest.raises(HeadingInside):
        accepted(proposal, world.thea)
    assert queries.draft_of(world.circle, RULES) is None


def test_two_therapists_do_not_undo_each_other(world: World) -> None:
    first, second = (proposed(world.circle, world.ana, text) for text in (WORDS, "No phones."))
    stale = acceptance(world, "- No phones.")
    accepted(first, world.thea)
    client, path = browser_of(world.thea), reverse("consent:decide", args=[second.pk])
    assert client.post(path, stale)["Location"] == path
    page = client.get(path).content.decode()
    assert "Somebody changed the draft" in page
    assert WORDS in page
    assert state_of(second) == "open"
    with world.thea.acting(), pytest.raises(DraftChanged):
        services.accept_proposal(proposal=second, by=world.thea.user, body="x", base="0" * 64)
    assert WORDS in accepted(second, world.thea).text


def test_accepting_without_a_change_is_no_acceptance(world: World) -> None:
    published_rules(world.circle, world.thea, own_rules=f"- {WORDS}")
    for visit in (world.ana, world.thea):
        visit.sign(world.circle)
    proposal = proposed(world.circle, world.ana)
    base = sha256_of(queries.text_to_edit(world.circle, RULES))
    with world.thea.acting(), pytest.raises(NothingChanged):
        services.accept_proposal(
            proposal=proposal, by=world.thea.user, body=f"-  {WORDS} ", base=base
        )
    assert state_of(proposal) == "open"


def test_nobody_floods_the_group(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(proposals.MAX_OPEN):
        proposal = proposed(world.circle, world.ana, f"Rule {number}.")
    with pytest.raises(TooManyProposals):
        proposed(world.circle, world.ana)
    assert proposed(world.circle, world.ben), "each has a number of their own"
    declined(proposal, world.thea)
    proposal = proposed(world.circle, world.ana)
    monkeypatch.setattr(proposals, "MAX_COMMENTS", 1)
    with world.ben.acting():
        services.comment_on_proposal(proposal=proposal, by=world.ben.user, text="Good.")
        with pytest.raises(TooManyComments):
            services.comment_on_proposal(proposal=proposal, by=world.ben.user, text="More.")


@pytest.mark.parametrize(
    ("body", "text", "suggested"),
    [
        ("", "No phones.", "- No phones."),
        ("- On time.", "No phones.", "- On time.\n- No phones."),
        ("We listen.", "No phones.", "We listen.\n\nNo phones."),
        ("- On time.", "Two\nlines", "- On time.\n\nTwo\nlines"),
    ],
)
def test_the_proposal_stands_where_it_would_be_read(body: str, text: str, suggested: str) -> None:
    assert suggested_body(body, text) == suggested


def test_the_page_asks_a_fixed_number_of_queries(
    world: World,
) -> None:
    proposed(world.circle, world.ana)
    with CaptureQueriesContext(connection) as one:
        rules_page(world, world.thea)
    for visit in (world.ana, world.ben, world.thea):
        declined(proposed(world.circle, visit), world.thea)
        proposed(world.circle, visit)
    with CaptureQueriesContext(connection) as many:
        rules_page(world, world.thea)
    assert len(many) == len(one)


def test_a_proposal_decided_twice_at_once_is_decided_once(committed_db: str) -> None:
    thea = staff(THEA)
    group = group_of(thea)
    ana = member_of(group, ANA, invited_by=thea)
    proposal = proposed(group, ana)

    def try_once(number: int) -> str:
        try:
            if number % 2:
                accepted(proposal, thea)
            else:
                declined(proposal, thea)
            return "decided"
        except (ProposalClosed, DraftChanged) as error:
            return error.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(try_once, range(4)))
    # Accepted and then declined is a way that the table knows.
    assert outcomes.count("decided") in (1, 2)
    assert state_of(proposal) in ("accepted", "declined")
    decisions = recorded("rules.proposal_declined") + recorded("rules.proposal_accepted")
    assert len({entry["id"] for entry in decisions}) == outcomes.count("decided")
