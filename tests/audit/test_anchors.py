"""Every kind of anchor against a real counterpart, and what is said when one is late."""

import base64
import hashlib
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_string, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.checks import run_checks
from django.db import connections, transaction
from pytest_django import Settings

from audit import monitoring, verify
from audit.anchors import Anchoring
from audit.sequencer import Sequencer
from audit.sinks import sinks_of
from audit.verification import notes_in
from tests.audit.database import append, rows
from tests.audit.written_log import check, cut, newest_note, tampering

pytestmark = pytest.mark.usefixtures("log")

WITNESS = "witness.example"
TABLE = (
    "CREATE TABLE quietroom_anchors (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
    " size bigint NOT NULL, note text NOT NULL, kept_at timestamptz NOT NULL DEFAULT now())"
)


class Witness(BaseHTTPRequestHandler):
    """C2SP tlog-witness with memory for one log; it checks everything with verify.py."""

    key = Ed25519PrivateKey.generate()
    seen = verify.Checkpoint("", 0, verify.EMPTY_ROOT)
    log_keys: list[verify.Key] = []

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"])).decode()
        head, _, note = content.partition("\n\n")
        old, *proof = head.split("\n")
        checkpoint = verify.opened(note, self.log_keys)
        if old != f"old {self.seen.size}":
            return self.answer(409, f"{self.seen.size}\n")
        try:
            nodes = [base64.b64decode(node) for node in proof]
            verify.check_consistency(self.seen, checkpoint, nodes)
        except verify.Wrong:
            return self.answer(422, "")
        type(self).seen = checkpoint
        return self.answer(200, self.cosignature(note))

    def cosignature(self, note: str) -> str:
        now = int(time.time())
        told = f"cosignature/v1\ntime {now}\n{note.rpartition(chr(10) * 2)[0]}\n"
        signature = now.to_bytes(8, "big") + self.key.sign(told.encode())
        return f"\u2014 {WITNESS} {base64.b64encode(key_id() + signature).decode()}\n"

    def answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing on the terminal."""


class MailServer(socketserver.StreamRequestHandler):
    """Just enough of SMTP to receive one mail."""

    received: list[str] = []

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            if line.lower().startswith(b"data"):
                self.wfile.write(b"354 go on\r\n")
                lines = iter(self.rfile.readline, b".\r\n")
                self.received.append(b"".join(lines).decode().replace("\r\n", "\n"))
            self.wfile.write(b"221 bye\r\n" if line.lower().startswith(b"quit") else b"250 ok\r\n")


@pytest.fixture
def witness() -> Iterator[str]:
    Witness.seen = verify.Checkpoint("", 0, verify.EMPTY_ROOT)
    with serving(HTTPServer(("127.0.0.1", 0), Witness)) as port:
        key = base64.b64encode(public_key()).decode()
        yield f"witness+http://127.0.0.1:{port}/log#{WITNESS}+{key_id().hex()}+{key}"


@pytest.fixture
def mail_server() -> Iterator[str]:
    MailServer.received.clear()
    with serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), MailServer)) as port:
        yield f"smtp://127.0.0.1:{port}?from=log@house.example&to=max@clinic.example"


def test_a_checkpoint_reaches_every_kind_of_anchor_once(
    witness: str, mail_server: str, tmp_path: Path, committed_db: str
) -> None:
    signed(3)
    Witness.log_keys = verify.keys_of(key_text())
    make_command(tmp_path)
    with connections["owner"].cursor() as cursor:
        cursor.execute(TABLE)
    file = tmp_path / "anchors.txt"
    addresses = f"file:{file} {mail_server} {witness} {database_url()} command:{tmp_path}/keep"
    anchoring = Anchoring(sinks_of(addresses), timedelta(0))
    assert (anchoring.round(), anchoring.round()) == (5, 0)
    note = newest_note()
    assert notes_in(file.read_text()) == [note]
    mail = message_from_string(MailServer.received[0], policy=policy.default)
    assert mail["Subject"] == "Checkpoint 3"
    assert notes_in(mail.get_content()) == [note]
    assert Witness.seen.size == 3
    assert rows("SELECT size, note FROM quietroom_anchors") == [(3, note)]
    assert (tmp_path / "kept").read_text() == note
    receipts = dict(rows("SELECT sink, receipt FROM audit.anchors"))
    assert len(receipts) == 5
    assert receipts["command keep"] == "kept it"
    assert receipts[f"witness {WITNESS}"].startswith(f"\u2014 {WITNESS} ")
    signed(4)
    assert anchoring.round() == 5
    assert len(notes_in(file.read_text())) == 2
    assert Witness.seen.size == 7
    assert check().anchors == 10


def test_an_anchor_waits_for_its_hour(tmp_path: Path) -> None:
    hourly = Anchoring(sinks_of(f"file:{tmp_path}/anchors.txt"))
    assert hourly.round() == 0
    signed(1)
    assert hourly.round() == 1
    signed(1)
    assert hourly.round() == 0


def test_a_witness_that_saw_more_names_the_cut_log_and_a_lost_receipt_is_made_good(
    witness: str,
) -> None:
    anchoring = Anchoring(sinks_of(witness), timedelta(0))
    signed(3)
    Witness.log_keys = verify.keys_of(key_text())
    assert anchoring.round() == 1
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE audit.anchors DISABLE TRIGGER USER; DELETE FROM audit.anchors")
    signed(2)
    assert anchoring.round() == 1
    assert Witness.seen.size == 5
    Witness.seen = Witness.seen._replace(size=99)
    signed(1)
    assert anchoring.round() == 0


def test_a_forged_cosignature_is_no_receipt(witness: str) -> None:
    signed(1)
    Witness.log_keys = verify.keys_of(key_text())
    other = base64.b64encode(b"\x04" + bytes(32)).decode()
    told = hashlib.sha256(f"{WITNESS}\n".encode() + b"\x04" + bytes(32)).hexdigest()[:8]
    stranger = f"{witness.partition('#')[0]}#{WITNESS}+{told}+{other}"
    assert Anchoring(sinks_of(stranger), timedelta(0)).round() == 0
    assert rows("SELECT count(*) FROM audit.anchors") == [(0,)]


@pytest.mark.parametrize(
    "address",
    [
        "file:/nowhere/at/all",
        "smtp://127.0.0.1:1?from=a@b.example&to=c@d.example",
        "postgresql://nobody:secret@127.0.0.1:1/nothing",
        "command:/nowhere",
        "command:/bin/false",
    ],
)
def test_an_anchor_that_refuses_is_asked_again_and_hurts_nobody(
    address: str, tmp_path: Path
) -> None:
    signed(1)
    anchoring = Anchoring(sinks_of(f"{address} file:{tmp_path}/anchors.txt"))
    assert anchoring.round() == 1
    assert rows("SELECT sink FROM audit.anchors") == [("file anchors.txt",)]


def test_anchors_name_a_tail_that_was_cut_after_them(tmp_path: Path) -> None:
    for entries in (3, 4):
        signed(entries)
        Anchoring(sinks_of(f"file:{tmp_path}/anchors.txt"), timedelta(0)).round()
    with tampering() as cursor:
        cut(cursor, 3)
        with pytest.raises(verify.Wrong, match=r"tail was cut, anchor file anchors.txt holds 7"):
            check()
        cursor.execute("DELETE FROM audit.anchors")
        assert check().last == 3
        with pytest.raises(verify.Wrong, match="tail was cut"):
            check(*notes_in((tmp_path / "anchors.txt").read_text()))


def test_what_is_late_is_said() -> None:
    assert list(monitoring.ages().alarms()) == []
    signed(1)
    append()
    age("checkpoints", "signed_at", "4 hours")
    age("outbox", "recorded_at", "2 minutes")
    assert monitoring.notes() == [
        "audit.outbox_late: Entries have waited for their signature for 2 minutes.",
        "audit.anchor_late: Nobody outside has held the newest entries for 4 hours.",
    ]
    found = monitoring.ages()
    assert 120 <= found.outbox < 600
    assert 14_400 <= found.unanchored < 15_000


def test_one_anchor_that_fails_for_days_is_named_beside_one_that_works(tmp_path: Path) -> None:
    good, bad = f"file:{tmp_path}/anchors.txt", "file:/nowhere/at/all"
    both = Anchoring(sinks_of(f"{good} {bad}"), timedelta(0))
    both.announce()
    for days in (4, 3):
        signed(1)
        assert both.round() == 1
        age("checkpoints", "signed_at", f"{days} days")
        age("sinks", "since", f"{days} days")
    late = "audit.sink_late: The anchor “file all” has taken no newer checkpoint for 3 days."
    assert monitoring.notes() == [late]
    monitoring.measure()
    measured = {
        sample.labels["sink"]: sample.value
        for sample in next(iter(monitoring.SINK_AGE.collect())).samples
    }
    assert measured["file anchors.txt"] == 0
    assert measured["file all"] > timedelta(days=3).total_seconds()
    Anchoring(sinks_of(good)).announce()
    assert monitoring.notes() == []


def test_an_anchor_that_just_joined_has_hours_to_take_its_first_checkpoint() -> None:
    signed(1)
    age("checkpoints", "signed_at", "9 days")
    fresh = Anchoring(sinks_of("file:/nowhere/at/all"))
    fresh.announce()
    fresh.announce()
    assert rows("SELECT name, is_asked FROM audit.sinks") == [("file all", True)]
    assert monitoring.ages().sinks["file all"] < 600
    age("sinks", "since", "4 hours")
    assert [alarm.sink for alarm in monitoring.ages().alarms()] == ["", "file all"]


def test_two_anchors_of_one_name_are_refused(settings: Settings) -> None:
    settings.AUDIT_ANCHORS = "file:/mnt/one/anchors.txt file:/mnt/two/anchors.txt"
    (error,) = run_checks(tags=["security"])
    assert "two anchors are called 'file anchors.txt'" in error.msg
    settings.AUDIT_ANCHORS = "file:/mnt/one/anchors.txt file:/mnt/two/other.txt"
    assert run_checks(tags=["security"]) == []


@pytest.mark.parametrize(
    "malformed",
    ["ftp://secret.example", "smtp://secret.example:25", "witness+https://secret.example#x"],
)
def test_a_malformed_anchor_is_refused_without_quoting_it(
    malformed: str, settings: Settings
) -> None:
    settings.AUDIT_ANCHORS = malformed
    (error,) = run_checks(tags=["security"])
    assert error.id == "audit.E001"
    assert "secret" not in error.msg


def test_production_needs_an_anchor_where_the_key_is(settings: Settings) -> None:
    settings.MODE = "production"
    assert "audit.E002" in {error.id for error in run_checks(tags=["security"])}
    settings.AUDIT_ANCHORS = "file:/mnt/elsewhere/anchors.txt"
    assert "audit.E002" not in {error.id for error in run_checks(tags=["security"])}


def age(table: str, column: str, by: str) -> None:
    """As if what the table holds had happened so long ago."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE audit.{table} DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE audit.{table} SET {column} = now() - %s::interval", [by])
        cursor.execute(f"ALTER TABLE audit.{table} ENABLE TRIGGER USER")


def signed(entries: int) -> None:
    for _ in range(entries):
        append()
    Sequencer.from_settings().step()


def key_text() -> str:
    return "".join(str(key) for (key,) in rows("SELECT verifier_key FROM audit.keys"))


def make_command(folder: Path) -> None:
    program = folder / "keep"
    program.write_text(f"#!/bin/sh\ncat > {folder}/kept\necho kept it\n")
    program.chmod(0o755)


def database_url() -> str:
    place = connections["owner"].settings_dict
    return (
        f"postgresql://{place['USER']}:{place['PASSWORD']}@:{place['PORT']}"
        f"/{place['NAME']}?host={place['HOST']}"
    )


def public_key() -> bytes:
    return b"\x04" + Witness.key.public_key().public_bytes_raw()


def key_id() -> bytes:
    return hashlib.sha256(f"{WITNESS}\n".encode() + public_key()).digest()[:4]


@contextmanager
def serving(server: socketserver.TCPServer) -> Iterator[int]:
    """In a thread of its own; gives its port."""
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
