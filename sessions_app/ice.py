"""TURN credentials: short-lived, worthless afterwards, and naming nobody.

The form is coturn's `use-auth-secret`: user name = expiry:nonce, password = HMAC-SHA1 of it.
"""

import base64
import hashlib
import hmac
import secrets
import time

from django.conf import settings

from sessions_app.messages.server import IceServer

# coturn checks the expiry at allocation only; a session's longest reconnect needs no more.
CREDENTIAL_SECONDS = 3600


def ice_servers() -> list[IceServer]:
    """Empty without a TURN server: the relay is reached directly."""
    if not settings.TURN_URL:
        return []
    username = f"{int(time.time()) + CREDENTIAL_SECONDS}:{secrets.token_hex(8)}"
    mac = hmac.new(settings.TURN_SECRET.encode(), username.encode(), hashlib.sha1)
    credential = base64.b64encode(mac.digest()).decode()
    urls = [f"{url}?transport={way}" for url in settings.TURN_URL for way in _ways(url)]
    return [IceServer(urls=urls, username=username, credential=credential)]


def _ways(url: str) -> tuple[str, ...]:
    """TLS runs over TCP; browsers have no TURN over DTLS."""
    return ("tcp",) if url.startswith("turns:") else ("udp", "tcp")
