"""Ten questions of the desk's explorer over a log of years."""

import json
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from bench.audit_load.ground import APPEND_MANY, Sizes, body, say

# Two years, one partition a month, as a log of this size would lie.
DAYS = 720
MONTHS = """
SET ROLE quietroom_audit_owner;
DO $$
DECLARE
    month timestamptz;
BEGIN
    FOR month IN SELECT generate_series(date_trunc('month', now() - interval '%(days)s days'),
                                        date_trunc('month', now() - interval '1 month'),
                                        interval '1 month')
    LOOP
        EXECUTE format('CREATE TABLE audit.%%I PARTITION OF audit.entries FOR VALUES FROM (%%L)
            TO (%%L)', 'entries_' || to_char(month, 'YYYY_MM'), month, month + interval '1 month');
    END LOOP;
END $$;
RESET ROLE
"""
INDEXES = """
SELECT replace(indexdef, ' ON ONLY ', ' ON '), indexrelid::regclass::text FROM pg_indexes
JOIN pg_index ON indexrelid = format('%I.%I', schemaname, indexname)::regclass
WHERE schemaname = 'audit' AND tablename = 'entries' AND NOT indisprimary
"""
FILL = """
COPY (
SELECT now() - make_interval(secs => %(days)s * 86400.0 * (%(rows)s - n) / %(rows)s),
       gen_random_uuid(),
       convert_to(replace('%(body)s', '$', (n %% 500)::text), 'UTF8'),
       CASE WHEN n %% 100000 = 0 THEN 'breakglass.opened' ELSE
         (ARRAY['member.viewed', 'session.joined', 'auth.signed_in', 'paper.signed'])[1 + n %% 4]
       END, CASE WHEN n %% 50 = 0 THEN 'denied' ELSE 'ok' END,
       'user:' || n %% 500, 'user:' || (n * 7) %% 3000, 'session:' || n %% 20000,
       'group:' || n %% 60, '198.51.' || n %% 40 || '.' || n %% 200, 'device-' || (n * 3) %% 900
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
) TO STDOUT
"""
TAKE = """
COPY audit.entries (recorded_at, id, body, act, outcome, actor, subject, session, "group", address,
                    device) FROM STDIN
"""
REPEATS = 7
WAITING = 1000
MONTH = timedelta(days=30)
FILL_AT_ONCE = 500_000


def seconds_needed(sizes: Sizes) -> float:
    return sizes.rows / 50_000


def measure(owner_url: str, sizes: Sizes) -> dict[str, float]:
    """Ten questions of the desk; each median of seven, the slowest is what is told."""
    fill(owner_url, sizes.rows)
    say(f"median of {REPEATS} over {sizes.rows:,} entries")
    slowest = 0.0
    for name, ask in questions():
        times = []
        for _ in range(REPEATS):
            started = time.perf_counter()
            ask()
            times.append((time.perf_counter() - started) * 1000)
        median = statistics.median(times)
        slowest = max(slowest, median)
        say(f"{median:8.1f} ms  {name}")
    return {"slowest_query_ms_median": round(slowest, 1)}


def questions() -> Iterator[tuple[str, Callable[[], object]]]:
    from audit.events import Ref
    from audit.queries import Filter, entries, log_state

    ana, session, act = Ref("user", "7"), Ref("session", "7"), "paper.signed"
    month = datetime.now(UTC) - timedelta(days=400)
    deep = entries(Filter(), limit=1000)[-1].position

    def ask(wanted: Filter, **more: Any) -> Callable[[], object]:
        return lambda: entries(wanted, **more)

    yield "the page after a thousand", ask(Filter(), before=deep)
    yield "a person", ask(Filter(person=ana))
    yield "a person and an act before a moment", ask(Filter(person=ana, act=act), before=deep)
    yield "a person's refusals", ask(Filter(person=ana, outcome="denied"))
    yield "a session and a person", ask(Filter(session=session, person=ana))
    yield "a rare act", ask(Filter(act="breakglass.opened"))
    yield (
        "a group's refusals in a month",
        ask(Filter(group=Ref("group", "7"), outcome="denied", since=month, until=month + MONTH)),
    )
    yield "a network address", ask(Filter(address="198.51.7.7"))
    yield "a browser", ask(Filter(device="device-9"))
    yield "the state of the log", log_state


def fill(owner_url: str, rows: int) -> None:
    """Entries without leaves, straight into the table: only for reading them again.

    Some wait in the outbox, as at any moment of a busy log.
    """
    template = json.dumps(
        {
            **dict.fromkeys(("on_behalf", "object", "group"), None),
            **dict.fromkeys(("actor_role", "auth", "address", "device", "request", "reason"), "x"),
            **{"v": 1, "act": "member.viewed", "outcome": "ok", "details": {}},
            **{"actor": "user:$", "subject": "user:7", "session": "session:77"},
        }
    )
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(MONTHS % {"days": DAYS})
        indexes = connection.execute(INDEXES).fetchall()
        for _, name in indexes:
            connection.execute(f"DROP INDEX {name}")
        for first in range(1, rows + 1, FILL_AT_ONCE):
            last = min(rows, first + FILL_AT_ONCE - 1)
            values = {"rows": rows, "first": first, "last": last, "body": template, "days": DAYS}
            copy_through(owner_url, FILL % values)
            say(f"filled {last:,} of {rows:,}")
        connection.execute("SET maintenance_work_mem = '512MB'")
        for definition, name in indexes:
            connection.execute(definition)
            say(f"indexed {name}")
        connection.execute("VACUUM ANALYZE audit.entries")
        connection.execute(APPEND_MANY, [[body() for _ in range(WAITING)], WAITING])


def copy_through(owner_url: str, made: str) -> None:
    """What one connection makes goes into the log through another; indexes come afterwards."""
    with (
        psycopg.connect(owner_url) as source,
        psycopg.connect(owner_url) as target,
        source.cursor().copy(made) as rows,
        target.cursor().copy(TAKE) as entries,
    ):
        for block in rows:
            entries.write(block)
