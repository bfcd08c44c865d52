"""A software passkey (WebAuthn Level 3, ES256, no attestation) for tests of the conversation."""

import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url

ORIGIN = "http://testserver"
USER_PRESENT, USER_VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One passkey. `verifies_user` False is a key that was only touched."""

    origin: str = ORIGIN
    relying_party: str = "testserver"
    verifies_user: bool = True
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """What `navigator.credentials.create` gives, as `toJSON()` writes it."""
        attested = struct.pack(">16sH", b"\0" * 16, len(self.credential_id))
        attested += self.credential_id + self._public_key()
        data = self._authenticator_data(ATTESTED) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._credential(
            clientDataJSON=self._client_data("webauthn.create", options),
            attestationObject=attestation,
        )

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """What `navigator.credentials.get` gives."""
        self.count += 1
        client_data = self._client_data("webauthn.get", options)
        data = self._authenticator_data()
        signed = data + hashlib.sha256(client_data).digest()
        return self._credential(
            clientDataJSON=client_data,
            authenticatorData=data,
            signature=self.key.sign(signed, ec.ECDSA(hashes.SHA256())),
        )

    def _credential(self, **response: bytes) -> dict[str, Any]:
        name = bytes_to_base64url(self.credential_id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "response": {key: bytes_to_base64url(value) for key, value in response.items()},
        }

    def _client_data(self, kind: str, options: dict[str, Any]) -> bytes:
        facts = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps(facts).encode()

    def _authenticator_data(self, more: int = 0) -> bytes:
        flags = USER_PRESENT | (USER_VERIFIED if self.verifies_user else 0) | more
        party = hashlib.sha256(self.relying_party.encode()).digest()
        return party + struct.pack(">BI", flags, self.count)

    def _public_key(self) -> bytes:
        """COSE_Key of RFC 9053: EC2, ES256, P-256."""
        numbers = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
