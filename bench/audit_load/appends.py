"""Appends a second beside plain INSERT, which takes turns with the log in the same run."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg

from bench.audit_load.ground import Sizes, body, say
from config.development.addresses import address_for

PLAIN = "INSERT INTO public.plain (body) VALUES (%s)"
APPEND = "SELECT audit.append(%s)"
MOST_WRITERS = 32
CASES = {
    "append_ratio_1": (1, 0.0),
    "append_ratio_8": (8, 0.0),
    "append_ratio_32": (MOST_WRITERS, 0.0),
    "append_ratio_32_work20ms": (MOST_WRITERS, 0.02),
}
TURNS = 2


def seconds_needed(sizes: Sizes) -> float:
    return (2 * len(CASES) + 2) * TURNS * (sizes.seconds + 0.3)


@dataclass(slots=True)
class Case:
    """So many writers, each with so many seconds of other work in its transaction."""

    url: str
    writers: int
    work: float
    seconds: float
    plain: list[float] = field(default_factory=list)
    audit: list[float] = field(default_factory=list)
    sequenced: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        told = f"{self.work * 1000:.0f} ms"
        rates = f"{max(self.plain):8.0f} {max(self.audit):8.0f}"
        return f"{self.writers:7d} {told:>5s} {rates}  {self.ratio(self.audit):.2f}"

    def ratio(self, rates: list[float]) -> float:
        return round(sum(rates) / sum(self.plain), 3)

    def rate(self, statement: str) -> float:
        """Committed transactions a second."""
        done: list[int] = []
        ready = threading.Barrier(self.writers + 1)

        def write() -> None:
            count = 0
            with psycopg.connect(self.url) as connection:
                ready.wait()
                until = time.monotonic() + self.seconds
                while time.monotonic() < until:
                    connection.execute(statement, [body()])
                    if self.work:
                        time.sleep(self.work)
                    connection.commit()
                    count += 1
            done.append(count)

        threads = [threading.Thread(target=write) for _ in range(self.writers)]
        for thread in threads:
            thread.start()
        ready.wait()
        for thread in threads:
            thread.join()
        return sum(done) / self.seconds


def measure(owner_url: str, sizes: Sizes) -> dict[str, float]:
    """Transactions a second for 1, 8 and 32 writers; plain INSERT takes turns with the log.

    Then the log again beside a sequencer that takes its part of the machine, against what plain
    INSERT reached alone.
    """
    url = address_for(owner_url, "quietroom_app")
    say("writers  work  plain/s  audit/s  ratio  with the sequencer at work")
    cases = {name: Case(url, *case, sizes.seconds) for name, case in CASES.items()}
    for case in cases.values():
        for _ in range(TURNS):
            case.plain.append(case.rate(PLAIN))
            case.audit.append(case.rate(APPEND))
        say(str(case))
    found = {name: case.ratio(case.audit) for name, case in cases.items()}
    with sequencing():
        drain(owner_url)
        for name, case in cases.items():
            if case.writers == MOST_WRITERS:
                case.sequenced = [case.rate(APPEND) for _ in range(TURNS)]
                left = waiting(owner_url)
                found[f"{name}_sequencing"] = case.ratio(case.sequenced)
                say(f"{case}  {found[f'{name}_sequencing']:.2f}, {left:,} entries behind")
                drain(owner_url)
    return found


@contextmanager
def sequencing() -> Iterator[None]:
    with subprocess.Popen([sys.executable, "manage.py", "audit_sequencer"]) as sequencer:
        try:
            yield
        finally:
            sequencer.terminate()


def drain(owner_url: str) -> None:
    """Until the sequencer has taken everything."""
    while waiting(owner_url):
        time.sleep(0.2)


def waiting(owner_url: str) -> int:
    with psycopg.connect(owner_url) as connection:
        row = connection.execute("SELECT count(*) FROM audit.outbox").fetchone()
    return int(row[0]) if row else 0
