"""Reading, asking, proposing, signing and the programme's office without a mouse."""

import re

from playwright.sync_api import expect

from config.development import cast
from tests.e2e import arriving, keyboard, staff
from tests.e2e.world import GROUP, World

PROPOSAL = "We let a silence be a silence."


def test_a_paper_is_read_asked_about_and_signed_with_the_keyboard_alone(world: World) -> None:
    staff.publish_agreement(world[cast.THEA], world.group, added_words="We say goodbye.")
    ana = world[cast.ANA]
    ana.go("/papers/")
    keyboard.use(ana.page, "Read and sign")
    ana.sees_heading("Agreement on confidentiality")
    expect(
        ana.page.get_by_role("heading", name="What changed since you last signed")
    ).to_be_visible()
    keyboard.use(ana.page, "Ask a question")
    keyboard.tab_to(ana.page, "Your question")
    ana.page.keyboard.type("May I tell my sister?")
    keyboard.use(ana.page, "Send the question")
    expect(ana.page.get_by_text("Waits for an answer", exact=True)).to_be_visible()

    keyboard.use(ana.page, "Confirm that it is me")
    ana.sees_heading("Is it still you?")
    keyboard.use(ana.page, "Use my passkey")
    expect(ana.page).not_to_have_url(re.compile("/step-up/"), timeout=20_000)
    keyboard.tick_until(ana.page, "Your full name")
    ana.page.keyboard.type(cast.ANA.true_name)
    keyboard.use(ana.page, "Sign the agreement")
    expect(ana.page.get_by_text("You find your copy under Papers")).to_be_visible()


def test_a_rule_goes_from_a_member_to_the_therapist_with_the_keyboard_alone(world: World) -> None:
    ana, thea = world[cast.ANA], world[cast.THEA]
    for person in (ana, thea):
        arriving.sign_papers(person)
    ana.go(f"{world.group}our-rules/")
    keyboard.use(ana.page, "Propose a change")
    ana.sees_heading("Propose a change")
    keyboard.tab_to(ana.page, "What should we agree on?")
    ana.page.keyboard.type(PROPOSAL)
    keyboard.use(ana.page, "Show it to the group")
    ana.sees_heading("A proposal")

    thea.go(f"{world.group}our-rules/")
    thea.page.get_by_role("link", name="Decide").first.focus()
    thea.page.keyboard.press("Enter")
    thea.sees_heading("Decide about a proposal")
    keyboard.use(thea.page, "Put it into the draft")
    thea.sees_heading("Ground rules")
    expect(thea.page.get_by_text("It stands in the draft")).to_be_visible()
    expect(thea.page.locator("textarea").last).to_have_value(f"- {PROPOSAL}")
    ana.page.reload()
    expect(ana.page.get_by_text("Goes into the next version")).to_be_visible()


def test_the_office_is_worked_with_the_keyboard_alone(world: World) -> None:
    ada = world[cast.ADA]
    page = ada.page
    ada.go("/office/")
    keyboard.use(page, "Templates")
    ada.sees_heading("Templates")
    keyboard.tab_to(page, "Name of the template")
    page.keyboard.type("Evenings")
    keyboard.use(page, "Begin the template")
    expect(page).to_have_url(re.compile("/office/templates/[0-9a-f]"))
    keyboard.use(page, "Policies")
    ada.sees_heading("Policies")
    keyboard.use(page, f"Change the rules of {GROUP}")
    ada.sees_heading(GROUP)
    keyboard.use(page, "Save the rules of the papers")
    expect(page.get_by_text("Saved. It holds from now on.")).to_be_visible()
    keyboard.use(page, "Reminders")
    ada.sees_heading("Reminders")
    keyboard.use(page, "Send the reminders")
    expect(page.get_by_text("The mails are on their way.")).to_be_visible()
    with page.expect_navigation():
        keyboard.use(page, "Exports")
    if "/step-up/" in page.url:
        keyboard.use(page, "Use my passkey")
    ada.sees_heading("Exports")
    keyboard.choose(page, "Numbers of the overview (CSV)")
    keyboard.use(page, "Make the export")
    expect(page.get_by_role("link", name=re.compile("Download|Look again"))).to_be_visible()
