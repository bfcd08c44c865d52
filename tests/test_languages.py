"""A translated page speaks its reader's language and nothing else; every other speaks English.

The words themselves are judged in tests/config/test_catalogues.py.
"""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import resolve, reverse
from django.utils import timezone, translation

from accounts import mail
from accounts.languages import BY_CODE, OF_PAGES, TRANSLATED, page_language
from accounts.models import Profile
from consent import services
from consent.models import AgreementVersion, PaperPolicy, Proposal, Signature
from consent.states import VersionState
from groups.models import GuardianLink
from tests.cast import Visit, browser_of
from tests.consent.papers import answers, published
from tests.consent.rules import accepted, declined, proposed, published_rules
from tests.matrix.rows import ROWS, Relation
from tests.matrix.world import Place, World, make_world
from tests.test_matrix import address

ARABIC = BY_CODE["ar"]
# Names of things, which nobody translates.
NAMES = {"Quietroom", "UTC", "PDF", "JSON", "SHA", "CFR"}
ARABIC_LETTERS = re.compile("[\u0600-\u06ff]")
OPTIONS = re.compile(r"<option.*?</option>")
LATIN = re.compile(r"[A-Za-z]{2,}")
SPOKEN = ("aria-label", "data-label", "placeholder", "title", "alt")
EMPTY_TAGS = {"meta", "link", "input", "img", "br", "hr"}
REDIRECTS = range(300, 400)


class Foreign(HTMLParser):
    """Latin words outside of what is marked as another language, as a name or as anybody's own."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.code, self.found = code, set[str]()
        self.open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        is_own = tag in ("bdi", "script", "textarea") or told.get("dir") in ("auto", "ltr")
        is_other = told.get("lang", self.code) != self.code
        is_marked = is_own or is_other or self._is_marked()
        if tag not in EMPTY_TAGS:
            self.open.append((tag, is_marked))
        if not is_marked:
            self._judge(" ".join(told.get(name) or "" for name in SPOKEN))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._is_marked():
            self._judge(data)

    def _is_marked(self) -> bool:
        return bool(self.open) and self.open[-1][1]

    def _judge(self, text: str) -> None:
        self.found |= set(LATIN.findall(text)) - NAMES


def foreign_words(response: HttpResponse, code: str = ARABIC.code) -> set[str]:
    parser = Foreign(code)
    parser.feed(response.content.decode())
    return parser.found


@pytest.fixture
def world(db: None) -> World:
    world = make_world()
    for visit in world.people.values():
        reads_arabic(visit)
    return world


def reads_arabic(visit: Visit) -> None:
    Profile.objects.filter(user=visit.user).update(language=ARABIC.code)


def shown(visit: Visit, path: str, **sent: str) -> Any:
    """The page, or the page to which what was sent leads."""
    client = browser_of(visit)
    return client.post(path, sent, follow=True) if sent else client.get(path)


def pages(place: Place, relation: Relation) -> Iterator[tuple[str, str]]:
    for name, row in ROWS.items():
        if "GET" in row.methods and (relation in row.may):
            yield name, address(name, row, place)


def is_translated(path: str) -> bool:
    view: Callable[..., HttpResponse] = resolve(path).func
    return getattr(view, "is_translated", False)


def test_each_translated_page_speaks_arabic_alone_and_each_other_english(world: World) -> None:
    """To a minor, a member and a guardian, who between them may open every translated page."""
    place, spoken = world.circle, set[str]()
    readers = (
        (place.owner, Relation.OWNER),
        (place.other_member, Relation.MEMBER),
        (world.people["gina"], Relation.GUARDIAN),
    )
    for visit, relation in readers:
        for name, path in pages(place, relation):
            response = shown(visit, path)
            if "text/html" not in response.get("Content-Type", "") or response.status_code != 200:
                continue
            text = response.content.decode()
            if is_translated(path):
                spoken.add(name)
                assert '<html lang="ar" dir="rtl">' in text, path
                assert foreign_words(response) == set(), name
            else:
                assert '<html lang="en"' in text, path
                assert 'dir="rtl"' not in text.split("</head>")[0], path
                said = OPTIONS.sub("", text)
                assert ARABIC_LETTERS.search(said) is None, name
    readable = {name for name, row in ROWS.items() if "GET" in row.methods}
    marked = {name for name in readable if is_translated(address(name, ROWS[name], place))}
    assert spoken == marked - {"consent:sealed_copy"}, "each of them was looked at"


def test_whoever_reads_another_language_is_spoken_to_in_english(world: World) -> None:
    ana = world.circle.owner
    for code in (*(one.code for one in TRANSLATED if one != ARABIC), "en", "xx"):
        Profile.objects.filter(user=ana.user).update(language=code)
        assert page_language(code).code == "en"
        assert '<html lang="en" dir="ltr">' in shown(ana, "/papers/").content.decode()


def test_every_way_a_signature_can_stand_is_said_in_arabic(world: World) -> None:
    place = world.circle
    ana, path = place.owner, reverse("consent:paper", args=[place.names["paper"]])
    said = set()
    for asked_again_at, grace in ((None, 7), (timezone.now(), 7), (timezone.now(), 0)):
        PaperPolicy.objects.update_or_create(
            group=place.group, defaults={"asked_again_at": asked_again_at, "grace_days": grace}
        )
        for one in (path, "/papers/"):
            response = shown(ana, one)
            assert foreign_words(response) == set()
            said.add(response.content)
    assert len(said) == 6


def test_what_is_answered_to_an_act_is_said_in_arabic(world: World) -> None:
    place = world.circle
    ana, group = place.owner, place.group.pk
    version = AgreementVersion.objects.get(pk=place.names["paper"])
    pledge = reverse("consent:pledge", args=[group])
    acts: list[tuple[str, dict[str, str]]] = [
        (reverse("consent:ask", args=[version.pk]), {"text": "لماذا؟"}),
        (reverse("consent:ask", args=[version.pk]), {"text": " "}),
        (reverse("consent:ask", args=[version.pk]), {"text": "\u202e"}),
        (pledge, {"is_shown": "on"}),
        (pledge, {"is_shown": "on"}),
        (reverse("consent:pledge_display", args=[group]), {"hide": "1"}),
        (reverse("consent:take_back_pledge", args=[group]), {"sure": "1"}),
        (reverse("consent:take_back_pledge", args=[group]), {"sure": "1"}),
        (reverse("consent:propose", args=[group]), {"topic": "ground_rules.own_rules"}),
        (reverse("consent:proposal", args=[place.names["proposal"]]), {"text": "نعم"}),
        (reverse("consent:take_back_proposal", args=[place.names["proposal"]]), {"sure": "1"}),
        (reverse("privacy:request_new"), {"kind": "correction"}),
        (reverse("privacy:request_new"), {"kind": "restriction", "text": "هذا"}),
        (reverse("privacy:request_withdraw", args=[place.names["request"]]), {"sure": "1"}),
        (reverse("consent:paper", args=[version.pk]), {"printed_name": "Nobody"}),
        (reverse("consent:withdraw", args=[place.names["signature"]]), {"sure": "1"}),
        (reverse("consent:withdraw", args=[place.names["signature"]]), {"sure": "1"}),
        (reverse("consent:paper", args=[version.pk]), {"printed_name": "Nobody"}),
    ]
    for path, sent in acts:
        response = shown(ana, path, **sent)
        assert '<html lang="ar" dir="rtl">' in response.content.decode(), path
        said = re.sub(r'<p dir="auto" class="notice', '<p class="notice', response.content.decode())
        parser = Foreign(ARABIC.code)
        parser.feed(said)
        assert parser.found == set(), (path, sent)


def test_proposals_in_every_state_and_a_new_version_are_said_in_arabic(world: World) -> None:
    place = world.circle
    ana, thea, group = place.owner, place.host, place.group
    done = accepted(proposed(group, ana, "نبدأ في الموعد."), thea, answer="حسنًا.")
    assert done.state == VersionState.DRAFT
    declined(proposed(group, ana, "نلتقي كل يوم."), thea, answer="ليس الآن.")
    proposals = list(Proposal.objects.filter(group=group))
    for proposal in proposals:
        response = shown(ana, reverse("consent:proposal", args=[proposal.pk]))
        assert foreign_words(response) == set()
    assert {one.state for one in proposals} == {"open", "accepted", "declined"}
    newer = published(group, thea, online="We meet from a closed room.")
    published_rules(group, thea)
    for path in ("/papers/", reverse("consent:paper", args=[newer.pk]), rules_of(place)):
        assert foreign_words(shown(ana, path)) == set()
    superseded = shown(ana, reverse("consent:paper", args=[place.names["paper"]]))
    assert foreign_words(superseded) == set()
    assert str(newer.pk) in superseded.content.decode()


def rules_of(place: Place) -> str:
    return reverse("consent:rules", args=[place.group.pk])


def test_what_is_stored_and_what_leaves_is_english_whatever_the_reader_speaks(world: World) -> None:
    place = world.circle
    ben = place.other_member
    newer = published(place.group, place.host, online="We meet from a closed room.")
    ben.step_up()
    path = reverse("consent:paper", args=[newer.pk])
    assert browser_of(ben).post(path, answers(ben)).status_code in REDIRECTS
    signature = Signature.objects.get(user=ben.user, version=newer)
    assert signature.meaning.startswith("By signing I declare")
    with place.host.acting(), translation.override(ARABIC.code):
        copy = services.seal_copy(signature=signature)
        subject, body = mail.preview("consent/mail/paper_waits.txt", path="/papers/")
    assert copy.pdf.startswith(b"%PDF")
    assert ARABIC_LETTERS.search(subject + body) is None


def test_a_language_is_chosen_at_the_foot_of_the_page(world: World) -> None:
    ana = world.circle.owner
    client = browser_of(ana)
    path = reverse("accounts:choose_language")
    answer = client.post(path, {"language": "en", "next": "/papers/"})
    assert answer["Location"] == "/papers/"
    assert Profile.objects.get(user=ana.user).language == "en"
    assert 'dir="ltr"' in client.get("/papers/").content.decode()
    for wrong in ("xx", "", "de"):
        client.post(path, {"language": wrong})
        assert Profile.objects.get(user=ana.user).language == "en"
    client.post(path, {"language": "ar"})
    assert 'dir="rtl"' in client.get("/papers/").content.decode()


def test_the_profile_offers_every_language_in_which_papers_can_be_signed(world: World) -> None:
    page = shown(world.circle.owner, "/profile/").content.decode()
    for language in (*OF_PAGES, *TRANSLATED):
        assert f'<option value="{language.code}"' in page


def test_a_page_that_does_not_exist_is_the_same_bytes_in_every_language(world: World) -> None:
    nobody = GuardianLink.objects.order_by("pk").values_list("pk", flat=True)[0]
    path = reverse("consent:signature", args=[nobody])
    assert is_translated(path)
    arabic = shown(world.circle.owner, path)
    Profile.objects.filter(user=world.circle.owner.user).update(language="en")
    english = shown(world.circle.owner, path)
    assert arabic.status_code == 404
    assert arabic.content == english.content


def test_the_judge_sees_an_english_word() -> None:
    page = (
        '<html lang="ar"><p>خصوصيتي <bdi>Ana</bdi> <span lang="en">Name</span> Privacy</p></html>'
    )
    assert foreign_words(HttpResponse(page)) == {"Privacy"}
