"""Keyed digests by which an encrypted value can be found again, but not read.

Only for values with an identity (an e-mail address, an alias), never for free text: whoever holds
the database can see which rows are equal.
"""

import hashlib
import hmac
import unicodedata

from django.conf import settings


def normalised(value: str) -> str:
    """Unicode-compatible, without case, with single spaces."""
    return " ".join(unicodedata.normalize("NFKC", value).casefold().split())


def digest(label: str, value: str) -> str:
    """64 hexadecimal digits; `label` is `app.model.field` in lower case and separates columns."""
    key = settings.BLIND_INDEX_KEY.encode()
    message = f"{label}\0{normalised(value)}".encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()
