"""Lessons by keyboard, and words from the door that arrive at the therapist's panel."""

from playwright.sync_api import expect

from config.development import cast
from consent.lessons import LESSONS
from tests.e2e import arriving, staff
from tests.e2e.keyboard import tab_to
from tests.e2e.room import SOON
from tests.e2e.world import Meeting, World

NOTE = "My brother came home. May I come at six?"


def test_a_member_takes_a_lesson_with_the_keyboard_alone(world: World) -> None:
    ana, (first, second, *_) = world[cast.ANA], LESSONS
    keys, (exercise,) = ana.page.keyboard, first.exercises
    ana.go("/lessons/")
    tab_to(ana.page, "Begin")
    keys.press("Enter")
    ana.sees_heading(first.title)
    wrong = exercise.choices[0]
    assert not wrong.is_right
    tab_to(ana.page, wrong.text)
    keys.press("Space")
    tab_to(ana.page, "See what fits")
    keys.press("Enter")
    expect(ana.page.get_by_text("another answer fits better")).to_be_visible()
    tab_to(ana.page, wrong.text)
    for _ in range(exercise.choices.index(exercise.right)):
        keys.press("ArrowDown")
    tab_to(ana.page, "Look again")
    keys.press("Enter")
    expect(ana.page.get_by_text("You have taken this lesson")).to_be_visible()
    tab_to(ana.page, "Next lesson")
    keys.press("Enter")
    ana.sees_heading(second.title)


def test_words_from_the_door_arrive_at_the_therapists_panel(world: World) -> None:
    thea, ben = world[cast.THEA], world[cast.BEN]
    meeting = Meeting(staff.plan_session(thea, world.group))
    meeting.rooms[cast.THEA] = world.comes(cast.THEA, meeting.path)
    meeting[cast.THEA].open_doors()
    arriving.sign_papers(ben)
    arriving.go_in_until(ben, meeting.path, "space/")
    ben.press("I have no private space today")
    ben.page.get_by_label("A few words to your therapist").fill(NOTE)
    ben.press("Talk to my therapist")
    expect(thea.page.locator(".door-list")).to_contain_text(NOTE, timeout=SOON)
    ben.press("I have no private space today")
    ben.press("I come another time")
    expect(thea.page.locator(".door-list")).to_contain_text("comes another time", timeout=SOON)
    meeting.end()
