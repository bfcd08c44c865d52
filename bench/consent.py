"""What papers cost: sealing signed copies, and the gates of a join, small group and big.

`python -m bench.consent` measures on a private PostgreSQL. For a quick run: `--copies 5 --members
200`. The last line is one JSON object.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import django

from tests.environment import TestServers

if TYPE_CHECKING:
    from config.development.walk import Visit
    from consent.models import Signature
    from groups.models import Group

Ask = Callable[[], None]
ASKED = 200
BATCH = 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copies", type=int, default=100)
    parser.add_argument("--members", type=int, default=10_000)
    options = parser.parse_args()
    servers = TestServers.plan()
    django.setup()
    servers.start_postgres()
    try:
        from tests import databases

        databases.make_template()
        with databases.clone("bench"):
            print(json.dumps(measured(options.copies, options.members)))
        databases.close_connections()
    finally:
        servers.stop()


def measured(copies: int, members: int) -> dict[str, Any]:
    from tests.cast import ANA, THEA, group_of, member_of, staff
    from tests.consent.papers import in_force, signature_of

    thea = staff(THEA)
    group = group_of(thea)
    ana = member_of(group, ANA, invited_by=thea)
    signature = signature_of(ana, in_force(group))
    seal_ms, size = sealing(signature, copies)
    asks = {"papers": papers_gate(group, ana), "join": every_gate(group, ana)}
    small = {name: asking(ask) for name, ask in asks.items()}
    note(f"adding {members - 1} memberships, each with its signature")
    add_members(group, signature, members - 1)
    big = {name: asking(ask) for name, ask in asks.items()}
    return {
        "copies": copies,
        "copy_kb": round(size / 1000, 1),
        "seal_ms_median": round(statistics.median(seal_ms), 1),
        "seal_ms_max": round(max(seal_ms), 1),
        "seal_s_all": round(sum(seal_ms) / 1000, 1),
        "members": [1, members],
        **{f"{name}_ms": [small[name][0], big[name][0]] for name in asks},
        **{f"{name}_queries": [small[name][1], big[name][1]] for name in asks},
    }


def sealing(signature: "Signature", copies: int) -> tuple[list[float], int]:
    """Layout and seal, as for a first download; the very first one also loads the fonts."""
    from consent.copies import copy_of

    size = len(copy_of(signature))
    return [timed(lambda: copy_of(signature)) for _ in range(copies)], size


def papers_gate(group: "Group", visit: "Visit") -> Ask:
    """What the papers gate alone reads for one join."""
    from consent.queries import door_papers

    def ask() -> None:
        assert door_papers(group, user=visit.user).is_current(visit.user.pk, "member")

    return ask


def every_gate(group: "Group", visit: "Visit") -> Ask:
    """All that one join reads, and every gate's judgement of it."""
    from django.utils import timezone

    from groups.queries import membership_of
    from sessions_app.gates import first_closed
    from sessions_app.queries import attempt_of
    from sessions_app.services import schedule_session

    now = timezone.now()
    with visit.acting():
        session = schedule_session(
            group=group,
            by=visit.user,
            opens_at=now,
            closes_at=now + timedelta(hours=3),
            timezone="UTC",
        )

    def ask() -> None:
        membership = membership_of(visit.user, group.pk)
        assert membership is not None
        attempt = attempt_of(session=session, membership=membership, sign_in=visit.sign_in)
        closed = first_closed(attempt)
        assert closed is not None
        assert closed.name == "reminder", "the papers gate, which stands before it, is open"

    return ask


def asking(ask: Ask) -> tuple[float, int]:
    """(median ms, queries)."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ask()
    with CaptureQueriesContext(connection) as asked:
        ask()
    return round(statistics.median(timed(ask) for _ in range(ASKED)), 2), len(asked)


def add_members(group: "Group", like: "Signature", members: int) -> None:
    """People whose names are all the same: what counts here is the number of rows."""
    from accounts.models import User
    from consent.models import Signature
    from groups.models import Membership

    for first in range(0, members, BATCH):
        numbers = range(first, min(first + BATCH, members))
        people = User.objects.bulk_create(
            User(email=f"member{number}@example.org", role="participant") for number in numbers
        )
        Membership.objects.bulk_create(
            Membership(user=user, group=group, alias="Member") for user in people
        )
        Signature.objects.bulk_create(
            Signature(
                user=user,
                version=like.version,
                printed_name="Member",
                signed_at=like.signed_at,
                meaning=like.meaning,
                document_sha256=like.document_sha256,
                record_digest=like.record_digest,
                clauses=like.clauses,
                auth_strength=like.auth_strength,
            )
            for user in people
        )
        note(f"{numbers.stop} of {members}")


def timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def note(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
