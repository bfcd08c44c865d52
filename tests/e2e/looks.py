"""A page at phone, tablet and desktop size, light and dark: what does not fit, what axe finds."""

from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

Look = tuple[tuple[int, int], str]
# Each size and each theme; the colours do not depend on the size.
LOOKS: tuple[Look, ...] = (
    ((360, 740), "light"),
    ((360, 740), "dark"),
    ((820, 1180), "light"),
    ((1440, 900), "dark"),
)
# WCAG 2.2, 2.5.8; links within a sentence are excepted.
SMALL_TARGETS = """() => [...document.querySelectorAll("a[href], button, summary, select, input")]
  .filter((one) => getComputedStyle(one).display !== "inline" && one.type !== "hidden")
  .filter((one) => one.checkVisibility({ visibilityProperty: true }))
  .map((one) => [one.outerHTML.slice(0, 120), one.getBoundingClientRect()])
  .filter(([, box]) => box.width < 24 || box.height < 24)
  .map(([html]) => html)"""

# A colour half way between two themes is nobody's fault. Asking to finish rather than waiting:
# what is paused, or drawn by nobody because its tab is hidden, would never come to its end.
SETTLED = """() => document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().endTime !== Infinity)
  .forEach((one) => one.finish())"""


def judge(page: Page, paths: tuple[str, ...], look: Look) -> None:
    with looking(page, look):
        faults = [fault for path in paths for fault in faults_of(page, path)]
    assert not faults, "\n".join(faults)


def judge_as_it_stands(page: Page) -> None:
    """In every look, without loading anything: what is open stays open."""
    faults = []
    for look in LOOKS:
        with looking(page, look):
            faults += faults_here(page, str(look))
    assert not faults, "\n".join(faults)


@contextmanager
def looking(page: Page, look: Look) -> Iterator[None]:
    (width, height), theme = look
    before = page.viewport_size
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    try:
        yield
    finally:
        page.emulate_media(color_scheme="light")
        if before is not None:
            page.set_viewport_size(before)


def faults_of(page: Page, path: str) -> list[str]:
    page.goto(path)
    return faults_here(page, path)


def faults_here(page: Page, place: str) -> list[str]:
    page.evaluate(SETTLED)
    found = [f"{place}: small target {html}" for html in page.evaluate(SMALL_TARGETS)]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append(f"{place}: wider than the screen")
    violations = Axe().run(page).response["violations"]
    return found + [f"{place}: {one['id']} {one['nodes'][0]['html'][:120]}" for one in violations]
