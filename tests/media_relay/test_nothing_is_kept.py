"""Nothing is decoded and nothing is written: shown on a running call, and in the source."""

import ast
import asyncio
import os
import sys
from pathlib import Path

import pytest

import media_relay
from media_relay.control import InProcessControl
from media_relay.node import Node
from tests.media_relay.desk import Desk
from tests.media_relay.peer import Peer

PACKAGE = Path(media_relay.__file__).parent
TREES = {path: ast.parse(path.read_text()) for path in sorted(PACKAGE.rglob("*.py"))}
AIORTC_ALLOWED = {"dtls.py": "aiortc.rtcdtlstransport", "rtcp.py": "aiortc.rtp"}


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("path", TREES, ids=lambda path: path.name)
def test_no_module_imports_a_codec_a_file_library_or_the_rest_of_quietroom(path: Path) -> None:
    foreign = {"av", "django", "pathlib", "shutil", "tempfile", "sqlite3", "io", "mmap"}
    # The fast engine's arrays; nobody else needs any.
    foreign |= set() if path.parent.name == "engine_fast" else {"numpy", "numba"}
    ours = {"config", "sessions_app", "consent", "groups", "accounts", "audit", "crypto"}
    names = imports(path)
    assert not {name.split(".")[0] for name in names} & (foreign | ours)
    for name in names:
        if name.split(".")[0] == "aiortc":
            assert AIORTC_ALLOWED.get(path.name) == name


@pytest.mark.parametrize("path", TREES, ids=lambda path: path.name)
def test_no_module_opens_a_file_or_a_peer_connection(path: Path) -> None:
    names = {node.id for node in ast.walk(TREES[path]) if isinstance(node, ast.Name)}
    assert not names & {"open", "RTCPeerConnection", "MediaRecorder", "eval", "exec"}


def test_only_one_file_touches_aiortcs_privates() -> None:
    for path, tree in TREES.items():
        attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        if attributes & {"_ssl", "_srtp_profiles", "_set_role"}:
            assert path.name == "dtls.py"


def open_for_writing() -> set[str]:
    """Files and devices that this process holds open for writing; sockets and pipes aside."""
    found = set()
    for name in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{name}")
            flags = Path(f"/proc/self/fdinfo/{name}").read_text()
        except FileNotFoundError:
            continue
        mode = int(
            next(line for line in flags.splitlines() if line.startswith("flags")).split()[1], 8
        )
        if target.startswith("/") and mode & os.O_ACCMODE != os.O_RDONLY:
            found.add(target)
    return found


async def test_a_running_call_opens_no_file_and_no_decoder(
    relay: InProcessControl, node: Node, desk: Desk
) -> None:
    opened: list[str] = []
    watching = True

    def audit(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event in ("open", "os.mkdir", "os.rename"):
            opened.append(str(arguments[0]))

    before = open_for_writing()
    ana, ben = Peer("ana"), Peer("ben")
    for seat, peer in enumerate((ana, ben), start=1):
        await peer.open(relay, desk)
        await relay.seat(desk.seat(peer.person, seat))
    await ana.until(lambda frames: frames["18"] > 5)
    sys.addaudithook(audit)
    await asyncio.sleep(2)
    watching = False
    assert open_for_writing() <= before
    assert opened == []
    frames = ana.frames["18"]
    assert frames > 20
    for peer in (ana, ben):
        await peer.close()
