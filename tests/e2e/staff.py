"""What staff do before anybody can meet: invite, make a group, publish its agreement, plan."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from config.development.cast import Person as Cast
from tests.e2e.person import Person

GROUP_PATH = re.compile(r"/groups/[0-9a-f-]{36}/")


def invite_staff(admin: Person, invited: Cast, role: str) -> None:
    admin.go("/people/invite/")
    admin.page.get_by_label("E-mail address").fill(invited.email)
    admin.page.get_by_role("radio", name=role).check()
    admin.press("Send the invitation")


def make_group(admin: Person, name: str, therapist: Cast) -> str:
    """The path of the new group."""
    admin.go("/groups/new/")
    admin.page.get_by_label("Name of the group").fill(name)
    admin.page.get_by_label("Therapist", exact=True).select_option(label=therapist.true_name)
    admin.page.get_by_label("Time zone").select_option("UTC")
    admin.press("Make the group")
    admin.page.wait_for_url(GROUP_PATH)
    found = GROUP_PATH.search(admin.page.url)
    assert found
    return found.group()


def name_co_therapist(admin: Person, group: str, therapist: Cast) -> None:
    admin.go(f"{group}hosts/new/")
    admin.page.get_by_label("Therapist", exact=True).select_option(label=therapist.true_name)
    admin.page.get_by_label("Name in the group").fill(therapist.alias)
    admin.press("Name the co-therapist")
    expect(admin.page.get_by_text("The co-therapist is named")).to_be_visible()


def publish_agreement(therapist: Person, group: str, *, added_words: str = "") -> None:
    therapist.go(f"{group}agreement/")
    if added_words:
        last = therapist.page.locator("textarea").last
        last.fill(f"{last.input_value()}\n\n{added_words}".strip())
        therapist.press("Save the draft")
    elif therapist.page.get_by_text("It is saved and can be published").count() == 0:
        therapist.press("Save the draft")
    therapist.press_and_confirm("Publish", "Publish this version")
    expect(therapist.page.get_by_text(re.compile("in force since")).first).to_be_visible()


def set_passphrase(therapist: Person, group: str, passphrase: str) -> None:
    therapist.go(f"{group}passphrase/")
    therapist.page.locator("summary", has_text="Choose the words yourself").click()
    therapist.page.get_by_label("Passphrase of your own").fill(passphrase)
    therapist.press("Set this passphrase")
    expect(therapist.page.get_by_text(passphrase)).to_be_visible()


def stop_requiring_encryption(therapist: Person, group: str) -> None:
    """For what is measured with and without it."""
    therapist.go(f"{group}rules/")
    therapist.page.get_by_label("End-to-end encryption").uncheck()
    therapist.press("Save the rules")
    expect(therapist.page.get_by_text("The rules are saved.")).to_be_visible()


def invite_member(therapist: Person, group: str, invited: Cast) -> None:
    therapist.go(f"{group}invite/")
    therapist.page.get_by_label("E-mail address").fill(invited.email)
    therapist.press("Send the invitation")


def plan_session(therapist: Person, group: str) -> str:
    """A session that is open now; the path that its link leads to."""
    before = _sessions_of(therapist)
    now = datetime.now(UTC)
    therapist.go(f"{group}sessions/new/")
    therapist.page.get_by_label("Day").fill(f"{now:%Y-%m-%d}")
    therapist.page.get_by_label("The waiting room opens at").fill(f"{now:%H:%M}")
    closes = now + timedelta(hours=2)
    therapist.page.get_by_label("The session ends at").fill(f"{closes:%H:%M}")
    therapist.press("Plan it")
    expect(therapist.page.get_by_text("The session is planned.")).to_be_visible()
    (path,) = _sessions_of(therapist) - before
    return path


def _sessions_of(therapist: Person) -> set[str]:
    therapist.go("/")
    links = therapist.page.locator('a[href^="/session/"]').all()
    return {link.get_attribute("href") or "" for link in links}
