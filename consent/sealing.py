"""The seal on a signed copy: a PAdES signature over every byte of a PDF, by this installation.

Nothing else imports pyHanko. The seal says that a file is unchanged since this installation made
it; it is not the signer's own signature, which is the row that the file was made from.
"""

import base64
import io
from datetime import UTC, datetime
from functools import lru_cache

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from consent.errors import SealBroken

FIELD = "Seal"
REASON = "Copy of a signed paper, unchanged since it was made"
NAME = "Quietroom signed copies"
# Fixed, so that every process derives the same certificate from the same key.
VALID_FROM = datetime(2026, 1, 1, tzinfo=UTC)
VALID_UNTIL = datetime(2066, 1, 1, tzinfo=UTC)
SERIAL = 1


def seal(pdf: bytes) -> bytes:
    """The same document with the installation's certifying signature; MUST be the last change."""
    certificate, key = _material(settings.SEALING_KEY, settings.SEALING_CERTIFICATE)
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # typed but for this
    signer = signers.SimpleSigner(signing_cert=certificate, signing_key=key, cert_registry=store)
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        reason=REASON,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    return bytes(signers.sign_pdf(writer, metadata, signer=signer).getvalue())


def keywords_under_seal(pdf: bytes) -> str:
    """What the maker of the copy noted in it. Raises SealBroken when any byte was changed."""
    certificate, _ = _material(settings.SEALING_KEY, settings.SEALING_CERTIFICATE)
    context = ValidationContext(trust_roots=[certificate], allow_fetching=False)
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        signature = reader.embedded_signatures[0]
        status = validate_pdf_signature(signature, signer_validation_context=context)
        told = str(reader.trailer["/Info"]["/Keywords"])
    except (PdfError, SignatureValidationError, ValueError, KeyError, IndexError) as error:
        raise SealBroken("unreadable") from error
    if not status.intact or not status.valid:
        raise SealBroken("changed")
    if status.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        raise SealBroken("added_to")
    if signature.signer_cert.public_key.dump() != certificate.public_key.dump():
        raise SealBroken("other_key")
    return told


@lru_cache(maxsize=2)
def _material(secret: str, given: str) -> tuple[asn1_x509.Certificate, asn1_keys.PrivateKeyInfo]:
    """Raises ImproperlyConfigured. `given` is an authority's certificate for the same key."""
    key = _private_key(secret)
    der = _given_certificate(given, key) if given else _own_certificate(key)
    private = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    # asn1crypto has no types.
    found = asn1_x509.Certificate.load(der)  # type: ignore[no-untyped-call]
    return found, asn1_keys.PrivateKeyInfo.load(private)  # type: ignore[no-untyped-call]


def _private_key(secret: str) -> ec.EllipticCurvePrivateKey:
    """P-256, which readers of PDFs know; few know Ed25519."""
    try:
        number = int.from_bytes(base64.b64decode(secret, validate=True))
        return ec.derive_private_key(number, ec.SECP256R1())
    except ValueError as error:
        raise ImproperlyConfigured("SEALING_KEY must be base64 of 32 random bytes.") from error


def _own_certificate(key: ec.EllipticCurvePrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(SERIAL)
        .not_valid_before(VALID_FROM)
        .not_valid_after(VALID_UNTIL)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_may_sign_documents(), critical=True)
    )
    certificate = builder.sign(key, hashes.SHA256(), ecdsa_deterministic=True)
    return certificate.public_bytes(serialization.Encoding.DER)


def _may_sign_documents() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _given_certificate(given: str, key: ec.EllipticCurvePrivateKey) -> bytes:
    try:
        der = base64.b64decode(given, validate=True)
        certificate = x509.load_der_x509_certificate(der)
    except ValueError as error:
        raise ImproperlyConfigured("SEALING_CERTIFICATE must be base64 of DER.") from error
    if certificate.public_key() != key.public_key():
        raise ImproperlyConfigured("SEALING_CERTIFICATE belongs to another SEALING_KEY.")
    return der
