"""Checks that every paper still says what was published and signed, and names what does not.

Reads only. Texts are compared with their own hash, signatures with their text, their digest and
the audit log, sealed copies with their seal and their signature.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from audit import queries as log
from audit.events import Ref
from consent.canonical import sha256_of
from consent.copies import belongs_to, is_text_as_signed
from consent.errors import SealBroken
from consent.events import DocumentSigned
from consent.models import AgreementVersion, SealedCopy, Signature, Translation
from consent.records import digest_of
from consent.states import VersionState
from crypto.errors import CryptoError

PAGE = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` completes the sentence "<ref> …"."""

    ref: Ref
    what: str

    def __str__(self) -> str:
        return f"{self.ref} {self.what}"


@dataclass(slots=True)
class Checked:
    versions: int = 0
    translations: int = 0
    signatures: int = 0
    copies: int = 0


def check_all(done: Checked) -> Iterator[Finding]:
    """Every finding in turn; `done` counts what was looked at."""
    yield from _check_versions(done)
    yield from _check_translations(done)
    yield from _check_signatures(done, logged_digests())
    yield from _check_copies(done)


def logged_digests() -> dict[UUID, str]:
    """What the audit log noted at each signing, by the id of the signature."""
    found: dict[UUID, str] = {}
    before = None
    wanted = log.Filter(act=DocumentSigned.act)
    while page := log.entries(wanted, before=before, limit=PAGE):
        found |= _digests_in(page)
        before = page[-1].position
    return found


def _digests_in(page: Iterable[log.Entry]) -> dict[UUID, str]:
    return {
        entry.object.id: str(entry.details["record"]).removeprefix("record:")
        for entry in page
        if entry.object is not None and isinstance(entry.object.id, UUID)
    }


def _check_versions(done: Checked) -> Iterator[Finding]:
    published = AgreementVersion.objects.exclude(state=VersionState.DRAFT)
    for version in published.order_by("published_at").iterator(PAGE):
        done.versions += 1
        if sha256_of(version.text) != version.sha256:
            yield Finding(version.ref, "has a text that is not the one of its fingerprint")


def _check_translations(done: Checked) -> Iterator[Finding]:
    published = Translation.objects.exclude(version__state=VersionState.DRAFT)
    for translation in published.order_by("created_at").iterator(PAGE):
        done.translations += 1
        if sha256_of(translation.text) != translation.sha256:
            yield Finding(translation.ref, "has a text that is not the one of its fingerprint")


def _check_signatures(done: Checked, logged: Mapping[UUID, str]) -> Iterator[Finding]:
    rows = Signature.objects.select_related("version").order_by("signed_at")
    for signature in rows.iterator(PAGE):
        done.signatures += 1
        try:
            yield from _signature_findings(signature, logged)
        except CryptoError:
            yield Finding(signature.ref, "cannot be decrypted: a sealed value was changed or moved")
    known = set(Signature.objects.values_list("pk", flat=True))
    for gone in logged.keys() - known:
        yield Finding(Ref("signature", gone), "stands in the audit log and nowhere else")


def _signature_findings(signature: Signature, logged: Mapping[UUID, str]) -> Iterator[Finding]:
    if not is_text_as_signed(signature):
        yield Finding(signature.ref, "is below a text that is not the one that was signed")
    if digest_of(signature) != signature.record_digest:
        yield Finding(signature.ref, "says something else than when it was signed")
    if logged.get(signature.pk) != signature.record_digest:
        yield Finding(signature.ref, "is not the one that the audit log noted")


def _check_copies(done: Checked) -> Iterator[Finding]:
    rows = SealedCopy.objects.select_related("signature").order_by("sealed_at")
    for copy in rows.iterator(PAGE):
        done.copies += 1
        try:
            if hashlib.sha256(copy.pdf).hexdigest() != copy.sha256:
                yield Finding(copy.ref, "is not the file that was kept")
            if not belongs_to(copy.pdf, copy.signature):
                yield Finding(copy.ref, "was made from another signature")
        except CryptoError:
            yield Finding(copy.ref, "cannot be decrypted: its bytes were changed or moved")
        except SealBroken as broken:
            yield Finding(copy.ref, f"has a broken seal ({broken})")
