"""`python -m config.make_keys [FOLDER]`: a fresh set of real keys, printed or as files.

In the folder each secret is a file of its own, as docker-compose.yml expects them. The folder is
closed to others; the files inside must be readable by the containers' user. Nothing is replaced.
"""

import base64
import secrets
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

POSTGRES = "postgres:5432/quietroom"
REDIS_CONF = """\
requirepass {password}
save ""
appendonly no
maxmemory-policy noeviction
"""
TURNSERVER_CONF = """\
use-auth-secret
static-auth-secret={secret}
realm=quietroom
fingerprint
no-cli
no-dtls
no-multicast-peers
no-tcp-relay
no-software-attribute
stale-nonce=600
max-allocate-lifetime=3600
user-quota=12
min-port=49160
max-port=49200
log-file=stdout
pidfile=/tmp/turnserver.pid
userdb=/tmp/turndb
simple-log
denied-peer-ip=0.0.0.0-255.255.255.255
denied-peer-ip=::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
"""


def fresh_keys() -> dict[str, str]:
    ticket_key = Ed25519PrivateKey.generate()
    return {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_KEY": f"1:{encoded(secrets.token_bytes(32))}",
        "BLIND_INDEX_KEY": encoded(secrets.token_bytes(32)),
        "TICKET_SIGNING_KEY": encoded(ticket_key.private_bytes_raw()),
        "TICKET_VERIFY_KEY": encoded(ticket_key.public_key().public_bytes_raw()),
        "AUDIT_SIGNING_KEY": encoded(secrets.token_bytes(32)),
        "SEALING_KEY": encoded(secrets.token_bytes(32)),
    }


def files() -> dict[str, str]:
    """Every secret of docker-compose.yml; the mail server and the anchors stay empty."""
    owner, app, reader, sequencer, redis, turn = (secrets.token_urlsafe(32) for _ in range(6))
    return {name.lower(): value for name, value in fresh_keys().items()} | {
        "postgres_password": owner,
        "database_owner_url": f"postgresql://quietroom_owner:{owner}@{POSTGRES}",
        "database_url": f"postgresql://quietroom_app:{app}@{POSTGRES}",
        "audit_reader_url": f"postgresql://quietroom_reader:{reader}@{POSTGRES}",
        "audit_sequencer_url": f"postgresql://quietroom_sequencer:{sequencer}@{POSTGRES}",
        "redis_conf": REDIS_CONF.format(password=redis),
        "redis_url": f"redis://:{redis}@redis:6379/0",
        "turn_secret": turn,
        "turnserver_conf": TURNSERVER_CONF.format(secret=turn),
        "mail_url": "",
        "audit_anchors": "",
    }


def write(folder: Path) -> None:
    """Raises FileExistsError rather than replace a key that data may depend on."""
    folder.mkdir(mode=0o700)
    for name, value in files().items():
        path = folder / name
        path.write_text(value)
        path.chmod(0o444)


def encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def main(arguments: list[str]) -> None:
    if not arguments:
        print("\n".join(f"{name}={value}" for name, value in fresh_keys().items()))
        return
    folder = Path(arguments[0])
    try:
        write(folder)
    except FileExistsError:
        sys.exit(f"{folder} exists already; keys are never replaced.")
    print(f"{folder} is ready. Now write the mail server's address into {folder}/mail_url,")
    print(f"and where the audit log is anchored into {folder}/audit_anchors (docs/audit-log.md).")


if __name__ == "__main__":
    main(sys.argv[1:])
