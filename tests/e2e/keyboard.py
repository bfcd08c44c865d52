"""A person without a mouse: from one thing that can be used to the next, and only that."""

from playwright.sync_api import Page

# What a person would call it: the words on it, or those of its label.
FOCUSED = """() => {
  const one = document.activeElement;
  return (one.labels?.[0] ?? one).innerText.trim().replace(/\\s+/g, " ");
}"""
# Where it stands is seen: a ring around it, and within the window.
IS_SEEN = """() => {
  const one = document.activeElement;
  const shown = one.labels?.[0] && one.type === "checkbox" ? one.labels[0] : one;
  const box = shown.getBoundingClientRect();
  return one.matches(":focus-visible") && box.bottom > 0 && box.top < innerHeight;
}"""
# Whether the focus is among radio buttons of which one is called so.
IS_AMONG = """name => {
  const one = document.activeElement;
  const group = one.type === "radio" ? [...one.form.elements[one.name]] : [];
  return group.some(radio => radio.labels[0].innerText.trim() === name);
}"""
MANY = 80


def tab_to(page: Page, name: str) -> None:
    """As far as a patient person would press the key."""
    words = " ".join(name.split())
    for _ in range(MANY):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) == words:
            assert page.evaluate(IS_SEEN), f"{name} has the focus and nobody sees it"
            return
    raise AssertionError(f"the keyboard does not come to {name}")


def use(page: Page, name: str) -> None:
    """Follows the link, presses the button or opens what is folded."""
    tab_to(page, name)
    page.keyboard.press("Enter")


def tick_until(page: Page, name: str) -> None:
    """Ticks every box on the way to this field."""
    for _ in range(MANY):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) == name:
            return
        if page.evaluate("document.activeElement.type === 'checkbox'"):
            page.keyboard.press("Space")
    raise AssertionError(f"the keyboard does not come to {name}")


def choose(page: Page, name: str) -> None:
    """Comes to the radio buttons that have this one, and walks to it with the arrow."""
    for _ in range(MANY):
        page.keyboard.press("Tab")
        if page.evaluate(IS_AMONG, name):
            break
    page.keyboard.press("Space")
    for _ in range(MANY):
        if page.evaluate(FOCUSED) == name:
            assert page.evaluate("document.activeElement.checked")
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"the keyboard does not choose {name}")
