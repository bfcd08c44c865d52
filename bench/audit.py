"""What the audit log costs: appends against plain INSERT, verification, queries, storage.

`python -m bench.audit` measures on a private PostgreSQL with real fsync. Sizes for a quick run:
`--seconds 2 --verify 20000 --rows 50000`. The last line is one JSON object.
"""

import argparse
import json
import os
import random
import resource
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from config.development.addresses import address_for, addresses_beside
from config.development.home import create_database
from config.development.keys import random_keys
from config.development.servers import PostgresServer, home_for

DATABASE = "quietroom"
# The demo's server is made for little memory.
AS_IN_PRODUCTION = {"shared_buffers": "1GB"}
PLAIN_TABLE = (
    "CREATE TABLE public.plain (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
    " at timestamptz NOT NULL DEFAULT clock_timestamp(), body bytea NOT NULL);"
    "GRANT INSERT ON public.plain TO quietroom_app;"
)
PLAIN = "INSERT INTO public.plain (body) VALUES (%s)"
APPEND = "SELECT audit.append(%s)"
APPEND_MANY = (
    "SELECT count(audit.append((%s::bytea[])[1 + n %% 500])) FROM generate_series(1, %s) AS n"
)
PEOPLE = 500
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
MONTH = timedelta(days=30)
FILL_AT_ONCE = 500_000


@dataclass(frozen=True, slots=True)
class Sizes:
    seconds: float
    verify: int
    rows: int


def body(length: int = 550) -> bytes:
    """As long as a usual entry, with everything in it that an index holds but a session.

    Of one of 500 people: thirty-two who act at once are not one person.
    """
    who = random.randrange(PEOPLE)
    told = {
        **{"v": 1, "act": "member.viewed", "outcome": "ok", "salt": os.urandom(16).hex()},
        "actor": f"user:00000000-0000-4000-8000-{who:012}",
        "subject": f"user:00000000-0000-4000-8000-{who * 7:012}",
        "group": f"group:00000000-0000-4000-8000-{who % 60:012}",
        **{"address": f"198.51.{who % 40}.{who % 200}", "device": f"{who:022}"},
    }
    padding = "x" * (length - len(json.dumps(told)) - 14)
    return json.dumps({**told, "padding": padding}).encode()


def measure_appends(owner_url: str, sizes: Sizes) -> dict[str, float]:
    """Transactions a second for 1, 8 and 32 writers; plain INSERT takes turns with the log."""
    url = address_for(owner_url, "quietroom_app")
    print("writers  work  plain/s  audit/s  ratio")
    found: dict[str, float] = {}
    for writers, work in ((1, 0.0), (8, 0.0), (32, 0.0), (32, 0.02)):
        plain, audit = [], []
        for _ in range(2):
            plain.append(rate(url, PLAIN, writers, work, sizes.seconds))
            audit.append(rate(url, APPEND, writers, work, sizes.seconds))
        ratio = sum(audit) / sum(plain)
        told = f"{work * 1000:.0f} ms"
        print(f"{writers:7d} {told:>5s} {max(plain):8.0f} {max(audit):8.0f}  {ratio:.2f}")
        found[f"append_ratio_{writers}" + ("_work20ms" if work else "")] = round(ratio, 3)
    return {name: found[name] for name in ("append_ratio_32", "append_ratio_32_work20ms")}


def rate(url: str, statement: str, writers: int, work: float, seconds: float) -> float:
    done: list[int] = []
    ready = threading.Barrier(writers + 1)

    def write() -> None:
        count = 0
        with psycopg.connect(url) as connection:
            ready.wait()
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                connection.execute(statement, [body()])
                if work:
                    time.sleep(work)
                connection.commit()
                count += 1
        done.append(count)

    threads = [threading.Thread(target=write) for _ in range(writers)]
    for thread in threads:
        thread.start()
    ready.wait()
    for thread in threads:
        thread.join()
    return sum(done) / seconds


def measure_verification(owner_url: str, sizes: Sizes) -> dict[str, float]:
    """CPU seconds of our process for a million entries, streamed from PostgreSQL; storage."""
    from audit import verify
    from audit.sequencer import Sequencer
    from audit.verification import Log, stored_keys

    with psycopg.connect(owner_url) as connection:
        for first in range(0, sizes.verify, FILL_AT_ONCE):
            count = min(FILL_AT_ONCE, sizes.verify - first)
            connection.execute(APPEND_MANY, [[body() for _ in range(PEOPLE)], count])
            connection.commit()
    while Sequencer.from_settings().step():
        pass
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    started, used = time.monotonic(), cpu_seconds()
    report = Log(verify.keys_of(stored_keys())).check()
    used, took = cpu_seconds() - used, time.monotonic() - started
    a_million = used / report.bodies * 1_000_000
    stored = total_size(owner_url) / report.bodies
    print(f"\nverified {report.bodies:,} entries and {report.checkpoints:,} checkpoints:")
    print(f"{used:.1f} s CPU, {took:.1f} s; {a_million:.1f} s CPU for a million")
    print(f"{stored:.0f} bytes for an entry with its leaf and all indexes")
    return {"verify_million_cpu_s": round(a_million, 2), "bytes_per_entry": round(stored)}


def total_size(owner_url: str) -> int:
    query = (
        "SELECT sum(pg_total_relation_size(oid)) FROM pg_class"
        " WHERE relnamespace = 'audit'::regnamespace AND relkind = 'r'"
    )
    with psycopg.connect(owner_url) as connection:
        row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def measure_queries(owner_url: str, sizes: Sizes) -> dict[str, float]:
    """Ten questions of the desk; each median of seven, the slowest is what is told."""
    fill(owner_url, sizes.rows)
    print(f"\nmedian of {REPEATS} over {sizes.rows:,} entries")
    slowest = 0.0
    for name, ask in questions():
        times = []
        for _ in range(REPEATS):
            started = time.perf_counter()
            ask()
            times.append((time.perf_counter() - started) * 1000)
        median = statistics.median(times)
        slowest = max(slowest, median)
        print(f"{median:8.1f} ms  {name}")
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
    """Entries without leaves, straight into the table: only for reading them again."""
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
        connection.execute("SET maintenance_work_mem = '512MB'")
        for definition, _ in indexes:
            connection.execute(definition)
        connection.execute("VACUUM ANALYZE audit.entries")


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


@contextmanager
def database() -> Iterator[str]:
    """A private server with real fsync, migrated; Django's settings point at it."""
    with tempfile.TemporaryDirectory(prefix="quietroom-bench-") as name:
        folder = home_for(Path(name) / "postgres")
        Path(name).chmod(0o711)
        server = PostgresServer(folder, os.urandom(12).hex(), more_settings=AS_IN_PRODUCTION)
        server.start()
        try:
            create_database(server.superuser_url(), DATABASE)
            url = server.superuser_url(DATABASE)
            enter(url)
            yield url
        finally:
            server.stop()


def enter(owner_url: str) -> None:
    import django
    from django.core.management import call_command

    os.environ.update(random_keys() | addresses_beside(owner_url))
    os.environ.update(
        MODE="test",
        DATABASE_OWNER_URL=owner_url,
        PUBLIC_URL="http://bench",
        DJANGO_SETTINGS_MODULE="config.settings",
    )
    django.setup()
    call_command("prepare_database", verbosity=0)
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    with psycopg.connect(owner_url) as connection:
        connection.execute(PLAIN_TABLE)


PARTS = {
    "appends": measure_appends,
    "verification": measure_verification,
    "queries": measure_queries,
}


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.audit", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10, help="for each rate")
    parser.add_argument("--verify", type=int, default=1_000_000, help="entries to verify")
    parser.add_argument("--rows", type=int, default=10_000_000, help="entries to search")
    parser.add_argument("--only", choices=PARTS, help="one part alone")
    told = vars(parser.parse_args(arguments))
    only = told.pop("only")
    sizes = Sizes(**told)
    found: dict[str, float] = {}
    with database() as owner_url:
        for name, measure in PARTS.items():
            if only in (None, name):
                found |= measure(owner_url, sizes)
    names = (
        *("append_ratio_32", "append_ratio_32_work20ms", "verify_million_cpu_s"),
        *("slowest_query_ms_median", "bytes_per_entry"),
    )
    print(json.dumps({name: found[name] for name in names if name in found}))


if __name__ == "__main__":
    main(sys.argv[1:])
