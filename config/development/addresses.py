"""Database addresses of every role, derived from the owner's."""

import hashlib
from urllib.parse import quote, urlsplit

# For programs that read settings and never connect.
NOWHERE = "postgresql://nobody:nothing@127.0.0.1:1/nowhere"
ROLES = {
    "DATABASE_URL": "quietroom_app",
    "AUDIT_READER_URL": "quietroom_reader",
    "AUDIT_SEQUENCER_URL": "quietroom_sequencer",
}


def addresses_beside(owner_url: str) -> dict[str, str]:
    """The same server and database for each role of the application."""
    return {name: address_for(owner_url, role) for name, role in ROLES.items()}


def address_for(owner_url: str, role: str) -> str:
    """The password follows from the owner's: two starts on one server agree on it."""
    url = urlsplit(owner_url)
    password = hashlib.sha256(f"{owner_url} {role}".encode()).hexdigest()
    place = url.netloc.rpartition("@")[2]
    return url._replace(netloc=f"{quote(role)}:{password}@{place}").geturl()
