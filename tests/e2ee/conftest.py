"""The page of these tests, built once, and a relay to meet at."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from config.development.toolchain import FRONTEND, search_path
from tests.media_relay.conftest import desk, node, relay

__all__ = ["desk", "node", "relay"]

POLICY = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'"
PAGE = b'<!doctype html><title>Room</title><script type="module" src="/page.js"></script>'


class PageHandler(SimpleHTTPRequestHandler):
    """The built files and one empty page, under the policy that the product has."""

    def do_GET(self) -> None:
        if self.path != "/":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE)

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing on the tests' output."""


@pytest.fixture(scope="session")
def page_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    npx = shutil.which("npx", path=search_path()) or "npx"
    command = [npx, "vite", "build", "--config", "vite.page.config.ts", "--outDir", str(folder)]
    subprocess.run([*command, "--emptyOutDir"], cwd=FRONTEND, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def page_address(page_folder: Path) -> Iterator[str]:
    handler = partial(PageHandler, directory=str(page_folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()
