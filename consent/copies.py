"""What a signed copy says: the text as it was signed, and the signature block below it."""

from consent.canonical import sha256_of
from consent.clauses import TITLES
from consent.kinds import DocumentKind
from consent.models import Signature
from consent.pdf import CopyWords, rendered
from consent.sealing import keywords_under_seal, seal
from consent.translating import reading_of, text_of

CLOSING = (
    "This file carries a digital seal. A PDF reader that shows signatures says whether a byte of "
    "it was changed since the programme's server made it. The record of the signature itself is "
    "kept by the programme and stands in its audit log."
)


def copy_of(signature: Signature) -> bytes:
    """The sealed PDF of this very signature. Raises CopyNotMade."""
    return seal(rendered(words_of(signature)))


def words_of(signature: Signature) -> CopyWords:
    version = signature.version
    reading = reading_of(version, signature.language)
    return CopyWords(
        language=signature.language,
        title=TITLES[DocumentKind(version.agreement.kind)],
        lede=f"{version.agreement.group.name}, version {version.number}",
        sections=reading.sections,
        signature_heading="Signature",
        facts=tuple(_facts(signature).items()),
        statements=tuple(statements_of(signature)),
        closing=CLOSING,
        keywords=keywords_of(signature),
    )


def statements_of(signature: Signature) -> list[str]:
    """The statements that were ticked, in the order in which they were asked."""
    said = reading_of(signature.version, signature.language).statements
    return [said[key] for key in said if key in signature.clauses]


def keywords_of(signature: Signature) -> tuple[str, ...]:
    """By these a copy is known to belong to its signature and to its text."""
    return (
        f"signature:{signature.pk}",
        f"sha256:{signature.document_sha256}",
        f"record:{signature.record_digest}",
    )


def belongs_to(pdf: bytes, signature: Signature) -> bool:
    """Whether the sealed file was made from this row. Raises SealBroken."""
    told = keywords_under_seal(pdf)
    return all(word in told for word in keywords_of(signature))


def is_text_as_signed(signature: Signature) -> bool:
    return sha256_of(text_of(signature.version, signature.language)) == signature.document_sha256


def _facts(signature: Signature) -> dict[str, str]:
    return {
        "Signed by": signature.printed_name,
        **_minor(signature),
        "On": f"{signature.signed_at:%d %B %Y, %H:%M:%S} UTC",
        "Meaning": signature.meaning,
        "Confirmed with": signature.auth_strength,
        "From the address": signature.address or "not known",
        "Fingerprint of the text (SHA-256)": signature.document_sha256,
        "Number of the signature": str(signature.pk),
    }


def _minor(signature: Signature) -> dict[str, str]:
    minor = signature.on_behalf_of
    return {"For the minor": minor.profile.true_name} if minor else {}
