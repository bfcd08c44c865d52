"""`python -m config.probe …`: the health checks of docker-compose.yml. Exit code 0 is healthy."""

import os
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

BACKLOG_SECONDS = 60
BEAT_SECONDS = 600


def answers(url: str) -> bool:
    """The process refuses every host name but its public one, so that one is asked for."""
    host = urlsplit(os.environ.get("PUBLIC_URL", "")).netloc
    request = urllib.request.Request(url, headers={"Host": host} if host else {})  # noqa: S310
    with urllib.request.urlopen(request, timeout=4) as response:  # noqa: S310  # our own port
        return bool(response.status == 200)


def relay_is_announced() -> bool:
    """Some relay node has shown itself to Redis within its lease."""
    from redis import Redis

    from config.environment import Environment
    from media_relay.redis_wire import NODES, node_key

    with Redis.from_url(Environment().text("REDIS_URL"), decode_responses=True) as redis:
        return any(redis.exists(node_key(str(name))) for name in redis.smembers(NODES))


def log_keeps_up() -> bool:
    """No entry has waited for its leaf for long."""
    import psycopg

    from config.environment import Environment

    query = "SELECT coalesce(extract(epoch FROM now() - min(recorded_at)), 0) FROM audit.outbox"
    with psycopg.connect(Environment().text("AUDIT_SEQUENCER_URL")) as connection:
        row = connection.execute(query).fetchone()
    return row is not None and float(row[0]) < BACKLOG_SECONDS


def beats(schedule: str) -> bool:
    path = Path(schedule)
    files = path.parent.glob(f"{path.name}*")
    return any(time.time() - file.stat().st_mtime < BEAT_SECONDS for file in files)


def main(arguments: list[str]) -> int:
    what = arguments[0]
    if what == "relay":
        return int(not relay_is_announced())
    if what == "sequencer":
        return int(not log_keeps_up())
    if what == "beat":
        return int(not beats(arguments[1]))
    return int(not answers(what))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
