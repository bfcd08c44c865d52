"""The archive of an export: every sealed copy, a manifest, and sums that `sha256sum -c` checks.

File names hold ids only. Whoever opens the archive needs nothing of ours to check it.
"""

import hashlib
import io
import zipfile
from dataclasses import dataclass, field
from datetime import datetime

from consent.copies import belongs_to
from consent.errors import SealBroken
from consent.models import SealedCopy, Signature
from office.tables import csv_of

HEAD = (
    *("file", "sha256", "seal", "signature", "group", "paper", "version", "language"),
    *("signed_at", "state", "text_sha256"),
)
# The short form of 42 CFR 2.32(a)(2), which goes with every disclosure of such records.
NOTICE = """Sealed copies of signed papers, made by Quietroom.

42 CFR part 2 prohibits unauthorized use or disclosure of these records.

SHA256SUMS lists every file; `sha256sum -c SHA256SUMS` says whether one was changed.
manifest.csv says which signature each copy belongs to. "seal" says whether the copy's
own seal was whole when this archive was made; a copy that says "broken" needs a look.
"""


@dataclass(slots=True)
class Archive:
    """Files are added one by one; `closed` returns the bytes and ends it."""

    at: datetime
    _out: io.BytesIO = field(default_factory=io.BytesIO)
    _zip: zipfile.ZipFile = field(init=False)
    _sums: list[tuple[str, str]] = field(default_factory=list)
    _lines: list[tuple[object, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._zip = zipfile.ZipFile(self._out, "w", zipfile.ZIP_DEFLATED)

    def add(self, signature: Signature, copy: SealedCopy) -> None:
        """A copy that is not what was sealed goes in as it is, and the manifest says so."""
        version = signature.version
        kind, group = version.agreement.kind, version.agreement.group_id
        name = f"copies/{group}/{kind}-v{version.number}-{signature.pk}.pdf"
        pdf = copy.pdf
        self._lines.append(
            (
                *(name, self._write(name, pdf), _seal_of(pdf, copy, signature), signature.pk),
                *(group, kind, version.number, signature.language),
                *(signature.signed_at.isoformat(), signature.state, signature.document_sha256),
            )
        )

    def closed(self) -> bytes:
        self._write("manifest.csv", csv_of(HEAD, self._lines).encode())
        self._write("NOTICE.txt", NOTICE.encode())
        sums = "".join(f"{digest}  {name}\n" for name, digest in self._sums)
        self._write("SHA256SUMS", sums.encode())
        self._zip.close()
        return self._out.getvalue()

    def _write(self, name: str, content: bytes) -> str:
        at = self.at
        when = (at.year, at.month, at.day, at.hour, at.minute, at.second)
        entry = zipfile.ZipInfo(name, when)
        entry.external_attr = 0o600 << 16
        self._zip.writestr(entry, content, zipfile.ZIP_DEFLATED)
        digest = hashlib.sha256(content).hexdigest()
        self._sums.append((name, digest))
        return digest


def _seal_of(pdf: bytes, copy: SealedCopy, signature: Signature) -> str:
    try:
        is_whole = belongs_to(pdf, signature)
    except SealBroken:
        is_whole = False
    return "whole" if is_whole and hashlib.sha256(pdf).hexdigest() == copy.sha256 else "broken"
