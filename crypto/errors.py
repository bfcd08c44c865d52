"""What can go wrong with encrypted values. No message holds a value, a key or a person's id.

CryptoError
├── KeyMissing            the key-encryption key is not in FIELD_KEY, or the data key was shredded
└── CiphertextRefused     damaged, moved between rows or fields, or of an unknown version
"""


class CryptoError(Exception):
    pass


class KeyMissing(CryptoError):
    pass


class CiphertextRefused(CryptoError):
    pass
