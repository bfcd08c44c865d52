"""The processes of Quietroom: what each runs and which settings it is given.

docker-compose.yml says the same for containers; tests/config/test_stack.py compares the two.
A process is given no secret that it does not need.
"""

from dataclasses import dataclass

PYTHON = ("python", "manage.py")
CELERY = ("celery", "-A", "config.celery")


@dataclass(frozen=True, slots=True)
class Process:
    """`{host}`, `{port}` and `{state}` (a folder to write to) differ from place to place."""

    name: str
    command: tuple[str, ...]
    settings: frozenset[str]

    def command_for(self, **places: str) -> list[str]:
        return [part.format(**places) for part in self.command]


def process(name: str, command: tuple[str, ...], settings: str) -> Process:
    return Process(name, command, frozenset(settings.split()) | {"MODE"})


RELEASE = process(
    "release",
    (*PYTHON, "release"),
    "DATABASE_URL DATABASE_OWNER_URL AUDIT_READER_URL AUDIT_SEQUENCER_URL SECRET_KEY",
)
WEB = process(
    "web",
    (
        *("uvicorn", "config.asgi:application", "--host", "{host}", "--port", "{port}"),
        *("--ws", "websockets-sansio", "--ws-max-size", "262144", "--lifespan", "off"),
        *("--no-proxy-headers", "--no-server-header", "--no-access-log"),
        *("--timeout-graceful-shutdown", "20"),
    ),
    "SECRET_KEY FIELD_KEY BLIND_INDEX_KEY TICKET_SIGNING_KEY SEALING_KEY DATABASE_URL"
    " AUDIT_READER_URL SEALING_CERTIFICATE"
    " DATABASE_POOL REDIS_URL PUBLIC_URL TRUSTED_PROXIES MAIL_URL TURN_URL TURN_SECRET",
)
RELAY = process(
    "relay",
    (*PYTHON, "relay"),
    "TICKET_VERIFY_KEY REDIS_URL RELAY_BIND RELAY_ADDRESS RELAY_PORT RELAY_ENGINE RELAY_CACHE"
    " RELAY_METRICS",
)
SEQUENCER = process(
    "sequencer",
    (*PYTHON, "audit_sequencer"),
    "AUDIT_SEQUENCER_URL AUDIT_SIGNING_KEY AUDIT_ANCHORS PUBLIC_URL",
)
WORKER = process(
    "worker",
    (
        *(*CELERY, "worker", "--loglevel", "WARNING", "--concurrency", "2"),
        *("--without-gossip", "--without-mingle"),
    ),
    "SECRET_KEY FIELD_KEY BLIND_INDEX_KEY TICKET_SIGNING_KEY SEALING_KEY DATABASE_URL"
    " AUDIT_READER_URL SEALING_CERTIFICATE"
    " REDIS_URL PUBLIC_URL MAIL_URL",
)
BEAT = process(
    "beat",
    (*CELERY, "beat", "--loglevel", "WARNING", "--schedule", "{state}/beat"),
    "REDIS_URL",
)
LASTING = (WEB, RELAY, SEQUENCER, WORKER, BEAT)
EVERY = (RELEASE, *LASTING)
