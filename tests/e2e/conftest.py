"""A whole stack, a real Chromium, and one group of people who came in through the front door."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from config.development.stack import Stack
from tests.e2e.browser_keys import BrowserKeys
from tests.e2e.world import World, launch, walk_in
from tests.e2ee.page import build_page


@pytest.fixture(scope="session")
def playwright_driver() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright_driver: Playwright) -> Iterator[Browser]:
    browser = launch(playwright_driver)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(Path(tmp_path_factory.mktemp("stack"))) as stack:
        yield stack


@pytest.fixture(scope="session")
def world(stack: Stack, browser: Browser) -> Iterator[World]:
    """The journey from Ada's invitation alone to a group whose members have signed."""
    world = World(stack, browser)
    try:
        walk_in(world)
    except BaseException:
        world.take_pictures("walking-in")
        raise
    try:
        yield world
    finally:
        for person in world.people.values():
            person.close()


@pytest.fixture(scope="session")
def browser_keys(tmp_path_factory: pytest.TempPathFactory) -> BrowserKeys:
    scripts = tmp_path_factory.mktemp("scripts")
    build_page(scripts)
    return BrowserKeys(scripts)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """What each person saw when it failed, in test-results/."""
    try:
        return (yield)
    except BaseException:
        world = getattr(item, "funcargs", {}).get("world")
        if world is not None:
            world.take_pictures(item.name)
        raise


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first test of a run also pays for everybody's way in."""
    for item in items:
        item.add_marker(pytest.mark.timeout(600))
