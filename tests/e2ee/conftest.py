"""The page of these tests, built once, and a relay to meet at."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2ee.page import build_page, serve_page
from tests.media_relay.conftest import desk, node, relay

__all__ = ["desk", "node", "relay"]


@pytest.fixture(scope="session")
def page_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    build_page(folder)
    return folder


@pytest.fixture(scope="session")
def page_address(page_folder: Path) -> Iterator[str]:
    with serve_page(page_folder) as address:
        yield address
