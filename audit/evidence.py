"""How well one entry is proven at this moment: its leaf, its checkpoint, its anchor, its bytes.

For screens. It repeats what audit/verify.py checks for outsiders, and replaces none of it.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connections

from audit import verify
from audit.proofs import Prover

ALIAS = "audit_reader"
LEAF = """
SELECT l.index, l.hash, e.body FROM audit.leaves AS l
LEFT JOIN audit.entries AS e ON e.recorded_at = l.recorded_at AND e.id = l.entry
WHERE l.entry = %s
"""
CHECKPOINT = "SELECT size, root, signed_at FROM audit.checkpoints ORDER BY size DESC LIMIT 1"
FIRST_ANCHOR = """
SELECT sink, anchored_at FROM audit.anchors WHERE size > %s ORDER BY anchored_at LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Evidence:
    """`holds` says whether the stored bytes lead to the signed root, computed just now."""

    number: int
    holds: bool
    size: int
    signed_at: datetime
    anchor: str = ""
    anchored_at: datetime | None = None


def evidence_of(entry: UUID) -> Evidence | None:
    """None while the entry waits for its leaf."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(LEAF, [entry])
        leaf = cursor.fetchone()
        cursor.execute(CHECKPOINT)
        checkpoint = cursor.fetchone()
        if leaf is None or checkpoint is None:
            return None
        number, stored, body = leaf
        size, root, signed_at = checkpoint
        if number >= size:
            return None
        holds = body is None or verify.leaf_hash(bytes(body)) == bytes(stored)
        proof = Prover(cursor, size).inclusion(number)
        leads_to = verify.root_from_inclusion(number, size, bytes(stored), proof)
        cursor.execute(FIRST_ANCHOR, [number])
        anchor, anchored_at = cursor.fetchone() or ("", None)
    holds = holds and leads_to == bytes(root)
    return Evidence(number, holds, size, signed_at, anchor, anchored_at)
