"""What papers cost: sealing signed copies, and the papers gate of a join, small group and big.


`python -m bench.consent` measures on a private PostgreSQL. For a quick run: `--copies 5 --members
200`. The last line is one JSON object.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import django

from tests.environment import TestServers

if TYPE_CHECKING:
    from accounts.models import User
    from consent.models import Signature
    from groups.models import Group

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
    seal_ms = sealing(signature, copies)
    small = asking(group, ana.user)
    note(f"adding {members} memberships, each with its signature")
    add_members(group, signature, members)
    big = asking(group, ana.user)
    return {
        "copies": copies,
        "seal_ms_median": round(statistics.median(seal_ms), 1),
        "seal_ms_max": round(max(seal_ms), 1),
        "members": members,
        "gate_ms_small": round(small[0], 3),
        "gate_ms_big": round(big[0], 3),
        "gate_queries_small": small[1],
        "gate_queries_big": big[1],
    }


def sealing(signature: "Signature", copies: int) -> list[float]:
    """Layout and seal, as for a first download; the very first one also loads the fonts."""
    from consent.copies import copy_of

    copy_of(signature)
    return [timed(lambda: copy_of(signature)) for _ in range(copies)]


def asking(group: "Group", user: "User") -> tuple[float, int]:
    """(median ms, queries) of what the papers gate reads for one join."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from consent.queries import door_papers

    def ask() -> None:
        assert door_papers(group, user=user).is_current(user.pk, "member")

    with CaptureQueriesContext(connection) as asked:
        ask()
    return statistics.median(timed(ask) for _ in range(ASKED)), len(asked)


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
