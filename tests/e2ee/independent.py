"""SFrame and a part of MLS written a second time, in Python: vectors that our script did not make.

The formats are the official ones: test-vectors.json of sframe-wg/sframe, secret-tree.json of
mlswg/mls-implementations.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

SUITE = 4


def sframe_header(kid: int, ctr: int) -> bytes:
    """RFC 9605 section 4.3."""
    config, rest = 0, b""
    for shift, value in ((4, kid), (0, ctr)):
        if value < 8:
            config |= value << shift
            continue
        length = (value.bit_length() + 7) // 8
        config |= (8 + length - 1) << shift
        rest += value.to_bytes(length, "big")
    return bytes([config]) + rest


def sframe_vector(
    *, kid: int, ctr: int, base_key: bytes, metadata: bytes, plain: bytes
) -> dict[str, Any]:
    """RFC 9605 sections 4.4.2 and 4.4.3 for AES_128_GCM_SHA256_128."""
    name = kid.to_bytes(8, "big") + SUITE.to_bytes(2, "big")
    labels = [b"SFrame 1.0 Secret " + what + name for what in (b"key ", b"salt ")]
    key, salt = (
        HKDF(SHA256(), length, salt=b"", info=label).derive(base_key)
        for label, length in zip(labels, (16, 12), strict=True)
    )
    nonce = (int.from_bytes(salt, "big") ^ ctr).to_bytes(12, "big")
    header = sframe_header(kid, ctr)
    sealed = header + AESGCM(key).encrypt(nonce, plain, header + metadata)
    found = {
        "base_key": base_key,
        "sframe_key_label": labels[0],
        "sframe_salt_label": labels[1],
        "sframe_secret": _extract(base_key),
        "sframe_key": key,
        "sframe_salt": salt,
        "metadata": metadata,
        "nonce": nonce,
        "aad": header + metadata,
        "pt": plain,
        "ct": sealed,
    }
    return {"cipher_suite": SUITE, "kid": kid, "ctr": ctr} | _in_hex(found)


def header_vectors(values: Iterable[int]) -> Iterator[dict[str, Any]]:
    known = list(values)
    for kid in known:
        for ctr in known:
            yield {"kid": kid, "ctr": ctr, "encoded": sframe_header(kid, ctr).hex()}


def secret_tree_vector(
    *, encryption_secret: bytes, leaves: int, generations: Iterable[int], sender: bytes, text: bytes
) -> dict[str, Any]:
    """RFC 9420 sections 9 and 6.3.2 for suite 1; `leaves` is a power of two."""
    wanted = list(generations)
    sample = text[:32]
    sender_data = {
        "sender_data_secret": sender,
        "ciphertext": text,
        "key": _expand(sender, "key", sample, 16),
        "nonce": _expand(sender, "nonce", sample, 12),
    }
    return {
        "cipher_suite": 1,
        "encryption_secret": encryption_secret.hex(),
        "sender_data": _in_hex(sender_data),
        "leaves": [
            [_generation(secret, generation) for generation in wanted]
            for secret in _leaf_secrets(encryption_secret, leaves)
        ],
    }


def _leaf_secrets(secret: bytes, leaves: int) -> list[bytes]:
    if leaves == 1:
        return [secret]
    halves = (_expand(secret, "tree", side, 32) for side in (b"left", b"right"))
    return [leaf for half in halves for leaf in _leaf_secrets(half, leaves // 2)]


def _generation(leaf: bytes, generation: int) -> dict[str, Any]:
    found: dict[str, bytes] = {}
    for kind in ("handshake", "application"):
        secret = _expand(leaf, kind, b"", 32)
        for step in range(generation):
            secret = _expand(secret, "secret", step.to_bytes(4, "big"), 32)
        at = generation.to_bytes(4, "big")
        found[f"{kind}_key"] = _expand(secret, "key", at, 16)
        found[f"{kind}_nonce"] = _expand(secret, "nonce", at, 12)
    return {"generation": generation} | _in_hex(found)


def _expand(secret: bytes, label: str, context: bytes, length: int) -> bytes:
    """ExpandWithLabel of RFC 9420 section 8; every length here fits one byte."""
    name = b"MLS 1.0 " + label.encode()
    info = length.to_bytes(2, "big") + bytes([len(name)]) + name + bytes([len(context)]) + context
    return HKDFExpand(SHA256(), length, info).derive(secret)


def _extract(material: bytes) -> bytes:
    mac = HMAC(bytes(32), SHA256())
    mac.update(material)
    return mac.finalize()


def _in_hex(values: dict[str, bytes]) -> dict[str, str]:
    return {name: value.hex() for name, value in values.items()}
