"""No order of publishing, signing, withdrawing, expiring, pausing and leaving opens a wrong door.

The machine keeps a book of its own about who signed what; the gates must agree with it each time.
"""

from contextlib import suppress
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.models import SignIn
from consent import queries, services
from consent.canonical import sha256_of
from consent.clauses import compose, sections_of
from consent.errors import ConsentError
from consent.kinds import BINDINGS, DOOR_KINDS, DocumentKind
from consent.library import starting_text
from consent.models import AgreementVersion, Pledge, Proposal, Signature
from consent.rules import NEW_RULE, takes_part
from consent.standing import Standing
from consent.statements import statements_for
from consent.states import (
    PLEDGE_TRANSITIONS,
    PROPOSAL_TRANSITIONS,
    SIGNATURE_TRANSITIONS,
    VERSION_TRANSITIONS,
    PledgeState,
    ProposalState,
    SignatureState,
    VersionState,
)
from groups import queries as groups
from groups.errors import GroupsError
from groups.models import GuardianLink, Membership
from groups.services import (
    add_member,
    end_guardian,
    leave_group,
    link_guardian,
    reinstate,
    suspend_membership,
)
from groups.states import TRANSITIONS, GuardianScope, MembershipState, SeatRole
from sessions_app import gates
from sessions_app import services as sessions
from sessions_app.errors import GateIsClosed
from sessions_app.queries import attempts_of_all
from sessions_app.states import SeatMode
from tests.cast import Visit
from tests.consent.test_guardian_papers import guardian_for, make_minor
from tests.sessions_app.meeting import Meeting

PEOPLE = st.sampled_from(["thea", "ana", "ben"])
MEMBERS = st.sampled_from(["ana", "ben"])
CONFIDENTIALITY = DocumentKind.CONFIDENTIALITY
RULES = DocumentKind.GROUND_RULES
KINDS = st.sampled_from([CONFIDENTIALITY, DocumentKind.TELEHEALTH, DocumentKind.THERAPIST, RULES])


def test_every_state_has_its_ways_and_every_kind_its_signers() -> None:
    assert set(SIGNATURE_TRANSITIONS) == set(SignatureState)
    assert set(VERSION_TRANSITIONS) == set(VersionState)
    assert set(TRANSITIONS) == set(MembershipState)
    assert set(PROPOSAL_TRANSITIONS) == set(ProposalState)
    assert set(PLEDGE_TRANSITIONS) == set(PledgeState)
    assert set(BINDINGS) == set(DocumentKind)
    assert {standing for standing in Standing if standing.opens_door} == {"current", "due"}
    assert DocumentKind.PART2 not in DOOR_KINDS


def machine_of(meeting: Meeting, gina: Visit) -> type[RuleBasedStateMachine]:
    """Ana is a minor for whom Gina signs, Ben is of age."""
    numbers = count(1)
    ward = Membership.objects.select_related("group").get(
        group=meeting.group, user=meeting.ana.user
    )

    class Papers(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.point = transaction.atomic()
            self.point.__enter__()
            in_force = queries.version_in_force(meeting.group)
            assert in_force is not None
            # By kind, the version in force; by person and kind, the version that was signed.
            self.in_force = {CONFIDENTIALITY: in_force.pk}
            self.signed = {(name, CONFIDENTIALITY): in_force.pk for name in ("thea", "ana", "ben")}
            # By kind, what Gina signed for Ana; it counts while she stands for her.
            self.signed_for_ana: dict[DocumentKind, UUID] = {}
            self.scope: GuardianScope | None = GuardianScope.SIGN
            # By proposal, its state; by name, whether a pledge stands.
            self.proposals: dict[UUID, ProposalState] = {}
            self.pledged: set[str] = set()

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.point.__exit__(None, None, None)

        def visit(self, name: str) -> Visit:
            found: Visit = getattr(meeting, name)
            return found

        def people(self) -> dict[str, Visit]:
            return {"thea": meeting.thea, "ana": meeting.ana, "ben": meeting.ben}

        def membership(self, name: str) -> Membership | None:
            return groups.membership_of(self.visit(name).user, meeting.group.pk)

        def tries(self, name: str, act: Any, **keywords: Any) -> bool:
            with (
                suppress(ConsentError, GroupsError),
                self.visit(name).acting(),
                transaction.atomic(),
            ):
                act(**keywords)
                return True
            return False

        @rule(kind=KINDS)
        def publishes(self, kind: DocumentKind) -> None:
            sections = sections_of(starting_text(kind), kind)
            sections["summary"] = f"These words are number {next(numbers)}."
            with meeting.hosting():
                services.save_draft(group=meeting.group, text=compose(sections, kind), kind=kind)
                version = services.publish_version(
                    group=meeting.group, by=meeting.thea.user, kind=kind
                )
            self.in_force[kind] = version.pk
            if kind == RULES:
                self.adopts()

        def adopts(self) -> None:
            for pk, state in self.proposals.items():
                if state == ProposalState.ACCEPTED:
                    self.proposals[pk] = ProposalState.ADOPTED

        @rule(name=PEOPLE, kind=KINDS, is_old=st.booleans())
        def signs(self, name: str, kind: DocumentKind, is_old: bool) -> None:
            state = VersionState.SUPERSEDED if is_old else VersionState.PUBLISHED
            versions = AgreementVersion.objects.filter(agreement__kind=kind, state=state)
            version = versions.select_related("agreement__group").first()
            visit, membership = self.visit(name), self.membership(name)
            may = membership is not None and membership.is_live
            if version is None or not may:
                return
            SignIn.objects.filter(pk=visit.sign_in.pk).update(signature_ready_at=timezone.now())
            visit.sign_in.refresh_from_db()
            ticked = set(statements_for(kind))
            done = self.tries(
                name,
                services.sign_agreement,
                request=visit.request(),
                version=version,
                printed_name=visit.person.true_name,
                ticked=ticked,
            )
            assert not (done and is_old), "an old version was signed"
            if not is_old:
                self.signed[name, kind] = version.pk

        @rule(name=PEOPLE, kind=KINDS)
        def withdraws(self, name: str, kind: DocumentKind) -> None:
            rows = queries.valid_signatures_of(self.visit(name).user)
            signature = rows.filter(version__agreement__kind=kind).first()
            if signature is not None:
                assert self.tries(name, services.withdraw_signature, signature=signature)
                self.signed.pop((name, kind), None)

        def link(self) -> GuardianLink | None:
            return GuardianLink.objects.filter(ward=ward, ended_at=None).first()

        @rule(kind=st.sampled_from([CONFIDENTIALITY, DocumentKind.TELEHEALTH]))
        def the_guardian_signs(self, kind: DocumentKind) -> None:
            found, link = queries.version_in_force(meeting.group, kind), self.link()
            if found is None or link is None:
                return
            SignIn.objects.filter(pk=gina.sign_in.pk).update(signature_ready_at=timezone.now())
            gina.sign_in.refresh_from_db()
            with suppress(ConsentError), gina.acting(), transaction.atomic():
                services.sign_agreement(
                    request=gina.request(),
                    version=found,
                    printed_name=gina.person.true_name,
                    ticked=set(statements_for(kind)),
                    link=link,
                )
                assert self.scope == GuardianScope.SIGN, "somebody signed who is only informed"
            if self.scope == GuardianScope.SIGN:
                self.signed_for_ana[kind] = found.pk

        @rule(kind=KINDS)
        def the_guardian_withdraws(self, kind: DocumentKind) -> None:
            rows = queries.valid_signatures_of(gina.user)
            signature = rows.filter(version__agreement__kind=kind).first()
            if signature is not None:
                with gina.acting():
                    services.withdraw_signature(signature=signature)
                self.signed_for_ana.pop(kind, None)

        @rule(scope=st.sampled_from([*GuardianScope, None]))
        def the_guardian_comes_or_goes(self, scope: GuardianScope | None) -> None:
            link = self.link()
            with meeting.hosting():
                if scope is not None:
                    link_guardian(ward=ward, guardian=gina.user, scope=scope)
                elif link is not None:
                    end_guardian(link=link)
            self.scope = scope

        @rule(grace=st.sampled_from([0, 7]))
        def something_happens(self, grace: int) -> None:
            """Everybody is asked again; without grace every signature has expired at once."""
            with meeting.hosting():
                services.set_paper_policy(
                    group=meeting.group, reaffirm_days=None, grace_days=grace, review_days=7
                )
                services.ask_everybody_again(
                    group=meeting.group, by=meeting.thea.user, reason="test"
                )
            if grace == 0:
                self.signed.clear()
                self.signed_for_ana.clear()

        @rule(name=MEMBERS)
        def is_paused_or_comes_back(self, name: str) -> None:
            membership = self.membership(name)
            if membership is None:
                add = {"role": SeatRole.MEMBER, "alias": self.visit(name).person.alias}
                assert self.tries(
                    "thea", add_member, group=meeting.group, user=self.visit(name).user, **add
                )
            elif membership.state == MembershipState.SUSPENDED:
                assert self.tries("thea", reinstate, membership=membership)
            else:
                self.tries("thea", suspend_membership, membership=membership, reason="test")

        @rule(name=MEMBERS)
        def leaves(self, name: str) -> None:
            membership = self.membership(name)
            if membership is not None:
                assert self.tries(name, leave_group, membership=membership)

        def may_enter(self, name: str, membership: Membership | None) -> bool:
            """By the book, not by the code under test."""
            if membership is None or membership.state != MembershipState.ACTIVE:
                return False
            asked = {CONFIDENTIALITY, RULES}
            asked |= {DocumentKind.THERAPIST} if name == "thea" else {DocumentKind.TELEHEALTH}
            if name == "ana" and not self.is_stood_for(asked):
                return False
            return all(
                self.signed.get((name, kind)) == self.in_force[kind]
                for kind in asked
                if kind in self.in_force
            )

        def is_stood_for(self, asked: set[DocumentKind]) -> bool:
            return self.scope == GuardianScope.SIGN and all(
                self.signed_for_ana.get(kind) == self.in_force[kind]
                for kind in asked
                if kind in self.in_force
            )

        @rule(name=PEOPLE)
        def proposes(self, name: str) -> None:
            """The views ask `takes_part`; that it agrees with the book is asked here."""
            membership = self.membership(name)
            may = membership is not None and takes_part(membership)
            assert may is (name == "thea" or self.may_enter(name, membership))
            if may:
                text = f"We agree on number {next(numbers)}."
                self.tries(
                    name,
                    services.make_proposal,
                    group=meeting.group,
                    by=self.visit(name).user,
                    kind=RULES,
                    clause=NEW_RULE,
                    text=text,
                )
            for pk in Proposal.objects.values_list("pk", flat=True):
                self.proposals.setdefault(pk, ProposalState.OPEN)

        @rule(end=st.sampled_from(sorted(ProposalState)), which=st.integers(0, 9))
        def decides(self, end: ProposalState, which: int) -> None:
            """Whatever is tried on whichever proposal: the table alone says what is done."""
            if not self.proposals:
                return
            pk = sorted(self.proposals)[which % len(self.proposals)]
            proposal = Proposal.objects.select_related("group").get(pk=pk)
            asked: dict[str, Any] = {"proposal": proposal, "by": meeting.thea.user}
            text = queries.text_to_edit(meeting.group, RULES)
            body = f"{sections_of(text, RULES).get(NEW_RULE, '')}\n\n{proposal.text}"
            if end == ProposalState.ACCEPTED:
                said = {"body": body, "base": sha256_of(text)}
                done = self.tries("thea", services.accept_proposal, **asked, **said)
            elif end == ProposalState.DECLINED:
                done = self.tries("thea", services.decline_proposal, **asked, answer="No.")
            elif end == ProposalState.TAKEN_BACK:
                done = self.tries("thea", services.take_back_proposal, proposal=proposal)
            else:
                return
            assert done is (end in PROPOSAL_TRANSITIONS[self.proposals[pk]])
            if done:
                self.proposals[pk] = end

        @rule()
        def publishes_what_was_accepted(self) -> None:
            draft = queries.draft_of(meeting.group, RULES)
            if draft is not None and self.tries(
                "thea",
                services.publish_version,
                group=meeting.group,
                by=meeting.thea.user,
                kind=RULES,
            ):
                self.in_force[RULES] = draft.pk
                self.adopts()

        @rule(name=PEOPLE, is_shown=st.booleans())
        def pledges_or_takes_it_back(self, name: str, is_shown: bool) -> None:
            said: dict[str, Any] = {"group": meeting.group, "by": self.visit(name).user}
            if name in self.pledged:
                assert not self.tries(name, services.make_pledge, **said, is_shown=is_shown)
                assert self.tries(name, services.take_back_pledge, **said)
                self.pledged.remove(name)
            elif (membership := self.membership(name)) and takes_part(membership):
                assert not self.tries(name, services.take_back_pledge, **said)
                assert self.tries(name, services.make_pledge, **said, is_shown=is_shown)
                self.pledged.add(name)

        @invariant()
        def proposals_and_pledges_agree_with_the_book(self) -> None:
            states = dict(Proposal.objects.values_list("pk", "state"))
            assert states == self.proposals
            stand = Pledge.objects.filter(state=PledgeState.MADE).values_list("user_id", flat=True)
            assert set(stand) == {self.visit(name).user.pk for name in self.pledged}

        @rule(name=PEOPLE)
        def knocks(self, name: str) -> None:
            """At the service itself: a closed gate is a refusal with a next step."""
            membership = self.membership(name)
            if membership is None:
                return
            attempt = meeting.attempt(self.visit(name))
            closed = gates.first_closed(attempt)
            assert closed is not None, "nobody has read the reminder"
            assert (closed.name == "reminder") is self.may_enter(name, membership), closed.name
            assert closed.next_step
            assert closed.url(attempt).startswith("/")
            with pytest.raises(GateIsClosed), self.visit(name).acting(), transaction.atomic():
                sessions.enter_waiting_room(
                    attempt=attempt, connection=uuid4(), mode=SeatMode.VIDEO
                )

        @invariant()
        def the_gates_agree_with_the_book(self) -> None:
            members = list(groups.roster_of(meeting.group))
            sign_ins = {visit.user.pk: visit.sign_in for visit in self.people().values()}
            attempts = attempts_of_all(meeting.session, members, sign_ins)
            standing = {membership.user_id: membership for membership in members}
            for name, visit in self.people().items():
                attempt = attempts.get(visit.user.pk)
                if attempt is not None:
                    closed = gates.first_closed(attempt)
                    assert closed is not None, "nobody has read the reminder"
                    may = self.may_enter(name, standing[visit.user.pk])
                    assert (closed.name == "reminder") is may, closed.name

        @invariant()
        def nothing_signed_is_ever_lost(self) -> None:
            for signature in Signature.objects.select_related("version"):
                assert signature.document_sha256 == signature.version.sha256

    return Papers


@pytest.mark.timeout(300)
def test_no_order_of_acts_opens_the_door_without_papers(meeting: Meeting) -> None:
    gina = guardian_for(meeting, make_minor(meeting, meeting.ana))
    run_state_machine_as_test(
        machine_of(meeting, gina),
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
