"""Every page at phone, tablet and desktop size, light and dark: all fits and axe is silent."""

import re
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from config.development import cast
from tests.e2e import keyboard, staff
from tests.e2e.looks import faults_here, judge, judge_as_it_stands
from tests.e2e.person import Person
from tests.e2e.world import World

ANYBODY = ("/sign-in/", "/reset/", "/lost-factor/", "/no-such-page/")
MEMBER = (
    *("/", "/papers/", "/profile/", "/security/", "/factor/new/", "/factor/recovery-codes/"),
    *("/privacy/", "/privacy/readers/", "/privacy/requests/new/"),
    *("/lessons/", "/lessons/posts/", "/prepare/devices/", "/prepare/space/"),
)
HOST = ("/", "/groups/", "/papers/", "/security/", "/training/", "/training/room/")
HOST_OF_GROUP = (
    *("", "invite/", "passphrase/", "rules/", "agreement/", "sessions/new/", "me/"),
    *("papers/", "papers/video/", "ages/", "start/people/", "lessons/"),
    *("our-rules/", "our-rules/propose/"),
)
MEMBER_OF_GROUP = ("me/", "start/", "our-rules/", "our-rules/propose/")
ADMIN = (
    *("/", "/people/", "/people/invite/", "/people/factor-resets/", "/groups/", "/groups/new/"),
    *("/programme/space/", "/programme/lessons/", "/programme/training/"),
    *("/office/", "/office/?show=expired", "/office/templates/", "/office/clauses/video/"),
    *("/office/clauses/video/risks/new/", "/office/policies/", "/office/reminders/"),
)
OFFICER = ("/", "/desk/", "/desk/log/", "/desk/alerts/", "/desk/reviews/", "/desk/requests/")
ARABIC = "العربيّة"
OFFICER_FILTERED = ("/desk/log/?act=member.added", "/desk/log/?person=nonsense")
# As if the first quarter were over: one review of each kind.
REVIEWS_OF_A_QUARTER = """
from datetime import timedelta
from django.utils import timezone
from audit.context import acting_as_system
from compliance.services.reviews import open_due_reviews
with acting_as_system("tests"):
    open_due_reviews(timezone.now() + timedelta(days=92))
"""


FAULTY = """<!doctype html><html lang="en"><title>Faulty</title><main><h1>Faulty</h1>
<style>
  h1 { width: 900px }
  button { width: 9px; height: 9px; padding: 0 }
  @media (prefers-color-scheme: dark) { p { color: #777; background: #666 } }
</style>
<img src="data:,"><button aria-label="Small"></button><p>Faint</p></main>"""


def test_a_page_with_faults_is_found_out_in_each_look_that_has_them(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(FAULTY)
    found = faults_here(page, "faulty")
    page.close()

    def looks_with(fault: str) -> list[str]:
        return [" ".join(one.split()[1:3]) for one in found if fault in one]

    sizes = ["360 light:", "360 dark:", "820 light:", "1440 dark:"]
    assert looks_with("small target") == sizes
    assert looks_with("wider than the screen") == sizes[:3]
    assert looks_with("image-alt") == [sizes[0], sizes[3]]
    assert looks_with("color-contrast") == [sizes[1], sizes[3]]


def test_pages_of_anybody(world: World) -> None:
    context = world.browser.new_context(base_url=world.stack.origin)
    try:
        judge(context.new_page(), *ANYBODY)
    finally:
        context.close()


def test_pages_of_a_member(world: World) -> None:
    paths = (*MEMBER, world.group, *(f"{world.group}{path}" for path in MEMBER_OF_GROUP))
    judge(world[cast.ANA].page, *paths)


def test_pages_that_speak_arabic(world: World) -> None:
    """From right to left; whatever follows reads English again."""
    page = world[cast.ANA].page
    page.goto("/papers/")
    page.get_by_role("button", name=ARABIC).click()
    expect(page.locator("html[dir=rtl]")).to_be_attached()
    paper = page.get_by_role("link", name="قراءتها").first.get_attribute("href")
    rules = (f"{world.group}our-rules/", f"{world.group}our-rules/propose/")
    try:
        judge(page, "/papers/", paper or "", *rules, "/privacy/", "/privacy/requests/new/")
    finally:
        page.get_by_role("button", name="English").click()
    expect(page.locator("html[dir=ltr]")).to_be_attached()


def test_pages_of_a_therapist(world: World) -> None:
    paths = (*HOST, *(f"{world.group}{path}" for path in HOST_OF_GROUP))
    judge(world[cast.THEA].page, *paths)


def test_an_emergency_card_before_and_after_it_opens(world: World) -> None:
    thea = world[cast.THEA]
    path = emergency_card_in(thea, world.group)
    judge(thea.page, path.removesuffix("emergency/"), path)
    open_card(thea)
    judge_as_it_stands(thea.page)


def test_pages_of_an_admin(world: World, office: tuple[str, ...]) -> None:
    judge(world[cast.ADA].page, *ADMIN, world.group, *office)


@pytest.fixture(scope="module")
def office(world: World) -> tuple[str, ...]:
    """Pages of things that the admin makes first: a template, a policy, a file that is ready."""
    ada = world[cast.ADA]
    ada.go("/office/templates/")
    ada.page.get_by_label("Kind of paper").select_option("telehealth")
    ada.page.get_by_label("Name of the template").fill("Adults")
    ada.press("Begin the template")
    ada.page.wait_for_url(re.compile("/office/templates/[0-9a-f]"))
    template = path_of(ada.page)
    ada.press_and_confirm("Publish", "Publish this version")
    expect(ada.page.get_by_text("Version 1 is in the library for all groups.")).to_be_visible()
    ada.go("/office/exports/")
    if "/step-up/" in ada.page.url:
        ada.step_up()
    ada.press("Make the export")
    ada.page.wait_for_url(re.compile("/office/exports/."))
    export = path_of(ada.page)
    expect(ada.page.get_by_role("link", name=re.compile("Download|Look again"))).to_be_visible()
    group = world.group.removeprefix("/groups/")
    wordings = f"{template}clauses/risks/"
    of_group = (f"/office/groups/{group}", f"/office/policies/{group}")
    return (template, wordings, *of_group, "/office/exports/", export)


def path_of(page: Page) -> str:
    return urlsplit(page.url).path


@pytest.fixture(scope="module")
def officer(world: World) -> Person:
    """Max, who comes in last: whatever the others did is on his desk."""
    leave_work(world)
    staff.invite_staff(world[cast.ADA], cast.MAX, "Compliance officer")
    officer = world.newcomer(cast.MAX)
    officer.join_by_invitation()
    return officer


def leave_work(world: World) -> None:
    """Something for every list of the desk: a session, a use, an alert, every kind of review."""
    thea = world[cast.THEA]
    staff.plan_session(thea, world.group)
    thea.go(emergency_card_in(thea, world.group))
    open_card(thea)
    staff.invite_member(thea, world.group, cast.CLEO)
    for member in (world[cast.ANA], world[cast.BEN]):
        member.go(member.mailbox.link_for(cast.CLEO.email, containing="/invitation/"))
    world.stack.manage("detect")
    world.stack.manage("shell", "-c", REVIEWS_OF_A_QUARTER)


def test_pages_of_a_compliance_officer(officer: Person) -> None:
    entry = first_link(officer, "/desk/log/?act=member.added", "Open the entry")
    officer.go(entry)
    report = officer.page.get_by_role("link", name="Who saw this person").get_attribute("href")
    paths = (*OFFICER, *OFFICER_FILTERED, entry, report or "", f"{report}name/")
    judge(officer.page, *paths)


def test_a_review_is_signed_with_the_keyboard_alone(officer: Person) -> None:
    officer.go(first_link(officer, "/desk/reviews/", "Who may still come in"))
    page = officer.page
    open_items = page.get_by_role("button", name=re.compile("^In order"))
    expect(open_items).not_to_have_count(0)
    while open_items.count():
        keyboard.tab_to(page, open_items.first.inner_text().strip())
        press_enter(page)
    keyboard.tab_to(page, "Sign off")
    press_enter(page)
    expect(page.get_by_text("everything below is what was signed")).to_be_visible()


def test_alerts_reviews_and_session_reports(officer: Person) -> None:
    alert = first_link(officer, "/desk/alerts/", "Link used by another account")
    reviews = [
        first_link(officer, "/desk/reviews/", name)
        for name in ("Who may still come in", "A sample of everything")
    ]
    officer.go("/desk/log/")
    session = officer.page.locator('a[href^="/desk/sessions/"]').first.get_attribute("href")
    judge(officer.page, alert, *reviews, session or "")


def test_the_desk_is_worked_with_the_keyboard_alone(officer: Person) -> None:
    officer.go("/desk/")
    keyboard.tab_to(officer.page, "Explorer")
    officer.page.keyboard.press("Enter")
    officer.sees_heading("Who did what")
    keyboard.tab_to(officer.page, "Narrow the list")
    officer.page.keyboard.press("Enter")
    officer.page.keyboard.press("Tab")
    officer.page.keyboard.type("joined or was added")
    keyboard.tab_to(officer.page, "Show")
    officer.page.keyboard.press("Enter")
    expect(officer.page).to_have_url(re.compile("act=member.added"))
    keyboard.tab_to(officer.page, "Open the entry")
    officer.page.keyboard.press("Enter")
    officer.sees_heading("One entry")


def test_alerts_are_decided_with_the_keyboard_alone(officer: Person) -> None:
    page, name = officer.page, "Link used by another account"
    officer.go("/desk/")
    keyboard.use(page, "Alerts")
    officer.sees_heading("Alerts")
    keyboard.use(page, name)
    officer.sees_heading(name)
    keyboard.choose(page, "Dismiss it: it is explained")
    keyboard.choose(page, "A mistake; I have talked with them")
    keyboard.tab_to(page, "What you found out (if you like)")
    page.keyboard.type("The mail was forwarded.")
    keyboard.use(page, "Decide")
    expect(page.get_by_text("Your decision is kept with the alert.")).to_be_visible()
    expect(page.get_by_text("The mail was forwarded.")).to_be_visible()
    keyboard.use(page, "To the other alerts")
    officer.sees_heading("Alerts")
    keyboard.use(page, name)
    officer.sees_heading(name)
    keyboard.choose(page, "Escalate it: admins and other officers are told")
    keyboard.choose(page, "It may be an incident")
    keyboard.use(page, "Decide")
    expect(page.get_by_text("Your decision is kept with the alert.")).to_be_visible()
    expect(page.locator(".badge", has_text="Escalated").first).to_be_visible()


def test_both_reports_are_reached_and_read_with_the_keyboard_alone(officer: Person) -> None:
    page = officer.page
    officer.go("/desk/log/?act=session.scheduled")
    session = page.locator('table a[href^="/desk/sessions/"]').first.inner_text()
    keyboard.use(page, session)
    officer.sees_heading("Session report")
    keyboard.use(page, "Everything of this session in the explorer")
    expect(page).to_have_url(re.compile("session="))
    officer.go("/desk/log/?act=member.added")
    keyboard.use(page, "Open the entry")
    officer.sees_heading("One entry")
    keyboard.use(page, "Who saw this person's record")
    officer.sees_heading("Who saw this record")
    later = date.today() + timedelta(days=2)
    keyboard.tab_to(page, "From (if you like)")
    page.keyboard.type(f"{later:%m%d%Y}")
    keyboard.use(page, "Show since then")
    expect(page.get_by_text("Nobody else opened this record")).to_be_visible()


def emergency_card_in(therapist: Person, group: str) -> str:
    therapist.go(group)
    member = therapist.page.get_by_role("link", name=cast.ANA.alias, exact=True)
    return f"{member.get_attribute('href')}emergency/"


def open_card(therapist: Person) -> None:
    therapist.page.get_by_label("I cannot reach them").check()
    therapist.press("Open the card")
    expect(therapist.page.get_by_text("Who should be called")).to_be_visible()


def first_link(person: Person, path: str, name: str) -> str:
    person.go(path)
    return person.page.get_by_role("link", name=name).first.get_attribute("href") or ""


def press_enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")
