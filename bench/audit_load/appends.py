"""Appends a second beside plain INSERT, which takes turns with the log in the same run."""

import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from bench.audit_load.ground import Sizes, body, say
from config.development.addresses import address_for

PLAIN = "INSERT INTO public.plain (body) VALUES (%s)"
APPEND = "SELECT audit.append(%s)"
CASES = {
    "append_ratio_1": (1, 0.0),
    "append_ratio_8": (8, 0.0),
    "append_ratio_32": (32, 0.0),
    "append_ratio_32_work20ms": (32, 0.02),
}
BESIDE = {f"{name}_sequencing": case for name, case in CASES.items() if "32" in name}
TURNS = 2


def seconds_needed(sizes: Sizes) -> float:
    return (len(CASES) + len(BESIDE)) * TURNS * 2 * (1.1 * sizes.seconds + 0.5)


def measure(owner_url: str, sizes: Sizes) -> dict[str, float]:
    """Transactions a second for 1, 8 and 32 writers, then beside a sequencer that is at work.

    What the log costs its writers is the first. The second tells what is left on this machine when
    the sequencer takes its part of it; in plain INSERT's turns it has nothing to do.
    """
    say("writers  work  plain/s  audit/s  ratio")
    found = {name: ratio(owner_url, *case, sizes.seconds) for name, case in CASES.items()}
    with sequencing():
        say("beside the sequencer:")
        for name, case in BESIDE.items():
            drain(owner_url)
            found[name] = ratio(owner_url, *case, sizes.seconds, after=drain)
    return found


def ratio(
    owner_url: str,
    writers: int,
    work: float,
    seconds: float,
    after: Callable[[str], None] = lambda owner_url: None,
) -> float:
    """Plain INSERT and the log take turns, each on a server that has nothing left to write."""
    url = address_for(owner_url, "quietroom_app")
    plain, audit = [], []
    for _ in range(TURNS):
        settle(owner_url)
        plain.append(rate(url, PLAIN, writers, work, seconds))
        settle(owner_url)
        audit.append(rate(url, APPEND, writers, work, seconds))
        after(owner_url)
    found = sum(audit) / sum(plain)
    told = f"{work * 1000:.0f} ms"
    say(
        f"{writers:7d} {told:>5s} {statistics.mean(plain):8.0f} {statistics.mean(audit):8.0f}"
        f"  {found:.2f}"
    )
    return round(found, 3)


def rate(url: str, statement: str, writers: int, work: float, seconds: float) -> float:
    """Committed transactions a second."""
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


@contextmanager
def sequencing() -> Iterator[None]:
    with subprocess.Popen([sys.executable, "manage.py", "audit_sequencer"]) as sequencer:
        try:
            yield
        finally:
            sequencer.terminate()


def settle(owner_url: str) -> None:
    """What one turn left behind is no burden for the next."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("VACUUM audit.outbox")
        connection.execute("CHECKPOINT")


def drain(owner_url: str) -> None:
    """Until the sequencer has taken everything; says how far behind it was."""
    behind = waiting(owner_url)
    while waiting(owner_url):
        time.sleep(0.2)
    say(f"the sequencer was {behind:,} entries behind")


def waiting(owner_url: str) -> int:
    with psycopg.connect(owner_url) as connection:
        row = connection.execute("SELECT count(*) FROM audit.outbox").fetchone()
    return int(row[0]) if row else 0
