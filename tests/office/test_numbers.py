"""The matrix of groups and papers: the same numbers as the therapists' pages, and no names."""

import re
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consent.kinds import DocumentKind
from consent.services import (
    ask_everybody_again,
    publish_version,
    save_draft,
    set_paper_policy,
    withdraw_signature,
)
from consent.standing import Standing
from groups.models import Group
from groups.services import suspend_membership
from office.queries.numbers import Cell, rows_of
from tests.cast import MALLORY, browser_of, member_of
from tests.consent.papers import in_force, published, signature_of
from tests.groups.world import World, membership_in
from tests.office.library import TELEHEALTH, words
from tests.trail import recorded

BAR = re.compile(r'share__part--(\w+)" x="[\d.]+" y="0" width="([\d.]+)" height="14"><title')
MEMBERS = ("Ana Ferreira", "Benjamin Okafor", "Cleo Lindqvist", "Mallory Quill")


def cell(group: Group, kind: DocumentKind = DocumentKind.CONFIDENTIALITY) -> Cell:
    (row,) = rows_of([group])
    return next(one for one in row.cells if one.kind == kind)


def page(client: Client, **query: Any) -> str:
    return client.get(reverse("office:numbers"), query).content.decode()


def test_each_standing_is_counted_once(world: World) -> None:
    assert cell(world.circle).counts == {"current": 3}
    member_of(world.circle, MALLORY, invited_by=world.thea, has_signed=False)
    with world.ben.acting():
        withdraw_signature(signature=signature_of(world.ben, in_force(world.circle)))
    assert cell(world.circle).counts == {"current": 2, "withdrawn": 1, "missing": 1}
    with world.thea.acting():
        ask_everybody_again(group=world.circle, by=world.thea.user, reason="test")
    assert cell(world.circle).counts == {"due": 2, "withdrawn": 1, "missing": 1}
    with world.thea.acting():
        set_paper_policy(group=world.circle, reaffirm_days=None, grace_days=0, review_days=7)
    assert cell(world.circle).counts == {"expired": 2, "withdrawn": 1, "missing": 1}
    assert cell(world.other).counts == {"current": 2}


def test_a_new_version_is_missing_for_everybody(world: World) -> None:
    published(world.circle, world.thea, own_rules="One more rule.")
    assert cell(world.circle).counts == {"missing": 3}
    assert (cell(world.circle).signed, cell(world.circle).asked) == (0, 3)


def test_only_those_whom_a_paper_binds_are_asked(world: World) -> None:
    assert cell(world.circle, TELEHEALTH).version is None
    with world.thea.acting():
        save_draft(group=world.circle, text=words(), kind=TELEHEALTH)
        publish_version(group=world.circle, by=world.thea.user, kind=TELEHEALTH)
    assert cell(world.circle, TELEHEALTH).counts == {"missing": 2}, "Ana and Ben, not Thea"


def test_somebody_who_is_paused_is_not_asked(world: World) -> None:
    with world.thea.acting():
        suspend_membership(membership=membership_in(world.circle, world.ana), reason="test")
    assert cell(world.circle).counts == {"current": 2}


def test_the_admin_sees_numbers_and_no_member(world: World, ada: Client) -> None:
    shown = page(ada) + ada.get(reverse("office:group", args=[world.circle.pk])).content.decode()
    assert "Thursday circle" in shown
    assert "3 of 3" in shown
    assert "Thea Marsh" in shown, "who leads a group is staff"
    assert [name for name in MEMBERS if name in shown] == []
    names = browser_of(world.thea).get(reverse("consent:overview", args=[world.circle.pk]))
    assert "Ana Ferreira" in names.content.decode(), "her therapist sees her"
    assert recorded("office.numbers_viewed")
    assert recorded("office.group_viewed")


def test_the_picture_and_the_table_tell_the_same(world: World, ada: Client) -> None:
    with world.ben.acting():
        withdraw_signature(signature=signature_of(world.ben, in_force(world.circle)))
    shown = page(ada, group=str(world.circle.pk))
    wide = [(standing, round(float(width))) for standing, width in BAR.findall(shown)]
    assert wide == [("current", 80), ("withdrawn", 40)], "two and one of three, of 120"
    numbers = re.findall(r'<td class="number">(\d+)</td>', shown)
    assert numbers == ["3", "2", "0", "0", "0", "1"]


def test_the_filter_leaves_groups_that_have_what_is_looked_for(world: World, ada: Client) -> None:
    with world.ben.acting():
        withdraw_signature(signature=signature_of(world.ben, in_force(world.circle)))
    rows = 'scope="row"><a'
    assert page(ada).count(rows) == 2
    assert page(ada, show=Standing.WITHDRAWN).count(rows) == 1
    assert page(ada, show=Standing.EXPIRED).count(rows) == 0
    assert "Nothing of this kind" in page(ada, show=Standing.EXPIRED)
    assert page(ada, kind="agreement").count(rows) == 2


def test_as_many_queries_for_one_group_as_for_two_with_more_people(world: World) -> None:
    with CaptureQueriesContext(connection) as one:
        rows_of([world.circle])
    member_of(world.other, MALLORY, invited_by=world.tom)
    with CaptureQueriesContext(connection) as two:
        rows_of([world.circle, world.other])
    assert len(one) == len(two) == 4
