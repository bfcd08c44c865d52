"""What checking a million entries costs, and what an entry takes on the disk."""

import resource
import time

import psycopg

from bench.audit_load.ground import APPEND_MANY, PEOPLE, Sizes, body, say

AT_ONCE = 100_000


def seconds_needed(sizes: Sizes) -> float:
    return sizes.verify / 5000


def measure(owner_url: str, sizes: Sizes) -> dict[str, float]:
    """CPU seconds of our process for a million entries, streamed from PostgreSQL; storage."""
    from audit import verify
    from audit.sequencer import Sequencer
    from audit.verification import Log, stored_keys

    with psycopg.connect(owner_url) as connection:
        for first in range(0, sizes.verify, AT_ONCE):
            count = min(AT_ONCE, sizes.verify - first)
            connection.execute(APPEND_MANY, [[body() for _ in range(PEOPLE)], count])
            connection.commit()
            say(f"appended {first + count:,} of {sizes.verify:,}")
    done, sequencer = 0, Sequencer.from_settings()
    while taken := sequencer.step():
        done += taken
        if done % AT_ONCE < taken:
            say(f"sequenced {done:,}")
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    started, used = time.monotonic(), cpu_seconds()
    report = Log(verify.keys_of(stored_keys())).check()
    used, took = cpu_seconds() - used, time.monotonic() - started
    a_million = used / report.bodies * 1_000_000
    stored = total_size(owner_url) / report.bodies
    say(f"verified {report.bodies:,} entries and {report.checkpoints:,} checkpoints:")
    say(f"{used:.1f} s CPU, {took:.1f} s; {a_million:.1f} s CPU for a million")
    say(f"{stored:.0f} bytes for an entry with its leaf and all indexes")
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
