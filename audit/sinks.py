"""Where a checkpoint can be anchored, and what comes back as a receipt. One class for each kind.

`AUDIT_ANCHORS` lists them, separated by spaces:

    file:/mnt/elsewhere/anchors.txt                       appended to; owned by another user
    smtps://user:password@host:465?from=a@b.example&to=c@d.example
    witness+https://witness.example/path#name+hash+key    C2SP tlog-witness; cosignature checked
    postgresql://role:password@host/database              its table quietroom_anchors
    command:/usr/local/bin/keep-checkpoint                given the note on its standard input
"""

import base64
import hashlib
import os
import smtplib
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from http import HTTPStatus
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urldefrag, urlsplit

import psycopg
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SECONDS = 20
MOST_BYTES = 4096
COSIGNATURE = b"\x04"
INSERT = "INSERT INTO quietroom_anchors (size, note) VALUES (%s, %s) RETURNING kept_at"


class SinkRefused(Exception):
    """The checkpoint was not taken. The message holds no address and no password."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A signed checkpoint; `prove(n)` shows that it continues size n, `old` the sink took last."""

    size: int
    note: str
    old: int
    prove: Callable[[int], list[bytes]]


class Sink(Protocol):
    @property
    def name(self) -> str:
        """Stands in the log beside each receipt. MUST hold no secret."""

    def publish(self, anchor: Anchor) -> str:
        """Returns the receipt when it is safely outside. Raises SinkRefused."""


@dataclass(frozen=True, slots=True)
class FileSink:
    """Appends and flushes to disk. The file should be append-only for us (`chattr +a`)."""

    path: Path

    @property
    def name(self) -> str:
        return f"file {self.path.name}"

    def publish(self, anchor: Anchor) -> str:
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(f"{anchor.note}\n")
                file.flush()
                os.fsync(file.fileno())
                return f"ends at byte {file.tell()}"
        except OSError as error:
            raise SinkRefused(f"{self.name}: {error.strerror}") from error


@dataclass(frozen=True, slots=True)
class MailSink:
    """To the compliance officer, whose mailbox is not ours. A checkpoint is no personal datum."""

    url: SplitResult

    @property
    def name(self) -> str:
        return f"mail by {self.url.hostname}"

    def publish(self, anchor: Anchor) -> str:
        to = parse_qs(self.url.query)
        mail = EmailMessage()
        mail["From"], mail["To"] = to["from"][0], to["to"][0]
        mail["Subject"] = f"Checkpoint {anchor.size}"
        mail.set_content(
            f"Keep this mail: it shows later that nothing was changed.\n\n{anchor.note}"
        )
        try:
            with self._server() as server:
                server.send_message(mail)
        except (OSError, smtplib.SMTPException) as error:
            raise SinkRefused(f"{self.name}: {type(error).__name__}") from error
        return "accepted by the mail server"

    def _server(self) -> smtplib.SMTP:
        host, port = self.url.hostname or "", self.url.port or 0
        if self.url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SECONDS)
        else:
            server = smtplib.SMTP(host, port, timeout=SECONDS)
            if host not in ("localhost", "127.0.0.1"):
                server.starttls()
        if self.url.username:
            server.login(unquote(self.url.username), unquote(self.url.password or ""))
        return server


@dataclass(frozen=True, slots=True)
class WitnessSink:
    """C2SP tlog-witness: it cosigns only what continues what it saw before."""

    address: str
    witness: str
    key_id: bytes
    key: Ed25519PublicKey

    @classmethod
    def parse(cls, text: str) -> "WitnessSink":
        address, verifier_key = urldefrag(text.removeprefix("witness+"))
        name, _, rest = unquote(verifier_key).partition("+")
        told, _, encoded = rest.partition("+")
        raw = base64.b64decode(encoded, validate=True)
        key_id = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
        if raw[:1] != COSIGNATURE or key_id.hex() != told:
            raise ValueError("the witness's verifier key is damaged")
        return cls(address, name, key_id, Ed25519PublicKey.from_public_bytes(raw[1:]))

    @property
    def name(self) -> str:
        return f"witness {self.witness}"

    def publish(self, anchor: Anchor) -> str:
        try:
            receipt = self._submit(anchor, anchor.old)
        except urllib.error.HTTPError as error:
            receipt = self._submit_after(anchor, error)
        if not any(self.has_signed(line, anchor.note) for line in receipt.splitlines()):
            raise SinkRefused(f"{self.name}: its cosignature does not verify")
        return receipt

    def _submit_after(self, anchor: Anchor, refusal: urllib.error.HTTPError) -> str:
        """A 409 tells which size it saw last: our receipt of it may be lost, or our log is cut."""
        with refusal:
            told = refusal.read(MOST_BYTES).strip()
        if refusal.code != HTTPStatus.CONFLICT or not told.isdigit():
            raise SinkRefused(f"{self.name}: answered {refusal.code}")
        if int(told) > anchor.size:
            raise SinkRefused(f"{self.name}: it holds {int(told)} entries, the log was cut")
        try:
            return self._submit(anchor, int(told))
        except urllib.error.HTTPError as error:
            error.close()
            raise SinkRefused(f"{self.name}: answered {error.code}") from error

    def _submit(self, anchor: Anchor, old: int) -> str:
        nodes = anchor.prove(old) if 0 < old < anchor.size else []
        proof = "".join(f"{base64.b64encode(node).decode()}\n" for node in nodes)
        content = f"old {old}\n{proof}\n{anchor.note}".encode()
        address = f"{self.address.rstrip('/')}/add-checkpoint"
        request = urllib.request.Request(address, data=content, method="POST")  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                receipt: str = answer.read(MOST_BYTES).decode()
        except urllib.error.HTTPError:
            raise
        except (OSError, ValueError) as error:
            raise SinkRefused(f"{self.name}: {type(error).__name__}") from error
        return receipt

    def has_signed(self, line: str, note: str) -> bool:
        """C2SP tlog-cosignature: key id, eight bytes of time, and the signature over both."""
        if not line.startswith(f"\u2014 {self.witness} "):
            return False
        try:
            signed = base64.b64decode(line.rpartition(" ")[2], validate=True)
            text = note.rpartition("\n\n")[0] + "\n"
            time = int.from_bytes(signed[4:12], "big")
            self.key.verify(signed[12:], f"cosignature/v1\ntime {time}\n{text}".encode())
        except (ValueError, InvalidSignature):
            return False
        return signed[:4] == self.key_id


@dataclass(frozen=True, slots=True)
class DatabaseSink:
    """A second database that others run; our role there may only INSERT and read."""

    address: str

    @property
    def name(self) -> str:
        return f"database {urlsplit(self.address).hostname or 'by socket'}"

    def publish(self, anchor: Anchor) -> str:
        try:
            with psycopg.connect(self.address, connect_timeout=SECONDS) as connection:
                row = connection.execute(INSERT, [anchor.size, anchor.note]).fetchone()
        except psycopg.Error as error:
            raise SinkRefused(f"{self.name}: {type(error).__name__}") from error
        return f"kept at {row[0].isoformat()}" if row else "kept"


@dataclass(frozen=True, slots=True)
class CommandSink:
    """Whatever else: a program that keeps its standard input and prints a receipt."""

    path: Path

    @property
    def name(self) -> str:
        return f"command {self.path.name}"

    def publish(self, anchor: Anchor) -> str:
        try:
            done = subprocess.run(  # noqa: S603  # the operator's own program, without arguments
                [self.path],
                input=anchor.note.encode(),
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SinkRefused(f"{self.name}: {type(error).__name__}") from error
        if done.returncode:
            raise SinkRefused(f"{self.name}: ended with {done.returncode}")
        return done.stdout[:MOST_BYTES].decode(errors="replace").strip() or "taken"


KINDS: dict[str, Callable[[str], Sink]] = {
    "file": lambda text: FileSink(Path(urlsplit(text).path)),
    "command": lambda text: CommandSink(Path(urlsplit(text).path)),
    "smtp": lambda text: MailSink(_with_people(urlsplit(text))),
    "smtps": lambda text: MailSink(_with_people(urlsplit(text))),
    "witness+http": WitnessSink.parse,
    "witness+https": WitnessSink.parse,
    "postgresql": DatabaseSink,
}


def sinks_of(text: str) -> tuple[Sink, ...]:
    """Raises ValueError that names the kind of the part that is wrong, never the part itself."""
    sinks = tuple(_sink(part) for part in text.split())
    names = [sink.name for sink in sinks]
    for name in names:
        # What was anchored is remembered by name: the second would never be asked.
        if names.count(name) > 1:
            raise ValueError(f"two anchors are called {name!r}")
    return sinks


def _sink(part: str) -> Sink:
    kind = part.partition(":")[0]
    if kind not in KINDS:
        raise ValueError(f"there is no anchor of the kind {kind[:20]!r}")
    try:
        return KINDS[kind](part)
    except ValueError as error:
        raise ValueError(f"the anchor of the kind {kind!r} is malformed") from error


def _with_people(url: SplitResult) -> SplitResult:
    if not {"from", "to"} <= set(parse_qs(url.query)) or not url.port:
        raise ValueError("a mail anchor needs a port, from= and to=")
    return url
