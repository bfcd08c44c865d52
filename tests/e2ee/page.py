"""The tests' own page: built like the product's scripts, served under the product's policy."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from config.development.toolchain import FRONTEND, search_path

POLICY = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'"
PAGE = b'<!doctype html><title>Room</title><script type="module" src="/page.js"></script>'


class PageHandler(SimpleHTTPRequestHandler):
    """The built files, and one empty page."""

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


def build_page(folder: Path) -> None:
    npx = shutil.which("npx", path=search_path()) or "npx"
    command = [npx, "vite", "build", "--config", "vite.page.config.ts", "--outDir", str(folder)]
    subprocess.run([*command, "--emptyOutDir"], cwd=FRONTEND, check=True, capture_output=True)


@contextmanager
def serve_page(folder: Path) -> Iterator[str]:
    """Its address; localhost, so that browsers take it for a secure place."""
    handler = partial(PageHandler, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
