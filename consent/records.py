"""One digest over everything that a signature says, so that no part of its row can be changed.

The digest also stands in the audit log's entry of the signing: a row and its digest that were
both rewritten still differ from the log.
"""

import hashlib
import json

from consent.models import Signature
from crypto import blind_index

LABEL = "consent.signature.record"


def digest_of(signature: Signature) -> str:
    """64 hexadecimal digits, keyed: a name on a record cannot be guessed from the log."""
    said = {
        "id": str(signature.pk),
        "user": str(signature.user_id),
        "version": str(signature.version_id),
        "language": signature.language,
        "printed_name": signature.printed_name,
        "signed_at": signature.signed_at.isoformat(),
        "meaning": signature.meaning,
        "document_sha256": signature.document_sha256,
        "clauses": signature.clauses,
        "auth_strength": signature.auth_strength,
        "address": signature.address,
        "user_agent": signature.user_agent,
    }
    if signature.on_behalf_of_id is not None:
        said["on_behalf_of"] = str(signature.on_behalf_of_id)
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return blind_index.digest(LABEL, hashlib.sha256(text.encode()).hexdigest())
