"""Going through a page with the keyboard alone."""

from playwright.sync_api import Page

# As far as a patient person would press the key.
PATIENCE = 80
NAME_OF_FOCUSED = """() => {
  const one = document.activeElement;
  return (one.labels?.[0] ?? one).innerText.trim();
}"""


def tab_to(page: Page, name: str) -> None:
    """Until the focus is on the control that is called so."""
    for _ in range(PATIENCE):
        page.keyboard.press("Tab")
        if page.evaluate(NAME_OF_FOCUSED) == name:
            return
    raise AssertionError(f"the keyboard does not come to {name}")
