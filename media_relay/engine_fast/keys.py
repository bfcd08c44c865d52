"""SRTP session keys (RFC 3711, 4.3) and the OpenSSL contexts that hold them."""

import ctypes

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from media_relay.engine import SrtpProfile
from media_relay.engine_fast.foreign import CRYPTO

_KEY_OCTETS = {SrtpProfile.AEAD_AES_128_GCM: 16, SrtpProfile.AEAD_AES_256_GCM: 32}
PROFILES = tuple(_KEY_OCTETS)
_SALT_OCTETS = 12
# The labels of the key derivation; RTCP has others.
_ENCRYPTION, _SALTING = 0, 2

_pointer = ctypes.c_void_p
CRYPTO.EVP_aes_128_gcm.restype = _pointer
CRYPTO.EVP_aes_256_gcm.restype = _pointer
CRYPTO.EVP_CIPHER_CTX_new.restype = _pointer
CRYPTO.EVP_CIPHER_CTX_free.argtypes = [_pointer]
CRYPTO.EVP_CIPHER_CTX_free.restype = None
CRYPTO.EVP_CipherInit_ex.argtypes = [
    _pointer,
    _pointer,
    _pointer,
    ctypes.c_char_p,
    ctypes.c_char_p,
    ctypes.c_int,
]


def new_context(profile: SrtpProfile, key_and_salt: bytes, *, seals: bool) -> tuple[int, bytes]:
    """The address of a context with the session key set, and the session salt.

    Give the address back to `free_context`. `key_and_salt` is the master's, as DTLS exports it.
    """
    size = _KEY_OCTETS[profile]
    key, salt = key_and_salt[:size], key_and_salt[size : size + _SALT_OCTETS]
    session_key = _derive(key, salt, _ENCRYPTION, size)
    cipher = CRYPTO.EVP_aes_128_gcm() if size == 16 else CRYPTO.EVP_aes_256_gcm()
    context = CRYPTO.EVP_CIPHER_CTX_new()
    if not context:
        raise MemoryError
    if CRYPTO.EVP_CipherInit_ex(context, cipher, None, session_key, None, int(seals)) != 1:
        CRYPTO.EVP_CIPHER_CTX_free(context)
        raise MemoryError
    return int(context), _derive(key, salt, _SALTING, _SALT_OCTETS)


def free_context(context: int) -> None:
    """OpenSSL overwrites the key."""
    CRYPTO.EVP_CIPHER_CTX_free(context)


def _derive(key: bytes, salt: bytes, label: int, size: int) -> bytes:
    """The pseudo-random function: AES in counter mode over salt and label."""
    start = bytearray(salt.ljust(16, b"\0"))
    start[7] ^= label
    stream = Cipher(algorithms.AES(key), modes.CTR(bytes(start))).encryptor()
    return stream.update(bytes(size))
