"""Which engine runs: said in the log, never a silent fallback, and a call goes through each."""

import logging
import os
import shutil
from pathlib import Path

import pytest

import media_relay
from media_relay.config import NodeConfig
from media_relay.control import InProcessControl
from media_relay.dtls import DtlsServer
from media_relay.engine import SrtpProfile
from media_relay.engine_fast.compiled import keep_in, version_of
from media_relay.engine_fast.engine import FastEngine
from media_relay.engine_reference import ReferenceEngine
from media_relay.engines import CACHE, EngineChoice, load_engine
from media_relay.errors import EngineUnavailable
from media_relay.node import Node
from tests.media_relay.desk import Desk
from tests.media_relay.peer import Peer
from tests.media_relay.test_nothing_is_kept import open_for_writing


@pytest.mark.parametrize(
    ("choice", "engine", "said"),
    [
        (EngineChoice.AUTO, FastEngine, "relay engine: fast"),
        (EngineChoice.FAST, FastEngine, "relay engine: fast"),
        (EngineChoice.REFERENCE, ReferenceEngine, "relay engine: reference"),
    ],
)
def test_the_log_says_which_engine_runs(
    choice: EngineChoice, engine: type, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    assert load_engine(choice, CACHE) is engine
    assert caplog.messages[-1] == said


def test_compiled_code_is_not_taken_from_where_others_can_write(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    own, open_to_all = tmp_path / "own", tmp_path / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    with pytest.raises(EngineUnavailable):
        load_engine(EngineChoice.FAST, str(open_to_all))
    assert load_engine(EngineChoice.AUTO, str(open_to_all)) is ReferenceEngine
    assert caplog.messages[-1] == "relay engine: reference"
    keep_in(str(own))
    assert own.stat().st_mode & 0o777 == 0o700
    keep_in(CACHE)


@pytest.mark.parametrize(
    "changed", ["engine.py", "outbound.py", "sdp/offer.py", "engine_fast/rows.py"]
)
def test_compiled_code_is_kept_for_the_same_sources_only(tmp_path: Path, changed: str) -> None:
    """A number of any file may be compiled in: here one digit changes, and no size or time."""
    relay, at = tmp_path / "media_relay", (10**18, 10**18)
    shutil.copytree(Path(media_relay.__file__).parent, relay)
    source = relay / changed
    os.utime(source, ns=at)
    before = version_of(relay)
    os.utime(source)
    assert version_of(relay) == before
    contents = source.read_text()
    digit = next(each for each in contents if each.isdigit())
    source.write_text(contents.replace(digit, str((int(digit) + 1) % 10), 1))
    os.utime(source, ns=at)
    assert version_of(relay) != before


async def test_a_call_goes_through_the_fast_engine_and_opens_no_file(desk: Desk) -> None:
    node = Node(NodeConfig(verify_key=desk.key.public_key(), engine=EngineChoice.FAST))
    await node.start()
    relay = InProcessControl(node)
    before = open_for_writing()
    ana, ben = Peer("ana"), Peer("ben")
    for seat, peer in enumerate((ana, ben), start=1):
        await peer.open(relay, desk)
        await relay.seat(desk.seat(peer.person, seat))
    for peer in (ana, ben):
        await peer.until(lambda frames: frames["18"] > 20)
    assert open_for_writing() <= before
    assert node._engine.counters().packets_out > 40
    for peer in (ana, ben):
        await peer.close()
    await node.close()


async def test_dtls_offers_only_what_the_engine_can_protect() -> None:
    gcm = frozenset({SrtpProfile.AEAD_AES_128_GCM, SrtpProfile.AEAD_AES_256_GCM})
    assert FastEngine([]).profiles == gcm
    assert ReferenceEngine([]).profiles == gcm | {SrtpProfile.AES128_CM_SHA1_80}
    for profiles in (gcm, frozenset(SrtpProfile)):
        server = DtlsServer(lambda _: None, profiles)
        offered = {each.openssl_profile.decode() for each in server._transport._srtp_profiles}
        assert offered == profiles
