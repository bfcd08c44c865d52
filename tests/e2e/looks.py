"""A page at phone, tablet and desktop size, light and dark: what does not fit, what axe finds."""

from dataclasses import dataclass
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

ALL_RULES: dict[str, Any] = {"resultTypes": ["violations"]}
COLOURS_ALONE: dict[str, Any] = {**ALL_RULES, "runOnly": ["color-contrast"]}


@dataclass(frozen=True, slots=True)
class Look:
    """`axe` has its options for this look; None: only what fits is asked."""

    width: int
    height: int
    theme: Literal["light", "dark"]
    axe: dict[str, Any] | None


# Each size and each theme. What a page holds depends on the size, its colours on the theme.
LOOKS = (
    Look(360, 740, "light", ALL_RULES),
    Look(360, 740, "dark", COLOURS_ALONE),
    Look(820, 1180, "light", None),
    Look(1440, 900, "dark", ALL_RULES),
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


def judge(page: Page, *paths: str) -> None:
    faults = []
    for path in paths:
        page.goto(path)
        faults += faults_here(page, path)
    assert not faults, "\n".join(faults)


def judge_as_it_stands(page: Page) -> None:
    """Without loading anything: what is open stays open."""
    faults = faults_here(page, page.url)
    assert not faults, "\n".join(faults)


def faults_here(page: Page, place: str) -> list[str]:
    """In every look, one after the other; the page keeps what it shows."""
    before = page.viewport_size
    page.evaluate(AXE_SCRIPT)
    faults = []
    for look in LOOKS:
        page.set_viewport_size({"width": look.width, "height": look.height})
        page.emulate_media(color_scheme=look.theme)
        faults += [f"{place} {look.width} {look.theme}: {fault}" for fault in faults_of(page, look)]
    page.emulate_media(color_scheme="light")
    if before is not None:
        page.set_viewport_size(before)
    return faults


def faults_of(page: Page, look: Look) -> list[str]:
    page.evaluate(SETTLED)
    found = [f"small target {html}" for html in page.evaluate(SMALL_TARGETS)]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("wider than the screen")
    if look.axe is None:
        return found
    violations = page.evaluate("options => axe.run(options)", look.axe)["violations"]
    return found + [f"{one['id']} {one['nodes'][0]['html'][:120]}" for one in violations]
